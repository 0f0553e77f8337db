"""The mail about a late statement: what it counts for, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.institutions import letters
from ikb.institutions import service as institutions
from ikb.institutions.links import token_of
from ikb.statements import late
from ikb.statements.late_model import LateDecision
from ikb.statements.model import Statement, StatementState
from ikb.web import labels
from ikb.web.links import external_url

KIND = "late_decision"
COUNTS = timedelta(days=14)  # longer than that it is no news
PLACEHOLDERS = {
    **letters.PLACEHOLDERS,
    "nummer": "Eingangsnummer",
    "entscheidung": "ob die Stellungnahme berücksichtigt wird",
    "begruendung": "die Begründung, wie Sie sie geschrieben haben",
}
DECIDED = {
    ("de", True): "Sie wird berücksichtigt wie eine, die rechtzeitig kam.",
    ("de", False): "Sie wird nicht berücksichtigt. Sie bleibt gespeichert, und Ihre Eingangsbestätigung gilt weiter.",
    (ENGLISH, True): "It is taken into account like one that came in time.",
    (ENGLISH, False): "It is not taken into account. It stays stored, and your receipt remains valid.",
}
SAMPLES = {
    language: {
        "nummer": "E-2030-000041",
        "entscheidung": DECIDED[language, True],
        "begruendung": "Der Brief lag drei Tage bei uns im Haus."
        if language == "de"
        else "The letter lay in our house for three days.",
    }
    for language in ("de", ENGLISH)
}
labels.add("message", {KIND: "Entscheidung über eine verspätete Stellungnahme"})
labels.add("letter", {KIND: "Verspätete Stellungnahme: wie sie zählt"})
register_letter(
    KIND, placeholders=PLACEHOLDERS, needed=("link", "nummer", "entscheidung", "begruendung"), samples=SAMPLES
)


@listens_to("late_statement_decided")
def _promise(decision_id: int, now: datetime) -> None:
    """Word of the decision, where the institution has a mailbox."""
    decision = db.session.get_one(LateDecision, decision_id)
    statement = db.session.get_one(Statement, decision.statement_id)
    institution, today = statement.invitation.institution, berlin_day(now)
    if not (recipient := institutions.recipient_of(institution, today)):
        return
    mail = Planned(
        kind=KIND,
        subject_id=decision.id,
        recipient=recipient,
        recipient_name=institutions.recipient_name_of(institution, today),
        due_at=now,
        stale_at=now + COUNTS,
        procedure_id=statement.invitation.phase.procedure_id,
    )
    deliveries.plan_many([mail], now=now)


def _about(delivery: Delivery) -> tuple[LateDecision, Statement] | None:
    decision = db.session.get(LateDecision, delivery.subject_id)
    return None if decision is None else (decision, db.session.get_one(Statement, decision.statement_id))


def _wanted(delivery: Delivery, _now: datetime) -> bool:
    """As long as this is the decision that holds, for a statement in force."""
    if (found := _about(delivery)) is None:
        return False
    decision, statement = found
    standing = late.standing_of(statement)
    holds = standing is not None and standing.seen == decision.id and statement.state == StatementState.SUBMITTED
    return holds and statement.invitation.revoked_at is None


def _address(delivery: Delivery, now: datetime) -> Address | None:
    if (found := _about(delivery)) is None:
        return None
    institution, today = found[1].invitation.institution, berlin_day(now)
    return Address(institutions.recipient_of(institution, today), institutions.recipient_name_of(institution, today))


def _render(delivery: Delivery, now: datetime) -> Mail:
    decision = db.session.get_one(LateDecision, delivery.subject_id)
    statement = db.session.get_one(Statement, decision.statement_id)
    invitation = statement.invitation
    language = letters.language_of(invitation)
    more = {
        "nummer": statement.number or "",
        "entscheidung": DECIDED[language, decision.counts],
        "begruendung": decision.reason,
    }
    link = external_url("statements.overview", token=token_of(invitation))
    return letters.render(KIND, invitation, now=now, link=link, language=language, more=more, with_deadline=False)


register_kind(KIND, still_wanted=_wanted, render=_render, urgency=4, address=_address)
