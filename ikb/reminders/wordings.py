"""Writing letters anew: checked when they are saved, kept in every wording there ever was, back to the original at will."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from ikb.accounts.model import User
from ikb.core.wording import faults
from ikb.db import db
from ikb.deliveries import letters
from ikb.deliveries import service as deliveries
from ikb.deliveries.letters import Letter, Wording
from ikb.deliveries.mail_text import MailText
from ikb.errors import Conflict, Faulty, Implausible, NotReady
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure

TEST = "letter_test"


def faults_of(letter: Letter, subject: str, body: str) -> list[str]:
    """What is wrong with a wording, one sentence each."""
    return faults(subject, body, letter.placeholders, letter.needed)


def write(
    procedure: Procedure, letter: Letter, language: str, words: Wording, *, seen: int, by: Actor, now: datetime
) -> MailText:
    """Give a letter other words from now on; what was sent keeps its own.

    seen: the number of the wording that the editor saw, 0 for none.
    Raises Faulty for unknown or missing placeholders, Implausible for no change, Conflict with both texts.
    """
    body = words.body.replace("\r\n", "\n").strip()
    subject = words.subject.strip()
    if found := faults_of(letter, subject, body):
        raise Faulty("Dieser Text wurde nicht gespeichert.", found)
    held = _held(procedure, letter, language, seen, mine=f"{subject}\n\n{body}")
    if (held.subject, held.body) == (subject, body):
        raise Implausible("Das ist der Text, der schon gilt. Es gibt nichts zu speichern.", "body")
    row = MailText(subject=subject, body=body, is_original=False)
    return _add(row, procedure, letter, language, seen, "letter rewritten", by, now)


def restore(procedure: Procedure, letter: Letter, language: str, *, seen: int, by: Actor, now: datetime) -> MailText:
    """Back to ikb's own words. Raises NotReady where they hold already, Conflict with both texts."""
    held = _held(procedure, letter, language, seen)
    if held.number == 0:
        raise NotReady("Es gilt schon der ursprüngliche Text.")
    return _add(MailText(is_original=True), procedure, letter, language, seen, "letter restored", by, now)


def history(procedure_id: int, letter: str, language: str) -> list[tuple[MailText, str]]:
    """Every wording that there was, the newest first, with who wrote it."""
    rows = (
        select(MailText, User.name)
        .outerjoin(User, User.id == MailText.written_by_id)
        .where(MailText.procedure_id == procedure_id, MailText.letter == letter, MailText.language == language)
        .order_by(MailText.number.desc())
    )
    return [(row, name or "") for row, name in db.session.execute(rows)]


def newest_of(procedure_id: int) -> dict[tuple[str, str], MailText]:
    """The wording written last of each letter and language that has one, in one query."""
    rows = select(MailText).where(MailText.procedure_id == procedure_id).order_by(MailText.number)
    return {(row.letter, row.language): row for row in db.session.scalars(rows)}


def send_test(
    procedure: Procedure, invitation: Invitation, letter: Letter, language: str, user: User, *, by: Actor, now: datetime
) -> None:
    """Send a letter to oneself as this institution would get it, without its link; at most once a minute."""
    deliveries.plan(
        TEST,
        subject_id=invitation.id,
        recipient=user.email,
        recipient_name=user.name,
        step=f"{letter.name}/{language}",
        edition=f"{now:%Y%m%d%H%M}",
        due_at=now,
        stale_at=now + deliveries.SECOND_CHANCE,
        procedure_id=procedure.id,
        now=now,
    )
    facts = {"letter": letter.name, "language": language}
    journal.record("letter tested", invitation, by=by, now=now, procedure_id=procedure.id, facts=facts)


def _held(procedure: Procedure, letter: Letter, language: str, seen: int, mine: str = "") -> Wording:
    """The wording that holds, with the procedure's row kept from others until the end of the transaction."""
    db.session.refresh(procedure, with_for_update={"of": Procedure})
    row = letters.newest(letter.name, language, procedure.id)
    held = letters.wording(letter.name, language, procedure)
    if (row.number if row else 0) != seen:
        raise Conflict(
            "Jemand anderes hat diesen Text inzwischen geändert. Ihr Text ist nicht gespeichert; er steht unten.",
            theirs=f"{held.subject}\n\n{held.body}",
            mine=mine,
        )
    return held


def _add(
    row: MailText,
    procedure: Procedure,
    letter: Letter,
    language: str,
    seen: int,
    action: str,
    by: Actor,
    now: datetime,
) -> MailText:
    row.procedure_id, row.letter, row.language, row.number = procedure.id, letter.name, language, seen + 1
    row.written_at, row.written_by_id = now, by.id if by.kind == "user" else None
    db.session.add(row)
    # Past the ORM: who is just editing the procedure's settings must not lose them because a letter was rewritten.
    table = Procedure.__table__
    raised = update(table).where(table.c.id == procedure.id).values(texts_version=table.c.texts_version + 1)  # type: ignore[arg-type]
    db.session.flush()
    db.session.connection().execute(raised)
    db.session.expire(procedure, ["texts_version"])
    facts = {"letter": letter.name, "language": language, "number": row.number}
    journal.record(action, row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return row
