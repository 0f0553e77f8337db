"""What every letter to an institution can say: whom it is to, what it is about, until when, under which link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from ikb.core.clock import berlin_day
from ikb.core.deadline_calendar import deadline_file
from ikb.deliveries.letters import ENGLISH, GERMAN, LANGUAGES, Wording, filled, register_letter, wording
from ikb.institutions import standing
from ikb.institutions.links import link_of
from ikb.institutions.model import Invitation
from ikb.mail import Attachment, Mail
from ikb.web import english, filters, labels
from ikb.web.links import base_host

PLACEHOLDERS: Mapping[str, str] = {
    "institution": "Name der Institution",
    "verfahren": "Titel des Verfahrens",
    "frist": "letzter Tag mit Uhrzeit",
    "tage": "wie viele Tage bleiben, zum Beispiel „Noch 7 Tage“",
    "link": "persönlicher Link",
    "einleitung": "Einleitung der Beteiligungsphase",
    "verlaengert": "Hinweis, wenn die Frist verlängert ist, sonst nichts",
    "ausgestellt": "Tag, an dem die Nachricht ausgestellt wird",
    "ansprechperson": "Ansprechperson des Verfahrens",
}
NO_DEADLINE = {
    GERMAN: "Sie sind ständig eingeladen: Unter diesem Link können Sie ohne Frist und so oft Sie wollen schreiben.",
    ENGLISH: "You have a standing invitation: under this link you can write without a deadline, as often as you want.",
}
_OF_A_DEADLINE = re.compile(r"\{(frist|tage|verlaengert)\}")
labels.add("language", {"de": "Deutsch", "en": "Englisch"})
labels.add("letter", {"invitation": "Einladung", "new_link": "Neuer Link"})
register_letter("invitation", placeholders=PLACEHOLDERS, needed=("link", "frist", "verfahren"))
register_letter("new_link", placeholders=PLACEHOLDERS, needed=("link", "frist", "verfahren"))


def language_of(invitation: Invitation) -> str:
    """In which language an institution is written to."""
    language = invitation.institution.language
    return language if language in LANGUAGES else GERMAN


def render(
    letter: str,
    invitation: Invitation,
    *,
    now: datetime,
    link: str | None = None,
    words: Wording | None = None,
    language: str = "",
    more: Mapping[str, str] | None = None,
    with_deadline: bool = True,
) -> Mail:
    """A letter about an invitation, in the institution's language.

    link:            what stands in place of the personal link, for a preview.
    words, language: others than those that hold, for a preview.
    more:            values of placeholders that only this letter has.
    with_deadline:   the deadline goes along as a calendar file.
    """
    language = language or language_of(invitation)
    procedure = invitation.phase.procedure
    values = {**values_of(invitation, language, now, link), **(more or {})}
    attachments = (deadline_of(invitation, language, now),) if with_deadline else ()
    words = words or wording(letter, language, procedure)
    if standing.leads_on(invitation, now):
        words = _without_deadline(words, language)
    return filled(words, language, procedure, values, attachments)


def _without_deadline(words: Wording, language: str) -> Wording:
    """The same with one sentence in place of every paragraph that speaks of the deadline: outside of a phase there is none."""
    paragraphs = [NO_DEADLINE[language] if _OF_A_DEADLINE.search(one) else one for one in words.body.split("\n\n")]
    return replace(words, body="\n\n".join(dict.fromkeys(paragraphs)))


def values_of(invitation: Invitation, language: str, now: datetime, link: str | None = None) -> dict[str, str]:
    """The value of every placeholder, in one language."""
    phase, today, is_english = invitation.phase, berlin_day(now), language == ENGLISH
    return {
        "institution": invitation.institution.name,
        "verfahren": phase.procedure.title,
        "frist": english.deadline(invitation.last_day) if is_english else filters.deadline(invitation.last_day),
        "tage": days_left(invitation.last_day, today, language),
        "link": link_of(invitation) if link is None else link,
        "einleitung": phase.introduction,
        "verlaengert": _extended(invitation, language),
        "ausgestellt": english.day_long(today) if is_english else filters.day_long(today),
        "ansprechperson": phase.procedure.contact_name,
    }


def days_left(last_day: date, today: date, language: str) -> str:
    """How many days are left, in words."""
    return english.days_left(last_day, today) if language == ENGLISH else filters.days_left(last_day, today)


def _extended(invitation: Invitation, language: str) -> str:
    if invitation.last_day <= invitation.phase.last_day:
        return ""
    if language == ENGLISH:
        return "This is the extended deadline that we agreed with you."
    return "Das ist die verlängerte Frist, die wir mit Ihnen vereinbart haben."


def deadline_of(invitation: Invitation, language: str, now: datetime) -> Attachment:
    """The deadline as a calendar file, for this institution; the same entry whenever it moves."""
    phase, is_english = invitation.phase, language == ENGLISH
    title = phase.procedure.title
    content = deadline_file(
        f"frist-{invitation.id}@{base_host()}",
        invitation.last_day,
        f"Last day for your opinion: {title}" if is_english else f"Letzter Tag für die Stellungnahme: {title}",
        "Until midnight (24:00). The link is in our e-mail."
        if is_english
        else "Bis 24 Uhr. Der Link steht in unserer E-Mail.",
        sequence=_minutes_open(invitation, now),
        made_at=now.replace(second=0, microsecond=0),
    )
    name = "deadline.ics" if is_english else "frist.ics"
    return Attachment(name, content, "text/calendar")


def _minutes_open(invitation: Invitation, now: datetime) -> int:
    # A later letter must win over an earlier one whichever way the deadline moved; a clock does that, a count of moves
    # and extensions does not.
    return max(0, int((now - invitation.phase.opens_at) / timedelta(minutes=1)))
