"""The way in from a letter on paper."""

from __future__ import annotations

import pytest

from ikb.db import db, transaction
from ikb.institutions import service
from ikb.institutions.codes import code_of
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation
from ikb.journal.service import SYSTEM
from ikb.procedures.model import PhaseState
from tests.factories import make_institution, make_invitation, make_phase

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def invitation(app) -> Invitation:
    return make_invitation(institution=make_institution(email=""))


def typed(client, number: object, code: str):
    return client.post("/teilnehmen", data={"number": str(number), "code": code})


def test_number_and_code_lead_to_the_institutions_page(invitation, client) -> None:
    code = code_of(invitation)

    for written in (code, code.lower().replace("-", " ")):
        answer = typed(client, f" {invitation.institution.number} ", written)
        assert (answer.status_code, answer.location) == (303, f"/beteiligung/{token_of(invitation)}")
    assert "Kurzcode" in client.get("/teilnehmen").text


def test_every_wrong_input_gets_the_same_answer(invitation, client) -> None:
    other = make_invitation()
    code, number = code_of(invitation), invitation.institution.number
    swapped = ("3" if code[0] != "3" else "4") + code[1:]
    planned = make_invitation(make_phase(state=PhaseState.PLANNED))
    revoked = make_invitation(revoked_at=planned.phase.opens_at)
    wrong = [
        (number, swapped),
        (number, code_of(other)),
        (other.institution.number, code),
        (999_999_999, code),
        ("9" * 30, code),
        ("²", code),
        ("x", "y"),
        (planned.institution.number, code_of(planned)),
        (revoked.institution.number, code_of(revoked)),
    ]

    answers = {
        (answer.status_code, answer.text.count("Nummer und Code passen nicht zusammen"))
        for answer in (typed(client, *pair) for pair in wrong)
    }

    assert answers == {(422, 1)}


def test_a_renewed_link_has_another_code(invitation, client, now) -> None:
    old = code_of(invitation)
    with transaction():
        service.renew_link(invitation, row_version=invitation.row_version, by=SYSTEM, now=now)

    assert typed(client, invitation.institution.number, old).status_code == 422
    assert typed(client, invitation.institution.number, code_of(invitation)).status_code == 303


def test_trying_is_limited_for_one_institution(invitation, client) -> None:
    answers = [typed(client, invitation.institution.number, "ACDE-FG23").status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]
    assert typed(client, make_invitation().institution.number, "ACDE-FG23").status_code == 422


def test_an_institution_in_two_phases_finds_each_by_its_own_code(invitation, client) -> None:
    second = make_invitation(institution=invitation.institution)
    number = invitation.institution.number

    assert typed(client, number, code_of(second)).location.endswith(token_of(second))
    assert typed(client, number, code_of(invitation)).location.endswith(token_of(invitation))
    db.session.expire_all()
