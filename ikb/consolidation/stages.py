"""The stages of a consideration: the administration proposes, the steering group and the council may decide after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ikb.consolidation.model import Consideration
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.procedures.model import Procedure, Stage
from ikb.web import labels
from ikb.web.filters import day

LONGEST_NAME = 200


@dataclass(frozen=True)
class At:
    """At which stage something is decided. on: None is the day on which it is entered; who: empty is who enters it."""

    stage: str = Stage.ADMINISTRATION
    on: date | None = None
    who: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """As a consideration keeps it."""
        return {"stage": str(self.stage), "resolved_on": self.on, "resolved_by": self.who}

    @classmethod
    def of(cls, consideration: Consideration) -> At:
        """Where a consideration stands."""
        return cls(consideration.stage, consideration.resolved_on, consideration.resolved_by)


PROPOSAL = At()


def procedure_of(base: DraftVersion) -> Procedure:
    """The procedure of a version; no query where the page has it."""
    return db.session.get_one(Procedure, base.draft.procedure_id)


def check(base: DraftVersion, standing: Consideration | None, at: At, *, now: datetime) -> None:
    """Refuse a stage that the procedure has not, or one before the stage that has decided. Raises Implausible."""
    if at.stage not in procedure_of(base).stages:
        raise Implausible(
            "Diese Stufe gibt es in diesem Verfahren nicht. Welche es gibt, legen seine Regeln fest.", "stage"
        )
    if standing is not None and Stage(standing.stage).rank > Stage(at.stage).rank:
        raise Implausible(
            f"Hier hat schon die spätere Stufe entschieden ({labels.label('stage', standing.stage)}, {day(standing.on)}). "
            "Was sie entschieden hat, bleibt. Eine andere Entscheidung derselben oder einer späteren Stufe tragen Sie im "
            "Verlauf ein.",
            "outcome",
        )
    if at.on is not None and at.on > berlin_day(now):
        raise Implausible("Dieser Tag liegt in der Zukunft. Tragen Sie den Tag der Entscheidung ein.", "on")
    if len(at.who) > LONGEST_NAME:
        raise Implausible(f"Das ist zu lang: höchstens {LONGEST_NAME} Zeichen.", "who")
