"""Text modules: checked when written, put into a reason without scripts, kept as long as a reason contains them."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from ikb.consolidation import text_modules
from ikb.consolidation.model import Consideration
from ikb.core.clock import berlin_day
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible
from ikb.web.filters import day
from tests.consolidation.cases import HERE, Case, make_case
from tests.factories import make_institution, make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
BODY = "Der Hinweis von {institution} betrifft {abschnitt}; zuständig ist das Land. (Stand {datum}, Fassung {fassung})"


@pytest.fixture
def case(app, now) -> Case:
    case = make_case()
    case.remark, case.other = case.says(MORE, institution=make_institution("Kulturverein")), case.says("Kein Kurs.")
    case.says("Kein Kurs.")
    case.consolidate(now)
    return case


def write(case: Case, now, name="Land zuständig", body=BODY, *, module_id=None, seen=0, key=None):
    with transaction():
        return text_modules.write(
            case.procedure, name, body, module_id=module_id, key=key or uuid4(), seen=seen, by=case.by, now=now
        )


def test_a_module_is_checked_when_it_is_written_and_keeps_its_versions(case, now) -> None:
    with pytest.raises(Implausible, match=r"\{frist\} gibt es hier nicht"):
        write(case, now, body="Bis {frist}.")
    with pytest.raises(Implausible) as nameless:
        write(case, now, name=" ")
    key = uuid4()
    first = write(case, now, key=key)

    assert (nameless.value.field, write(case, now, key=key).id) == ("name", first.id)
    second = write(case, now, body="Zuständig ist das Land.", module_id=first.module_id, seen=1)
    assert [row.number for row in text_modules.versions_of(case.procedure.id, first.module_id)] == [2, 1]
    assert [row.id for row in text_modules.newest_of(case.procedure.id)] == [second.id]
    with pytest.raises(Conflict) as refused:
        write(case, now, body="Anders.", module_id=first.module_id, seen=1)
    assert "Zuständig ist das Land." in refused.value.theirs


def test_a_module_is_put_into_a_reason_with_its_values_and_its_use_is_known(case, now, as_user) -> None:
    version = write(case, now)
    lead, root = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung"

    def inserted(remark) -> str:
        sent = {f"r{remark.id}-reason": "Zuerst.", f"r{remark.id}-seen": "0", f"r{remark.id}-insert": version.id}
        page = lead.post(f"{root}/{HERE}/vorschau/r{remark.id}-", data=sent | {"act": "insert"}).text
        [text] = re.findall(rf'name="r{remark.id}-reason"[^>]*>\s*(.*?)</textarea>', page, re.S)
        assert f'name="r{remark.id}-modules" type="hidden" value="{version.id}"' in page
        return text.replace("\r\n", "\n")

    alone, together = inserted(case.remark), inserted(case.other)
    assert alone.startswith("Zuerst.\n\nDer Hinweis von Kulturverein betrifft ")
    assert f"(Stand {day(berlin_day(now))}, Fassung 1)" in alone
    assert "Der Hinweis von 2 Institutionen betrifft " in together
    assert db.session.query(Consideration).count() == 0

    def decide(remark, reason: str) -> None:
        prefix = f"r{remark.id}"
        sent = {f"{prefix}-reason": reason, f"{prefix}-seen": "0", f"{prefix}-outcome": "not_followed"}
        answer = lead.post(f"{root}/{HERE}/{remark.id}", data=sent | {f"{prefix}-modules": f"{version.id},999999"})
        assert answer.status_code == 303

    decide(case.remark, alone)
    decide(case.other, "Der Baustein ist wieder draußen.")
    [(row, number)] = text_modules.where_used(version.module_id)
    assert (row.remark_id, number) == (case.remark.id, 1)
    page = lead.get(f"{root}/textbausteine/{version.module_id}").text
    assert f"{root}/{HERE}/{case.remark.id}/verlauf" in page
    assert "Textbaustein löschen" not in page
    answer = lead.post(f"{root}/textbausteine/{version.module_id}/loeschen")
    assert (answer.status_code, "steht in 1 Begründung" in answer.text) == (409, True)


def test_only_the_lead_writes_modules_and_deletes_those_that_no_reason_contains(case, now, as_user) -> None:
    lead, address = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung/textbausteine"
    sent = {"key": str(uuid4()), "seen": "0", "name": "Kosten", "body": "Das kostet {preis}."}

    refused = lead.post(f"{address}/neu", data=sent)
    assert (refused.status_code, "Das kostet {preis}." in refused.text) == (422, True)
    assert lead.post(f"{address}/neu", data=sent | {"body": "Das ist zu teuer."}).status_code == 303
    [version] = text_modules.newest_of(case.procedure.id)
    page = f"{address}/{version.module_id}"
    assert [as_user(make_user()).get(one).status_code for one in (address, page)] == [404, 404]
    assert "Noch in keiner Begründung." in lead.get(page).text
    assert lead.post(f"{page}/loeschen").status_code == 303
    assert "Noch kein Textbaustein" in lead.get(address).text
