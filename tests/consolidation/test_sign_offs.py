"""Co-signing and release: a version waits for everybody who is asked, and for the text as it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ikb.consolidation import by_hand, issuing, signoffs
from ikb.consolidation.by_hand import Edit
from ikb.core.clock import berlin_day
from ikb.db import transaction
from ikb.drafts.service import mark_of
from ikb.errors import Immutable, Implausible, NotYetDecided
from tests.consolidation.cases import HERE, Case, make_case
from tests.factories import make_user

SCHOOLS = "Amt für Schule"


def edit(case: Case, text: str, now) -> None:
    with transaction():
        seen = mark_of(next(row.text for row in by_hand.sections_after(case.base) if row.anchor == HERE))
        by_hand.edit_after(case.base, [Edit(HERE, "edit", text, "Klarer.", seen)], by=case.by, now=now)


@pytest.fixture
def case(app, now) -> Case:
    """There is a working version."""
    case = make_case()
    edit(case, "Jede Schule bietet drei Kurse am Nachmittag an.", now)
    return case


def ask(case: Case, now, who: str = SCHOOLS, kind: str = "cosign") -> int:
    with transaction():
        return signoffs.ask(case.working(), kind, who, by=case.by, now=now).id


def sign(case: Case, sign_off_id: int, now, *, days: int = 0, seen: str | None = None) -> None:
    version = case.working()
    mark = signoffs.text_mark(version) if seen is None else seen
    day = berlin_day(now) + timedelta(days=days)
    with transaction():
        signoffs.record(version, sign_off_id, day, seen=mark, by=case.by, now=now)


def issue(case: Case, now) -> None:
    with transaction():
        issuing.issue(case.working(), "", by=case.by, now=now)


def test_issuing_waits_for_every_department_and_the_release(case, now) -> None:
    department, release = ask(case, now), ask(case, now, "Oberbürgermeisteramt", "release")
    sign(case, department, now)

    with pytest.raises(NotYetDecided) as refused:
        issue(case, now)
    sign(case, release, now)
    version = case.working()
    issue(case, now)

    assert refused.value.open_points == ["Freigabe: Oberbürgermeisteramt hat noch nicht unterschrieben."]
    assert version.is_issued
    with pytest.raises(Immutable):
        signoffs.drop(version, department, by=case.by, now=now)


def test_a_signature_is_for_the_text_that_was_signed(case, now) -> None:
    department = ask(case, now)
    sign(case, department, now)
    edit(case, "Jede Schule bietet vier Kurse am Nachmittag an.", now)

    with pytest.raises(NotYetDecided) as refused:
        issue(case, now)

    assert refused.value.open_points == [
        f"Mitzeichnung: Seit der Unterschrift von {SCHOOLS} hat sich der Text geändert."
    ]
    sign(case, department, now)
    assert signoffs.missing(case.working()) == []


@pytest.mark.parametrize(("days", "seen"), [(1, None), (-400, None), (0, "another")])
def test_a_day_that_cannot_be_or_another_text_is_refused(case, now, days, seen) -> None:
    department = ask(case, now)

    with pytest.raises(Implausible):
        sign(case, department, now, days=days, seen=seen)

    assert len(signoffs.missing(case.working())) == 1


def test_a_lead_asks_records_and_drops_on_a_page(case, now, as_user) -> None:
    lead, address = as_user(case.lead), f"/fassungen/{case.working().id}/mitzeichnung"

    assert lead.post(address, data={"kind": "cosign", "who": " "}).status_code == 422
    lead.post(address, data={"kind": "cosign", "who": SCHOOLS})
    lead.post(address, data={"kind": "cosign", "who": SCHOOLS})
    [row] = signoffs.asked_for(case.working())
    waiting = lead.get(f"/fassungen/{case.working().id}/herausgeben").text
    fields = {f"s{row.id}-given_on": berlin_day(now).isoformat(), f"s{row.id}-seen": signoffs.text_mark(case.working())}
    lead.post(f"{address}/{row.id}", data=fields)

    assert f"{SCHOOLS} hat noch nicht unterschrieben" in waiting
    assert "unterschrieben" in lead.get(address).text
    assert signoffs.missing(case.working()) == []
    lead.post(f"{address}/{row.id}/streichen")
    assert signoffs.asked_for(case.working()) == []


def test_nobody_else_sees_or_signs(case, now, as_user) -> None:
    department, foreign = ask(case, now), as_user(make_user())
    address = f"/fassungen/{case.working().id}/mitzeichnung"

    answers = [
        foreign.get(address),
        foreign.post(f"{address}/{department}"),
        foreign.post(f"{address}/{department}/streichen"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(signoffs.missing(case.working())) == 1
