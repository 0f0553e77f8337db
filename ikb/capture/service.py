"""Onto the pile, and from the pile to a statement with number and receipt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from ikb.capture import mails, queries
from ikb.capture.model import Channel, Letter, LetterFile, LetterState
from ikb.core import letter_parts
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.errors import Conflict, FileRefused, Implausible, NotReady
from ikb.files import service as files
from ikb.files import storage
from ikb.files.service import Received
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.quarantine.kinds import ATTACHMENTS, MAILS
from ikb.statements import recorded
from ikb.statements.model import Answer

TAKEN = ATTACHMENTS | MAILS
LONGEST_LETTER = 400_000  # characters
MOST_FILES = 40  # at once


@dataclass(frozen=True)
class Piece:
    """What becomes one letter: its original as it came, and a mail that was read out of it with what was attached."""

    originals: Sequence[Received]
    mail: mails.Mail | None = None
    attached: Sequence[Received] = ()
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """What staff says about a letter when it is recorded. replaces: what the institution sent before counts no more."""

    channel: Channel
    received_at: datetime
    answer: Answer
    text: str
    sender: str = ""
    note: str = ""
    replaces: bool = True


def take_apart(received: Sequence[Received], *, together: bool) -> list[Piece]:
    """Files as pieces: each mail by itself with its attachments, the rest as one letter or each alone. No transaction yet.

    An attachment that ikb does not take is named in `left_out`; it still lies in the original.
    """
    posted = [one for one in received if one.kind in MAILS]
    others = [one for one in received if one.kind not in MAILS]
    pieces = [_of_mail(one) for one in posted]
    if together and others:
        return [*pieces, Piece(others)]
    return [*pieces, *(Piece([one]) for one in others)]


def put_on_pile(procedure_id: int, key: UUID, pieces: Sequence[Piece], *, by: Actor, now: datetime) -> list[Letter]:
    """A letter for each piece, or one without any file; sent twice, the same letters come back.

    key: the form's UUID.
    """
    if earlier := _of_form(key, len(pieces)):
        return earlier
    letters = [_letter(procedure_id, uuid5(key, str(place)), piece, by, now) for place, piece in enumerate(pieces)]
    if not letters:
        letters = [_letter(procedure_id, uuid5(key, "0"), Piece([]), by, now)]
    facts = {"count": len(letters)}
    journal.record("letters taken in", letters[0], by=by, now=now, procedure_id=procedure_id, facts=facts)
    return letters


def record(
    letter: Letter, invitation: Invitation, facts: Facts, *, row_version: int, by: Actor, now: datetime
) -> Letter:
    """Make a statement of a letter: number, journal, receipt, and the letter's first parts.

    The invitation's row must be locked. Recorded twice by the same form, nothing happens again.
    Raises Conflict if somebody recorded or changed it since, Implausible for a day that cannot be, NotReady before the phase.
    """
    db.session.refresh(letter, with_for_update=True)
    if letter.row_version != row_version or letter.state != LetterState.INCOMING:
        raise Conflict("Jemand anderes hat dieses Schreiben inzwischen bearbeitet. Es wurde nichts überschrieben.")
    _check(facts, now)
    letter.text = facts.text.replace("\r\n", "\n").strip()
    letter.channel, letter.received_at = facts.channel, facts.received_at
    letter.sender, letter.note = facts.sender, facts.note
    statement = recorded.record(
        invitation,
        letter.key,
        facts.answer,
        channel=facts.channel,
        received_at=facts.received_at,
        replaces=facts.replaces,
        files=[one.file for one in letter.files],
        by=by,
        now=now,
    )
    letter.statement_id = statement.id
    letter.recorded_at, letter.recorded_by_id = now, by.id
    has_words = facts.answer == Answer.REMARKS and letter.text
    letter.set_parts(letter_parts.first_parts(letter.text) if has_words else [])
    letter.state = LetterState.RECORDED if facts.answer == Answer.REMARKS else LetterState.SPLIT
    db.session.flush()
    journal.record(
        "letter recorded",
        letter,
        by=by,
        now=now,
        procedure_id=letter.procedure_id,
        facts={"statement": statement.id, "channel": facts.channel, "files": len(letter.files)},
    )
    return letter


def change_text(letter: Letter, text: str, *, row_version: int, by: Actor, now: datetime) -> None:
    """Correct what was read from the original, as long as no remark was made of it. Raises NotReady afterwards."""
    db.session.refresh(letter, with_for_update=True)
    if letter.row_version != row_version:
        raise Conflict("Jemand anderes hat dieses Schreiben inzwischen bearbeitet. Es wurde nichts überschrieben.")
    if letter_parts.words_on(letter.as_parts(), letter.text):
        raise NotReady(
            "Aus diesem Schreiben sind schon Anmerkungen gemacht. Nehmen Sie diese zuerst zurück, wenn der Text nicht stimmt."
        )
    _check_text(text)
    letter.text = text.replace("\r\n", "\n").strip()
    letter.set_parts(letter_parts.first_parts(letter.text))
    db.session.flush()
    journal.record("letter text changed", letter, by=by, now=now, procedure_id=letter.procedure_id, facts={})


def drop(letter: Letter, *, row_version: int, by: Actor, now: datetime) -> None:
    """Take a letter from the pile that is none, or came twice. Raises NotReady once it is recorded."""
    db.session.refresh(letter, with_for_update=True)
    if letter.state != LetterState.INCOMING:
        raise NotReady("Dieses Schreiben ist schon erfasst und bleibt.")
    if letter.row_version != row_version:
        raise Conflict("Jemand anderes hat dieses Schreiben inzwischen bearbeitet. Es wurde nichts gelöscht.")
    journal.record("letter dropped", letter, by=by, now=now, procedure_id=letter.procedure_id, facts={})
    held = [one.file for one in letter.files]
    db.session.delete(letter)
    db.session.flush()
    for file in held:
        files.forget(file)


def begin_splitting(letter_of: int, procedure_id: int, text: str, *, by: Actor, now: datetime) -> Letter:
    """The letter of a statement that was sent as a file behind the link; made when staff first opens it to split it.

    letter_of: the statement's id.
    """
    if (found := queries.of_statement(letter_of)) is not None:
        return found
    letter = Letter(
        procedure_id=procedure_id,
        statement_id=letter_of,
        key=uuid5(UUID(int=letter_of), "letter"),
        state=LetterState.RECORDED,
        channel=Channel.LINK,
        text=text[:LONGEST_LETTER].strip(),
        created_at=now,
        created_by_id=by.id,
        recorded_at=now,
        recorded_by_id=by.id,
    )
    letter.set_parts(letter_parts.first_parts(letter.text))
    db.session.add(letter)
    db.session.flush()
    return letter


def _of_mail(received: Received) -> Piece:
    source = storage.path_in(received.scope, received.sha256)
    mail = mails.read(source, received.kind)
    taken, left_out = [], []
    for one in mail.attachments if mail else ():
        try:
            taken.append(files.receive(io.BytesIO(one.data), one.name, scope=received.scope))
        except FileRefused as refusal:
            left_out.append(refusal.message)
    return Piece([received], mail, taken, left_out)


def _of_form(key: UUID, count: int) -> list[Letter]:
    found = [queries.with_key(uuid5(key, str(place))) for place in range(max(count, 1))]
    return [letter for letters in found for letter in letters]


def _letter(procedure_id: int, key: UUID, piece: Piece, by: Actor, now: datetime) -> Letter:
    mail = piece.mail
    letter = Letter(
        procedure_id=procedure_id,
        key=key,
        channel=Channel.EMAIL if mail else Channel.LETTER,
        sender=mail.sender if mail else "",
        sender_address=mail.address if mail else "",
        subject=mail.subject if mail else "",
        received_at=mail.sent_at if mail else None,
        text=mail.text[:LONGEST_LETTER] if mail else "",
        note="\n".join(piece.left_out),
        created_at=now,
        created_by_id=by.id,
    )
    entered = [(one, True) for one in piece.originals] + [(one, False) for one in piece.attached]
    letter.files = [
        LetterFile(file=files.enter(one, now=now), position=place, is_original=is_original)
        for place, (one, is_original) in enumerate(entered, 1)
    ]
    db.session.add(letter)
    db.session.flush()
    return letter


def _check(facts: Facts, now: datetime) -> None:
    if berlin_day(facts.received_at) > berlin_day(now):
        raise Implausible(
            "Dieser Tag liegt in der Zukunft. Geben Sie an, wann das Schreiben eingegangen ist.", "received_on"
        )
    _check_text(facts.text)


def _check_text(text: str) -> None:
    if len(text) > LONGEST_LETTER:
        raise Implausible(
            f"Der Text ist zu lang: {len(text)} Zeichen, erlaubt sind {LONGEST_LETTER}. Kürzen Sie ihn; die Datei bleibt ganz.",
            "text",
        )
