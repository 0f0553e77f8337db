"""Letters shown with real data: for previews and for tests to oneself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from ikb.db import db
from ikb.deliveries.kinds import Mail
from ikb.deliveries.letters import ENGLISH, Wording, letter_of
from ikb.institutions import letters
from ikb.institutions.model import Invitation
from ikb.statements.messages import IN_TIME, receipt_values
from ikb.statements.model import Receipt, Statement
from ikb.web import english, filters

NOT_YET = "(steht hier, sobald etwas eingegangen ist)"


def of_letter(
    letter: str,
    language: str,
    invitation: Invitation,
    *,
    now: datetime,
    link: str,
    words: Wording | None = None,
) -> Mail:
    """A letter to an institution as it would be today. words: others than those that hold."""
    known = letter_of(letter)
    own = known.samples.get(language) if known else None
    more = _receipt_values(invitation, language) if letter == "receipt" else own
    return letters.render(letter, invitation, now=now, link=link, words=words, language=language, more=more)


def _receipt_values(invitation: Invitation, language: str) -> Mapping[str, str]:
    """Those of the institution's own newest receipt; without one the deadline is real and the rest is left open."""
    rows = select(Receipt).join(Statement, Receipt.statement_id == Statement.id)
    receipt = db.session.scalars(
        rows.where(Statement.invitation_id == invitation.id).order_by(Receipt.id.desc()).limit(1)
    ).one_or_none()
    if receipt is not None:
        return receipt_values(db.session.get_one(Statement, receipt.statement_id), receipt, language)
    is_english = language == ENGLISH
    last_day = english.deadline(invitation.last_day) if is_english else filters.deadline(invitation.last_day)
    open_ones = dict.fromkeys(("nummer", "eingegangen", "pruefsumme"), NOT_YET)
    answer = "your statement" if is_english else "die Stellungnahme"
    return {**open_ones, "antwort": answer, "rechtzeitig": IN_TIME[language, False].format(last_day)}
