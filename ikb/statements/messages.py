"""The receipt as a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ikb.db import db
from ikb.deliveries.kinds import Attachment, Mail, register_kind
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions.links import token_of
from ikb.statements import late_messages, proofs, receipt_pdf, release_messages
from ikb.statements.model import Receipt, Statement
from ikb.web import english, filters, labels
from ikb.web.links import external_url

PARTS = (release_messages, late_messages)  # each registers its kinds
labels.add("answer", {"remarks": "Stellungnahme mit Anmerkungen"})
labels.add("receipt", {"submitted": "Eingang einer Stellungnahme", "withdrawn": "Rücknahme einer Stellungnahme"})
labels.add("letter", {"receipt": "Eingangsbestätigung"})
register_letter(
    "receipt",
    placeholders={
        **letters.PLACEHOLDERS,
        "nummer": "Eingangsnummer",
        "eingegangen": "Tag und Uhrzeit des Eingangs",
        "antwort": "was eingegangen ist",
        "rechtzeitig": "ob die Antwort in der Frist kam",
        "pruefsumme": "Prüfsumme des Inhalts",
    },
    needed=("nummer", "eingegangen", "rechtzeitig", "pruefsumme", "link"),
)
IN_TIME = {
    ("de", False): "Sie ist rechtzeitig: Die Frist endet am {}. Bis dahin können Sie sie durch eine neue ersetzen.",
    (
        "de",
        True,
    ): "Die Frist endete am {}. Ihre Antwort kam danach. Sie ist gespeichert und als verspätet vermerkt; die "
    "Projektleitung entscheidet, wie sie berücksichtigt wird.",
    ("en", False): "It is in time: the deadline is {}. Until then you can replace it with a new one.",
    (
        "en",
        True,
    ): "The deadline was {}. Your answer came later. It is saved and marked as late; the project lead decides "
    "how it is taken into account.",
}
OUTSIDE = {
    "de": "Sie sind ständig eingeladen: Was Sie schreiben, wird ohne Frist berücksichtigt, und Sie können unter "
    "demselben Link immer wieder schreiben.",
    "en": "You have a standing invitation: what you write is taken into account without a deadline, and you can write "
    "again under the same link at any time.",
}


def _always_wanted(_delivery: Delivery, _now: datetime) -> bool:
    """Proof of receipt is owed, whatever happened since."""
    return True


def render_receipt(statement: Statement, receipt: Receipt, language: str = "") -> Mail:
    """What was received, when, under which number and seal, in the institution's language."""
    invitation = statement.invitation
    language = language or letters.language_of(invitation)
    address = external_url("statements.receipt", token=token_of(invitation), number=receipt.number)
    return letters.render(
        "receipt",
        invitation,
        now=receipt.received_at,
        link=address,
        language=language,
        more=receipt_values(statement, receipt, language),
        with_deadline=False,
    )


def receipt_values(statement: Statement, receipt: Receipt, language: str) -> dict[str, str]:
    """The values of the placeholders that only a receipt has."""
    at, invitation = receipt.received_at, statement.invitation
    if language == ENGLISH:
        received = f"{english.moment(at)} (Berlin time)"
        answer = "your statement" if statement.answer == "remarks" else "your answer"
        last_day = english.deadline(invitation.last_day)
    else:
        received = f"{filters.day_long(at)}, {filters.clock_time(at)} (Berliner Zeit)"
        answer = "die Stellungnahme"
        if statement.answer != "remarks":
            answer = f"die Antwort „{labels.label('answer', statement.answer)}“"
        last_day = filters.deadline(invitation.last_day)
    return {
        "nummer": receipt.number,
        "eingegangen": received,
        "antwort": answer,
        "pruefsumme": receipt.sha256,
        "rechtzeitig": OUTSIDE[language]
        if statement.is_standing
        else IN_TIME[language, receipt.is_late].format(last_day),
    }


def _render(delivery: Delivery, _now: datetime) -> Mail:
    statement = db.session.scalars(
        select(Statement).where(Statement.id == delivery.subject_id).options(joinedload(Statement.receipt))
    ).one()
    if statement.receipt is None:
        raise LookupError(f"Statement {statement.id} has no receipt.")
    mail = render_receipt(statement, statement.receipt)
    return replace(mail, attachments=(*mail.attachments, *_proof(statement.receipt)))


def _proof(receipt: Receipt) -> tuple[Attachment, ...]:
    """The signed receipt as PDF, which carries the file that is checked; nothing where it was not signed."""
    document = proofs.document_of(receipt)
    if document is None:
        return ()
    return (Attachment(receipt_pdf.file_name(document, "pdf"), receipt_pdf.pdf_of(document), "application/pdf"),)


register_kind("statement_receipt", still_wanted=_always_wanted, render=_render, urgency=2)
