"""What weighing is called: a setting of each procedure, and every word that changes with it.

Auswertung is the usual word; planning law says Abwägung (§ 1 (7), § 3 (2) and § 4 BauGB). Pages, files and mails that speak of
a procedure's weighing take their words from here; a test of the house finds one that says them plainly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ikb.procedures.current import current_procedure
from ikb.web import labels


class Weighing(StrEnum):
    EVALUATION = "evaluation"
    BALANCING = "balancing"


@dataclass(frozen=True)
class Words:
    """noun: feminine; done: `ausgewertet`; table: of all remarks with what becomes of them; folder, file: in plain letters."""

    noun: str
    done: str
    table: str
    folder: str
    file: str

    @property
    def done_first(self) -> str:
        """The verb as the first word of a sentence."""
        return self.done[:1].upper() + self.done[1:]


class Named(Protocol):
    """What has a word for its weighing: a procedure's row, or a few columns of it."""

    @property
    def weighing_word(self) -> str: ...


WORDS: Mapping[str, Words] = {
    Weighing.EVALUATION: Words("Auswertung", "ausgewertet", "Auswertungstabelle", "auswertung", "auswertungstabelle"),
    Weighing.BALANCING: Words("Abwägung", "abgewogen", "Abwägungstabelle", "abwaegung", "abwaegungstabelle"),
}
labels.add(
    "weighing_word",
    {
        Weighing.EVALUATION: "Auswertung",
        Weighing.BALANCING: "Abwägung: ein Verfahren des Planungsrechts (§ 1 Abs. 7, § 3 Abs. 2, § 4 BauGB)",
    },
)


def of(procedure: Named) -> Words:
    """The words of a procedure."""
    return WORDS[procedure.weighing_word]


def here(procedure: Named | None = None) -> Words:
    """The words of a procedure, else of the page's; where a page has none, the usual ones."""
    found = procedure or current_procedure()
    return of(found) if found is not None else WORDS[Weighing.EVALUATION]


def noun_here() -> str:
    """What weighing is called on this page."""
    return here().noun
