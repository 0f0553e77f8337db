"""Mails about releasing: to whoever may hand in, and back to whoever asked."""

from __future__ import annotations

from datetime import datetime

from ikb.db import db
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions.links import shared_token_for, token_of
from ikb.institutions.shared_model import SharedLink
from ikb.statements.model import Release, ReleaseStep, StatementState
from ikb.statements.releasing import OWN_LINK
from ikb.web import labels
from ikb.web.links import external_url

ASKED, RETURNED = "release_asked", "release_returned"
NAMES = {ASKED: "Bitte um Freigabe", RETURNED: "Zurück zur Überarbeitung"}
PLACEHOLDERS = {
    **letters.PLACEHOLDERS,
    "wer": "wer bittet oder zurückgibt, mit dem angegebenen Namen",
    "kommentar": "was diese Person dazu geschrieben hat",
}
NOBODY_NAMED = {"de": "Jemand aus Ihrer Einrichtung", ENGLISH: "Somebody at your organisation"}
SAMPLES = {
    "de": {"wer": "Mina Sander", "kommentar": "„Bitte bis Freitag ansehen.“"},
    ENGLISH: {"wer": "Mina Sander", "kommentar": "“Please have a look by Friday.”"},
}
labels.add("message", NAMES)
labels.add("letter", NAMES)
labels.add("release", {"asked": "um Freigabe gebeten", "returned": "zurückgegeben", "given": "freigegeben"})
for _name in NAMES:
    register_letter(_name, placeholders=PLACEHOLDERS, needed=("link", "verfahren", "wer"), samples=SAMPLES)


def _step_of(delivery: Delivery) -> ReleaseStep | None:
    return db.session.get(ReleaseStep, delivery.subject_id)


def _wanted(kind: Release, delivery: Delivery) -> bool:
    """As long as the draft stands as this message says, and the link in it is not ended."""
    step, link = _step_of(delivery), _link_of(delivery)
    if step is None or (delivery.step != OWN_LINK and (link is None or link.revoked_at is not None)):
        return False
    return step.statement.release == kind and step.statement.state == StatementState.DRAFT


def _asked_wanted(delivery: Delivery, _now: datetime) -> bool:
    return _wanted(Release.ASKED, delivery)


def _returned_wanted(delivery: Delivery, _now: datetime) -> bool:
    return _wanted(Release.RETURNED, delivery)


def _link_of(delivery: Delivery) -> SharedLink | None:
    return db.session.get(SharedLink, int(delivery.step)) if delivery.step.isdecimal() else None


def _token(delivery: Delivery, step: ReleaseStep) -> str:
    link = _link_of(delivery)
    return token_of(step.statement.invitation) if link is None else shared_token_for(link.id, link.generation)


def _render(delivery: Delivery, now: datetime) -> Mail:
    step = db.session.get_one(ReleaseStep, delivery.subject_id)
    invitation = step.statement.invitation
    language = letters.language_of(invitation)
    page = "statements.release" if delivery.kind == ASKED else "statements.overview"
    quoted = step.comment and (f"“{step.comment}”" if language == ENGLISH else f"„{step.comment}“")
    more = {"wer": step.name or NOBODY_NAMED[language], "kommentar": quoted}
    link = external_url(page, token=_token(delivery, step))
    return letters.render(delivery.kind, invitation, now=now, link=link, language=language, more=more)


register_kind(ASKED, still_wanted=_asked_wanted, render=_render, urgency=2)
register_kind(RETURNED, still_wanted=_returned_wanted, render=_render, urgency=2)
