"""What changed between two texts, token by token: a minimal edit script with a fixed place for every hunk (R3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ikb.core.texts import Token, is_sentence_boundary

DISPLAY_GAP = 3
"""Hunks of one proposal closer than this many tokens are shown as one (R3)."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Base tokens `[i, j)` become `words`. Two hunks are equal if these are; white space does not count.

    glue:  the white space before each of `words`, from the text of whoever asked for it.
    after: the white space before the token that follows, from the same text ("" at its end).
    """

    i: int
    j: int
    words: tuple[str, ...]
    glue: tuple[str, ...] = field(compare=False)
    after: str = field(compare=False)

    @property
    def is_insertion(self) -> bool:
        return self.i == self.j

    @property
    def growth(self) -> int:
        """By how many tokens the text gets longer; negative if it gets shorter."""
        return len(self.words) - (self.j - self.i)

    def moved(self, by: int) -> "Hunk":
        """The same change, `by` tokens further on."""
        return Hunk(self.i + by, self.j + by, self.words, self.glue, self.after)


@dataclass(slots=True)
class _Span:
    """Base `[i, j)` against new `[k, m)` while its place is being settled."""

    i: int
    j: int
    k: int
    m: int

    def shift(self, by: int) -> None:
        self.i, self.j, self.k, self.m = self.i + by, self.j + by, self.k + by, self.m + by


def edit_script(base: Sequence[Token], new: Sequence[Token]) -> tuple[Hunk, ...]:
    """The hunks that turn `base` into `new`, in order, none touching another (R3).

    Minimal: no other script deletes and inserts fewer tokens. A pure insertion or deletion that could stand at
    several places starts at the nearest sentence boundary in reach, else as far right as it can.
    Depends on the two texts alone. Empty if they differ in white space only.
    """
    old_words = [token.text for token in base]
    new_words = [token.text for token in new]
    spans = _minimal_spans(old_words, new_words)
    for number in range(len(spans) - 1, -1, -1):
        _settle(spans, number, old_words, new_words)
    return tuple(_hunk(span, new) for span in spans)


def apply(base: Sequence[Token], hunks: Iterable[Hunk]) -> tuple[Token, ...]:
    """The tokens after the hunks, which are sorted and do not overlap.

    Raises ValueError for a hunk outside `base` or one that begins before its predecessor ends.
    """
    written: list[Token] = []
    done = 0
    after: str | None = None
    for hunk in hunks:
        if not done <= hunk.i <= hunk.j <= len(base):
            raise ValueError(f"hunk [{hunk.i}, {hunk.j}) does not fit after {done} of {len(base)} tokens")
        written += _reglued(base[done : hunk.i], after)
        written += map(Token, hunk.words, hunk.glue)
        done, after = hunk.j, hunk.after
    written += _reglued(base[done:], after)
    return tuple(_reglued(written, ""))


def joined_for_display(base: Sequence[Token], hunks: Sequence[Hunk]) -> tuple[Hunk, ...]:
    """The same change with hunks less than three tokens apart joined, as people read it (R3)."""
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and hunk.i - groups[-1][-1].j < DISPLAY_GAP:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return tuple(_as_one(base, group) for group in groups)


def _minimal_spans(old: Sequence[str], new: Sequence[str]) -> list[_Span]:
    from rapidfuzz.distance import Indel  # late: decision 79

    start = _common(old, new)
    tail = _common(old[start:][::-1], new[start:][::-1])
    ids: dict[str, int] = {}
    left = [ids.setdefault(word, len(ids)) for word in old[start : len(old) - tail]]
    right = [ids.setdefault(word, len(ids)) for word in new[start : len(new) - tail]]
    spans: list[_Span] = []
    for op in Indel.opcodes(left, right):
        if op.tag == "equal":
            continue
        span = _Span(op.src_start + start, op.src_end + start, op.dest_start + start, op.dest_end + start)
        if spans and spans[-1].j == span.i and spans[-1].m == span.k:
            spans[-1].j, spans[-1].m = span.j, span.m
        else:
            spans.append(span)
    return spans


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many tokens both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _settle(spans: list[_Span], number: int, old: Sequence[str], new: Sequence[str]) -> None:
    """Move a pure insertion or deletion to its fixed place, leaving a token between it and its neighbours."""
    span = spans[number]
    if span.i < span.j and span.k < span.m:
        return
    floor = spans[number - 1].j + 1 if number else 0
    ceiling = spans[number + 1].i - 1 if number + 1 < len(spans) else len(old)
    line, start, end = (new, span.k, span.m) if span.i == span.j else (old, span.i, span.j)
    left = right = 0
    while span.i - left > floor and line[start - left - 1] == line[end - left - 1]:
        left += 1
    while span.j + right < ceiling and line[start + right] == line[end + right]:
        right += 1
    reach = [by for by in range(-left, right + 1) if is_sentence_boundary(old, span.i + by)]
    span.shift(min(reach, key=lambda by: (abs(by), -by)) if reach else right)


def _hunk(span: _Span, new: Sequence[Token]) -> Hunk:
    inserted = new[span.k : span.m]
    after = new[span.m].glue if span.m < len(new) else ""
    return Hunk(span.i, span.j, tuple(t.text for t in inserted), tuple(t.glue for t in inserted), after)


def _reglued(part: Sequence[Token], glue: str | None) -> list[Token]:
    if not part or glue is None:
        return list(part)
    return [Token(part[0].text, glue), *part[1:]]


def _as_one(base: Sequence[Token], group: Sequence[Hunk]) -> Hunk:
    """Hunks and the tokens between them as one hunk, written once: joining two at a time copies all before each time."""
    first, last = group[0], group[-1]
    if first is last:
        return first
    words: list[str] = []
    glue: list[str] = []
    for left, right in pairwise(group):
        between = _reglued(base[left.j : right.i], left.after)
        words += [*left.words, *(token.text for token in between)]
        glue += [*left.glue, *(token.glue for token in between)]
    return Hunk(first.i, last.j, (*words, *last.words), (*glue, *last.glue), last.after)
