"""A second person reads before anything is handed in: asked for, given by handing in, or returned with a comment."""

from __future__ import annotations

from datetime import datetime, timedelta

from ikb.core.clock import berlin_day, end_of_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.errors import Implausible, NothingToSubmit, NotReady
from ikb.institutions import service as institutions
from ikb.institutions import sharing
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.shared_model import Person, Scope, SharedLink
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks import queries as remark_queries
from ikb.statements import queries, service
from ikb.statements.model import Answer, Release, ReleaseStep, Statement, StatementState
from ikb.statements.release_rules import last_asked, steps_of

LONGEST_COMMENT = 5_000
OWN_LINK = "own"  # as a step of the ledger: the mail goes to the invitation's address, with its own link
COUNTS_FOR = timedelta(days=14)


def ask(invitation: Invitation, answer: Answer, comment: str, by: Person, *, now: datetime) -> ReleaseStep:
    """Ask a second person to hand in what is written. The invitation's row is locked.

    answer: what is to be handed in; one without remarks needs a draft without any.
    Raises NothingToSubmit for remarks without any, NotReady where nobody else could release, or where an answer without
    remarks stands against a draft that has some; what `begin` raises.
    """
    releasers = _releasers(invitation, by)
    if not releasers and by.link_id is None:
        raise NotReady(
            "Es gibt noch niemanden, der freigeben kann. Legen Sie zuerst unter „Gemeinsam“ für eine zweite Person einen "
            "Link zum Abschicken an."
        )
    draft = service.begin(invitation, now=now)
    _refuse_if_it_does_not_fit(draft, answer)
    draft.answer, draft.changed_at = answer, now
    step = _step(draft, Release.ASKED, comment, by, now)
    institutions.advance(invitation, InvitationState.AWAITS_RELEASE, now=now)
    db.session.flush()
    _record("release asked", draft, now)
    _tell_releasers(step, releasers, now)
    return step


def give_back(invitation: Invitation, comment: str, by: Person, *, now: datetime) -> ReleaseStep:
    """Return a draft to its writers, with what is to change. The invitation's row is locked.

    Raises NotReady where nothing waits for release, Implausible without a comment.
    """
    draft = next((row for row in queries.of_invitation(invitation.id) if row.state == StatementState.DRAFT), None)
    if draft is None or draft.release != Release.ASKED:
        raise NotReady("Hier wartet nichts mehr auf Freigabe. Vielleicht hat jemand anders schon entschieden.")
    if not comment.strip():
        raise Implausible("Schreiben Sie, was sich ändern soll.", "comment")
    asked = last_asked(steps_of(draft.id))
    step = _step(draft, Release.RETURNED, comment, by, now)
    institutions.advance(invitation, InvitationState.RETURNED, now=now)
    db.session.flush()
    _record("statement returned", draft, now)
    if asked is not None:
        _tell_writer(step, asked, now)
    return step


def _refuse_if_it_does_not_fit(draft: Statement, answer: Answer) -> None:
    has_remarks = bool(remark_queries.counts_by_section(draft.id))
    if answer == Answer.REMARKS and not has_remarks:
        raise NothingToSubmit("Der Entwurf hat noch keine Anmerkung. Schreiben Sie zuerst etwas.")
    if answer != Answer.REMARKS and has_remarks:
        raise NotReady(
            "Ihr Entwurf hat Anmerkungen. Bitten Sie um Freigabe der Stellungnahme, oder löschen Sie zuerst die "
            "Anmerkungen; beides zugleich kann niemand freigeben."
        )


def _step(draft: Statement, kind: Release, comment: str, by: Person, now: datetime) -> ReleaseStep:
    draft.release = kind
    step = ReleaseStep(
        statement=draft, kind=kind, comment=comment.strip()[:LONGEST_COMMENT], link_id=by.link_id, name=by.name, at=now
    )
    db.session.add(step)
    db.session.flush()
    return step


def _releasers(invitation: Invitation, by: Person) -> list[SharedLink]:
    """The people who may hand in, without whoever asks."""
    links = sharing.links_of(invitation.id)
    return [link for link in links if link.scope == Scope.SUBMIT and link.id != by.link_id]


def _tell_releasers(step: ReleaseStep, releasers: list[SharedLink], now: datetime) -> None:
    named = [(str(link.id), link.email, link.name) for link in releasers if link.email]
    if not named and step.link_id is not None:
        named = [_own(step.statement.invitation, now)]
    _plan("release_asked", step, named, now)


def _tell_writer(step: ReleaseStep, asked: ReleaseStep, now: datetime) -> None:
    invitation = step.statement.invitation
    if asked.link_id is None:
        _plan("release_returned", step, [_own(invitation, now)], now)
        return
    links = sharing.links_of(invitation.id)
    writer = [(str(link.id), link.email, link.name) for link in links if link.id == asked.link_id]
    _plan("release_returned", step, writer, now)


def _own(invitation: Invitation, now: datetime) -> tuple[str, str, str]:
    institution, day = invitation.institution, berlin_day(now)
    return OWN_LINK, institutions.recipient_of(institution, day), institutions.recipient_name_of(institution, day)


def _plan(kind: str, step: ReleaseStep, people: list[tuple[str, str, str]], now: datetime) -> None:
    invitation = step.statement.invitation
    planned = [
        Planned(
            kind=kind,
            subject_id=step.id,
            recipient=address,
            recipient_name=name,
            step=link,
            due_at=now,
            stale_at=max(end_of_day(invitation.last_day), now + COUNTS_FOR),
            procedure_id=invitation.phase.procedure_id,
        )
        for link, address, name in people
        if address
    ]
    deliveries.plan_many(planned, now=now)


def _record(action: str, draft: Statement, now: datetime) -> None:
    by, procedure_id = Actor.invitation(draft.invitation_id), draft.invitation.phase.procedure_id
    journal.record(action, draft, by=by, now=now, procedure_id=procedure_id, facts={"sequence": draft.sequence})
