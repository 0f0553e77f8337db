"""What came another way in the demonstration: a mail on the pile, a fax that is half split, a picture at a draft."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta
from email.message import EmailMessage

from PIL import Image, ImageDraw
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.capture import service as capture
from ikb.capture import splitting
from ikb.capture.model import Channel
from ikb.capture.service import Facts, Piece
from ikb.capture.splitting import Stretch
from ikb.db import db, transaction
from ikb.files import service as files
from ikb.files.storage import Scope
from ikb.institutions.model import Institution, Invitation
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.service import Said
from ikb.statements import attachments
from ikb.statements.model import Answer

BY_FAX = "Stadtteilzentrum Sieker Mitte"
LETTER = """Sehr geehrte Damen und Herren,

unser Garten steht allen offen, und seit zwei Jahren gärtnern hier Familien aus sieben Ländern. Das geht nicht ohne Wasser und
nicht ohne jemanden, der übersetzt. Bitte nehmen Sie Kleingärten als Orte der Begegnung in den Plan auf.

Zu Leitziel 3 möchten wir sagen: Sprache lernt man beim Tun. Ein Kurs im Garten kostet wenig.

Mit freundlichen Grüßen
das Team vom Garten"""
MAIL = """Guten Tag,

anbei unser Aushang. Wir finden den Plan gut; für die Jugendlichen im Quartier fehlt ein Ort am Abend.

Viele Grüße
Schachclub Leineweber"""


def seed(phase: ParticipationPhase, lead: User, now: datetime) -> None:
    """Two ways on which something comes in beside the link; every act lies before `now`."""
    by = Actor.user(lead.id)
    _fax(phase, by, now - timedelta(minutes=20))
    _mail(phase, by, now - timedelta(hours=2))


def attach_picture(phase: ParticipationPhase, name: str, now: datetime) -> None:
    """A picture at what an institution is writing."""
    invitation = _invitation(phase, name)
    if invitation is None:
        return
    picture = files.receive(drawn("Plan"), "Skizze.png", scope=attachments.scope_of(invitation))
    with transaction():
        attachments.attach(invitation, picture, now=now)


def _fax(phase: ParticipationPhase, by: Actor, now: datetime) -> None:
    invitation = _invitation(phase, BY_FAX)
    if invitation is None:
        return
    scan = files.receive(drawn("Fax"), "Fax vom Stadtteilzentrum.png", scope=Scope(phase.procedure_id))
    with transaction():
        [letter] = capture.put_on_pile(phase.procedure_id, uuid.uuid4(), [Piece([scan])], by=by, now=now)
    facts = Facts(Channel.FAX, now - timedelta(minutes=30), Answer.REMARKS, LETTER)
    with transaction():
        capture.record(letter, invitation, facts, row_version=letter.row_version, by=by, now=now)
    first = next(part for part in letter.as_parts() if part.use == "open")
    with transaction():
        stretch = Stretch(first.start, first.end)
        splitting.make_remark(letter, stretch, None, Said(), row_version=letter.row_version, by=by, now=now)


def _mail(phase: ParticipationPhase, by: Actor, now: datetime) -> None:
    message = EmailMessage()
    message["From"] = "Schachclub Leineweber <post@schachclub-leineweber.example.org>"
    message["Subject"] = "Zum Integrationskonzept"
    message["Date"] = now
    message.set_content(MAIL)
    message.add_attachment(drawn("Aushang").getvalue(), maintype="image", subtype="png", filename="Aushang.png")
    mail = files.receive(
        io.BytesIO(bytes(message)), "Zum Integrationskonzept.eml", scope=Scope(phase.procedure_id), kinds=capture.TAKEN
    )
    pieces = capture.take_apart([mail], together=True)
    with transaction():
        capture.put_on_pile(phase.procedure_id, uuid.uuid4(), pieces, by=by, now=now)


def drawn(words: str, *, is_black: bool = False) -> io.BytesIO:
    """A sheet of paper as a small picture: a heading and lines. is_black: with a bar over some of them."""
    sheet = Image.new("L", (420, 594), 250)
    pen = ImageDraw.Draw(sheet)
    pen.text((40, 40), words, fill=30)
    for line in range(9):
        pen.line((40, 90 + 30 * line, 380 - 40 * (line % 3), 90 + 30 * line), fill=120, width=3)
    if is_black:
        pen.rectangle((40, 145, 380, 185), fill=0)
    made = io.BytesIO()
    sheet.save(made, "PNG")
    made.seek(0)
    return made


def _invitation(phase: ParticipationPhase, name: str) -> Invitation | None:
    rows = select(Invitation).join(Institution, Institution.id == Invitation.institution_id)
    return db.session.scalar(rows.where(Invitation.phase_id == phase.id, Institution.name == name))
