"""Two leads at one participation, each on a connection of their own."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.institutions import service
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase, PhaseState
from tests.factories import make_institution, make_phase
from tests.statements.test_at_once import at_once, real_app

__all__ = ["real_app"]  # a fixture: asked for by name


@pytest.mark.usefixtures("wakeups")
def test_who_is_added_by_a_page_from_before_the_opening_is_invited(real_app: Flask, now: datetime) -> None:
    phase = make_phase(state=PhaseState.PLANNED, opened_at=None)
    institution = make_institution()
    assert not phase.is_open  # as the request that is about to add somebody has loaded it

    def open_it(_number: int) -> None:
        with transaction():
            procedures.open_phase(db.session.get_one(ParticipationPhase, phase.id), by=SYSTEM, now=now)

    at_once(real_app, open_it, 1)
    with transaction():
        service.add_to_phase(phase, [institution], by=SYSTEM, now=now)

    (invitation,) = db.session.scalars(select(Invitation).execution_options(populate_existing=True))
    assert (invitation.state, invitation.token_hash is None) == (InvitationState.INVITED, False)
    mails = [(mail.kind, mail.recipient) for mail in db.session.scalars(select(Delivery).order_by(Delivery.id))]
    assert mails == [("invitation", institution.email), *[("reminder", institution.email)] * 3]
