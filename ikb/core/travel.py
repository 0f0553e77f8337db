"""Where a remark stands on the next version: at its passage, elsewhere, at other words, or nowhere any more. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ikb.core.diff import apply, edit_script
from ikb.core.rebase import rebase
from ikb.core.texts import Token, jaccard, joined, normalise, tokens, words

MOST_OFFERED = 5
ALIKE = 0.5
"""From this Jaccard index of their words on, a new section may be what became of one that is gone."""
HARDLY_LEFT = 0.5
"""A passage that kept fewer of its words than this is so new that a person looks whether the remark still fits."""
TELLING = 4  # letters: shorter words say nothing about what a comment is about


class State(StrEnum):
    KEPT = "kept"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


class Doubt(StrEnum):
    """Why a person has to say where a remark belongs."""

    SEVERAL = "several"  # its passage was split, and it may be about either part
    REWRITTEN = "rewritten"  # hardly a word of its passage is left
    OVERTAKEN = "overtaken"  # the very words that it wanted changed are others by now
    SIMILAR = "similar"  # its passage is gone, and a new one says much the same


@dataclass(frozen=True)
class Said:
    """What of a remark matters for its place.

    wish:    "", replace, delete, insert_after or insert_before, as in the consolidation format.
    wording: the whole text asked for, on the passage where the remark stands; None where it fits no passage any more.
    """

    wish: str = ""
    wording: str | None = ""
    comment: str = ""


@dataclass(frozen=True)
class Step:
    """From one version to the next.

    old, new: anchor -> text, in the order of the text.
    ties:     old anchor -> the new ones that its words may have gone to by splitting and joining; none for every other.
    moved:    anchors that stand elsewhere in the new version.
    """

    old: Mapping[str, str]
    new: Mapping[str, str]
    ties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stop:
    """Where a remark stands on one version. anchor: None for the whole document, and where its passage is gone.

    offered: sections that come first when a person chooses. wording: as in `Said`, on this passage.
    """

    state: State
    anchor: str | None
    wording: str | None = ""
    doubt: Doubt | None = None
    offered: tuple[str, ...] = ()


def next_stop(said: Said, anchor: str | None, step: Step) -> Stop:
    """Where a remark that stood at a passage of the old version stands on the new one: exactly one place, or gone."""
    if anchor is None:
        return Stop(State.KEPT, None, said.wording)
    old = step.old.get(anchor)
    if old is None:
        return Stop(State.GONE, None, None)
    if here := [one for one in step.ties.get(anchor, ()) if one in step.new]:
        return _in_parts(said, anchor, old, here, step)
    if anchor not in step.new:
        return _gone(old, step)
    return _in_place(said, anchor, old, step)


def chosen_stop(said: Said, old: str | None, anchor: str | None, text: str) -> Stop:
    """The same where a person said where it belongs. old: the passage it stood at; text: the one it stands at now."""
    if anchor is None:
        return Stop(State.GONE, None, None)
    if said.wish != "replace":
        return Stop(State.MOVED, anchor, said.wording)
    return Stop(State.MOVED, anchor, None if old is None else _carried(said, old, text, whole=True))


def _in_place(said: Said, anchor: str, old: str, step: Step) -> Stop:
    text = step.new[anchor]
    if old == text or normalise(old) == normalise(text):
        return Stop(State.MOVED if anchor in step.moved else State.KEPT, anchor, said.wording)
    state = State.MOVED if anchor in step.moved else State.CHANGED
    wording = _carried(said, old, text) if said.wish == "replace" else said.wording
    doubt = None
    if said.wish == "replace" and said.wording is not None and wording is None:
        doubt = Doubt.OVERTAKEN
    elif _left_of(tokens(old), tokens(text)) < HARDLY_LEFT:
        doubt = Doubt.REWRITTEN
    return Stop(state, anchor, wording, doubt, (anchor,) if doubt else ())


def _gone(old: str, step: Step) -> Stop:
    """A passage that is gone; new ones that say much the same are offered."""
    said = words(old)
    alike = {anchor: jaccard(said, words(text)) for anchor, text in step.new.items() if anchor not in step.old}
    likely = sorted((anchor for anchor, index in alike.items() if index >= ALIKE), key=lambda one: (-alike[one], one))
    return Stop(State.GONE, None, None, Doubt.SIMILAR if likely else None, tuple(likely[:MOST_OFFERED]))


def _in_parts(said: Said, anchor: str, old: str, here: Sequence[str], step: Step) -> Stop:
    """A passage whose words were split up or joined to others. here: where they may be now, in the order of the text."""
    before = tokens(old)
    shares = {one: _left_of(before, tokens(step.new[one])) for one in here}
    found = [one for one in here if shares[one] > 0] or list(here)
    place, wording = _fit(said, old, found, step)
    if place is not None:
        return _stop_at(place, anchor, wording, step)
    if len(found) == 1:
        doubt = Doubt.OVERTAKEN if said.wish else None
        return _stop_at(found[0], anchor, None if said.wish else "", step, doubt, found)
    likely = _about(said, found, step) or (anchor if anchor in found else max(found, key=lambda one: shares[one]))
    return _stop_at(likely, anchor, None if said.wish else "", step, Doubt.SEVERAL, found)


def _stop_at(
    place: str,
    anchor: str,
    wording: str | None,
    step: Step,
    doubt: Doubt | None = None,
    offered: Sequence[str] = (),
) -> Stop:
    state = State.MOVED if place != anchor or anchor in step.moved else State.CHANGED
    return Stop(state, place, wording, doubt, tuple(offered[:MOST_OFFERED]) if doubt else ())


def _fit(said: Said, old: str, found: Sequence[str], step: Step) -> tuple[str | None, str | None]:
    """The only part that a wish fits, with the whole text that it asks for there; nothing where that is not sure."""
    if said.wish == "replace":
        fitting = {one: text for one in found if (text := _carried(said, old, step.new[one], whole=True)) is not None}
        return next(iter(fitting.items())) if len(fitting) == 1 else (None, None)
    if said.wish == "delete":
        same = [one for one in found if normalise(step.new[one]) == normalise(old)]
        return (same[0], "") if len(same) == 1 else (None, None)
    if said.wish in ("insert_after", "insert_before"):
        at_end = said.wish == "insert_after"
        edge = [one for one in found if _shares_edge(old, step.new[one], at_end=at_end)]
        return (edge[0], said.wording) if len(edge) == 1 else (None, None)
    return None, None


def _shares_edge(old: str, new: str, *, at_end: bool) -> bool:
    """Whether both texts end (or begin) with the same three words: what is asked for beside the one goes beside the other."""
    one, other = words(old), words(new)
    return one[-3:] == other[-3:] if at_end else one[:3] == other[:3]


def _carried(said: Said, old: str, new: str, *, whole: bool = False) -> str | None:
    """The text that a wish asks for on other words; None where they changed at that very place.

    whole: only if nothing of the wish counts as done: words that merely went to another section were not struck out.
    """
    if said.wording is None:
        return None
    before, here = tokens(old), tokens(new)
    hunks = edit_script(before, tokens(said.wording))
    carried = rebase(hunks, before, here)
    if carried is None or (whole and (carried.done or not carried.hunks)):
        return None
    return joined(apply(here, carried.hunks))


def _left_of(before: Sequence[Token], after: Sequence[Token]) -> float:
    """The share of the old words that is still there, from 0 to 1."""
    if not before:
        return 1.0
    struck = sum(hunk.j - hunk.i for hunk in edit_script(before, after))
    return 1 - struck / len(before)


def _about(said: Said, found: Sequence[str], step: Step) -> str | None:
    """The part that a comment shares most of its telling words with, None where two share as many."""
    spoken = {word.casefold() for word in words(said.comment) if len(word) >= TELLING}
    shared = {one: len(spoken & {word.casefold() for word in words(step.new[one])}) for one in found}
    best = max(shared.values())
    likely = [one for one, count in shared.items() if count == best]
    return likely[0] if best and len(likely) == 1 else None
