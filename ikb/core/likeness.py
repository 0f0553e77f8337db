"""Which texts are alike by their weighted features, by numpy and scipy: forty megabytes, loaded where somebody clusters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

Features = Mapping[str, float]


def gathered(words: Sequence[Features], themes: Sequence[Features], *, theme_share: float, alike: float) -> list[int]:
    """For each of two or more texts the number of its cluster, from 0 in the order of the texts.

    words, themes: each text's features with their weights.
    theme_share:   how much of a text's direction its themes make up, where it has any.
    alike:         texts whose mean cosine is at least this belong together.
    """
    distances = np.round(np.clip(1.0 - _likeness(words, themes, theme_share), 0.0, 2.0), 9)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), method="average")
    found = fcluster(tree, t=1.0 - alike, criterion="distance")
    order: dict[int, int] = {}
    return [order.setdefault(int(number), len(order)) for number in found]


def _likeness(words: Sequence[Features], themes: Sequence[Features], theme_share: float) -> NDArray[np.float64]:
    """Cosine between all texts: their words and, for a part of it, their themes."""
    by_word, by_theme = _matrix(words), _matrix(themes)
    has_theme = np.array([bool(features) for features in themes])
    word_part = np.where(has_theme, sqrt(1.0 - theme_share), 1.0)
    words_alike = (by_word @ by_word.T).toarray() * np.outer(word_part, word_part)
    return np.asarray(words_alike + theme_share * (by_theme @ by_theme.T).toarray())


def _matrix(rows: Sequence[Features]) -> csr_matrix:
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
