"""Sections that were read, put right before they become a draft: split, joined, moved, deleted. Pure; nothing is stored.

Each act takes sections in their order, parents before their children, and returns new ones in the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ikb.drafts.importers.parsed import ParsedSection
from ikb.errors import Implausible

Sections = list[ParsedSection]
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ANCHOR = re.compile(r"[a-z0-9][a-z0-9.~-]{0,79}")


def split(sections: Sequence[ParsedSection], place: int) -> Sections:
    """Part a section where its text has blank lines; what stood below it stands below the last part.

    Raises Implausible where there is no blank line.
    """
    section = sections[place]
    first, *rest = [
        " ".join(part.split()) for part in _BLANK_LINE.split(section.text.replace("\r\n", "\n")) if part.strip()
    ]
    if not rest:
        raise Implausible(
            "Setzen Sie im Text eine Leerzeile, wo der neue Abschnitt beginnt, und teilen Sie dann noch einmal."
        )
    taken = {other.anchor for other in sections}
    new = [replace(section, text=first)]
    for text in rest:
        anchor = _free(section.anchor, taken)
        taken.add(anchor)
        if section.kind == "heading":
            new.append(ParsedSection(anchor, "paragraph", None, section.anchor, text))
        else:
            new.append(ParsedSection(anchor, section.kind, None, section.parent, text))
    heir = section.anchor if section.kind == "heading" else new[-1].anchor
    return [*sections[:place], *new, *_below(sections[place + 1 :], section.anchor, heir)]


def _free(anchor: str, taken: set[str]) -> str:
    """The next anchor of the same name, as the importer makes them where a paper numbers twice."""
    base = anchor.split("~")[0][:74]
    return next(name for copy in range(2, len(taken) + 3) if (name := f"{base}~{copy}") not in taken)


def join(sections: Sequence[ParsedSection], place: int) -> Sections:
    """Put a section's text behind the one before it, which keeps its anchor. Raises Implausible for the first one."""
    if place == 0:
        raise Implausible("Vor dem ersten Abschnitt steht keiner, mit dem er sich verbinden ließe.")
    before, section = sections[place - 1], sections[place]
    joined = replace(before, text=f"{before.text} {section.text}".strip())
    return [*sections[: place - 1], joined, *_below(sections[place + 1 :], section.anchor, before.anchor)]


def delete(sections: Sequence[ParsedSection], place: int) -> Sections:
    """Take a section out; what stood below it stands below the one above. Raises Implausible for the last one left."""
    if len(sections) == 1:
        raise Implausible("Ein Entwurf hat mindestens einen Abschnitt.")
    section = sections[place]
    return [*sections[:place], *_below(sections[place + 1 :], section.anchor, section.parent)]


def _below(sections: Sequence[ParsedSection], parent: str, heir: str | None) -> Sections:
    return [replace(section, parent=heir) if section.parent == parent else section for section in sections]


def move_up(sections: Sequence[ParsedSection], place: int) -> Sections:
    """Change places with the section before it on the same level, each with what is below it."""
    return _swap(sections, place, -1)


def move_down(sections: Sequence[ParsedSection], place: int) -> Sections:
    """The same with the section behind it."""
    return _swap(sections, place, 1)


def _swap(sections: Sequence[ParsedSection], place: int, step: int) -> Sections:
    section = sections[place]
    children: dict[str | None, Sections] = {}
    for each in sections:
        children.setdefault(each.parent, []).append(each)
    level = children[section.parent]
    here = level.index(section)
    if not 0 <= here + step < len(level):
        raise Implausible("Auf dieser Ebene steht der Abschnitt schon ganz " + ("vorn." if step < 0 else "hinten."))
    level[here], level[here + step] = level[here + step], level[here]
    return _in_order(children, None)


def _in_order(children: dict[str | None, Sections], parent: str | None) -> Sections:
    found: Sections = []
    waiting = list(reversed(children.get(parent, [])))
    while waiting:
        section = waiting.pop()
        found.append(section)
        waiting.extend(reversed(children.get(section.anchor, [])))
    return found


ACTS: dict[str, Callable[[Sequence[ParsedSection], int], Sections]] = {
    "split": split,
    "join": join,
    "up": move_up,
    "down": move_down,
    "delete": delete,
}


def depths(sections: Sequence[ParsedSection]) -> list[int]:
    """How many sections stand above each."""
    found: dict[str, int] = {}
    for section in sections:
        found[section.anchor] = found[section.parent] + 1 if section.parent in found else 0
    return [found[section.anchor] for section in sections]


def checked(sections: Sequence[ParsedSection]) -> Sections:
    """The sections, if their anchors fit together as a form got them. Raises Implausible otherwise, or without any."""
    seen: set[str] = set()
    for section in sections:
        fits = _ANCHOR.fullmatch(section.anchor) and section.anchor not in seen
        if not fits or not (section.parent is None or section.parent in seen):
            raise Implausible("Die Abschnitte passen nicht mehr zusammen. Lesen Sie die Vorlage noch einmal ein.")
        seen.add(section.anchor)
    if not seen:
        raise Implausible("Ein Entwurf hat mindestens einen Abschnitt. Lesen Sie die Vorlage noch einmal ein.")
    return list(sections)
