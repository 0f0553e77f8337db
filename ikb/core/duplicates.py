"""Comments on one element that make the same demand in nearly the same words: form letters and their kin."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from ikb.core.comments.letters import Letter, read_letter
from ikb.core.comments.lexicon import FUNCTION_WORDS
from ikb.core.comments.matching import added_sentences, same_demand

CANDIDATE_SHARE = 0.5
"""Letters that share less than this of the shorter one's words are never compared."""
NEAR_SHARE = 0.8

read = lru_cache(maxsize=50_000)(read_letter)


@dataclass(frozen=True, slots=True)
class Comment:
    """What one statement says in free text.

    order: moment and id; "first" always means by these.
    """

    statement: str
    submitted_at: datetime
    text: str

    @property
    def order(self) -> tuple[datetime, str]:
        return self.submitted_at, self.statement


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One statement in a group.

    kind:  "exact" if it says the same words as the representative, greetings aside, else "near".
    added: whole sentences that the representative does not say.
    """

    statement: str
    kind: Literal["exact", "near"]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more statements with the same demand in nearly the same words.

    key:            made from the first member.
    representative: the statement whose text stands for all.
    members:        in order of submission.
    """

    key: str
    representative: str
    members: tuple[GroupMember, ...]


@dataclass(slots=True)
class _Voice:
    """One text, and everyone who wrote it; neighbours are bits by number of voice.

    words:      bits of its words.
    candidates: voices worth a comparison.
    near:       how many voices share most of its words.
    """

    letter: Letter
    words: int
    comments: list[Comment] = field(default_factory=list)
    candidates: int = 0
    near: int = 0

    @property
    def first(self) -> Comment:
        return min(self.comments, key=lambda comment: comment.order)


@dataclass(frozen=True, slots=True)
class Star:
    """Comments gathered round the one text that stands for them; alone if nobody else says the same.

    comments: in order of submission.
    """

    centre: Comment
    comments: tuple[Comment, ...]


class Comments:
    """All comments on one element. What it finds depends on the set of comments, not on their order.

    known: folded words that are spelled rightly, such as those of the draft.
    """

    def __init__(self, known: Set[str] = frozenset()) -> None:
        self._known = known
        self._voices: list[_Voice] = []
        self._by_text: dict[str, int] = {}
        self._bits: dict[str, int] = {}
        self._same: dict[tuple[int, int], bool] = {}

    def add(self, comment: Comment) -> None:
        """Take in a comment; one without any word is ignored."""
        letter = read(comment.text)
        if not letter.sentences:
            return
        number = self._by_text.get(letter.voice)
        if number is None:
            number = self._new_voice(letter)
        self._voices[number].comments.append(comment)

    def stars(self) -> list[Star]:
        """Every comment in exactly one star, in order of their first comments (see `Star`).

        A star holds what makes the same demand as its centre, never a chain of likenesses: the most frequent text
        begins, then the one with the most others near it.
        """
        free = (1 << len(self._voices)) - 1
        stars = []
        for number in sorted(range(len(self._voices)), key=self._rank):
            if free >> number & 1:
                gathered = self._gathered(number, free)
                free &= ~sum(1 << one for one in gathered)
                stars.append(self._star(number, gathered))
        return sorted(stars, key=lambda star: star.comments[0].order)

    def _rank(self, number: int) -> tuple[int, int, tuple[datetime, str]]:
        voice = self._voices[number]
        return -len(voice.comments), -voice.near, voice.first.order

    def _gathered(self, centre: int, free: int) -> list[int]:
        others = _numbers(self._voices[centre].candidates & free)
        return [centre, *(other for other in others if self._make_same_demand(centre, other))]

    def _make_same_demand(self, one: int, other: int) -> bool:
        pair = (one, other) if one < other else (other, one)
        if pair not in self._same:
            letters = sorted((self._voices[one].letter, self._voices[other].letter), key=lambda letter: letter.voice)
            self._same[pair] = same_demand(letters[0], letters[1], self._known)
        return self._same[pair]

    def _star(self, centre: int, gathered: Iterable[int]) -> Star:
        comments = [comment for number in gathered for comment in self._voices[number].comments]
        return Star(self._voices[centre].first, tuple(sorted(comments, key=lambda comment: comment.order)))

    def _new_voice(self, letter: Letter) -> int:
        number = len(self._voices)
        voice = _Voice(letter, self._word_bits(letter))
        for other, there in enumerate(self._voices):
            self._note_neighbours(number, voice, other, there)
        self._voices.append(voice)
        self._by_text[letter.voice] = number
        return number

    def _note_neighbours(self, number: int, voice: _Voice, other: int, there: _Voice) -> None:
        common = (voice.words & there.words).bit_count()
        sizes = sorted((voice.words.bit_count(), there.words.bit_count()))
        if common < CANDIDATE_SHARE * sizes[0]:
            return
        voice.candidates |= 1 << other
        there.candidates |= 1 << number
        if common >= NEAR_SHARE * sizes[1]:
            voice.near += 1
            there.near += 1

    def _word_bits(self, letter: Letter) -> int:
        words = {word for sentence in letter.matter for word in sentence.words}
        content = words - FUNCTION_WORDS or words
        return sum(1 << self._bits.setdefault(word, len(self._bits)) for word in content)


def duplicate_groups(stars: Iterable[Star]) -> list[DuplicateGroup]:
    """The stars with two or more members, as groups that show what each member adds."""
    return [_group(star) for star in stars if len(star.comments) > 1]


def _group(star: Star) -> DuplicateGroup:
    centre = read(star.centre.text)
    members = tuple(_member(comment, star.centre, centre) for comment in star.comments)
    return DuplicateGroup(f"G-{star.comments[0].statement}", star.centre.statement, members)


def _member(comment: Comment, representative: Comment, centre: Letter) -> GroupMember:
    if comment.text == representative.text:
        return GroupMember(comment.statement, "exact", ())
    letter = read(comment.text)
    if letter.key == centre.key:
        return GroupMember(comment.statement, "exact", ())
    return GroupMember(comment.statement, "near", added_sentences(letter, centre))


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
