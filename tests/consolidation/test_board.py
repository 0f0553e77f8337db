"""The committees' board: what each body resolved, what the administration says to it, and what the next body made of it."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.consolidation import board, board_comments, sections, service
from ikb.consolidation.sequels import Position, Sequel, Wording, sequel
from ikb.core.results import Outcome
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation, Result
from ikb.deliberations.wordings import REPLACED
from ikb.errors import Conflict, Implausible, NotFound, NotYetDecided
from ikb.journal.model import JournalEntry
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.consolidation.test_pages import section, sent
from tests.factories import make_consultation, make_organization, make_remark_row, make_user, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
# Two blanks, a line of its own, quotes of both kinds: a body's words are not tidied up.
EXACT = "Jede Schule  bietet „drei“ Kurse an;\ndie Eltern wählen “frei” aus."

OURS = Wording("replace", MORE)


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (OURS, Position(None), Sequel.PENDING),
        (OURS, Position(Outcome.RECOMMENDED, (), MORE), Sequel.CONFIRMED),
        (OURS, Position(Outcome.RECOMMENDED, (), f"  {MORE}\n"), Sequel.CONFIRMED),
        (OURS, Position(Outcome.RECOMMENDED, (), LINE), Sequel.NOT_TAKEN_UP),
        (OURS, Position(Outcome.RECOMMENDED), Sequel.UNKNOWN),
        (OURS, Position(Outcome.POSTPONED, (), MORE), Sequel.NO_VOTE),
        (OURS, Position(Outcome.REJECTED, (), MORE), Sequel.NO_VOTE),
        (OURS, Position(Outcome.ADOPTED_AMENDED, (Wording("replace", LINE),), MORE), Sequel.CHANGED),
        (OURS, Position(Outcome.ADOPTED_AMENDED, (Wording("delete", ""),), MORE), Sequel.CHANGED),
        (OURS, Position(Outcome.ADOPTED_AMENDED, (Wording("replace", MORE),), LINE), Sequel.CONFIRMED),
        (OURS, Position(Outcome.ADOPTED_AMENDED, (Wording("insert_after", LINE),), LINE), Sequel.NOT_TAKEN_UP),
        (Wording("delete", ""), Position(Outcome.ADOPTED, (), ""), Sequel.CONFIRMED),
        (Wording("delete", ""), Position(Outcome.ADOPTED, (), LINE), Sequel.NOT_TAKEN_UP),
        (Wording("insert_after", LINE), Position(Outcome.ADOPTED, (), MORE), Sequel.UNKNOWN),
    ],
)
def test_what_became_of_a_wording_is_told_from_records_alone(earlier, later, expected):
    assert sequel(earlier, later) is expected


def step(case: Case, name: str, day: int, outcome: Outcome | None = None, **values) -> Consultation:
    """One step of the sequence on a day of June 2030, with its result."""
    found = make_consultation(case.procedure, make_organization(name=name), date(2030, 6, day), **values)
    if outcome:
        given = {"votes_yes": 8, "votes_no": 5, "recorded_by_id": case.lead.id, "recorded_at": case.base.created_at}
        save(Result(consultation_id=found.id, key=uuid4(), outcome=outcome, entered_provisional=True, **given))
    return found


def wants(case: Case, station: Consultation, text: str = MORE, wish: str = Wish.REPLACE, comment: str = ""):
    given = {"anchor": HERE, "wish": wish, "proposed_text": text, "comment": comment}
    return save(make_remark_row(draft_version=case.base, agenda_item_id=station.agenda_item_id, **given))


def on_board(case: Case) -> list[board.Entry]:
    found = sections.view(case.base, HERE, 1)
    assert found is not None
    return list(found.board)


def test_the_board_follows_the_sequence_and_counts_nobody(app, now, as_user):
    case = make_case()
    council = step(case, "Rat", 28, authoritative=True)
    school = step(case, "Schulausschuss", 12, Outcome.RECOMMENDED_AMENDED)
    youth = step(case, "Jugendhilfeausschuss", 20, Outcome.RECOMMENDED_AMENDED)
    step(case, "Übersprungener Beirat", 15, Outcome.NOTED, state="skipped")
    changed, first = wants(case, youth, "Jede Schule bietet Kurse an."), wants(case, school)
    wants(case, school, "", Wish.NONE, comment=REPLACED)
    wants(case, school, "", Wish.NONE, comment="Bitte mit den Eltern sprechen.")
    case.says(MORE)
    case.consolidate(now)

    shown = on_board(case)

    assert [(one.voice.name, one.remark.comment) for one in shown] == [
        ("Schulausschuss", ""),
        ("Schulausschuss", "Bitte mit den Eltern sprechen."),
        ("Jugendhilfeausschuss", ""),
    ]
    assert [(one.station.name, one.what) for one in shown[0].later] == [
        ("Jugendhilfeausschuss", Sequel.CHANGED),
        ("Rat", Sequel.PENDING),
    ]
    assert [(one.station.name, one.what) for one in shown[2].later] == [("Rat", Sequel.PENDING)]
    [proposal] = case.outcome().proposals
    assert (proposal["support"], case.outcome().counts["remarks"], case.outcome().counts["bodies"]) == (1, 1, 2)
    page = as_user(case.lead).get(section(case)).text
    for words in (
        "mit Änderungen empfohlen, mit Mehrheit (8 Ja, 5 Nein) (vorläufig)",
        "geändert: mit eigenem Wortlaut",
        "noch nicht beraten",
    ):
        assert words in page
    assert page.count("Bitte mit den Eltern sprechen.") == 1
    assert (
        page.count("Die Institution bekommt sie zu lesen.") == 1
    )  # at the proposal; nobody reads what is decided on a body's
    assert (council.authoritative, [one.binds for one in shown]) == (True, [False, False, False])
    assert {one.remark_id for one in shown} >= {first.id, changed.id}


def test_what_the_deciding_body_adopts_goes_into_the_issued_version_word_for_word(app, now):
    case = make_case()
    school = step(case, "Schulausschuss", 12, Outcome.RECOMMENDED_AMENDED)
    council = step(case, "Rat", 28, Outcome.ADOPTED_AMENDED, authoritative=True)
    advice, adopted, rival = (
        wants(case, school),
        wants(case, council, EXACT),
        case.says("Jede Schule bietet vier Kurse an."),
    )
    case.consolidate(now)

    assert board.binding_on(case.base, HERE) == {adopted.id}
    with pytest.raises(Implausible, match="geht unverändert"):
        case.decide(adopted, "not_followed", now)
    case.decide(advice, "not_followed", now), case.decide(rival, "not_followed", now)
    with pytest.raises(NotYetDecided), transaction():
        service.issue(case.working(), "1/2", by=case.by, now=now)
    case.decide(adopted, "followed", now)
    version = case.working()
    with transaction():
        service.issue(version, "1/2", by=case.by, now=now)

    [change] = [one for one in version.changes if one.anchor == HERE]
    assert next(row.text for row in version.sections if row.anchor == HERE) == EXACT
    assert "".join(part["text"] for part in change.segments if part["t"] != "del") == EXACT
    assert "".join(part["text"] for part in change.segments if part["t"] != "ins") == LINE
    assert {one for part in change.segments if part["t"] != "keep" for one in part["remarks"]} == {adopted.id}
    assert [(one.voice.name, one.heard.answered_in) for one in on_board(case)] == [("Schulausschuss", 2), ("Rat", 2)]


def test_a_wording_set_apart_before_its_body_decided_keeps_the_version_from_being_issued(app, now):
    case = make_case()
    council = step(case, "Rat", 28, authoritative=True)
    wording, other = wants(case, council), case.says("Jede Schule bietet vier Kurse an.")
    case.consolidate(now)
    case.decide(wording, "not_followed", now), case.decide(other, "followed", now)
    assert service.open_points(case.working()) == []

    given = {"recorded_by_id": case.lead.id, "recorded_at": now, "key": uuid4()}
    save(Result(consultation_id=council.id, outcome=Outcome.ADOPTED_AMENDED, **given))

    assert ["noch nicht übernommen" in point.text for point in service.open_points(case.working())] == [True]


def says_to(case: Case, remark, text: str, now, seen: int = 0, by=None):
    with transaction():
        return board_comments.comment(case.base, remark, text, seen=seen, by=by or case.by, now=now)


def test_every_comment_of_the_administration_stays_and_is_in_the_journal_without_its_words(app, now):
    case = make_case()
    remark, statement = case.body_says(MORE), case.says(LINE[:-1])
    first = says_to(case, remark, " Zu teuer. ", now)
    assert says_to(case, remark, "Zu teuer.", now) is first
    second = says_to(case, remark, "", now, seen=first.id)

    with pytest.raises(Conflict) as refusal:
        says_to(case, remark, "Gut.", now, seen=first.id)
    with pytest.raises(NotFound):
        says_to(case, statement, "Gut.", now)
    with pytest.raises(Implausible):
        says_to(case, remark, "x" * 10_001, now, seen=second.id)

    assert (refusal.value.theirs, refusal.value.mine) == ("(zurückgenommen)", "Gut.")
    case.consolidate(now)
    [entry] = on_board(case)
    assert ([one.text for one in entry.comments], entry.comment) == (["", "Zu teuer."], None)
    rows = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "body's wording commented")).all()
    assert [("teuer" in str(row.facts), row.facts["taken_back"]) for row in rows] == [(False, False), (False, True)]


def test_who_comes_second_reads_both_texts_and_loses_nothing_typed(app, now, as_user):
    case = make_case()
    body, comment = case.body_says(MORE), case.says(wish=Wish.NONE, comment="Gut.")
    case.consolidate(now)
    lead, prefix = as_user(case.lead), f"v{body.id}-"
    address = f"{section(case)}/gremien/{body.id}"
    assert lead.get(address).status_code == 303
    assert lead.post(address, data={f"{prefix}seen": "0", f"{prefix}text": "Zu teuer."}).status_code == 303

    second = lead.post(address, data={f"{prefix}seen": "0", f"{prefix}text": "Machbar ab 2031."})
    case.decide(comment, "noted", now, reason="Danke.")
    late = lead.post(f"{section(case)}/{comment.id}", data=sent(comment, "not_followed", "Kein Geld dafür."))

    for answer, theirs, mine in ((second, "Zu teuer.", "Machbar ab 2031."), (late, "Danke.", "Kein Geld dafür.")):
        assert (
            answer.status_code,
            theirs in answer.text,
            f"{mine}</textarea>" in answer.text,
        ) == (409, True, True)
    seen = case.seen(comment)
    field = next(one for one in re.findall(r"<input[^>]*>", late.text) if f'name="r{comment.id}-seen"' in one)
    assert f'value="{seen}"' in field
    again = sent(comment, "not_followed", "Kein Geld dafür.", seen)
    assert lead.post(f"{section(case)}/{comment.id}", data=again).status_code == 303
    assert as_user(make_user()).post(address, data={f"{prefix}seen": "0", f"{prefix}text": "x"}).status_code == 404
