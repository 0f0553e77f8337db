"""Letters on paper for institutions without a mailbox: which ones are open, what they say, and that they were posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from ikb.core.clock import berlin_day
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.rendering import as_html
from ikb.errors import NotReady
from ikb.institutions import letters
from ikb.institutions import service as institutions
from ikb.institutions.codes import code_of
from ikb.institutions.letters import PLACEHOLDERS, language_of
from ikb.institutions.links import link_of
from ikb.institutions.model import Invitation
from ikb.journal.service import Actor
from ikb.web import english, filters, labels
from ikb.web.links import external_url

NAME = "paper_letter"
labels.add("letter", {NAME: "Brief auf Papier"})
register_letter(NAME, placeholders=PLACEHOLDERS, needed=("link", "frist", "verfahren"))


@dataclass(frozen=True)
class PaperLetter:
    """One letter, ready to print.

    address: lines for the window; code: the link as a picture, as a data: address.
    short_code, take_part: what can be typed in place of the link, and on which page.
    """

    invitation: Invitation
    address: tuple[str, ...]
    subject: str
    body: Markup
    language: str
    date: str
    code: str
    short_code: str
    take_part: str


def by_letter(invitations: Iterable[Invitation], today: date) -> list[Invitation]:
    """Those with a link and no mailbox today who have not answered, in the order given."""
    return [
        one
        for one in invitations
        if one.token_hash and not one.revoked_at and not one.is_answered
        if not institutions.recipient_of(one.institution, today)
    ]


def is_open(invitation: Invitation) -> bool:
    """Whether its letter is still to be posted."""
    return invitation.invited_at is None


def letter_to(invitation: Invitation, *, now: datetime) -> PaperLetter:
    """The letter to one institution, in its language, as of today."""
    import segno  # late: decision 79

    language, today = language_of(invitation), berlin_day(now)
    mail = letters.render(NAME, invitation, now=now, with_deadline=False)
    return PaperLetter(
        invitation=invitation,
        address=address_of(invitation),
        subject=mail.subject,
        body=as_html(mail.text),
        language=language,
        date=english.day_long(today) if language == ENGLISH else filters.day_long(today),
        code=segno.make(link_of(invitation), error="m", micro=False).svg_data_uri(scale=4, border=2),
        short_code=code_of(invitation),
        take_part=external_url("statements.take_part"),
    )


def address_of(invitation: Invitation) -> tuple[str, ...]:
    """Name, person, street and town: at most six lines, as the window of DIN 5008 holds."""
    institution = invitation.institution
    person = next((contact.name for contact in institution.contacts if contact.name), "")
    lines = [institution.name, person, *institution.address.replace(",", "\n").splitlines()]
    return tuple(line.strip() for line in lines if line.strip())[:6]


def note_posted(invitations: Iterable[Invitation], versions: Mapping[int, int], *, by: Actor, now: datetime) -> int:
    """Mark letters as posted, all or none. versions: of each invitation when it was seen.

    Raises NotReady for one that needs no letter any more, Conflict if somebody was faster.
    """
    chosen = [one for one in invitations if one.id in versions]
    if len(chosen) < len(versions) or not chosen:
        raise NotReady(
            "Mindestens einer dieser Briefe ist nicht mehr nötig. Es wurde nichts vermerkt. Laden Sie die Liste neu."
        )
    for one in sorted(chosen, key=lambda row: row.id):
        institutions.note_letter_sent(one, row_version=versions[one.id], by=by, now=now)
    return len(chosen)
