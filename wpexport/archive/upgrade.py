"""Archives of older formats, brought to today's in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from wpexport.archive.archive import Archive, Writer, new_run, writing
from wpexport.archive.format import FORMAT
from wpexport.errors import ArchiveDamaged

#: from this format to the next: stages what changes. Format 1 is the first there is
STEPS: Mapping[int, Callable[[Writer], None]] = {}


def upgrade(archive: Archive) -> None:
    """Bring an archive to today's format; killed on the way, it is done again the next time.

    Raises:
        ArchiveDamaged: nobody knows this format.
        ArchiveLocked: another process writes to it.
    """
    settings = archive.settings()
    for old in range(settings.format, FORMAT):
        if old not in STEPS:
            raise ArchiveDamaged(f"{archive.root} has format {old}, which this wpexport does not know.")
    with writing(archive.root, new_run(archive.root)) as writer:
        for old in range(settings.format, FORMAT):
            STEPS[old](writer)
            writer.commit()
        writer.put_settings(replace(settings, format=FORMAT))
        writer.seal()
        writer.done()
