"""Several phases of one procedure: each has its list, and a later one chooses from an earlier one's."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select

from ikb.accounts.model import User
from ikb.db import db
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.procedures.model import ParticipationPhase, PhaseState
from tests.factories import (
    MADE_AT,
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def lead(app: Flask) -> User:
    return make_user()


@pytest.fixture
def browser(lead: User, as_user):
    return as_user(lead)


@pytest.fixture
def first(lead: User) -> ParticipationPhase:
    phase = make_phase(make_version(make_draft(make_procedure([lead]))), name="Erste Runde", state=PhaseState.CLOSED)
    make_invitation(phase, make_institution("Hat geantwortet"), state=InvitationState.SUBMITTED)
    make_invitation(phase, make_institution("Schweigt"))
    make_institution("Nie dabei")
    return phase


@pytest.fixture
def second(first: ParticipationPhase) -> ParticipationPhase:
    version = make_version(first.draft_version.draft, number=2)
    return make_phase(version, name="Zweite Runde", state=PhaseState.PLANNED, opened_at=None)


def base(phase: ParticipationPhase) -> str:
    return f"/verfahren/{phase.procedure_id}/beteiligung"


def invited(phase: ParticipationPhase) -> list[str]:
    rows = db.session.scalars(select(Invitation).where(Invitation.phase_id == phase.id))
    return sorted(row.institution.name for row in rows)


def test_each_phase_has_its_list_and_the_newest_is_shown_first(browser, first, second) -> None:
    newest = browser.get(base(second)).text
    earlier = browser.get(f"{base(first)}?phase={first.id}").text

    assert "Beteiligung: Zweite Runde" in newest
    assert "Hat geantwortet" not in newest
    assert "Beteiligung: Erste Runde" in earlier
    assert "Hat geantwortet" in earlier
    assert f"filter=submitted&amp;phase={first.id}" in earlier or f"phase={first.id}&amp;filter=submitted" in earlier


def test_a_phase_of_another_procedure_is_not_found(browser, lead, first) -> None:
    other = make_phase(make_version(make_draft(make_procedure([lead]))))

    assert browser.get(f"{base(first)}?phase={other.id}").status_code == 404
    assert browser.get(f"{base(first)}/auswahl?phase={other.id}").status_code == 404


@pytest.mark.parametrize(
    ("answer", "added"),
    [("", ["Hat geantwortet", "Schweigt"]), ("answered", ["Hat geantwortet"]), ("unanswered", ["Schweigt"])],
)
def test_a_second_phase_takes_from_the_first_ones_list(browser, first, second, answer, added) -> None:
    place = f"{base(second)}/auswahl?aus={first.id}&antwort={answer}"

    assert "Nie dabei" not in browser.get(place).text
    assert browser.post(place, data={"whom": "all"}).status_code == 303

    assert invited(second) == added
    assert invited(first) == ["Hat geantwortet", "Schweigt"]


def test_into_an_open_phase_only_after_a_look_at_who_gets_what(browser, lead) -> None:
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    chosen = make_institution("Per Brief", email="")
    form: dict[str, object] = {"whom": "ticked", "institutions": [chosen.id]}

    preview = browser.post(f"{base(phase)}/auswahl", data=form)
    assert preview.status_code == 200
    assert invited(phase) == []
    confirmed = re.search(r'name="confirmed" value="(\d+)"', preview.text)[1]
    browser.post(f"{base(phase)}/auswahl", data=form | {"confirmed": confirmed})

    assert invited(phase) == ["Per Brief"]


def test_the_list_finds_despite_typing(browser, lead) -> None:
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    for name in ("Heimatverein Morgenstart", "Morgenstern", "Bauamt"):
        make_invitation(phase, make_institution(name, sort_key=name.lower()))

    page = browser.get(f"{base(phase)}?suche=Morgenstren").text

    assert "Gezeigt ist, was ähnlich heißt" in page
    assert page.index("Morgenstern<") < page.index("Heimatverein Morgenstart<")  # the most alike first
    assert "Bauamt" not in page
    assert "Morgenstern<" not in browser.get(f"{base(phase)}?suche=Morgenstren&filter=late").text


@pytest.mark.parametrize("page", ["/beteiligung/auswahl", "/nachrichten/mehrere"])
def test_pages_to_choose_from_ask_no_more_for_three_hundred(browser, lead, count_queries, page) -> None:
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    place = f"/verfahren/{phase.procedure_id}{page}"
    counts = []
    for more in (2, 300):
        rows = [
            {
                "number": 500_000 + more * 1_000 + place_,
                "name": f"Haus {more}-{place_}",
                "sort_key": f"haus {place_}",
                "kind": "club",
                "created_at": MADE_AT,
            }
            for place_ in range(more)
        ]
        db.session.execute(insert(Institution), rows)
        db.session.commit()
        if page.endswith("mehrere"):
            ids = db.session.scalars(select(Institution.id).where(Institution.name.startswith(f"Haus {more}-")))
            db.session.execute(insert(Invitation), [{"phase_id": phase.id, "institution_id": one} for one in ids])
            db.session.commit()
        with count_queries() as seen:
            assert browser.get(place).status_code == 200
        counts.append(len(seen))

    assert max(counts) <= 8
