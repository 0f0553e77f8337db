"""A wish on an older version, carried over what has changed since (R8)."""

from collections.abc import Iterable, Sequence

from ikb.core.diff import Hunk, apply, edit_script
from ikb.core.relation import Relation, relation
from ikb.core.texts import Token


class Rebased:
    """Where the hunks of an older wish stand on the current text.

    hunks: what is still to do, on the current tokens; empty if everything was done since.
    done:  what was done since, on the current tokens: start, words removed, words put in. It tells wishes apart
           that are all adopted.
    """

    def __init__(self, hunks: tuple[Hunk, ...], done: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...]) -> None:
        self.hunks = hunks
        self.done = done


def rebase(hunks: Sequence[Hunk], old: Sequence[Token], current: Sequence[Token]) -> Rebased | None:
    """The hunks on `current` instead of `old`, or None if one of them conflicts with a change made since.

    Identical to a change since: done. Separate from all of them or a co-insertion: moved, after what was put in there.
    """
    changes = edit_script(old, current)
    base = [token.text for token in old]
    moved, done = [], []
    for hunk in hunks:
        relations = {relation(hunk, change, base) for change in changes}
        if Relation.CONFLICT in relations:
            return None
        if Relation.IDENTICAL in relations:
            start = hunk.i + _growth_before(hunk, changes, including=False)
            done.append((start, tuple(base[hunk.i : hunk.j]), hunk.words))
        else:
            moved.append(hunk.moved(_growth_before(hunk, changes, including=True)))
    return Rebased(_settled(moved, current), tuple(done))


def _growth_before(hunk: Hunk, changes: Iterable[Hunk], including: bool) -> int:
    """By how much the changes before the hunk moved it; `including` what was put in at the very same place."""
    return sum(c.growth for c in changes if c.i < hunk.i or (including and c.i == hunk.i))


def _settled(moved: Sequence[Hunk], current: Sequence[Token]) -> tuple[Hunk, ...]:
    """The hunks as anyone would have got them who wrote the same text on the current version (R3, R4)."""
    return edit_script(current, apply(current, moved)) if moved else ()
