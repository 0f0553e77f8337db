"""Two departments are asked for what they know: one answered, one is late."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from ikb.accounts.model import User
from ikb.consolidation import asking
from ikb.core.clock import berlin_day
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.journal.service import Actor
from ikb.opinions import answering, links, service
from ikb.opinions.answering import Given
from ikb.opinions.model import OpinionRequest
from ikb.opinions.service import Question

MONEY, CLASSES = "a3-z2-m1", "a3-z4-m2"
COSTS = Given(
    "Der Topf war im ersten Jahr nach drei Monaten leer, das ist richtig. 80.000 Euro lassen sich ab dem nächsten "
    "Haushaltsjahr darstellen, wenn der Topf für Veranstaltungen um denselben Betrag sinkt. Für mehr fehlt die Deckung.",
    "partly_followed",
    "Herr Zoller, Amt für Finanzen",
)


def seed(base: DraftVersion, lead: User, now: datetime) -> None:
    """Ask about money and get an answer; ask about classes and wait for longer than was agreed."""
    asked_at, today = now - timedelta(days=6), berlin_day(now)
    money = Question(
        "Amt für Finanzen",
        "finanzen@bielefeld.example.org",
        "Mehrere Einrichtungen wünschen einen größeren Topf. Was lässt sich davon bezahlen, und ab wann?",
        today + timedelta(days=8),
        "Herr Zoller",
    )
    classes = Question(
        "Jugendamt",
        "jugendamt@bielefeld.example.org",
        "Zwölf statt sechs Monate in der Vorbereitungsklasse: Was hieße das für die Plätze im offenen Ganztag?",
        today - timedelta(days=1),
    )
    answered = _ask(base, MONEY, money, lead, asked_at)
    _ask(base, CLASSES, classes, lead, asked_at)
    with transaction():
        answering.give(links.token_of(answered), COSTS, seen=0, key=uuid.uuid4(), now=now - timedelta(days=2))


def _ask(base: DraftVersion, anchor: str, question: Question, lead: User, now: datetime) -> OpinionRequest:
    subject = asking.subject_of(base, anchor, asking.choices_on(base, anchor)[:3])
    with transaction():
        return service.ask(base, subject, question, key=uuid.uuid4(), by=Actor.user(lead.id), now=now)
