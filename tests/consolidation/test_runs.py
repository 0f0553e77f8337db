"""Runs: asked for once, finished whoever dies on the way, and outdated as soon as something comes in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.consolidation import memory, progress, queries, runs, service
from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.consolidation.tasks import sweep, take_up
from ikb.consolidation.weighing import weigh
from ikb.core.texts import normalise
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation, Result
from ikb.drafts import queries as drafts
from ikb.errors import NotReady
from ikb.events import announce
from ikb.remarks.model import Wish
from ikb.statements.model import Statement
from tests.consolidation.cases import LINE, Case, make_case, newest_run, sections_of
from tests.factories import make_consultation, make_draft, make_procedure, make_version, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def request(case: Case, now) -> Run:
    with transaction():
        return service.request_run(case.base.draft, by=case.by, now=now)


def arrive(case: Case, now, text: str = MOST):
    remark = case.says(text)
    with transaction():
        announce("statement_submitted", statement_id=remark.statement_id, now=now)
    return remark


def test_asked_for_twice_it_is_one_run_and_its_worker_is_woken_after_the_commit(app, now, wakeups):
    case = make_case()

    first, second = request(case, now), request(case, now)

    assert first.id == second.id
    assert wakeups == [("consolidation.run", (first.id,))] * 2


def test_without_an_issued_version_there_is_nothing_to_bring_together(app, now):
    draft = make_draft(make_procedure())
    make_version(draft, issued=False)
    by = make_case().by

    with pytest.raises(NotReady), transaction():
        service.request_run(draft, by=by, now=now)


def test_a_run_builds_the_working_version_with_the_remarks_behind_every_changed_word(app, now):
    case = make_case()
    remark = case.says(MORE)

    run = case.consolidate(now)

    db.session.refresh(run)
    version = case.working()
    assert (run.state, run.sections_done, run.sections_total, run.result_version_id) == ("done", 6, 6, version.id)
    assert (version.number, version.base_id, case.text()) == (2, case.base.id, MORE)
    changed = [segment for change in version.changes for segment in change.segments if segment["t"] != "keep"]
    assert changed
    assert all(segment["remarks"] == [remark.id] for segment in changed)


def test_the_segments_of_every_change_rebuild_the_old_text_and_the_new_one(app, now):
    case = make_case()
    case.says(MORE)
    case.says("Die Verwaltung berichtet zweimal im Jahr über den Stand.", anchor="bp-1.a")
    case.says(anchor="bp-2", wish=Wish.DELETE)
    case.says("Ein neuer Abschnitt.", anchor="bp-1", wish=Wish.INSERT_AFTER)
    case.consolidate(now)

    old, new = dict(sections_of(case.base)), dict(sections_of(case.working()))

    assert [change.kind for change in case.working().changes] == ["edit", "insert", "delete", "edit"]
    for change in case.working().changes:
        kept = {t: "".join(one["text"] for one in change.segments if one["t"] != t) for t in ("ins", "del")}
        assert kept["ins"] == normalise(old.get(change.anchor, ""))
        assert kept["del"] == new.get(change.anchor, "")
    assert [anchor for anchor, _ in sections_of(case.working())][:3] == [
        "bp-1",
        "bp-1.a",
        next(a for a in new if a[:4] == "neu-"),
    ]


def test_done_again_it_gives_the_same_version(app, now):
    case = make_case()
    case.says(MORE)
    case.says("Neu.", wish=Wish.INSERT_AFTER)
    case.consolidate(now)
    version = case.working()
    before = (version.id, sections_of(version), [(c.anchor, c.kind, c.segments) for c in version.changes])

    case.consolidate(now)

    version = case.working()
    assert (version.id, sections_of(version), [(c.anchor, c.kind, c.segments) for c in version.changes]) == before
    assert count(SectionOutcome) == 6  # those of the earlier run have been replaced


def test_where_nobody_asks_for_other_words_no_version_is_made(app, now):
    case = make_case()
    case.says(wish=Wish.NONE, comment="Wir danken.")

    run = case.consolidate(now)

    assert (newest_run(case).state, run.result_version_id) == ("done", None)
    assert drafts.working_version(case.base.draft_id) is None


def test_what_is_still_being_written_or_was_replaced_does_not_count(app, now):
    case = make_case()
    remark = case.says(MORE)
    with transaction():
        db.session.get_one(Statement, remark.statement_id).state = "replaced"

    case.consolidate(now)

    assert case.outcome().proposals == []


def test_the_run_of_a_worker_that_was_killed_goes_on_where_it_was(app, now, clock):
    case = make_case()
    case.says(MORE)
    run = request(case, now)
    with transaction():
        assert runs.claim("dead", now=now).id == run.id
    with transaction():
        todo = runs.begin(run.id, "dead", runs.look(run.base_version))
    with transaction():
        runs.finish_sections(run.id, "dead", [(todo[0], weigh(todo[0]))], now=now)
    assert drafts.working_version(case.base.draft_id) is None

    clock.advance(seconds=39)
    assert not take_up()  # the worker may still be alive
    clock.advance(seconds=2)
    sweep.run()

    finished = newest_run(case)
    assert (finished.id, finished.state, finished.sections_done, case.text()) == (run.id, "done", 6, MORE)
    assert finished.finished_at - now < timedelta(seconds=60)


def test_a_worker_that_was_taken_for_dead_can_write_nothing_more(app, now, clock):
    case = make_case()
    run = request(case, now)
    with transaction():
        runs.claim("slow", now=now)
    with transaction():
        todo = runs.begin(run.id, "slow", runs.look(run.base_version))
    clock.advance(seconds=41)
    with transaction():
        assert runs.claim("other", now=clock())

    with pytest.raises(runs.LeaseLost), transaction():
        runs.finish_sections(run.id, "slow", [(todo[0], weigh(todo[0]))], now=clock())
    with pytest.raises(runs.LeaseLost), transaction():
        runs.finish(run.id, "slow", now=clock())

    assert count(SectionOutcome) == 0


def half_done(case: Case, now) -> tuple[Run, list]:
    """A run under way, and the sections it still has to do."""
    run = request(case, now)
    with transaction():
        runs.claim("busy", now=now)
    with transaction():
        todo = runs.begin(run.id, "busy", runs.look(run.base_version))
    for passage in todo[:3]:
        with transaction():
            runs.finish_sections(run.id, "busy", [(passage, weigh(passage))], now=now)
    return run, todo[3:]


def test_a_run_that_is_stopped_leaves_nothing_behind_and_what_was_found_before_is_shown_on(app, now):
    case = make_case()
    case.says(MORE)
    case.consolidate(now)
    before = newest_run(case)
    case.says(MOST)
    run, todo = half_done(case, now)

    with transaction():
        assert service.stop_run(case.base, by=case.by, now=now)

    with pytest.raises(runs.LeaseLost), transaction():
        runs.finish_sections(run.id, "busy", [(todo[0], weigh(todo[0]))], now=now)
    assert (newest_run(case).id, newest_run(case).state, not take_up()) == (run.id, "stopped", True)
    assert (queries.shown_run(case.base.id).id, count(SectionOutcome), case.text()) == (before.id, 6, MORE)
    with transaction():
        assert not service.stop_run(case.base, by=case.by, now=now)
    arrive(case, now)
    assert newest_run(case).state == "queued"


def test_on_the_page_a_run_tells_how_long_it_will_take_and_can_be_stopped(app, now, clock, as_user):
    case = make_case()
    case.says(MORE)
    half_done(case, now)
    clock.advance(seconds=30)
    lead, address = as_user(case.lead), f"/verfahren/{case.base.draft.procedure_id}/auswertung/lauf"

    part = lead.get(address, headers={"HX-Request": "true"}).text
    assert "3 von 6" in part
    assert "50 %, noch etwa 30 Sekunden" in part
    assert "Zusammenführung abbrechen" in part
    told = [lead.post(address, follow_redirects=True).text for _ in range(2)]

    assert "Die Zusammenführung ist abgebrochen." in told[0]
    assert "Die Zusammenführung war schon zu Ende." in told[1]


@pytest.mark.parametrize(
    ("done", "total", "seconds", "left"),
    [(0, 10, 5, None), (2, 10, 5, None), (3, 9, 6, 12), (9, 10, 90, 10), (10, 10, 60, 0)],
)
def test_what_is_left_is_estimated_from_what_is_done_once_that_is_more_than_a_guess(now, done, total, seconds, left):
    run = Run(started_at=now, sections_done=done, sections_total=total)

    found = progress.left(run, now + timedelta(seconds=seconds))

    assert found == (None if left is None else timedelta(seconds=left))


def test_only_the_worker_that_has_a_run_keeps_its_lease_and_only_until_it_ends(app, now, clock):
    case = make_case()
    run = request(case, now)
    with transaction():
        runs.claim("slow", now=now)
    with transaction():
        assert runs.renew(run.id, "slow", now=clock.advance(seconds=30))
        assert runs.claim("other", now=clock.advance(seconds=39)) is None
        assert runs.claim("other", now=clock.advance(seconds=2))
        assert not runs.renew(run.id, "slow", now=clock())
        runs.fail(run.id, "other", "Schade.", now=clock())
        assert not runs.renew(run.id, "other", now=clock())

    assert (newest_run(case).state, newest_run(case).lease_until) == ("failed", None)


def test_a_section_finished_twice_is_kept_once(app, now):
    case = make_case()
    run = request(case, now)
    with transaction():
        runs.claim("me", now=now)
    with transaction():
        todo = runs.begin(run.id, "me", runs.look(run.base_version))
    for _ in range(2):
        with transaction():
            runs.finish_sections(run.id, "me", [(todo[0], weigh(todo[0]))], now=now)

    assert count(SectionOutcome) == 1


def test_a_run_that_kills_its_workers_at_the_same_place_is_given_up_with_a_sentence(app, now, clock):
    case = make_case()
    request(case, now)
    for _ in range(runs.MOST_ATTEMPTS):
        with transaction():
            assert runs.claim("doomed", now=clock())
        clock.advance(seconds=41)

    sweep.run()

    assert newest_run(case).state == RunState.FAILED
    assert "starten Sie sie noch einmal" in newest_run(case).fault


def test_a_fault_in_a_section_ends_the_run_as_failed_and_leaves_no_half_version(app, now, monkeypatch):
    case = make_case()
    case.says(MORE)
    request(case, now)
    monkeypatch.setattr("ikb.consolidation.tasks.weigh", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take_up()

    assert newest_run(case).state == RunState.FAILED
    assert drafts.working_version(case.base.draft_id) is None


def test_a_run_that_wants_more_memory_than_it_may_take_ends_with_a_sentence_and_not_with_its_machine(
    app, now, monkeypatch
):
    case = make_case()
    request(case, now)
    monkeypatch.setattr("ikb.consolidation.tasks._within_limits", lambda: memory.limited(100_000_000))
    monkeypatch.setattr("ikb.consolidation.tasks.weigh", lambda _: bytearray(1_000_000_000))

    assert take_up()

    assert (newest_run(case).state, "mehr Arbeitsspeicher" in newest_run(case).fault) == ("failed", True)
    assert len(bytearray(1_000_000_000)) == 1_000_000_000  # the limit ended with the run


def test_a_statement_that_comes_in_marks_the_result_as_outdated_and_asks_for_a_new_run(app, now, clock, wakeups):
    case = make_case()
    case.says(MORE)
    first = case.consolidate(now)

    arrive(case, clock.advance(minutes=1))

    assert newest_run(case).state == "queued"
    assert wakeups[-1] == ("consolidation.run", (newest_run(case).id,))
    sweep.run()
    db.session.refresh(first)
    assert (first.state, newest_run(case).state, len(case.outcome().proposals)) == ("outdated", "done", 2)


def test_while_a_run_waits_further_statements_ask_for_no_other(app, now):
    case = make_case()
    request(case, now)

    arrive(case, now)

    assert count(Run) == 1


def test_before_a_lead_asked_for_the_first_run_nothing_starts_by_itself(app, now, wakeups):
    arrive(make_case(), now)

    assert (count(Run), wakeups) == (0, [])


def test_what_comes_in_during_a_run_makes_its_result_outdated_and_starts_the_next(app, now, clock):
    case = make_case()
    case.says(MORE)
    run = request(case, now)
    with transaction():
        runs.claim("me", now=now)
    with transaction():
        todo = runs.begin(run.id, "me", runs.look(run.base_version))
    arrive(case, now)
    for passage in todo:
        with transaction():
            runs.finish_sections(run.id, "me", [(passage, weigh(passage))], now=now)
    with transaction():
        runs.finish(run.id, "me", now=now)

    db.session.refresh(run)
    assert (run.state, case.text(), newest_run(case).state) == ("outdated", MORE, "queued")


def test_a_bodys_wording_that_is_taken_back_during_a_run_makes_its_result_outdated(app, now):
    case = make_case()
    remark = case.body_says(MORE)
    run = request(case, now)
    with transaction():
        runs.claim("me", now=now)
    with transaction():
        todo = runs.begin(run.id, "me", runs.look(run.base_version))
    with transaction():
        remark.wish, remark.proposed_text, remark.comment = Wish.NONE, "", "Zur Kenntnis genommen."
    for passage in todo:
        with transaction():
            runs.finish_sections(run.id, "me", [(passage, weigh(passage))], now=now)
    with transaction():
        runs.finish(run.id, "me", now=now)

    db.session.refresh(run)
    assert (run.state, newest_run(case).state) == ("outdated", "queued")


def test_a_decision_taken_during_a_run_is_in_its_result(app, now):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    run = request(case, now)
    with transaction():
        runs.claim("me", now=now)
    with transaction():
        todo = runs.begin(run.id, "me", runs.look(run.base_version))
    case.decide(remark, "not_followed", now)
    for passage in todo:
        with transaction():
            runs.finish_sections(run.id, "me", [(passage, weigh(passage))], now=now)
    with transaction():
        runs.finish(run.id, "me", now=now)

    assert (newest_run(case).state, case.status_of(remark), case.text()) == (
        "done",
        "rejected",
        LINE,
    )


def result_of(case: Case, consultation_id: int, now) -> int:
    values = {"outcome": "recommended_amended", "recorded_by_id": case.lead.id, "recorded_at": now}
    return int(save(Result(consultation_id=consultation_id, key=uuid4(), **values)).id)


def test_a_bodys_changed_wording_marks_the_result_as_outdated_and_a_bare_result_does_not(app, now):
    case = make_case()
    case.consolidate(now)
    bare = result_of(case, make_consultation(case.procedure).id, now)
    with transaction():
        announce("result_recorded", result_id=bare, now=now)
    assert newest_run(case).state == "done"

    item_id = case.body_says(MORE).agenda_item_id
    consultation_id = db.session.scalars(select(Consultation.id).where(Consultation.agenda_item_id == item_id)).one()
    with_wording = result_of(case, consultation_id, now)
    with transaction():
        announce("result_recorded", result_id=with_wording, now=now)

    assert newest_run(case).state == "queued"


def test_what_comes_in_after_issuing_starts_a_run_on_the_new_version_and_leaves_the_old_result(app, now, clock):
    case = make_case()
    remark = case.says(MORE)
    first = case.consolidate(now)
    case.decide(remark, "followed", now)
    with transaction():
        service.issue(case.working(), "", by=case.by, now=now)

    arrive(case, clock.advance(minutes=1), "Jede Schule bietet zwei Kurse am Abend an.")

    db.session.refresh(first)
    assert (first.state, newest_run(case).state, newest_run(case).base_version.number) == ("done", "queued", 2)


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_statement_that_comes_in_costs_one_query_here(app, now, count_queries, asked_before):
    case = make_case()
    if asked_before:
        case.consolidate(now)
    remark = case.says(MOST)

    statement = db.session.get_one(Statement, remark.statement_id)
    assert statement.invitation.phase.draft_version.draft_id  # at hand, as where statements are handed in
    with transaction():
        db.session.get_one(Statement, remark.statement_id)
        with count_queries() as seen:
            announce("statement_submitted", statement_id=remark.statement_id, now=now)

    assert [one for one in seen if " run" in one] == seen[-1:]
    assert (count(Run), newest_run(case).state if asked_before else "") == ((2, "queued") if asked_before else (0, ""))
