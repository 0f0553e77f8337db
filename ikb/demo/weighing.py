"""How the two procedures weigh what was said: stages after the administration, and a text module for reasons."""

from __future__ import annotations

import uuid
from datetime import datetime

from ikb.accounts.model import User
from ikb.consolidation import confirming, releases, text_modules
from ikb.consolidation.stages import At
from ikb.core.clock import berlin_day
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.journal.service import Actor
from ikb.procedures import weighing
from ikb.procedures.model import Procedure, Stage

MODULE = "Zuständigkeit des Landes"
BODY = (
    "Der Hinweis von {institution} zu {abschnitt} betrifft eine **Aufgabe des Landes**. Die Stadt gibt ihn weiter und "
    "berichtet im Integrationsrat, was daraus wird. (Stand {datum})"
)


def prepare(procedure: Procedure, lead: User, now: datetime, *, two_person: bool = False) -> None:
    """A steering group and the council decide after the administration; one text module is at hand."""
    by = Actor.user(lead.id)
    rules = weighing.Rules(list(Stage), Stage.ADMINISTRATION, two_person=two_person)
    with transaction():
        weighing.change(procedure, rules, seen=procedure.row_version, by=by, now=now)
        text_modules.write(procedure, MODULE, BODY, key=uuid.uuid4(), seen=0, by=by, now=now)


def release(base: DraftVersion, by: Actor, now: datetime, *, leaving: str | None = None) -> None:
    """A second person releases what another entered. leaving: anchor of a section on which it still waits for a visitor."""
    chosen = [act[0].consideration.id for act in releases.waiting(base) if act[0].anchor != leaving]
    with transaction():
        releases.release(base, chosen, by=by, now=now)


def resolved(base: DraftVersion, by: Actor, now: datetime) -> None:
    """The council adopts what was decided about every remark on a version."""
    at = At(Stage.COUNCIL, berlin_day(now), "Rat der Stadt Bielefeld")
    with transaction():
        confirming.confirm(base, [one.consideration.id for one in confirming.held(base)], at, by=by, now=now)
