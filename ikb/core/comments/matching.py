"""Do two letters make the same demand? Found out by laying them side by side, word by word."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from ikb.core.comments.letters import Letter, Sentence
from ikb.core.comments.lexicon import FUNCTION_WORDS, NEGATIONS, NUMBERS, SYNONYMS, are_opposites, direction
from ikb.core.comments.spelling import is_slip

COVERAGE_OF_SHORTER = 0.70
COVERAGE_OF_LONGER = 0.50
SAME_SENTENCE = 0.5
"""From this share of common words on, two sentences are two versions of one."""

_SETTLED = FUNCTION_WORDS | NEGATIONS | NUMBERS
_ORDER_MATTERS = frozenset(("statt", "anstatt", "anstelle", "als", "gegen", "vor", "nach", "von", "bis", "vom", "zum"))


@dataclass(frozen=True, slots=True)
class _Rest:
    """Words of two versions of a sentence that have no counterpart, each with its noun flag, and how many have one."""

    left: list[tuple[str, bool | None]]
    right: list[tuple[str, bool | None]]
    common: int


def same_demand(one: Letter, other: Letter, known: Set[str] = frozenset()) -> bool:
    """True if the letters make the same demand in nearly the same words.

    Equal sentences count wherever they stand; slips of the keyboard, small words and synonyms are forgiven.
    Another number, noun, negation or direction never is. Stock replies must be identical.
    known: folded words that are spelled rightly, such as those of the draft: no slips of one another.
    """
    if one.key == other.key:
        return True
    if one.is_stock_reply or other.is_stock_reply:
        return False
    pairs = _pairs(one.matter, other.matter)
    if pairs is None:
        return False
    covered = 0.0
    for left, right in pairs:
        rest = _rest(left, right, known)
        if rest is None:
            return False
        covered += (rest.common + min(len(left.words), len(right.words))) / 2  # a synonym counts half
    shorter, longer = sorted((one.size, other.size))
    if covered < COVERAGE_OF_SHORTER * shorter or covered < COVERAGE_OF_LONGER * longer:
        return False
    return _share_a_demand(one, other, pairs)


def added_sentences(member: Letter, representative: Letter) -> tuple[str, ...]:
    """What the member says beyond the representative: whole sentences, without courtesies and personal lines."""
    pairs = _pairs(member.matter, representative.matter) or []
    met = Counter(id(left) for left, _ in pairs)
    said = [s for s in member.matter if not met[id(s)] and not s.is_courtesy and not s.is_personal]
    return tuple(sentence.text for sentence in said)


def _share_a_demand(one: Letter, other: Letter, pairs: Sequence[tuple[Sentence, Sentence]]) -> bool:
    """False if each makes demands, but none of them together."""
    left = any(sentence.makes_demand for sentence in one.matter)
    right = any(sentence.makes_demand for sentence in other.matter)
    return not (left and right) or any(a.makes_demand or b.makes_demand for a, b in pairs)


def _pairs(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[tuple[Sentence, Sentence]] | None:
    """Sentences that are the same or versions of one another, in any order, the most alike first."""
    pairs = []
    waiting: dict[str, list[Sentence]] = {}
    for sentence in right:
        waiting.setdefault(sentence.key, []).append(sentence)
    rest = []
    for sentence in left:
        if waiting.get(sentence.key):
            pairs.append((sentence, waiting[sentence.key].pop()))
        else:
            rest.append(sentence)
    others = [sentence for group in waiting.values() for sentence in group]
    alike = [
        (likeness, -a, -b)
        for a, one in enumerate(rest)
        for b, other in enumerate(others)
        if (likeness := _likeness(one, other)) >= SAME_SENTENCE
    ]
    used_left, used_right = set[int](), set[int]()
    for _, a, b in sorted(alike, reverse=True):
        if -a not in used_left and -b not in used_right:
            used_left.add(-a)
            used_right.add(-b)
            pairs.append((rest[-a], others[-b]))
    return pairs


def _likeness(one: Sentence, other: Sentence) -> float:
    """Share of words in common, slips and order forgiven: 0 to 1."""
    left, right = Counter(one.words), Counter(other.words)
    common = (left & right).total()
    total = len(one.words) + len(other.words)
    if 2 * common < SAME_SENTENCE * total / 2:
        return 0.0
    gone, come = list((left - right).elements()), list((right - left).elements())
    for word in gone:
        match = next((c for c in come if is_slip(word, c) and not _both_settled(word, c, _SETTLED)), None)
        if match is not None:
            come.remove(match)
            common += 1
    return 2 * common / total


def _rest(one: Sentence, other: Sentence, known: Set[str]) -> _Rest | None:
    """What two versions of a sentence do not share, or None if that makes another demand."""
    if one.key == other.key:
        return _Rest([], [], len(one.words))
    left, right = _unmatched(one, other)
    _forgive(left, right, known)
    rest = _Rest(left, right, len(one.words) - len(left))
    if _turns(rest) or _nouns_change_places(one, other):
        return None
    return rest


def _unmatched(one: Sentence, other: Sentence) -> tuple[list[tuple[str, bool | None]], list[tuple[str, bool | None]]]:
    gone, come = Counter(one.words), Counter(other.words)
    common = gone & come
    return _leftover(one, common), _leftover(other, common)


def _leftover(sentence: Sentence, common: Counter[str]) -> list[tuple[str, bool | None]]:
    open_words = common.copy()
    left = []
    for word, noun in zip(sentence.words, sentence.nouns, strict=True):
        if open_words[word]:
            open_words[word] -= 1
        else:
            left.append((word, noun))
    return left


def _forgive(left: list[tuple[str, bool | None]], right: list[tuple[str, bool | None]], known: Set[str]) -> None:
    """Strike out words that are slips, inflections or synonyms of each other, and words written apart or together."""
    settled = _SETTLED | known
    for word in list(left):
        match = next((c for c in right if _same_word(word[0], c[0], settled)), None)
        if match is not None:
            left.remove(word)
            right.remove(match)
    for here, there in ((left, right), (right, left)):
        for word in list(here):
            halves = _halves(word[0], [w for w, _ in there])
            if halves is not None:
                here.remove(word)
                del there[halves : halves + 2]


def _halves(word: str, others: Sequence[str]) -> int | None:
    """Where the word stands in two parts among the others."""
    for at in range(len(others) - 1):
        if others[at] + others[at + 1] == word:
            return at
    return None


def _same_word(one: str, other: str, settled: Set[str]) -> bool:
    if SYNONYMS.get(one, one) == SYNONYMS.get(other, other):
        return True
    if one.startswith("un") != other.startswith("un") and one.removeprefix("un") == other.removeprefix("un"):
        return False
    return is_slip(one, other) and not _both_settled(one, other, settled) and not _is_turn(one, other)


def _both_settled(one: str, other: str, settled: Set[str]) -> bool:
    return one in settled and other in settled


def _is_turn(one: str, other: str) -> bool:
    """True if the words point in different directions ("ausbauen", "abbauen")."""
    return direction(one) * direction(other) < 0


def _turns(rest: _Rest) -> bool:
    """True if the words left over make another demand: a number, a noun, a negation, another direction, un-."""
    both = [*rest.left, *rest.right]
    if any(word in NEGATIONS or word in NUMBERS or word[0].isdigit() for word, _ in both):
        return True
    if any(noun and word not in FUNCTION_WORDS for word, noun in both) or _may_hide_nouns(rest):
        return True
    if sum(direction(word) for word, _ in rest.left) * sum(direction(word) for word, _ in rest.right) < 0:
        return True
    left, right = {word for word, _ in rest.left}, {word for word, _ in rest.right}
    if any(f"un{word}" in right for word in left) or any(f"un{word}" in left for word in right):
        return True
    return are_opposites(left, right)


def _may_hide_nouns(rest: _Rest) -> bool:
    """True if, in a letter whose capitals tell nothing, more words are new than the other's plain words account for."""
    left = [noun for word, noun in rest.left if word not in FUNCTION_WORDS]
    right = [noun for word, noun in rest.right if word not in FUNCTION_WORDS]
    if None in left and None in right:
        return True
    return (None in left and len(left) > len(rest.right)) or (None in right and len(right) > len(rest.left))


def _nouns_change_places(one: Sentence, other: Sentence) -> bool:
    """True if the same nouns stand in another order in a sentence where that matters ("Busse statt Autos")."""
    if not _ORDER_MATTERS.intersection(one.words):
        return False
    from rapidfuzz.distance import Indel  # late: decision 79

    common = set(one.words) & set(other.words)
    left = [word for word, noun in zip(one.words, one.nouns, strict=True) if noun and word in common]
    right = [word for word in other.words if word in set(left)]
    return len(left) > 1 and Indel.distance(left, right) > 0
