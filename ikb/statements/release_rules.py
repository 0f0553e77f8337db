"""When a statement needs a second person, and who that may be."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from ikb.db import db
from ikb.errors import NotReady
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Person
from ikb.statements.model import Answer, Release, ReleaseStep, Statement


def steps_of(statement_id: int) -> list[ReleaseStep]:
    """Who asked and what was said to it, oldest first."""
    rows = select(ReleaseStep).where(ReleaseStep.statement_id == statement_id).order_by(ReleaseStep.id)
    return list(db.session.scalars(rows.options(lazyload(ReleaseStep.statement))))


def last_asked(steps: list[ReleaseStep]) -> ReleaseStep | None:
    """The latest request among them."""
    return next((step for step in reversed(steps) if step.kind == Release.ASKED), None)


def needs_asking(invitation: Invitation, draft: Statement | None, answer: Answer) -> bool:
    """Whether nobody may hand this answer in yet: the institution wants a second person, and none was asked."""
    asked = draft is not None and draft.release == Release.ASKED and draft.answer == answer
    return invitation.institution.wants_release and not asked


def refuse_if_alone(invitation: Invitation, draft: Statement | None, answer: Answer, by: Person) -> None:
    """Raises NotReady where the institution wants a second person and this one is not it."""
    if not invitation.institution.wants_release:
        return
    if draft is None or needs_asking(invitation, draft, answer):
        raise NotReady(
            "Ihre Einrichtung möchte, dass eine zweite Person freigibt. Bitten Sie um Freigabe; die andere Person schickt "
            "dann ab. Was Sie geschrieben haben, ist gespeichert."
        )
    asked = last_asked(steps_of(draft.id))
    if asked is not None and asked.link_id == by.link_id:
        raise NotReady(
            "Um diese Freigabe haben Sie selbst gebeten. Abschicken muss eine zweite Person mit ihrem eigenen Link. Was "
            "Sie geschrieben haben, ist gespeichert."
        )
