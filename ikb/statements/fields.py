"""Fields of action: the headings above the objectives of a draft, those of one institution, and what belongs to them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ikb.core.comments.spelling import fold
from ikb.core.topics import Topic, matches, topic_of
from ikb.statements.outline import Line

_WORD = re.compile(r"[^\W\d_]{5,}")
_STEM = 6  # letters by which two words are the same: "Seniorinnen" and "Senioren" share "senior"


@dataclass(frozen=True)
class Field:
    """One field of action of a draft: its heading's anchor and words, and every section below it, the heading included."""

    anchor: str
    title: str
    anchors: frozenset[str]
    about: str  # the beginnings of its objectives

    @property
    def topic(self) -> Topic:
        """The words by which other passages speak of it, as committees of that name have them."""
        return topic_of(self.title)


def fields_of(lines: Sequence[Line]) -> list[Field]:
    """The fields of a draft in its order: the headings right above objectives. Many drafts have none."""
    below: dict[str | None, list[Line]] = defaultdict(list)
    for line in lines:
        below[line.parent].append(line)
    return [
        Field(line.anchor, line.beginning, frozenset(_family(line.anchor, below)), _about(below[line.anchor]))
        for line in lines
        if line.kind == "heading" and any(child.kind == "objective" for child in below[line.anchor])
    ]


def own_fields(fields: Sequence[Field], names: Iterable[str]) -> list[Field]:
    """The fields of a draft that an institution's own words name: by their heading, else by an objective below it."""
    chosen: set[str] = set()
    for name in names:
        stems = _stems(name)
        by_title = [field for field in fields if stems & _stems(field.title)]
        found = by_title or [field for field in fields if stems & _stems(field.about)]
        chosen.update(field.anchor for field in found)
    return [field for field in fields if field.anchor in chosen]


def passages_of(chosen: Sequence[Field], fields: Sequence[Field], texts: Mapping[str, str]) -> dict[str, str]:
    """What to read for some fields: by anchor, the word for which a passage outside of all fields is shown, else ''.

    texts: every section of the draft in its order.
    """
    inside = {anchor for field in chosen for anchor in field.anchors}
    elsewhere = {anchor for field in fields for anchor in field.anchors} - inside
    found: dict[str, str] = {}
    for anchor, text in texts.items():
        if anchor in inside:
            found[anchor] = ""
        elif anchor not in elsewhere and (word := _word_for(chosen, text)):
            found[anchor] = word
    return found


def _word_for(chosen: Iterable[Field], text: str) -> str:
    return next((word for field in chosen for word in matches(field.topic, text)), "")


def _family(anchor: str, below: Mapping[str | None, Sequence[Line]]) -> Iterable[str]:
    waiting, seen = [anchor], {anchor}
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [line.anchor for line in below.get(one, ()) if line.anchor not in seen]
        seen.update(waiting)


def _about(children: Iterable[Line]) -> str:
    return " ".join(line.beginning for line in children if line.kind == "objective")


def _stems(words: str) -> set[str]:
    return {fold(word)[:_STEM] for word in _WORD.findall(words)}
