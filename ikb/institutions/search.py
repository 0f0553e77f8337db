"""Search that forgives typing: in plain letters of names, the same on both engines, over ten thousand rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ikb.core.names import sort_key

ALIKE = 78.0  # of 100: `Kulturferein Morgenstren` still finds `Kulturverein Morgenstern e. V.`
SHORTEST = 4  # letters: in shorter words every slip makes another word
MOST_ALIKE = 50
MOST_SHARING = 200  # names with the same word: one that more share, such as `verein`, says nothing


@dataclass(frozen=True)
class Found:
    """Ids of what was found, in the order in which they should be shown. is_alike: nothing is spelled like that."""

    ids: Sequence[int]
    is_alike: bool = False


def find(text: str, names: Mapping[int, str], further: Mapping[int, str] | None = None) -> Found:
    """What contains every word of a text; where nothing does, what is spelled most alike.

    names:   id -> name as `sort_key` writes it, in the order of the list.
    further: id -> other things that are found literally, such as addresses, in small letters.
    """
    plain, words = text.strip().lower(), sort_key(text).split()
    further = further or {}
    literal = [
        number
        for number, name in names.items()
        if (words and all(word in name for word in words)) or (plain and plain in further.get(number, ""))
    ]
    if literal or len("".join(words)) < SHORTEST:
        return Found(literal)
    return Found(_alike(" ".join(words), names), is_alike=True)


def _alike(plain: str, names: Mapping[int, str]) -> list[int]:
    from rapidfuzz import fuzz, process  # late: decision 79

    scored: dict[int, float] = {}
    # Whole names whose words may stand in another order, and a part of a longer name.
    for scorer in (fuzz.token_sort_ratio, fuzz.partial_ratio):
        found = process.extract(plain, dict(names), scorer=scorer, processor=None, score_cutoff=ALIKE, limit=MOST_ALIKE)
        for _, score, number in found:
            scored[number] = max(score, scored.get(number, 0.0))
    for number, score in _by_words(plain.split(), names).items():
        scored[number] = max(score, scored.get(number, 0.0))
    order = {number: place for place, number in enumerate(names)}
    return sorted(scored, key=lambda number: (-scored[number], order[number]))[:MOST_ALIKE]


def _by_words(words: Sequence[str], names: Mapping[int, str]) -> dict[int, float]:
    """Names in which every word is spelled nearly like one of those that were typed, with how nearly on average."""
    from rapidfuzz import fuzz, process  # late: decision 79

    holders: dict[str, list[int]] = {}
    for number, name in names.items():
        for word in set(name.split()):
            holders.setdefault(word, []).append(number)
    found: dict[int, float] | None = None
    for word in words:
        near: dict[int, float] = {}
        for other, score, _ in process.extract(word, list(holders), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None):
            for number in holders[other]:
                near[number] = max(score, near.get(number, 0.0))
        found = near if found is None else {one: found[one] + score for one, score in near.items() if one in found}
    return {number: score / len(words) for number, score in (found or {}).items()}


def alike_pairs(names: Mapping[int, str], least: float, most: int) -> list[tuple[int, int, float]]:
    """The pairs of names that are spelled most alike, with how alike from 0 to 100, the most alike first.

    Compared are only names that share a word of four letters or their beginning: ten thousand take seconds, not hours.
    """
    from rapidfuzz import fuzz  # late: decision 79

    shares: dict[str, list[int]] = {}
    for number, name in names.items():
        for mark in {*(word for word in name.split() if len(word) >= SHORTEST), f"^{name[:SHORTEST]}"}:
            shares.setdefault(mark, []).append(number)
    best: dict[tuple[int, int], float] = {}
    for together in shares.values():
        if len(together) > MOST_SHARING:
            continue
        for place, one in enumerate(together):
            for other in together[place + 1 :]:
                if (one, other) not in best:
                    best[one, other] = fuzz.token_sort_ratio(names[one], names[other], score_cutoff=least)
    pairs = [(one, other, score) for (one, other), score in best.items() if score >= least]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:most]
