"""Another mailbox for an institution: the register is shared by all procedures, so every one of them is concerned."""

from __future__ import annotations

from datetime import date, datetime

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.letters import LANGUAGES
from ikb.errors import Implausible
from ikb.institutions import queries, reach, service
from ikb.institutions.model import Institution, Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor


def change_address(invitation: Invitation, email: str, *, row_version: int, by: Actor, now: datetime) -> None:
    """Another mailbox for an institution, and its links go there; the links in older mails stop working.

    Renewed are this invitation and those in other open phases; before a phase is opened nothing is sent.
    Raises Implausible if the institution has a link in a procedure that the actor does not lead: whoever names the
    mailbox can have every link sent to it. Raises Conflict if somebody else was faster.
    """
    linked = queries.with_link(invitation.institution_id)  # locked before the one, and in order: nobody waits crosswise
    service.refuse_if_changed(invitation, row_version)
    reach.refuse_if_led_by_others(invitation.institution, by, linked)
    _set(invitation.institution, email.strip().lower(), berlin_day(now))
    invitation.channel = "mail"
    db.session.flush()
    journal.record(
        "address changed", invitation.institution, by=by, now=now, procedure_id=invitation.phase.procedure_id
    )
    for row in linked:
        if row is invitation or row.phase.is_open:
            service.renew_link(row, row_version=row.row_version, by=by, now=now)


def change_language(invitation: Invitation, language: str, *, by: Actor, now: datetime) -> None:
    """Write to an institution in another language from now on. Raises Implausible for one that ikb does not write."""
    institution = invitation.institution
    if language not in LANGUAGES:
        raise Implausible("In dieser Sprache gibt es keine Texte.", "language")
    if institution.language == language:
        return
    institution.language = language
    db.session.flush()
    facts = {"language": language}
    procedure_id = invitation.phase.procedure_id
    journal.record("language changed", institution, by=by, now=now, procedure_id=procedure_id, facts=facts)


def _set(institution: Institution, email: str, today: date) -> None:
    contact = next((contact for contact in institution.contacts_on(today) if contact.email), None)
    if contact is None:
        institution.email = email
    else:
        contact.email = email
