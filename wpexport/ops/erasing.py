"""Takes records out of an archive for good: of what is stored, of history, tombstones, answers and reports.

The order makes it safe to be killed: first the list, which pulls and rebuilds obey from then on; at the end
the list says that it is done. Doing it again does what is left. Each file is replaced whole.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from shutil import rmtree

import msgspec

from wpexport.archive import journal
from wpexport.archive.archive import Archive, Writer
from wpexport.archive.bag import Bag, file_hash, write_safely
from wpexport.archive.cutting import replaced, rewritten, without
from wpexport.archive.format import AUTHORS, COMMENTS, HISTORY, PERSONAL, RAW
from wpexport.archive.pending import PendingAddresses
from wpexport.archive.redacted import Redacted
from wpexport.archive.runs import report_paths
from wpexport.archive.store import Former, Identity, decode_stored
from wpexport.errors import ArchiveDamaged

#: what stands where a person's address stood
GAP = "[redacted]"
#: folders of ``state/`` that may hold what was taken out of the archive, or is made from it
_LEFTOVERS = ("damaged", "rebuild")

#: a character in an address of a page that cannot be a part of an e-mail address: ``%20``, ``%3A``, ``%2F``
_BREAK = "%[01][0-9a-f]|%2[0-9acf]|%3[a-f]|%40|%5[b-e]|%60|%7[b-f]"
#: where no ``@`` is, however it is spelt, no address is
_AT = r"@|%(?:25)*40|&(?:amp;)*#0*64;|&(?:amp;)*#x0*40;|\\u00(?:40|26)"
_AT_TEXT, _AT_DATA = re.compile(_AT, re.IGNORECASE), re.compile(_AT.encode(), re.IGNORECASE)


def erase(writer: Writer, rows: Iterable[Redacted], addresses: Sequence[str] = ()) -> int:
    """Remove records for good. Gives the number of files that were changed.

    Args:
        writer: the archive; sealed before, so that no journal of a run that was cut off lies about. To be
            sealed afterwards.
        rows: what to put on the list; what is on it and was not finished is removed as well.
        addresses: e-mail addresses that are taken out wherever they stand.

    Raises:
        ArchiveDamaged: a file cannot be read: repair the archive first.
    """
    pending = PendingAddresses(writer.archive.state)
    pending.begin(addresses)
    writer.redacted.add(rows)
    writer.commit()
    words = pattern_of(addresses)
    count = 0
    for bag in (writer.public, writer.private):
        count += _records_erased(writer, bag)
        count += _answers_erased(writer, bag, words)
        if words is not None:
            count += _words_erased(bag, words)
    _small_erased(writer)
    if words is not None:
        count += _reports_erased(writer.archive, words)
    for name in _LEFTOVERS:
        rmtree(writer.archive.state / name, ignore_errors=True)
    writer.redacted.finish()
    writer.commit()
    pending.finish(addresses)
    return count


def pattern_of(addresses: Sequence[str]) -> re.Pattern[str] | None:
    """Finds these e-mail addresses, as they are and as pages spell them; None for none.

    Any character may be written as in an address of a page (``%40``, ``%2540``) or as a character reference,
    as WordPress' ``antispambot()`` does by chance. Another's address that ends with one of these stays.
    """
    if not addresses:
        return None
    names = "|".join("".join(map(_spelt, one)) for one in addresses)
    return re.compile(rf"(?:(?<![\w.+-])|(?<={_BREAK}))(?:{names})(?![\w-]|\.\w)", re.IGNORECASE)


def _spelt(char: str) -> str:
    """A pattern for one character of an address."""
    ways = [re.escape(char)]
    for one in sorted({char.lower(), char.upper()}):
        ways.append("".join(f"%(?:25)*{byte:02X}" for byte in one.encode("utf-8", "surrogatepass")))
        ways += [
            f"&(?:amp;)*#0*{ord(letter)};|&(?:amp;)*#x0*{ord(letter):x};" for letter in one if len(one) == 1
        ]
    return f"(?:{'|'.join(ways)})"


# -- records --------------------------------------------------------------------------------------


def _records_erased(writer: Writer, bag: Bag) -> int:
    """Lines of comments, personal data and authors, today's and former ones."""
    comments, authors = writer.redacted.numbers("comments"), writer.redacted.numbers("authors")
    places = {
        f"{COMMENTS}/": comments,
        f"{PERSONAL}/comments/": comments,
        AUTHORS: authors,
        f"{PERSONAL}/authors.jsonl": authors,
    }
    places |= {HISTORY + place.removeprefix("data"): numbers for place, numbers in places.items()}
    count = 0
    for prefix, numbers in places.items():
        for path in bag.paths(prefix) if numbers else ():
            data = bag.read(path) or b""
            kept = [line for line in data.splitlines() if _number(line, path) not in numbers]
            count += _put(bag, path, b"".join(line + b"\n" for line in kept), data)
    bag.commit()
    return count


def _number(line: bytes, path: str) -> int | None:
    if path.startswith(HISTORY):
        line = bytes(decode_stored(line, Former, path).record)
    number: int | None = decode_stored(line, Identity, path).id
    return number


