"""Deciding, and issuing what was decided: nothing unconfirmed, nothing overwritten, everything traced."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.consolidation import following, issuing, queries, service, working
from ikb.consolidation.model import Consideration, RunState
from ikb.core.texts import normalise
from ikb.db import db, transaction
from ikb.deliberations.model import Paper
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound, NotReady, NotYetDecided
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case, newest_run, sections_of
from tests.factories import make_draft, make_phase, make_procedure, make_user, make_version

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."


def issue(case: Case, now, reference: str = "17/2030-2035/1") -> DraftVersion:
    with transaction():
        return service.issue(case.working(), reference, by=case.by, now=now)


def points(case: Case) -> list[str]:
    return [point.text for point in service.open_points(case.working())]


def considerations() -> int:
    return db.session.scalar(select(func.count()).select_from(Consideration)) or 0


def test_a_rejected_proposal_leaves_the_working_version_at_once(app, now):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    assert case.text() == MORE

    case.decide(remark, "not_followed", now, reason="Zwei Kurse sind finanziert.")

    assert (case.text(), case.status_of(remark), newest_run(case).state) == (LINE, "rejected", RunState.DONE)


def test_an_accepted_proposal_displaces_the_better_supported_one_at_once(app, now):
    case = make_case()
    case.says(MORE), case.says(MORE)
    remark = case.says(MOST)
    case.consolidate(now)
    assert (case.text(), case.status_of(remark)) == (MORE, "superseded")

    case.decide(remark, "followed", now)

    assert (case.text(), case.status_of(remark)) == (MOST, "merged")


def test_a_decision_is_journaled_without_texts_and_announced(app, now, monkeypatch):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(
        service, "announce", lambda fact, *, consideration_id, now: heard.append((fact, consideration_id))
    )

    decided = case.decide(remark, "not_followed", now, reason="Herr Muster ist dagegen.")

    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert heard == [("decision_taken", decided.id)]
    assert (entry.action, entry.subject_id) == ("remark considered", decided.id)
    assert entry.facts == {"remark": remark.id, "outcome": "not_followed", "version": 1, "stage": "administration"}
    assert journal.verify() == []


def test_nobody_waits_for_the_journal_while_a_decision_is_weighed_or_a_version_written(app, now, monkeypatch):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    steps: list[str] = []

    def noting(module, name: str, step: str) -> None:
        plain = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: steps.append(step) or plain(*given, **named))

    noting(journal, "_take_next_place", "journal")
    noting(working, "put", "write")
    for module in (service, following, issuing):
        noting(module, "weigh", "weigh")

    case.decide(remark, "followed", now)
    assert steps == ["weigh", "weigh", "write", "journal"]
    steps.clear()
    issue(case, now)
    first = steps.index("journal")
    assert set(steps[:first]) == {"weigh", "write"}
    assert set(steps[first:]) == {"journal"}


@pytest.mark.parametrize("outcome", ["not_followed", "partly_followed"])
def test_who_does_not_follow_gives_a_reason(app, now, outcome):
    case = make_case()
    remark = case.says(wish=Wish.NONE, comment="Das Geld fehlt.")
    case.consolidate(now)

    with pytest.raises(Implausible, match="Es fehlt die Begründung") as refusal, transaction():
        service.decide(case.base, remark, outcome, "  ", seen=0, by=case.by, now=now)

    assert (refusal.value.field, considerations()) == ("reason", 0)


@pytest.mark.parametrize("outcome", ["partly_followed", "noted", "sure"])
def test_a_wording_is_taken_or_it_is_not(app, now, outcome):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)

    with pytest.raises(Implausible, match="Wählen Sie"):
        case.decide(remark, outcome, now, reason="So.")


def test_two_who_decide_at_once_the_second_gets_both_texts(app, now):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "not_followed", now, reason="Zu teuer.", seen=0)
    other = make_user([Role.LEAD])

    with pytest.raises(Conflict) as conflict, transaction():
        service.decide(case.base, remark, "followed", "Gut so.", seen=0, by=Actor.user(other.id), now=now)

    assert (conflict.value.theirs, conflict.value.mine) == ("nicht gefolgt: Zu teuer.", "wird gefolgt: Gut so.")
    assert (considerations(), case.text()) == (1, LINE)


def test_the_same_decision_sent_twice_is_one(app, now):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)

    first = case.decide(remark, "followed", now, seen=0)
    second = case.decide(remark, "followed", now, seen=0)

    assert (first.id, considerations()) == (second.id, 1)


def test_a_decision_taken_back_is_a_new_row_and_the_old_one_stays(app, now):
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "not_followed", now)

    case.decide(remark, "followed", now)

    assert (considerations(), case.text()) == (2, MORE)


def test_a_replaced_or_foreign_remark_cannot_be_decided_on(app, now):
    case, foreign = make_case(), make_case().says(MORE)
    case.says(MORE)
    case.consolidate(now)

    with pytest.raises(NotFound, match="zählt nicht mehr"), transaction():
        service.decide(case.base, foreign, "followed", "", seen=0, by=case.by, now=now)


def test_a_wish_that_no_longer_fits_cannot_be_followed_but_answered(app, now):
    case = make_case()
    first = case.says(MORE)
    case.consolidate(now)
    case.decide(first, "followed", now)
    issue(case, now)
    late = case.says(MOST)  # on the first version; the passage has changed since
    case.base = drafts.latest_issued(case.base.draft_id)
    case.consolidate(now)
    assert case.status_of(late) == "stale_conflict"

    with pytest.raises(Implausible, match="passt nicht mehr in den Text"):
        case.decide(late, "followed", now)
    case.decide(late, "not_followed", now, reason="Inzwischen sind es drei.")

    assert issuing.open_points_on(case.base) == []


def test_a_bodys_wording_that_is_followed_goes_in_word_for_word_and_its_rivals_wait(app, now):
    case = make_case()
    remark = case.says(MORE)
    body = case.body_says("Schulen bieten Kurse an.", name="Jugendhilfeausschuss")
    case.consolidate(now)
    assert (case.text(), len(points(case))) == (MORE, 2)

    case.decide(body, "followed", now)

    assert (case.text(), case.status_of(remark)) == ("Schulen bieten Kurse an.", "superseded")
    assert [point.split(": ")[1] for point in points(case)] == [
        "Vorschlag A (1 Institution) steht im Widerspruch zu einem anderen und ist noch nicht entschieden."
    ]
    with pytest.raises(Implausible, match="Wortlaut eines Gremiums"):
        case.decide(remark, "followed", now)


def test_two_bodies_wordings_of_one_passage_cannot_both_be_followed(app, now):
    case = make_case()
    one, other, same = (case.body_says(text) for text in ("So.", "Anders.", "So."))
    case.consolidate(now)
    case.decide(one, "followed", now)

    case.decide(same, "followed", now)
    with pytest.raises(Implausible, match="eines anderen Gremiums"):
        case.decide(other, "followed", now)
    case.decide(other, "not_followed", now)

    assert (case.text(), points(case)) == ("So.", [])


def test_a_version_is_not_issued_while_points_are_open_and_each_is_named(app, now):
    case = make_case()
    case.says(MORE), case.says(MORE), case.says(MOST)
    case.says("Anders.", anchor="bp-2"), case.says("Wieder anders.", anchor="bp-2")
    case.body_says("Einmal im Quartal.", anchor="bp-1.a", name="Seniorenrat")
    case.consolidate(now)
    version = case.working()

    with pytest.raises(NotYetDecided) as refusal:
        issue(case, now)

    bullet = "Aufzählungspunkt „Die Verwaltung berichtet einmal im Jahr über den Stand.“"
    line = "Maßnahme „Jede Schule bietet zwei Kurse am Nachmittag an.“"
    rivals = "steht im Widerspruch zu einem anderen und ist noch nicht entschieden"
    assert refusal.value.open_points == [
        f"{bullet}: Der Wortlaut von Seniorenrat, Mi., 12.06.2030 wartet auf eine Entscheidung.",
        f"Beschlusspunkt 2: Vorschlag A (1 Institution) {rivals}.",
        f"Beschlusspunkt 2: Vorschlag B (1 Institution) {rivals}.",
        f"{line}: Vorschlag A (2 Institutionen) ändert den Text und ist noch nicht bestätigt.",
        f"{line}: Vorschlag B (1 Institution) {rivals}.",
    ]
    db.session.refresh(version)
    assert (version.state, db.session.scalar(select(Paper.id).where(Paper.draft_version_id == version.id))) == (
        "working",
        None,
    )


def test_with_everything_decided_the_version_is_issued_under_its_number_and_keeps_its_trace(app, now, wakeups):
    case = make_case()
    yes, no = case.says(MORE), case.says("Weg damit.", anchor="bp-2")
    case.consolidate(now)
    case.decide(yes, "followed", now)
    case.decide(no, "not_followed", now)

    version = issue(case, now, "17/2030-2035/1")

    assert (version.state, version.issued_at, case.base.draft_id) == ("issued", now, version.draft_id)
    paper = db.session.scalars(select(Paper).where(Paper.draft_version_id == version.id)).one()
    assert paper.reference == "17/2030-2035/1"
    assert dict(sections_of(version))["bp-2"] == dict(sections_of(case.base))["bp-2"]
    changed = [segment for change in version.changes for segment in change.segments if segment["t"] != "keep"]
    assert changed
    assert all(segment["remarks"] == [yes.id] for segment in changed)


def test_a_statement_that_came_in_after_the_run_is_weighed_before_issuing(app, now):
    case = make_case()
    yes = case.says(MORE)
    case.consolidate(now)
    case.decide(yes, "followed", now)
    case.says("Anders.", anchor="bp-2")

    with pytest.raises(NotYetDecided) as refusal:
        issue(case, now)

    assert [point.split(":")[0] for point in refusal.value.open_points] == ["Beschlusspunkt 2"]


def test_a_number_that_is_taken_leaves_everything_as_it_was(app, now):
    case = make_case()
    yes = case.says(MORE)
    case.consolidate(now)
    case.decide(yes, "followed", now)
    taken = db.session.scalars(select(Paper.reference)).one()

    with pytest.raises(Implausible, match="schon vergeben"):
        issue(case, now, taken)

    assert case.working().state == "working"


def test_an_issued_version_cannot_be_issued_again(app, now):
    case = make_case()
    yes = case.says(MORE)
    case.consolidate(now)
    case.decide(yes, "followed", now)
    version = issue(case, now)

    with pytest.raises(Conflict), transaction():
        service.issue(version, "17/2030-2035/2", by=case.by, now=now)


def test_after_issuing_answered_remarks_do_not_come_up_again_and_unanswered_comments_do(app, now):
    case = make_case()
    yes, no = case.says(MORE), case.says(MOST)
    comment = case.says(wish=Wish.NONE, comment="Bitte auch am Abend.")
    case.consolidate(now)
    case.decide(yes, "followed", now)
    case.decide(no, "not_followed", now)
    case.base = issue(case, now)

    case.consolidate(now)

    assert case.outcome().proposals == []
    assert queries.comments_on(case.base, HERE) == [comment.id]
    assert drafts.working_version(case.base.draft_id) is None


def test_a_remark_on_an_older_version_is_carried_over_to_the_newest(app, now):
    case = make_case()
    yes = case.says(MORE)
    case.consolidate(now)
    case.decide(yes, "followed", now)
    case.base = issue(case, now)

    late = case.says("Jede Schule bietet zwei Kurse am Abend an.")  # its author had the first version
    make_phase(case.base)
    case.consolidate(now)

    assert (late.draft_version_id, case.status_of(late)) == (case.phase.draft_version_id, "merged")
    assert case.text() == "Jede Schule bietet drei Kurse am Abend an."


def test_decisions_on_an_overtaken_version_are_refused(app, now):
    case = make_case()
    yes = case.says(MORE)
    case.consolidate(now)
    case.decide(yes, "followed", now)
    issue(case, now)

    with pytest.raises(Conflict, match="Inzwischen ist Fassung 2 herausgegeben"):
        case.decide(yes, "not_followed", now, seen=1)


def test_a_first_version_is_not_issued_here(app, now):
    case = make_case()
    first = make_version(make_draft(make_procedure()), issued=False)

    with pytest.raises(NotReady), transaction():
        service.issue(first, "", by=case.by, now=now)


def test_what_is_issued_is_exactly_what_was_decided(app, now):
    case = make_case()
    remarks = [
        case.says(MORE),
        case.says("Jede Schule bietet zwei Kurse am Abend an."),
        case.says("Ein neuer Satz.", wish=Wish.INSERT_AFTER),
        case.says(anchor="bp-1.a", wish=Wish.DELETE),
    ]
    case.consolidate(now)
    for remark in remarks[:3]:
        case.decide(remark, "followed", now)
    case.decide(remarks[3], "not_followed", now)

    version = issue(case, now)

    new = dict(sections_of(version))
    assert new[HERE] == "Jede Schule bietet drei Kurse am Abend an."
    assert new[f"neu-{remarks[2].id}"] == "Ein neuer Satz."
    assert normalise(new["bp-1.a"]) == normalise(dict(sections_of(case.base))["bp-1.a"])
