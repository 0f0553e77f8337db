"""Where something about a person may be stored, place by place; `persons` puts it together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ikb.accounts.model import User
from ikb.capture.model import Letter
from ikb.db import db
from ikb.deliveries.model import OPEN_STATES, Delivery, ReturnedMail
from ikb.institutions.model import Contact, Institution, Invitation
from ikb.institutions.shared_model import SharedLink
from ikb.planning.model import Presenter
from ikb.procedures.model import Procedure
from ikb.publications.model import Publication, PublishedName
from ikb.remarks.model import Remark
from ikb.statements.model import Receipt, ReleaseStep, Statement
from ikb.web import labels
from ikb.web.filters import moment


@dataclass(frozen=True)
class Found:
    """One thing that is stored. what: its kind in words; data: what is given out; id: of its row.

    kept: on what ground it is not erased, empty where it is; done: what erasing does with it.
    """

    what: str
    where: str
    data: dict[str, str]
    table: str
    id: int
    done: str = ""
    kept: str = ""


def _is(wanted: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(func.lower(column) == wanted for column in columns))


def _contacts(wanted: str) -> Iterator[Found]:
    rows = select(Contact, Institution.name).join(Contact.institution).where(_is(wanted, Contact.name, Contact.email))
    for row, institution in db.session.execute(rows):
        data = {"Name": row.name, "E-Mail": row.email, "Telefon": row.phone, "Funktion": row.role}
        yield Found("Kontakt", institution, data, "contact", row.id, done="wird gelöscht")


def _links(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(SharedLink).where(_is(wanted, SharedLink.name, SharedLink.email))):
        data = {"Name": row.name, "E-Mail": row.email, "Seit": moment(row.created_at)}
        where = row.invitation.institution.name
        yield Found("persönlicher Link", where, data, "shared_link", row.id, done="wird gesperrt und namenlos")


def _holders(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(Invitation).where(_is(wanted, Invitation.holder_name))):
        data = {"Name": row.holder_name}
        yield Found(
            "Name am Link der Institution", row.institution.name, data, "invitation", row.id, done="wird namenlos"
        )


def _authors(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(Statement).where(_is(wanted, Statement.author_name))).unique():
        where = f"{row.invitation.institution.name}, {row.number or 'Entwurf'}"
        data = {"Name": row.author_name}
        yield Found("wer geantwortet hat", where, data, "statement", row.id, done="wird namenlos")
        if row.receipt is not None:
            kept = (
                "Nachweis des Eingangs; der Name gehört zu dem, was gesiegelt ist (Artikel 17 Absatz 3 Buchstabe b DSGVO). "
                "Er wird nirgends angezeigt und mit der Verfahrensakte gelöscht."
            )
            yield Found("Eingangsbestätigung", where, data, Receipt.__tablename__, row.receipt.id, kept=kept)


def _letters(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(Letter).where(_is(wanted, Letter.sender, Letter.sender_address))):
        data = {"Name": row.sender, "E-Mail": row.sender_address, "Betreff": row.subject}
        where = row.statement.number if row.statement and row.statement.number else "Stapel"
        yield Found("wer ein Schreiben schickte", where, data, "letter", row.id, done="wird namenlos")


def _steps(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(ReleaseStep).where(_is(wanted, ReleaseStep.name))):
        data = {"Name": row.name, "Wann": moment(row.at)}
        where = row.statement.invitation.institution.name
        yield Found("Schritt einer Freigabe", where, data, "release_step", row.id, done="wird namenlos")
    # Names in a list of a column: compared here, since no two engines ask for them alike.
    written = select(Remark).where(func.lower(cast(Remark.authors, String)).contains('["', autoescape=True))
    for remark in db.session.scalars(written):
        if wanted in [name.lower() for name in remark.authors]:
            data = {"Name": ", ".join(remark.authors)}
            yield Found(
                "wer eine Anmerkung schrieb", f"Anmerkung {remark.id}", data, "remark", remark.id, done="wird namenlos"
            )


def _names(wanted: str) -> Iterator[Found]:
    rows = select(PublishedName, Publication).join(PublishedName.publication).where(_is(wanted, PublishedName.name))
    for row, publication in db.session.execute(rows):
        data = {"Name": row.name, "Nummer": publication.number}
        done = "wird aus allem entfernt, was veröffentlicht ist"
        yield Found("veröffentlichter Name", publication.title, data, "published_name", row.id, done=done)


def _deliveries(wanted: str) -> Iterator[Found]:
    mine = _is(wanted, Delivery.recipient, Delivery.recipient_name)
    for row in db.session.scalars(select(Delivery).where(mine)):
        data = {
            "An": row.recipient_name,
            "Adresse": row.recipient,
            "Wann": moment(row.finished_at or row.due_at),
            "Betreff": row.subject_line,
            "Text": row.body_text,
        }
        is_open = row.state in OPEN_STATES
        kept = (
            "Sie ist noch nicht gesendet. Ändern Sie zuerst die Adresse, oder sagen Sie die Nachricht ab."
            if is_open
            else ""
        )
        done = "" if is_open else "wird namenlos; der Nachweis, dass gesendet wurde, bleibt"
        yield Found("Nachricht", labels.label("message", row.kind), data, "delivery", row.id, done=done, kept=kept)


def _returns(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(ReturnedMail).where(_is(wanted, ReturnedMail.recipient))):
        data = {"Adresse": row.recipient, "Wann": moment(row.received_at), "Text": row.excerpt}
        yield Found("zurückgekommene Nachricht", row.reason, data, "returned_mail", row.id, done="wird gelöscht")


def _users(wanted: str) -> Iterator[Found]:
    for row in db.session.scalars(select(User).where(_is(wanted, User.name, User.email))):
        roles = ", ".join(labels.label("user_role", role) for role in sorted(row.roles))
        data = {"Name": row.name, "E-Mail": row.email, "Aufgaben": roles, "Seit": moment(row.created_at)}
        kept = "Das Konto ist in Gebrauch. Sperren Sie es zuerst unter „Menschen“." if row.is_active else ""
        done = "" if row.is_active else "wird namenlos; im Änderungsverlauf bleibt eine Nummer"
        yield Found("Konto", "Menschen", data, "user_account", row.id, done=done, kept=kept)


def _kept(wanted: str) -> Iterator[Found]:
    """What belongs to a function, not to a person; whoever keeps it changes it there."""
    for row in db.session.scalars(select(Institution).where(_is(wanted, Institution.email, Institution.name))):
        kept = "Angabe einer Institution. Ändern Sie sie im Verzeichnis, wenn sie eine Person nennt."
        data = {"Name": row.name, "E-Mail": row.email}
        yield Found("Institution", row.name, data, "institution", row.id, kept=kept)
    contact = _is(wanted, Procedure.contact_name, Procedure.contact_email)
    for procedure in db.session.scalars(select(Procedure).where(contact)):
        kept = "Dienstliche Angabe. Die Projektleitung ändert sie in den Einstellungen des Verfahrens."
        data = {"Name": procedure.contact_name, "E-Mail": procedure.contact_email, "Telefon": procedure.contact_phone}
        yield Found("Ansprechperson eines Verfahrens", procedure.title, data, "procedure", procedure.id, kept=kept)
    for presenter in db.session.scalars(select(Presenter).where(_is(wanted, Presenter.name))):
        kept = "Dienstliche Angabe. Die Projektleitung ändert sie in der Beratungsfolge."
        yield Found("wer vorträgt", "Beratungsfolge", {"Name": presenter.name}, "presenter", presenter.id, kept=kept)


def _mentions(wanted: str) -> Iterator[Found]:
    says = or_(
        func.lower(Remark.comment).contains(wanted, autoescape=True),
        func.lower(Remark.proposed_text).contains(wanted, autoescape=True),
    )
    for row in db.session.scalars(select(Remark).where(says)):
        kept = (
            "Teil einer Stellungnahme oder eines Beschlusses (Artikel 17 Absatz 3 Buchstabe b DSGVO). Schwärzen Sie die "
            "Stelle, dann verlässt sie das Haus nicht; gelöscht wird sie mit der Verfahrensakte."
        )
        data = {"Text": "\n".join(filter(None, (row.comment, row.proposed_text)))}
        yield Found("Erwähnung in einer Anmerkung", f"Anmerkung {row.id}", data, "remark mention", row.id, kept=kept)


FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (
    _contacts, _links, _holders, _authors, _letters, _steps, _names, _deliveries, _returns, _users, _kept, _mentions,
)  # fmt: skip
