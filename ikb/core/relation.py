"""How two hunks on the same text stand to each other (R5)."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from ikb.core.diff import Hunk
from ikb.core.texts import are_whole_sentences, is_sentence_boundary, jaccard

RIVAL_SIMILARITY = 0.5
"""From this Jaccard index of their token sets on, two insertions at one place are rival wordings (R5, R6)."""


class Relation(StrEnum):
    """What two hunks mean for each other."""

    IDENTICAL = "identical"
    SEPARATE = "separate"
    CO_INSERTION = "co_insertion"
    CONFLICT = "conflict"


def relation(one: Hunk, other: Hunk, base: Sequence[str]) -> Relation:
    """Identical, separate (an unchanged token between), co-insertion, or else a conflict (R5).

    base: the tokens both hunks are on.
    """
    if one == other:
        return Relation.IDENTICAL
    if one.j < other.i or other.j < one.i:
        return Relation.SEPARATE
    if _are_co_insertions(one, other, base):
        return Relation.CO_INSERTION
    return Relation.CONFLICT


def are_rivals(one: Iterable[str], other: Iterable[str]) -> bool:
    """True if two new elements at one place say so much the same that only one can stand (R6)."""
    return jaccard(one, other) >= RIVAL_SIMILARITY


def conflicting_owners(hunks: Iterable[tuple[Hunk, int]], base: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of owners with a pair of hunks in conflict; a pair may come more than once.

    Sweeps from left to right, so that hunks far apart are never compared.
    """
    open_hunks: list[tuple[Hunk, int]] = []
    for hunk, owner in sorted(hunks, key=lambda pair: (pair[0].i, pair[0].j)):
        open_hunks = [pair for pair in open_hunks if pair[0].j >= hunk.i]
        for earlier, its_owner in open_hunks:
            if its_owner != owner and relation(earlier, hunk, base) is Relation.CONFLICT:
                yield its_owner, owner
        open_hunks.append((hunk, owner))


def _are_co_insertions(one: Hunk, other: Hunk, base: Sequence[str]) -> bool:
    return (
        one.is_insertion
        and other.is_insertion
        and one.i == other.i
        and is_sentence_boundary(base, one.i)
        and are_whole_sentences(one.words)
        and are_whole_sentences(other.words)
        and not are_rivals(one.words, other.words)
    )
