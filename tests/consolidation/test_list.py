"""The workbench's list: what was said by whom, narrowed by the address, kept as a view, given to many at once."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.consolidation import assignments, list_filter, list_rows, queries
from ikb.consolidation.assignment_model import BulkAct
from ikb.consolidation.assignments import Change, Target
from ikb.consolidation.list_filter import SAID, Wanted, narrowed
from ikb.consolidation.own_work import own_work
from ikb.consolidation.view_model import SavedView
from ikb.db import db
from ikb.remarks.model import Remark, Stance, Wish
from tests.consolidation.cases import HERE, Case, make_case
from tests.consolidation.test_assignments import DUE, ELSEWHERE, give, second_lead
from tests.factories import SECTIONS, make_institution, make_invitation, make_statement, make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MONEY = "Die Kosten sind nicht gedeckt, der Haushalt der Stadt reicht für diese Ausgaben nicht aus."


@pytest.fixture
def case(app, now) -> Case:
    """Two clubs want other wordings, an authority fears the costs, a body resolved; one section has a person and a day."""
    case = make_case([("f-1", "heading", None, None, "Sprache und Bildung"), *in_field(SECTIONS)])
    club, authority = make_institution("Kulturverein"), make_institution("Jugendamt", kind="authority")
    wish = {"anchor": HERE, "wish": Wish.REPLACE, "proposed_text": MORE, "stance": Stance.SUPPORT_WITH_CHANGES}
    praise = {"anchor": ELSEWHERE, "comment": "Gut.", "stance": Stance.SUPPORT}
    make_statement(make_invitation(case.phase, club), [wish, praise])
    case.says("Jede Schule bietet vier Kurse am Nachmittag an.")
    case.says(wish=Wish.NONE, comment=MONEY, institution=authority, stance=Stance.OPPOSE)
    case.body_says("Nach Bedarf.", anchor="bp-2", name="Jugendhilfeausschuss")
    case.consolidate(now)
    give(case, [Target(ELSEWHERE)], Change(case.lead.id, DUE, keeps_due=False), now)
    return case


def in_field(sections):
    """The objective hangs under a heading: that makes it a field of action."""
    return [
        (a, kind, number, "f-1" if kind == "objective" else parent, text) for a, kind, number, parent, text in sections
    ]


def found(case: Case, now, me: int | None = None, **parts: str) -> list[str]:
    listed = list_rows.listed(case.base, queries.shown_run(case.base.id))
    wanted = list_filter.read(parts)
    today = now.date()
    hits = narrowed(listed.rows, wanted, me=me, today=today, fields=listed.sections_of_field)
    return [row.anchor for row in hits]


def address(case: Case, rest: str = "") -> str:
    return f"/verfahren/{case.procedure.id}/auswertung{rest}"


def test_each_row_counts_by_kind_and_stance_and_what_waits_for_an_answer(case):
    rows = {row.anchor: row for row in list_rows.listed(case.base, queries.shown_run(case.base.id)).rows}

    here = rows[HERE]
    assert here.kinds == [("Verein", 2), ("Behörde", 1)]
    assert dict(here.stances) == {"support_with_changes": 1, "oppose": 1, "neutral": 1}
    assert (here.counts["conflicts"], here.counts["open"], here.unanswered) == (1, 2, 1)
    assert (rows["bp-2"].kinds, rows["bp-2"].counts["bodies"]) == ([], 1)  # a body is never counted among statements
    assert rows[ELSEWHERE].assigned.name == case.lead.name


def test_parts_of_a_filter_combine_and_what_is_none_is_left_out(case, now):
    said = [one for row in list_rows.listed(case.base, None).rows for one in row.said]
    club = str(next(one.institution_id for one in said if one.who == "Kulturverein"))
    body = str(next(one.body_id for one in said if one.body_id))
    me = case.lead.id

    assert found(case, now, institution=club) == [ELSEWHERE, HERE]
    assert found(case, now, institution=club, zustaendig="ich", me=me) == [ELSEWHERE]
    assert found(case, now, institution=club, art="authority") == []  # one remark has to meet both
    assert found(case, now, art="authority") == [HERE] == found(case, now, thema="Finanzierung")
    assert found(case, now, gremium=body) == ["bp-2"]
    assert found(case, now, feld="f-1") == ["f-1", "a3-z1", HERE]
    assert found(case, now, zeigen="widerspruch") == [HERE]
    assert found(case, now, zeigen="erledigt") == []
    before = list_rows.listed(case.base, None).rows  # without a run nothing is settled either
    assert not any(row.is_settled for row in before)
    assert found(case, now, frist="woche", me=me) == []  # the day is in eleven days
    assert found(case, now, frist="gesetzt", zustaendig=str(me)) == [ELSEWHERE]
    assert ELSEWHERE not in found(case, now, zustaendig="niemand")
    assert list_filter.read({"zeigen": "'", "frist": "x", "institution": "1 or 1", "zustaendig": "-"}) == Wanted(SAID)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_list_opens_with_what_was_spoken_of_and_counts_the_rest(case, as_user):
    lead, everything = as_user(case.lead), address(case, "?zeigen=alle")
    page = lead.get(address(case)).text
    shown, all_of_them = (
        set(re.findall(r'name="was" value="([^"]*)"', one)) for one in (page, lead.get(everything).text)
    )

    assert HERE in shown < all_of_them
    silent = len(all_of_them - shown)
    assert re.search(rf"zeigen=alle\">Alle Abschnitte zeigen</a>, auch {silent} weitere, zu denen", page)
    for wanted in (Wanted(SAID), Wanted(), Wanted("offen"), Wanted(art="club"), Wanted(SAID, art="club")):
        assert list_filter.read(wanted.address) == wanted
    silent_case = make_case()
    assert lead.get(address(silent_case)).status_code == 404
    assert 'name="was" value="bp-2"' in as_user(silent_case.lead).get(address(silent_case)).text


def test_a_day_that_is_over_is_overdue_until_everything_there_is_answered(case, now, clock):
    later = clock.advance(days=20)
    assert found(case, later, frist="ueberfaellig") == [ELSEWHERE]

    remark = next(one for row in list_rows.listed(case.base, None).rows for one in row.said if row.anchor == ELSEWHERE)
    case.decide(db.session.get_one(Remark, remark.remark_id), "noted", later)

    assert found(case, later, frist="ueberfaellig") == []
    assert found(case, later, zeigen="erledigt") == [ELSEWHERE]


def test_on_the_page_a_filter_names_its_hits_and_each_part_can_be_dropped(case, as_user):
    page = as_user(case.lead).get(address(case, "?art=authority&zeigen=offen")).text

    assert "1 von 8 Abschnitten" in page or "1 von 7 Abschnitten" in page
    assert "Art der Institution: Behörde" in page
    assert re.search(r'href="[^"]*auswertung\?zeigen=offen">entfernen', page)
    assert "Behörde 1" in page
    assert "Ablehnung 1" in page


def test_what_is_ticked_is_given_and_taken_back_and_a_foreign_change_is_named(case, as_user):
    ayla = second_lead(case)
    lead, seen = as_user(case.lead), assignments.newest_act(case.base.draft_id)
    form = {
        "whom": "ticked",
        "was": [HERE, "bp-2"],
        "person": str(ayla.id),
        "due": "keep",
        "due_on": "",
        "seen": str(seen),
    }

    answer = lead.post(address(case, "/zuweisen?art=club"), data=form | {"key": str(uuid4())})
    late = lead.post(
        address(case, "/zuweisen"), data=form | {"key": str(uuid4()), "person": "0"}, follow_redirects=True
    )
    act = db.session.scalars(select(BulkAct.id).order_by(BulkAct.id.desc())).first()

    assert answer.location == address(case, f"?akt={act}&art=club")
    assert "inzwischen geändert hat: Maßnahme" in late.text
    assert ">Letzte Änderung rückgängig machen</button>" in lead.get(answer.location).text
    assert assignments.on_section(case.base.draft_id, HERE).user_id == ayla.id
    assert "zugewiesen oder mit Frist versehen" in lead.get(address(case, "/schritte")).text
    undone = lead.post(address(case, f"/schritte/{act}/zurueck"), data={"key": str(uuid4())})
    assert undone.location == address(case)
    assert assignments.on_section(case.base.draft_id, HERE) is None


def test_all_hits_or_whole_fields_are_given_at_once_and_a_refusal_keeps_what_was_chosen(case, as_user):
    lead, seen = as_user(case.lead), assignments.newest_act(case.base.draft_id)
    form = {"person": str(case.lead.id), "due": "set", "due_on": "2030-07-01", "seen": str(seen)}

    lead.post(address(case, "/zuweisen?art=authority"), data=form | {"key": str(uuid4()), "whom": "all"})
    given = set(assignments.standing(case.base.draft_id))
    assert given == {Target(HERE), Target(ELSEWHERE)}
    lead.post(address(case, "/zuweisen"), data=form | {"key": str(uuid4()), "whom": "fields", "feld": ["f-1"]})
    assert set(assignments.standing(case.base.draft_id)) == given | {Target("f-1"), Target("a3-z1")}

    refused = lead.post(
        address(case, "/zuweisen"),
        data=form | {"key": str(uuid4()), "whom": "ticked", "was": ["bp-2"], "due_on": "2030-05-01"},
    )
    assert (refused.status_code, "Dieser Tag ist schon vorbei" in refused.text) == (422, True)
    assert re.search(r'value="bp-2"[^>]* checked', refused.text)


def test_taking_back_asks_first_where_somebody_changed_some_of_it(case, now, as_user):
    first = give(case, [Target(HERE), Target("bp-2")], Change(case.lead.id), now)
    give(case, [Target("bp-2")], Change(second_lead(case).id), now)
    lead, way = as_user(case.lead), address(case, f"/schritte/{first.act.id}/zurueck")

    asked = lead.post(way, data={"key": str(uuid4())})
    assert (asked.status_code, "Nur einen Teil zurücknehmen?" in asked.text) == (409, True)
    assert assignments.on_section(case.base.draft_id, HERE) is not None

    assert lead.post(way, data={"key": str(uuid4()), "trotzdem": "1"}).status_code == 303
    assert set(assignments.standing(case.base.draft_id)) == {Target("bp-2"), Target(ELSEWHERE)}


def test_a_view_is_saved_used_shared_renamed_and_deleted_by_its_owner_alone(case, as_user):
    lead, other = as_user(case.lead), as_user(second_lead(case))
    form = {"key": str(uuid4()), "name": " Geld  in Behörden "}

    for _ in range(2):  # sent twice, it is one
        assert lead.post(address(case, "/ansichten?art=authority&boese=1"), data=form).location == address(
            case, "?art=authority"
        )
    [view] = db.session.scalars(select(SavedView))
    assert (view.name, view.address, view.is_shared) == ("Geld in Behörden", "art=authority", False)
    assert "Geld in Behörden</a>" in lead.get(address(case)).text
    assert "Geld in Behörden" not in other.get(address(case)).text
    taken = lead.post(address(case, "/ansichten?art=club"), data=form | {"key": str(uuid4())})
    assert (taken.status_code, "heißt schon so" in taken.text) == (422, True)

    own = address(case, f"/ansichten/{view.id}")
    changed = {f"v{view.id}-name": "Geld", f"v{view.id}-is_shared": "y", f"v{view.id}-row_version": "1"}
    assert other.post(own, data=changed).status_code == 404
    assert lead.post(own, data=changed).status_code == 303
    assert lead.post(own, data=changed | {f"v{view.id}-name": "Älter"}).status_code == 409
    assert "Geld (geteilt)" in other.get(address(case)).text
    assert "Geld</a>" in lead.get(address(case, "/ansichten")).text
    assert other.post(f"{own}/loeschen").status_code == 404
    assert lead.post(f"{own}/loeschen").status_code == 303
    assert db.session.scalars(select(SavedView)).all() == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_foreign_leads_find_none_of_it(case, as_user):
    foreign = as_user(make_user())
    key = {"key": str(uuid4())}

    assert {foreign.get(address(case, way)).status_code for way in ("", "/schritte", "/ansichten")} == {404}
    assert {foreign.post(address(case, way), data=key).status_code for way in ("/zuweisen", "/schritte/1/zurueck")} == {
        404
    }


def test_what_is_assigned_and_still_waits_is_told_in_a_sentence_until_it_is_answered(case, now, clock):
    later, me = clock.advance(days=20), case.lead.id
    remark = next(one for row in list_rows.listed(case.base, None).rows for one in row.said if row.anchor == ELSEWHERE)

    own = own_work(case.procedure.id, me, later.date())
    assert own.sentence == "Ihnen zugewiesen und noch offen: 1 Abschnitt, 1 davon überfällig."
    case.decide(db.session.get_one(Remark, remark.remark_id), "noted", later)
    assert own_work(case.procedure.id, me, later.date()).sentence == ""
