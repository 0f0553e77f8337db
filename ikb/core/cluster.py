"""Comments on one element that argue alike, gathered and named: by the words they share and the themes they touch."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from pathlib import Path

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

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

_STEMMER = snowballstemmer.stemmer("german")


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
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=100_000)
def _grams(stem: str) -> tuple[str, ...]:
    """The stem's runs of four letters, which compounds share with their parts."""
    marked = f" {stem} "
    return tuple(marked[at : at + 4] for at in range(max(1, len(marked) - 3)))


def _numbers(texts: Sequence[_Text], own: Set[str]) -> list[int]:
    """For each text the number of its cluster, from 0 in the order of the texts."""
    if len(texts) < 2:
        return [0] * len(texts)
    likeness = _likeness(texts, own)
    distances = np.round(np.clip(1.0 - likeness, 0.0, 2.0), 9)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), method="average")
    found = fcluster(tree, t=1.0 - ALIKE, criterion="distance")
    order: dict[int, int] = {}
    return [order.setdefault(int(number), len(order)) for number in found]


def _likeness(texts: Sequence[_Text], own: Set[str]) -> NDArray[np.float64]:
    """Cosine between all texts: their words and, for half of it, their themes."""
    grams = _matrix([_gram_weights(text, own) for text in texts])
    themes = _matrix([{theme: sqrt(count) for theme, count in text.themes.items()} for text in texts])
    has_theme = np.array([bool(text.themes) for text in texts])
    word_part = np.where(has_theme, sqrt(1.0 - THEME_SHARE), 1.0)
    words_alike = (grams @ grams.T).toarray() * np.outer(word_part, word_part)
    return np.asarray(words_alike + THEME_SHARE * (themes @ themes.T).toarray())


def _gram_weights(text: _Text, own: Set[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for stem, count in text.stems.items():
        grams = _grams(stem)
        weight = sqrt(count) * (OWN_WORD_WEIGHT if stem in own else 1.0) / sqrt(len(grams))
        for gram in grams:
            weights[gram] = weights.get(gram, 0.0) + weight
    return weights


def _matrix(rows: Sequence[Mapping[str, float]]) -> csr_matrix:
    """Rows of equal length, weighted by how rare a feature is among them."""
    columns = {feature: place for place, feature in enumerate(sorted({f for row in rows for f in row}))}
    document_counts = Counter(feature for row in rows for feature in row)
    data, indices, starts = [], [], [0]
    for row in rows:
        weighted = {f: value * log(1 + len(rows) / document_counts[f]) for f, value in sorted(row.items())}
        length = sqrt(sum(value * value for value in weighted.values())) or 1.0
        data += [value / length for value in weighted.values()]
        indices += [columns[feature] for feature in weighted]
        starts.append(len(data))
    return csr_matrix((data, indices, starts), shape=(len(rows), max(1, len(columns))))


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
