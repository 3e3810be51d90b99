"""Sentences of a pull's report: what was lost, and what was mended."""

from __future__ import annotations

from wpexport.model import Coverage, Loss
from wpexport.sources.base import Mending, Source


def mended(source: Source) -> list[str]:
    """What was damaged on its way and could be read all the same, as one sentence."""
    repairs = source.repairs if isinstance(source, Mending) else {}
    kinds = [f"{kind} ({number:,} times)" if number > 1 else kind for kind, number in sorted(repairs.items())]
    return [f"Damaged on the way, and mended: {'; '.join(kinds)}."] if kinds else []


def learned(source: Source) -> dict[str, list[str]]:
    """What a report says of the source itself: the export files that were read."""
    files = [file.name for file in getattr(source, "files", ())]
    return {"files": files} if files else {}


def describe_loss(cover: Coverage, loss: Loss) -> str:
    """One sentence for one loss; a loss without a name says itself what it is."""
    if loss.id is None and loss.url is None:
        return loss.reason
    what = str(loss.id) if loss.id is not None else f"({loss.url})"
    many = f" ({loss.count} of them)" if loss.count and loss.count > 1 else ""
    return f"{cover.label} {what}{many} could not be read: {loss.reason.rstrip('.')}."
