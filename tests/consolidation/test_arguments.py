"""Remarks that say the same: a run suggests, a person confirms, and one answer reaches each of them."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ikb.consolidation import arguments, by_hand, folding, grouping, queries
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.sections import statement as statement_view
from ikb.core.duplicates import Comment
from ikb.db import db, transaction
from ikb.drafts import service as drafts_service
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Implausible, NotFound
from ikb.remarks.model import Wish
from ikb.statements.model import Statement
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.consolidation.test_pages import section
from tests.factories import make_draft, make_institution, make_invitation, make_statement, make_version

LETTER = "Die Kurse am Nachmittag brauchen mehr Lehrkräfte, sonst fallen sie jede zweite Woche aus."
MORE = "Außerdem fehlen Räume für die Kinder aus der Nachbarschule."
OTHER = "Wir schlagen vor, die Sportvereine früh nach ihren freien Hallenzeiten zu fragen."


def comment(case: Case, text: str, name: str | None = None):
    return case.says(wish=Wish.NONE, comment=text, institution=make_institution(name) if name else None)


def campaign(case: Case, now) -> list[int]:
    ids = [comment(case, LETTER).id, comment(case, LETTER).id, comment(case, f"{LETTER} {MORE}").id]
    comment(case, OTHER)
    case.consolidate(now)
    return ids


def made(case: Case, ids: list[int], now, title: str = "Mehr Lehrkräfte"):
    with transaction():
        return arguments.make(case.base, HERE, title, ids, key=uuid4(), by=case.by, now=now)


def answered(case: Case, argument, outcome: str, now, *, reason: str = "", seen: int = 0):
    with transaction():
        return arguments.answer(case.base, argument, outcome, reason, seen=seen, by=case.by, now=now)


def said_of(remark_id: int) -> list[tuple[str, str, int | None]]:
    remark = db.session.get_one(queries.Remark, remark_id)
    view = statement_view(db.session.get_one(Statement, remark.statement_id))
    return [
        (one.consideration.outcome, one.consideration.reason, one.consideration.argument_id)
        if one.consideration
        else None
        for one in view.remarks
    ]


def test_what_is_alike_depends_on_the_set_of_remarks_and_not_on_their_order():
    at = datetime(2030, 6, 1, tzinfo=UTC)
    texts = [LETTER, LETTER, f"{LETTER} {MORE}", OTHER]
    comments = [Comment(str(n), at + timedelta(minutes=n), text) for n, text in enumerate(texts, 1)]
    shuffled = comments[:]
    random.Random(7).shuffle(shuffled)

    found = grouping.alike(comments, "Ein Abschnitt.")

    assert found.groups == [{"representative": 1, "members": {"1": [], "2": [], "3": [MORE]}}]
    assert sorted(one for each in found.clusters for one in each["members"]) == [1, 2, 3, 4]
    assert grouping.alike(shuffled, "Ein Abschnitt.") == found
    assert grouping.alike([], "Ein Abschnitt.") == grouping.Alike([], [])


def test_a_run_suggests_a_group_and_holds_nothing_for_decided(app, now):
    case = make_case()
    ids = campaign(case, now)

    found = grouping.of_section(queries.shown_run(case.base.id), HERE)

    assert found.groups == [
        {"representative": ids[0], "members": {str(ids[0]): [], str(ids[1]): [], str(ids[2]): [MORE]}}
    ]
    assert queries.considered_remarks(case.base.id) == []
    case.consolidate(now)
    assert db.session.query(grouping.SectionGrouping).filter_by(anchor=HERE).count() == 1


def test_whose_words_stand_for_all_is_the_same_before_and_after_the_group_is_confirmed(app, now):
    case = make_case()
    ids = [comment(case, text).id for text in (LETTER.replace("fallen", "falen"), LETTER, LETTER)]
    case.consolidate(now)
    found = grouping.of_section(queries.shown_run(case.base.id), HERE)
    [suggested] = folding.fold(found, case.base.draft_id, HERE, ids).folds

    made(case, ids, now)

    [confirmed] = folding.fold(found, case.base.draft_id, HERE, ids).folds
    assert confirmed.argument is not None
    assert confirmed.representative == suggested.representative == ids[1]


def test_one_answer_reaches_each_remark_and_a_later_one_that_joins(app, now):
    case = make_case()
    ids = campaign(case, now)
    argument = made(case, ids, now)

    rows = answered(case, argument, "not_followed", now, reason="Dafür fehlt das Geld.")

    assert len(rows) == 3
    assert [said_of(one) for one in ids] == [[("not_followed", "Dafür fehlt das Geld.", argument.id)]] * 3
    late = comment(case, LETTER).id
    case.consolidate(now)
    folded = folding.fold(
        grouping.of_section(queries.shown_run(case.base.id), HERE), case.base.draft_id, HERE, [*ids, late]
    )
    assert [list(fold.joining) for fold in folded.folds] == [[late]]
    assert said_of(late) == [None]
    with transaction():
        arguments.join(case.base, argument, [late], by=case.by, now=now)
    assert said_of(late) == [("not_followed", "Dafür fehlt das Geld.", argument.id)]


def test_a_member_taken_out_keeps_its_history_and_gets_an_answer_of_its_own(app, now):
    case = make_case()
    ids = campaign(case, now)
    argument = made(case, ids, now)
    rows = answered(case, argument, "noted", now)
    remark = db.session.get_one(queries.Remark, ids[2])
    with pytest.raises(Implausible, match="gehört zur Gruppe"):
        case.decide(remark, "followed", now)

    with transaction():
        arguments.take_out(case.base, argument, ids[2], by=case.by, now=now)
    case.decide(remark, "followed", now)
    answered(case, argument, "not_followed", now, reason="Nein.", seen=max(row.id for row in rows))

    assert said_of(ids[0]) == [("not_followed", "Nein.", argument.id)]
    assert said_of(ids[2]) == [("followed", "", None)]
    history = db.session.query(queries.Consideration).filter_by(remark_id=ids[2])
    assert [row.outcome for row in history.order_by("id")] == ["noted", "followed"]


def test_a_group_is_made_once_and_of_nothing_foreign(app, now):
    case = make_case()
    ids = campaign(case, now)
    wording, key = case.says("Etwas anderes."), uuid4()
    cases = [(ids[:1], Implausible), ([ids[0], wording.id], NotFound), ([ids[0], 10**6], NotFound)]
    for chosen, refusal in cases:
        with pytest.raises(refusal), transaction():
            arguments.make(case.base, HERE, "", chosen, key=uuid4(), by=case.by, now=now)

    with transaction():
        first = arguments.make(case.base, HERE, "", ids[:2], key=key, by=case.by, now=now)
        again = arguments.make(case.base, HERE, "", ids[:2], key=key, by=case.by, now=now)

    assert first is again
    assert first.title == ", ".join(grouping.of_section(queries.shown_run(case.base.id), HERE).clusters[0]["label"])
    with pytest.raises(Conflict):
        made(case, ids[1:], now)


def test_the_second_of_two_who_answer_a_group_gets_both_texts(app, now):
    case = make_case()
    argument = made(case, campaign(case, now), now)
    answered(case, argument, "not_followed", now, reason="Zu teuer.")

    with pytest.raises(Conflict) as refused:
        answered(case, argument, "followed", now, reason="Gut.")

    assert (refused.value.theirs, refused.value.mine) == ("nicht gefolgt: Zu teuer.", "wird gefolgt: Gut.")


def test_through_the_browser_from_the_suggestion_to_the_answer(app, now, as_user):
    case = make_case()
    ids = campaign(case, now)
    lead = as_user(case.lead)
    page = lead.get(section(case)).text
    assert "3 Anmerkungen sagen dasselbe" in page
    assert re.search(rf"Eine sagt mehr:.*<ins>{MORE}</ins>", page, re.S)
    key = re.search(r'name="key"[^>]*value="([^"]*)"', page)[1]

    answer = lead.post(f"{section(case)}/gruppen", data={"key": key, "title": "Lehrkräfte", "remarks": ids})
    page = lead.get(answer.location).text
    argument = next(iter(folding.standing_members(case.base.draft_id, HERE)))
    address, prefix = f"{section(case)}/gruppen/{argument.id}", f"a{argument.id}-"
    assert (answer.status_code, "Lehrkräfte" in page, page.count("Herausnehmen")) == (303, True, 3)
    without = lead.post(address, data={f"{prefix}seen": "0", f"{prefix}outcome": "not_followed", f"{prefix}reason": ""})
    assert (without.status_code, f'id="{prefix}reason-error"' in without.text) == (422, True)

    lead.post(address, data={f"{prefix}seen": "0", f"{prefix}outcome": "noted", f"{prefix}reason": ""})

    assert "Gespeichert für 3 Anmerkungen: zur Kenntnis genommen." in lead.get(section(case)).text
    lead.post(f"{address}/herausnehmen/{ids[2]}")
    assert lead.get(section(case)).text.count("Herausnehmen") == 2
    other = make_case()
    assert as_user(other.lead).post(f"{address}/herausnehmen/{ids[1]}").status_code == 404
    assert as_user(other.lead).post(f"{section(other)}/gruppen/{argument.id}/herausnehmen/{ids[1]}").status_code == 404


def test_a_section_with_500_remarks_and_all_else_takes_few_queries(app, now, as_user, count_queries):
    case = make_case()
    for first in range(0, 500, 50):
        texts = [LETTER if number % 2 else f"Anmerkung {number}: {OTHER}" for number in range(first, first + 50)]
        make_statement(make_invitation(case.phase), [{"anchor": HERE, "comment": text} for text in texts])
    case.says("Jede Schule bietet drei Kurse an."), case.body_says("Nach Bedarf.")
    other = make_version(make_draft(case.procedure), [("z4", "goal", "4", None, LINE)])
    drafts_service.link_sections([(case.base.draft, HERE, other.draft, "z4")])
    case.consolidate(now)
    edit = Edit(HERE, "edit", f"{LINE} Auch freitags.", "Klarer.", mark_of(case.text()))
    with transaction():
        by_hand.edit_after(case.base, [edit], by=case.by, now=now)
    lead = as_user(case.lead)

    with count_queries() as seen:
        page = lead.get(section(case))

    assert page.status_code == 200
    for words in ("250 Anmerkungen sagen dasselbe", "Auch freitags", "Nach Bedarf", "nicht mitgeändert"):
        assert words in page.text
    assert len(seen) <= 20, "\n\n".join(seen)
