"""A letter in parts: each sign of its text belongs to exactly one, and each part is open, on a remark, or a courtesy.

Pure; places are offsets into the text, ends exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from ikb.core.comments.letters import end_of_greeting, sentence_ends, start_of_closing

Use = Literal["open", "remark", "courtesy"]
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")
_LINE = re.compile(r"\n\s*")
SHORT_LINES = 90  # characters; lines that stay below on average are broken by layout, not by sense


@dataclass(frozen=True)
class Part:
    """One stretch of a letter. remark: the number of the remark that it is on, None for any other use."""

    start: int
    end: int
    use: Use = "open"
    remark: int | None = None

    def of(self, text: str) -> str:
        """Its words, without the white space around them."""
        return text[self.start : self.end].strip()

    def holds(self, start: int, end: int) -> bool:
        """Whether any of these places lies in it."""
        return self.start < end and start < self.end


def first_parts(text: str) -> list[Part]:
    """The paragraphs of a letter, greeting and closing formula as courtesies: a suggestion that people change.

    Covers the text without a gap, white space behind a paragraph included; nothing for an empty one.
    """
    if not text.strip():
        return []
    greeting, closing = end_of_greeting(text), start_of_closing(text)
    cuts = sorted({0, *_paragraphs(text), greeting, closing, len(text)})
    parts = [_suggested(start, end, greeting, closing) for start, end in pairwise(cuts)]
    return _without_empty(parts, text)


def mark(parts: Sequence[Part], start: int, end: int, use: Use, text: str, remark: int | None = None) -> list[Part]:
    """The parts after a stretch was given a use; what it cuts in two keeps its use on both sides.

    Raises ValueError for a stretch without words, outside of the text, or for a remark that is not named.
    """
    if not 0 <= start < end <= len(text) or not text[start:end].strip():
        raise ValueError("A stretch lies within the text and has words.")
    if (use == "remark") != (remark is not None):
        raise ValueError("A remark is named exactly where the stretch is on one.")
    kept = [piece for part in parts for piece in _around(part, start, end)]
    return _without_empty(sorted([*kept, Part(start, end, use, remark)], key=lambda part: part.start), text)


def split(parts: Sequence[Part], at: int, text: str) -> list[Part]:
    """The parts after one was cut in two. Raises ValueError where there are no words on either side."""
    cut = next((part for part in parts if part.start < at < part.end), None)
    if cut is None or not text[cut.start : at].strip() or not text[at : cut.end].strip():
        raise ValueError("A part can be cut between two of its words.")
    halves = [replace(cut, end=at), replace(cut, start=at)]
    return [piece for part in parts for piece in (halves if part is cut else [part])]


def join(parts: Sequence[Part], start: int) -> list[Part]:
    """The parts after the one that begins there was put to the one before it, whose use holds for both.

    Raises ValueError where there is none before it.
    """
    place = next((place for place, part in enumerate(parts) if part.start == start), 0)
    if place == 0:
        raise ValueError("There is no part before this one.")
    return [*parts[: place - 1], replace(parts[place - 1], end=parts[place].end), *parts[place + 1 :]]


def released(parts: Iterable[Part], remark: int) -> list[Part]:
    """The parts after a remark was taken back: what was on it is open again."""
    return [replace(part, use="open", remark=None) if part.remark == remark else part for part in parts]


def words_on(parts: Iterable[Part], text: str) -> dict[int, str]:
    """What each remark says, in the letter's words: its stretches in their order, with an empty line between them."""
    found: dict[int, list[str]] = {}
    for part in parts:
        if part.remark is not None:
            found.setdefault(part.remark, []).append(part.of(text))
    return {remark: "\n\n".join(stretches) for remark, stretches in found.items()}


def open_parts(parts: Iterable[Part]) -> list[Part]:
    """What still has to be placed."""
    return [part for part in parts if part.use == "open"]


def cuts_in(part: Part, text: str) -> list[int]:
    """Where a part can be cut: behind each of its sentences and lines but the last."""
    inside = text[part.start : part.end]
    ends = {part.start + end for end in sentence_ends(inside)}
    if not _is_broken_by_layout(inside):
        ends |= {part.start + found.start() for found in _LINE.finditer(inside)}
    return sorted(end for end in ends if text[part.start : end].strip() and text[end : part.end].strip())


def named_sections(words: str, names: Mapping[str, str]) -> list[str]:
    """Sections that a stretch names, in the order of their first mention.

    names: by anchor, such as `Leitziel 3`; found as written, whatever the case, and not within a longer number.
    """
    found: dict[str, int] = {}
    for anchor, name in names.items():
        pattern = r"\b" + r"\s+".join(map(re.escape, name.split())) + r"(?![\w.]*\d)"
        if match := re.search(pattern, words, re.IGNORECASE):
            found[anchor] = match.start()
    return sorted(found, key=lambda anchor: (found[anchor], anchor))


def _paragraphs(text: str) -> list[int]:
    pattern = _EMPTY_LINE if _EMPTY_LINE.search(text) or _is_broken_by_layout(text) else _LINE
    return [found.end() for found in pattern.finditer(text)]


def _is_broken_by_layout(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    inner = lines[:-1]
    return len(inner) > 1 and all(len(line) < SHORT_LINES and line.rstrip()[-1:] not in ".!?:" for line in inner)


def _suggested(start: int, end: int, greeting: int, closing: int) -> Part:
    return Part(start, end, "courtesy" if end <= greeting or start >= closing else "open")


def _around(part: Part, start: int, end: int) -> list[Part]:
    if not part.holds(start, end):
        return [part]
    before = [replace(part, end=start)] if part.start < start else []
    after = [replace(part, start=end)] if end < part.end else []
    return [*before, *after]


def _without_empty(parts: Sequence[Part], text: str) -> list[Part]:
    """White space alone is no part: it goes to the one before it, at the beginning to the one behind it."""
    found: list[Part] = []
    for part in parts:
        if found and not text[part.start : part.end].strip():
            found[-1] = replace(found[-1], end=part.end)
        else:
            found.append(part)
    if len(found) > 1 and not found[0].of(text):
        found[:2] = [replace(found[1], start=found[0].start)]
    return found
