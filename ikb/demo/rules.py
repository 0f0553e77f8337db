"""How the demonstration reminds: more steps than usual, a second address, a call list, and one letter in other words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliveries import letters
from ikb.deliveries.letters import Wording
from ikb.institutions.model import Contact, Institution
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure
from ikb.reminders import service, wordings
from ikb.reminders.rules import Rules, Step

ENGLISH = ("Ghanaischer Kreis Adinkra",)
SECOND_ADDRESSES = {
    "Kulturamt": ("Frau Ostermann", "ostermann@kulturamt.example.org", "0521 000-201"),
    "Rumänischer Verein Doina": ("Herr Popescu", "popescu@doina.example.org", "0521 000-202"),
    "Nachbarschaftsverein Heeper Fichten e. V.": ("Frau Lindner", "lindner@heeper-fichten.example.org", "0521 000-203"),
}
LANGUAGES = {
    "Rumänischer Verein Doina": ["Rumänisch"],
    "Ghanaischer Kreis Adinkra": ["Twi", "Englisch"],
    "Griechische Gemeinde Olivenbaum": ["Griechisch"],
}
LETTER = """Guten Tag,

in Ihrem Entwurf für {institution} steht schon etwas, abgeschickt ist er noch nicht. Ihre Arbeit soll zählen.

Abschicken können Sie bis {frist}: {tage}. {verlaengert}

{link}

Es geht um: {verfahren}. Diese Erinnerung wurde am {ausgestellt} ausgestellt.

Haben Sie inzwischen geantwortet, dann ist sie erledigt."""


def seed_rules(procedure: Procedure, *, by: Actor, now: datetime) -> None:
    """Rules and words of the lead, before the participation is opened."""
    with transaction():
        service.change_rules(
            procedure,
            Rules(
                steps=(Step(14), Step(7), Step(2, in_working_days=True), Step(0)),
                second_contact_days=7,
                call_list_days=7,
            ),
            seen=0,
            by=by,
            now=now,
        )
        letter = letters.letter_of("reminder_drafted")
        if letter is not None:
            words = Wording("{tage}: Ihr Entwurf wartet noch", LETTER)
            wordings.write(procedure, letter, letters.GERMAN, words, seen=0, by=by, now=now)
        _people()


def _people() -> None:
    names = [*ENGLISH, *SECOND_ADDRESSES, *LANGUAGES]
    for institution in db.session.scalars(select(Institution).where(Institution.name.in_(names))):
        if institution.name in ENGLISH:
            institution.language = letters.ENGLISH
        if institution.name in SECOND_ADDRESSES:
            name, email, phone = SECOND_ADDRESSES[institution.name]
            db.session.add(Contact(institution=institution, name=name, email=email, phone=phone, position=2))
        if institution.name in LANGUAGES:
            institution.languages = LANGUAGES[institution.name]