def _small_erased(writer: Writer) -> None:
    """What the writer holds in memory: authors and tombstones."""
    for number in writer.redacted.numbers("authors"):
        for table in (writer.tables.authors, writer.tables.hidden, writer.tables.personal):
            table.forget(number)
    for number in writer.redacted.numbers("comments"):
        writer.mark_back("comments", number)


# -- answers --------------------------------------------------------------------------------------


def _answers_erased(writer: Writer, bag: Bag, words: re.Pattern[str] | None) -> int:
    comments, authors = writer.redacted.numbers("comments"), writer.redacted.numbers("authors")

    def cut(entry: journal.Entry) -> journal.Entry:
        entry = without(entry, comments, authors)
        if words is not None and (body := _spoken(entry.body, words)) != entry.body:
            entry = rewritten(entry, body)
        return entry

    count = 0
    for path in bag.paths(f"{RAW}/"):
        count += _journal_cut(bag, path, cut)
        bag.commit()
    return count


def _spoken(body: str, words: re.Pattern[str]) -> str:
    """A body without these words; JSON is read for it: a letter before them may be part of an escape."""
    if not _AT_TEXT.search(body):
        return body
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return words.sub(GAP, body)
    cut = replaced(data, words, GAP)
    return body if cut == data else msgspec.json.encode(cut).decode()


def _journal_cut(bag: Bag, path: str, cut: Callable[[journal.Entry], journal.Entry]) -> bool:
    """Write a journal anew where any of its answers changes, with a gzip member for each answer."""
    if all(cut(entry) is entry for entry in _entries(bag, path)):
        return False
    temp = bag.temporary()
    copy = journal.Journal(temp)
    try:
        for entry in _entries(bag, path):
            copy.add(journal.member([cut(entry)]))
    finally:
        copy.close()
    bag.adopt(path, temp, file_hash(temp), temp.stat().st_size)
    return True


def _entries(bag: Bag, path: str) -> Iterator[journal.Entry]:
    try:
        yield from journal.read(bag.root / path)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise ArchiveDamaged(
            f"{path} cannot be read: {error}.", hint="Repair the archive first: wpexport check --repair"
        ) from error


# -- words ----------------------------------------------------------------------------------------


def _words_erased(bag: Bag, words: re.Pattern[str]) -> int:
    """Addresses in all that is JSON: a text may quote them."""
    count = 0
    for path in bag.paths("data/"):
        if not path.endswith((".json", ".jsonl")):
            continue
        data = bag.read(path) or b""
        if _AT_DATA.search(data):
            count += _put(bag, path, _json_spoken(path, data, words), data)
        if count % 200 == 199:
            bag.commit()
    bag.commit()
    return count


def _json_spoken(path: str, data: bytes, words: re.Pattern[str]) -> bytes:
    if path.endswith(".json"):
        return _recoded(data, words, indent=2)
    return b"".join(_recoded(line, words, indent=0) for line in data.splitlines())


def _recoded(data: bytes, words: re.Pattern[str], *, indent: int) -> bytes:
    """Written as it was read: keys keep their order."""
    value = replaced(msgspec.json.decode(data), words, GAP)
    return msgspec.json.format(msgspec.json.encode(value), indent=indent) + b"\n"


def _reports_erased(archive: Archive, words: re.Pattern[str]) -> int:
    """Addresses in the reports of runs, which are in no manifest."""
    count = 0
    for path in report_paths(archive.root):
        data = path.read_bytes()
        cut = _recoded(data, words, indent=2)
        if cut != data:
            temp = archive.state / "tmp" / path.name
            write_safely(temp, cut)
            temp.rename(path)
            count += 1
    return count


# -- files ----------------------------------------------------------------------------------------


def _put(bag: Bag, path: str, data: bytes, former: bytes) -> bool:
    if data == former:
        return False
    if data:
        bag.stage(path, data)
    else:
        bag.remove(path)
    return True


def left_in(archive: Archive, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Where words still stand in an archive: (word, path below it). Others' texts may name a person."""
    forms = {word: spellings(word) for word in words if len(word) > 2}
    folders = [bag / part for bag in (archive.root, archive.private) for part in ("data", "runs")]
    for path in sorted(path for folder in folders for path in folder.rglob("*.json*")):
        found = set()
        for line in _lines(path):
            found |= {word for word, spelt in forms.items() if any(form in line for form in spelt)}
        yield from ((word, str(path.relative_to(archive.root))) for word in sorted(found))


def spellings(word: str) -> set[bytes]:
    """How a word may be written in records, in pages, and in answers that are JSON in JSON."""
    found = set()
    for spelt in {word.replace("@", at) for at in ("@", "%40", "%2540", "&#64;", "&#064;")}:
        escaped = json.dumps(spelt)[1:-1]
        within = json.dumps(spelt, ensure_ascii=False)[1:-1]
        found |= {form.encode() for form in (spelt, within, escaped, json.dumps(escaped)[1:-1])}
    return found


def _lines(path: Path) -> Iterator[bytes]:
    if path.suffix != ".gz":
        yield path.read_bytes()
        return
    with gzip.open(path, "rb") as lines:
        yield from lines
