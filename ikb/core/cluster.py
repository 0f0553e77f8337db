"""Comments on one element that argue alike, gathered and named: by the words they share and the themes they touch."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from pathlib import Path
from typing import Any

from ikb.core.comments.letters import WORD
from ikb.core.comments.lexicon import FUNCTION_WORDS, SENTENCE_OPENERS
from ikb.core.comments.spelling import fold
from ikb.core.duplicates import Star, read

ALIKE = 0.30
"""Comments whose mean cosine is at least this argue alike."""
THEME_SHARE = 0.5
"""How much of a comment's direction its themes make up; the rest are its words."""
OWN_WORD_WEIGHT = 0.3
"""What a word of the element itself counts: all comments on it are likely to use it."""
SHORT_STEM = 5
LABEL_WORDS = 3
THEMES = Path(__file__).with_name("themes.json")


@dataclass(frozen=True, eq=False)
class Themes:
    """A theme lexicon: name of a theme -> folded stems of its words."""

    stems: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Statements on one element that argue alike.

    key:     made from the first member.
    label:   one to five key words: a theme, if there is one, then the words that tell it from the others.
    members: statement ids in order of submission.
    """

    key: str
    label: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text to be clustered: its word stems and themes with their numbers."""

    stems: Mapping[str, int]
    themes: Mapping[str, int]


@lru_cache(maxsize=1)
def default_themes() -> Themes:
    """The theme lexicon that comes with ikb."""
    return read_themes(THEMES)


def read_themes(path: Path) -> Themes:
    """A theme lexicon from a file: a municipality may have its own.

    Raises ValueError if the file is none.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or data.get("format") != "ikb-themes/1":
        raise ValueError(f"{path.name} is no theme lexicon (format ikb-themes/1)")
    return Themes({name: tuple(fold(stem) for stem in stems.split()) for name, stems in data["themes"].items()})


def clusters(stars: Sequence[Star], element_text: str = "", themes: Themes | None = None) -> list[Cluster]:
    """Every comment in exactly one cluster, a duplicate group always in one, in order of their first members.

    stars:        from `Comments.stars`; each speaks with one voice, however many signed it.
    element_text: the element's own text; its words tell little about what a comment argues.
    """
    lexicon = themes if themes is not None else default_themes()
    own = {_stem(fold(word)) for word in WORD.findall(element_text)}
    texts = [_text(star.centre.text, lexicon) for star in stars]
    numbers = _numbers(texts, own)
    gathered: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        gathered.setdefault(number, []).append(place)
    labels = _labels(stars, texts, list(gathered.values()), own)
    return [_cluster(stars, places, label) for places, label in zip(gathered.values(), labels, strict=True)]


def _cluster(stars: Sequence[Star], places: Iterable[int], label: tuple[str, ...]) -> Cluster:
    comments = sorted((comment for place in places for comment in stars[place].comments), key=lambda c: c.order)
    return Cluster(f"C-{comments[0].statement}", label, tuple(comment.statement for comment in comments))


@lru_cache(maxsize=50_000)
def _text(comment: str, themes: Themes) -> _Text:
    words = [word for sentence in read(comment).matter for word in sentence.words]
    content = [word for word in words if word not in FUNCTION_WORDS and not word[0].isdigit()]
    marks = Counter(theme for word in content for theme in _themes_of(word, themes))
    return _Text(Counter(_stem(word) for word in content), marks)


@lru_cache(maxsize=100_000)
def _themes_of(word: str, themes: Themes) -> tuple[str, ...]:
    return tuple(name for name, stems in themes.stems.items() if any(_touches(word, stem) for stem in stems))


def _touches(word: str, stem: str) -> bool:
    """A long stem may stand inside a compound, a short one only begins a word."""
    return stem in word if len(stem) > SHORT_STEM else word.startswith(stem)


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import snowballstemmer  # late: decision 79

    return snowballstemmer.stemmer("german")


@lru_cache(maxsize=100_000)
def _grams(stem: str) -> tuple[str, ...]:
    """The stem's runs of four letters, which compounds share with their parts."""
    marked = f" {stem} "
    return tuple(marked[at : at + 4] for at in range(max(1, len(marked) - 3)))


def _numbers(texts: Sequence[_Text], own: Set[str]) -> list[int]:
    """For each text the number of its cluster, from 0 in the order of the texts."""
    if len(texts) < 2:
        return [0] * len(texts)
    from ikb.core.likeness import gathered  # not before: the web process has no need of it

    themes = [{theme: sqrt(count) for theme, count in text.themes.items()} for text in texts]
    words = [_gram_weights(text, own) for text in texts]
    return gathered(words, themes, theme_share=THEME_SHARE, alike=ALIKE)


def _gram_weights(text: _Text, own: Set[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for stem, count in text.stems.items():
        grams = _grams(stem)
        weight = sqrt(count) * (OWN_WORD_WEIGHT if stem in own else 1.0) / sqrt(len(grams))
        for gram in grams:
            weights[gram] = weights.get(gram, 0.0) + weight
    return weights


def _labels(
    stars: Sequence[Star], texts: Sequence[_Text], groups: Sequence[Sequence[int]], own: Set[str]
) -> list[tuple[str, ...]]:
    """For each cluster its strongest theme and the words that tell it from the others (class-based tf-idf)."""
    inside = [Counter[str]() for _ in groups]
    for number, places in enumerate(groups):
        for place in places:
            inside[number].update(texts[place].stems)
    everywhere = Counter[str]()
    for counts in inside:
        everywhere.update(counts)
    mean = everywhere.total() / max(1, len(groups))
    return [
        _label([texts[p] for p in places], _written(stars, places), counts, everywhere, mean, own)
        for places, counts in zip(groups, inside, strict=True)
    ]


def _label(
    texts: Sequence[_Text],
    written: Mapping[str, str],
    inside: Counter[str],
    everywhere: Counter[str],
    mean: float,
    own: Set[str],
) -> tuple[str, ...]:
    themes = Counter[str]()
    for text in texts:
        themes.update(dict.fromkeys(text.themes, 1))
    leading = [name for name, _ in sorted(themes.items(), key=lambda item: (-item[1], item[0]))[:1]]
    scores = {
        stem: count * log(1 + mean / everywhere[stem]) * (OWN_WORD_WEIGHT if stem in own else 1.0)
        for stem, count in inside.items()
    }
    ranked = sorted(scores, key=lambda stem: (-round(scores[stem], 9), stem))
    words = [written[stem] for stem in ranked if stem in written and written[stem] not in leading]
    return (*leading, *words[:LABEL_WORDS]) or ("Sonstiges",)


def _written(stars: Sequence[Star], places: Iterable[int]) -> dict[str, str]:
    """Stem -> how it is written: nouns with their capital, the most frequent spelling."""
    spellings: dict[str, Counter[str]] = {}
    for place in places:
        for word in WORD.findall(" ".join(s.text for s in read(stars[place].centre.text).matter)):
            key = fold(word)
            if key in SENTENCE_OPENERS or key[0].isdigit() or len(key) < 3:
                continue
            spellings.setdefault(_stem(key), Counter())[word if not word.isupper() else word.capitalize()] += 1
    return {stem: min(found, key=lambda word: (-found[word], word)) for stem, found in spellings.items()}
