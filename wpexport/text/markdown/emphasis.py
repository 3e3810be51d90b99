"""Find delimiters that a CommonMark parser will read as they are meant, else say which need an HTML tag.

Source: CommonMark 0.31, "Emphasis and strong emphasis" (flanking, the multiple-of-3 rule) and its appendix on
the algorithm; the strikethrough extension follows the same flanking.
"""

from __future__ import annotations

from dataclasses import dataclass

from .escape import PUNCT, SPACE, WORD, kind

SIGNS = {"strong": "**", "em": "*", "del": "~~"}


@dataclass(slots=True)
class Span:
    """An emphasised stretch: the indices of its two markers among the pieces, and what is to be written
    there.
    """

    kind: str
    open: int
    close: int
    sign: str


@dataclass(slots=True)
class _Run:
    char: str
    size: int
    opens: bool
    closes: bool
    marks: list[int]  # indices of the pieces the run is made of, one per character


def settle(pieces: list[str], spans: list[Span]) -> None:
    """Write the delimiters into ``pieces`` (where markers stand as ""), HTML tags where none would work."""
    for span in spans:
        pieces[span.open] = pieces[span.close] = span.sign
    if all(_simple(pieces, span) for span in spans):
        return
    while not _works(pieces, spans):
        span = _worst(pieces, spans)
        if span.sign == "*" and _touches(pieces, span):
            span.sign = pieces[span.open] = pieces[span.close] = "_"
        else:
            span.sign = ""
            pieces[span.open], pieces[span.close] = f"<{span.kind}>", f"</{span.kind}>"


def _edge(pieces: list[str], index: int, step: int) -> str:
    """The character next to a piece, in the given direction."""
    index += step
    while 0 <= index < len(pieces):
        if pieces[index]:
            return pieces[index][0 if step > 0 else -1]
        index += step
    return ""


def _simple(pieces: list[str], span: Span) -> bool:
    """Does the span stand between words, with nothing special near? Then every parser agrees."""
    return (
        kind(_edge(pieces, span.open, 1)) == WORD
        and kind(_edge(pieces, span.close, -1)) == WORD
        and kind(left := _edge(pieces, span.open, -1)) in (SPACE, PUNCT)
        and kind(right := _edge(pieces, span.close, 1)) in (SPACE, PUNCT)
        and left not in ("*", "~", "_")
        and right not in ("*", "~", "_")
    )


def _touches(pieces: list[str], span: Span) -> bool:
    """Does a star stand right beside one of the span's stars? Then underscores may help."""
    around = (
        _edge(pieces, span.open, 1),
        _edge(pieces, span.open, -1),
        _edge(pieces, span.close, 1),
        _edge(pieces, span.close, -1),
    )
    return "*" in around


def _runs(pieces: list[str], spans: list[Span]) -> list[_Run]:
    """The delimiter runs of the line, as a parser sees them: neighbours of one character melt together."""
    marks = sorted(index for span in spans if span.sign for index in (span.open, span.close))
    runs: list[_Run] = []
    last = -2
    for index in marks:
        sign = pieces[index]
        joined = runs and runs[-1].char == sign[0] and not any(pieces[last + 1 : index])
        if joined:
            runs[-1].size += len(sign)
            runs[-1].marks += [index] * len(sign)
        else:
            runs.append(_Run(sign[0], len(sign), False, False, [index] * len(sign)))
        last = index
    for run in runs:
        _flank(pieces, run)
    return runs


def _flank(pieces: list[str], run: _Run) -> None:
    before, after = kind(_edge(pieces, run.marks[0], -1)), kind(_edge(pieces, run.marks[-1], 1))
    # Where parsers differ about a symbol, demand that both readings work.
    left = after == WORD or (after != SPACE and before in (SPACE, PUNCT))
    right = before == WORD or (before != SPACE and after in (SPACE, PUNCT))
    maybe_left = after != SPACE and (after != PUNCT or before != WORD)
    maybe_right = before != SPACE and (before != PUNCT or after != WORD)
    if run.char == "_":
        run.opens = left and not (maybe_right and before != PUNCT)
        run.closes = right and not (maybe_left and after != PUNCT)
    else:
        run.opens, run.closes = left, right


def _pairs(runs: list[_Run]) -> set[tuple[int, int]]:
    """What a parser pairs: (piece, piece) per matched delimiter character pair."""
    pairs: set[tuple[int, int]] = set()
    stack: list[_Run] = []
    for run in runs:
        size = run.size
        while run.closes and run.marks:
            found = _opener(stack, run, size)
            if found is None:
                break
            opener = stack[found]
            del stack[found + 1 :]
            used = 2 if (len(opener.marks) > 1 and len(run.marks) > 1) or run.char == "~" else 1
            pairs.add((opener.marks[-1], run.marks[0]))
            if used == 2:
                pairs.add((opener.marks[-2], run.marks[1]))
            del opener.marks[-used:], run.marks[:used]
            if not opener.marks:
                stack.pop()
        if run.marks and run.opens:
            stack.append(run)
    return pairs


def _opener(stack: list[_Run], run: _Run, size: int) -> int | None:
    for index in range(len(stack) - 1, -1, -1):
        other = stack[index]
        if other.char != run.char:
            continue
        if run.char == "~":
            if len(other.marks) >= 2 and len(run.marks) >= 2:
                return index
            continue
        both = (other.closes and other.opens) or (run.opens and run.closes)
        if both and (other.size + size) % 3 == 0 and not (other.size % 3 == 0 and size % 3 == 0):
            continue
        return index
    return None


def _wanted(spans: list[Span]) -> set[tuple[int, int]]:
    return {(span.open, span.close) for span in spans if span.sign}


def _works(pieces: list[str], spans: list[Span]) -> bool:
    runs = _runs(pieces, spans)
    total = sum(run.size for run in runs)
    if _pairs(runs) != _wanted(spans):
        return False
    if any(run.marks for run in runs):
        return False
    return total == sum(2 * len(span.sign) for span in spans)


def _worst(pieces: list[str], spans: list[Span]) -> Span:
    """The first span a parser would not read as meant; when all pair well by themselves, the innermost."""
    runs = _runs(pieces, spans)
    pairs = _pairs(runs)
    live = [span for span in spans if span.sign]
    for span in live:
        if (span.open, span.close) not in pairs:
            return span
    return live[-1]
