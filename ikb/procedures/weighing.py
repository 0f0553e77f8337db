"""How a procedure weighs what was said: rules that its leads set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.db import db
from ikb.errors import Implausible
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import Procedure, Stage
from ikb.procedures.words import WORDS, Weighing
from ikb.web import labels

labels.add("stage", {"administration": "Verwaltung", "steering_group": "Steuerungsgruppe", "council": "Rat"})
labels.add("journal_action", {"weighing rules changed": "Regeln des Entscheidens geändert"})


@dataclass(frozen=True)
class Rules:
    """stages: which a consideration goes through; issuing_stage: which it must have reached before a version is issued.

    two_person: whether a second person must release each decision before it counts as confirmed.
    word:       what all of this is called, a key of `words.WORDS`.
    """

    stages: Sequence[str]
    issuing_stage: str
    two_person: bool = False
    word: str = Weighing.EVALUATION

    @classmethod
    def of(cls, procedure: Procedure) -> Rules:
        """Those that hold."""
        return cls(tuple(procedure.stages), procedure.issuing_stage, procedure.two_person, procedure.weighing_word)

    def in_words(self) -> str:
        """For whoever was overtaken by another."""
        names = ", ".join(labels.label("stage", one) for one in self.stages)
        release = "ja" if self.two_person else "nein"
        issuing, word = labels.label("stage", self.issuing_stage), labels.label("weighing_word", self.word)
        return f"Stufen: {names}\nHerausgeben ab: {issuing}\nZweite Person: {release}\nBezeichnung: {word}"


def change(procedure: Procedure, rules: Rules, *, seen: int, by: Actor, now: datetime) -> None:
    """Set the rules. The administration's proposal is always the first stage; what was decided at a stage stays.

    Raises Implausible, naming the field; Conflict with both if `seen` is no longer the procedure's row version.
    """
    if rules.word not in WORDS:
        raise Implausible("Wählen Sie eine der beiden Bezeichnungen.", "word")
    lock_unchanged(procedure, seen, mine=rules.in_words(), theirs=lambda: Rules.of(procedure).in_words())
    chosen = [stage for stage in Stage if stage == Stage.ADMINISTRATION or stage in rules.stages]
    if rules.issuing_stage not in chosen:
        raise Implausible(
            "Auf diese Stufe kann das Herausgeben nicht warten, weil es sie im Verfahren nicht gibt. Wählen Sie sie oben "
            "aus, oder lassen Sie das Herausgeben auf eine andere warten.",
            "issuing_stage",
        )
    before = Rules.of(procedure)
    procedure.weighing_stages, procedure.issuing_stage = " ".join(chosen), rules.issuing_stage
    procedure.two_person, procedure.weighing_word = rules.two_person, rules.word
    after = Rules.of(procedure)
    if after != before:
        db.session.flush()
        if after.two_person != before.two_person:
            announce("weighing_rules_changed", procedure_id=procedure.id, now=now)
        facts = {
            "stages": procedure.weighing_stages,
            "issuing_stage": procedure.issuing_stage,
            "two_person": procedure.two_person,
            "word": procedure.weighing_word,
        }
        journal.record("weighing rules changed", procedure, by=by, now=now, procedure_id=procedure.id, facts=facts)
