"""All statements taken in so far, element by element: one more touches its own elements only."""

from collections import defaultdict
from collections.abc import Iterable

from ikb.core.cluster import Cluster, clusters
from ikb.core.comments.letters import WORD
from ikb.core.comments.spelling import fold
from ikb.core.consolidation.base import Base
from ikb.core.consolidation.counts import WHOLE_DOCUMENT
from ikb.core.consolidation.statements import Statement
from ikb.core.duplicates import Comment, Comments, DuplicateGroup, duplicate_groups
from ikb.core.merge import ContradictingDecisions, Decisions, Merged, merge_section
from ikb.core.proposals import Section
from ikb.core.wishes import Amendment


class Pool:
    """The statements on one base, always consolidated.

    What it holds depends on the set of statements only, not on their order nor on how many came at a time.
    merged, groups, clusters: element id -> what was found; for comments "" is the whole document.
    contradictions: element id -> decisions that accept and reject one proposal; such an element is not merged.
    """

    def __init__(self, base: Base, decisions: Decisions | None = None) -> None:
        self.base = base
        self.decisions = decisions or {}
        self.statements: dict[str, Statement] = {}
        self.merged: dict[str, Merged] = {}
        self.groups: dict[str, list[DuplicateGroup]] = {}
        self.clusters: dict[str, list[Cluster]] = {}
        self.contradictions: dict[str, ContradictingDecisions] = {}
        self._texts = {element.id: element.text for element in base.elements}
        self._known = frozenset(fold(word) for text in self._texts.values() for word in WORD.findall(text))
        self._comments: dict[str, Comments] = {}
        self._sections: dict[str, Section] = {}
        self._amendments: dict[str, list[Amendment]] = defaultdict(list)
        self._merge({element.id for element in base.elements})

    def take_in(self, statements: Iterable[Statement]) -> None:
        """Add statements and consolidate the elements they touch.

        Raises ValueError for an id that is in the pool already; those before it stay taken in.
        """
        to_merge, to_gather = set[str](), set[str]()
        try:
            for statement in statements:
                self._add(statement, to_merge, to_gather)
        finally:
            self._merge(to_merge)
            self._gather(to_gather)

    def section(self, element: str) -> Section:
        """The texts of an element through the versions."""
        if element not in self._sections:
            self._sections[element] = self.base.section(element)
        return self._sections[element]

    def _add(self, statement: Statement, to_merge: set[str], to_gather: set[str]) -> None:
        if statement.id in self.statements:
            raise ValueError(f"statement {statement.id} is in the pool already")
        self.statements[statement.id] = statement
        for element, amendment in statement.amendments:
            self._amendments[element].append(amendment)
            to_merge.add(element)
        if statement.comment.strip():
            element = statement.element if statement.element is not None else WHOLE_DOCUMENT
            comments = self._comments.setdefault(element, Comments(self._known))
            comments.add(Comment(statement.id, statement.submitted_at, statement.comment))
            to_gather.add(element)

    def _merge(self, elements: Iterable[str]) -> None:
        for element in elements:
            try:
                self.merged[element] = merge_section(self.section(element), self._amendments[element], self.decisions)
            except ContradictingDecisions as contradiction:
                self.contradictions[element] = contradiction

    def _gather(self, elements: Iterable[str]) -> None:
        for element in elements:
            stars = self._comments[element].stars()
            self.groups[element] = duplicate_groups(stars)
            self.clusters[element] = clusters(stars, self._texts.get(element, ""))
