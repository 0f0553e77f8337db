"""The mail that brings somebody a link of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ikb.db import db
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions.links import shared_link_of
from ikb.institutions.shared_model import Scope, SharedLink
from ikb.web import labels

NAME = "shared_link"
MAY = {
    ("de", Scope.READ): "den Entwurf lesen",
    ("de", Scope.WRITE): "den Entwurf lesen und an der Stellungnahme mitschreiben",
    ("de", Scope.SUBMIT): "den Entwurf lesen, an der Stellungnahme mitschreiben und sie abschicken",
    ("en", Scope.READ): "read the draft",
    ("en", Scope.WRITE): "read the draft and help to write the opinion",
    ("en", Scope.SUBMIT): "read the draft, help to write the opinion and send it",
}
PLACEHOLDERS = {**letters.PLACEHOLDERS, "name": "Name der Person", "darf": "was sie mit dem Link tun kann"}
labels.add("message", {NAME: "Link für Mitwirkende"})
labels.add("letter", {NAME: "Link für Mitwirkende"})
labels.add("link_scope", {"read": "nur lesen", "write": "mitschreiben", "submit": "mitschreiben und abschicken"})
SAMPLES = {language: {"name": "Mina Sander", "darf": MAY[language, Scope.WRITE]} for language in ("de", "en")}
register_letter(NAME, placeholders=PLACEHOLDERS, needed=("link", "darf", "institution", "verfahren"), samples=SAMPLES)


def values_of(name: str, scope: Scope, language: str) -> Mapping[str, str]:
    """The values of the placeholders that only this letter has."""
    return {"name": name, "darf": MAY["en" if language == ENGLISH else "de", scope]}


def _link_of(delivery: Delivery) -> SharedLink | None:
    return db.session.get(SharedLink, delivery.subject_id)


def _wanted(delivery: Delivery, _now: datetime) -> bool:
    link = _link_of(delivery)
    return (
        link is not None
        and link.revoked_at is None
        and link.invitation.revoked_at is None
        and delivery.edition == str(link.generation)
    )


def _address(delivery: Delivery, _now: datetime) -> Address | None:
    link = _link_of(delivery)
    return None if link is None else Address(link.email, link.name)


def _render(delivery: Delivery, now: datetime) -> Mail:
    link = db.session.get_one(SharedLink, delivery.subject_id)
    language = letters.language_of(link.invitation)
    more = values_of(link.name, Scope(link.scope), language)
    return letters.render(NAME, link.invitation, now=now, link=shared_link_of(link), language=language, more=more)


register_kind(NAME, still_wanted=_wanted, render=_render, urgency=2, address=_address)
