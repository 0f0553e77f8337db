"""Letters whose words a procedure's leads may change: ikb's own wording in two languages, or theirs, filled in.

The originals lie in `templates/mail/<language>/<name>.txt`, subject first. What leads write is filled the same way: both
know placeholders and nothing else, so no wording can run anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from flask import current_app
from sqlalchemy import select

from ikb.config import ROOT
from ikb.core.wording import fill
from ikb.db import db
from ikb.deliveries.mail_text import MailText
from ikb.deliveries.rendering import SUBJECT, as_html
from ikb.mail import Attachment, Mail, one_line

GERMAN, ENGLISH = "de", "en"
LANGUAGES = (GERMAN, ENGLISH)
FOLDER = ROOT / "templates" / "mail"


class Signed(Protocol):
    """Whose contact signs: a procedure."""

    id: int
    texts_version: int
    contact_name: str
    contact_phone: str
    contact_email: str


@dataclass(frozen=True)
class Wording:
    """What a letter says. number: which wording of the leads it is; 0 for the original."""

    subject: str
    body: str
    number: int = 0


@dataclass(frozen=True)
class Letter:
    """One letter. placeholders: by name, what each stands for; needed: those without which it makes no sense.

    samples: by language, values of those placeholders that only this letter has, for a preview.
    """

    name: str
    placeholders: Mapping[str, str]
    needed: frozenset[str]
    samples: Mapping[str, Mapping[str, str]]


_letters: dict[str, Letter] = {}


def register_letter(
    name: str,
    *,
    placeholders: Mapping[str, str],
    needed: Sequence[str],
    samples: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Make a letter known, in the room that sends it."""
    _letters[name] = Letter(name, dict(placeholders), frozenset(needed), dict(samples or {}))


def letter_of(name: str) -> Letter | None:
    """The letter of that name, None if there is none."""
    return _letters.get(name)


def all_letters() -> list[Letter]:
    """Every letter whose words can be changed, in the order in which they are registered."""
    return list(_letters.values())


@lru_cache(maxsize=64)
def original(name: str, language: str) -> Wording:
    """ikb's own wording. Raises ValueError for a file without a subject."""
    first, _, rest = (FOLDER / language / f"{name}.txt").read_text(encoding="utf-8").strip().partition("\n\n")
    if not first.startswith(SUBJECT) or not rest:
        raise ValueError(f"templates/mail/{language}/{name}.txt must begin with a line {SUBJECT!r} and a subject.")
    return Wording(first.removeprefix(SUBJECT).strip(), rest.strip())


def wording(name: str, language: str, procedure: Signed) -> Wording:
    """What a letter says in a procedure: the leads' newest wording, else the original.

    Without any letter of their own, which the procedure's row knows, nothing is asked.
    """
    if not procedure.texts_version:
        return original(name, language)
    row = newest(name, language, procedure.id)
    return original(name, language) if row is None or row.is_original else Wording(row.subject, row.body, row.number)


def newest(name: str, language: str, procedure_id: int) -> MailText | None:
    """The wording that was written last, None where there never was one."""
    rows = select(MailText).where(
        MailText.procedure_id == procedure_id, MailText.letter == name, MailText.language == language
    )
    return db.session.scalars(rows.order_by(MailText.number.desc()).limit(1)).one_or_none()


def render_letter(
    name: str, language: str, procedure: Signed, values: Mapping[str, str], attachments: Sequence[Attachment] = ()
) -> Mail:
    """A letter as it goes out, in the words that hold for its procedure."""
    return filled(wording(name, language, procedure), language, procedure, values, attachments)


def filled(
    words: Wording, language: str, procedure: Signed, values: Mapping[str, str], attachments: Sequence[Attachment] = ()
) -> Mail:
    """Some words as a message: placeholders filled, signed by the procedure's contact, as text and as HTML."""
    subject = one_line(fill(words.subject, values))
    text = f"{fill(words.body, values)}\n\n{signature(procedure, language)}\n"
    template = current_app.jinja_env.get_template("mail/_layout.html")
    html = template.render(subject=subject, body=as_html(text), language=language)
    return Mail(subject, text, html, tuple(attachments), procedure.contact_email)


def signature(procedure: Signed, language: str) -> str:
    """Who signs, and whom to ask."""
    is_english = language == ENGLISH
    greeting = "Kind regards" if is_english else "Mit freundlichen Grüßen"
    name = procedure.contact_name or ("Your city administration" if is_english else "Ihre Verwaltung")
    named = (("telephone" if is_english else "Telefon", procedure.contact_phone), ("E-Mail", procedure.contact_email))
    ways = [f"{label} {value}" for label, value in named if value]
    signed = f"{greeting}\n{name}"
    if not ways:
        return signed
    asked = "If you have questions, please contact us:" if is_english else "Fragen beantworten wir gern:"
    return f"{signed}\n\n{asked} {', '.join(ways)}"
