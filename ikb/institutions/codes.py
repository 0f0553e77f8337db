"""The way in from a letter on paper: the institution's number and a short code, made from the link's secret."""

from __future__ import annotations

import hmac

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ikb.core.short_code import code_from, read_code
from ikb.db import db
from ikb.institutions.links import code_seal
from ikb.institutions.model import Institution, Invitation
from ikb.procedures.model import ParticipationPhase, PhaseState

LONGEST_NUMBER = 9  # digits that a database's number holds


def code_of(invitation: Invitation) -> str:
    """The code on an invitation's letter; another one after its link was renewed. Nothing of it is stored."""
    return code_from(code_seal(invitation.id, invitation.generation))


def invitation_with(number: str, code: str) -> Invitation | None:
    """The invitation of that institution with that code, compared in constant time.

    None for anything that does not fit, whatever it is: nobody is told which half was wrong.
    """
    typed, digits = read_code(code), number.strip()
    if typed is None or not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        return None
    rows = (
        select(Invitation)
        .join(Invitation.institution)
        .join(Invitation.phase)
        .where(
            Institution.number == int(digits),
            Invitation.token_hash.is_not(None),
            Invitation.revoked_at.is_(None),
            ParticipationPhase.state != PhaseState.PLANNED,
        )
        .options(joinedload(Invitation.institution))
    )
    found = [row for row in db.session.scalars(rows) if hmac.compare_digest(code_of(row), typed)]
    return found[0] if found else None
