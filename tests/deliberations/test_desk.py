"""What is due at a secretary's committees, until when, and in which order."""

from datetime import date

import pytest

from ikb.deliberations.desk import desk, task_of
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.procedures.town_model import PeriodKind, TownPeriod

WEDNESDAY = date(2030, 6, 5)


def step(held_on, state="scheduled", notice_days=7, name="Seniorenrat", **rules):
    organization = Organization(id=1, name=name, notice_days=notice_days, **rules)
    item = None if held_on is None else AgendaItem(meeting=Meeting(organization=organization, held_on=held_on))
    return Consultation(organization=organization, state=state, agenda_item=item)


@pytest.mark.parametrize(
    ("held_on", "state", "what", "due_on", "act", "is_overdue"),
    [
        (date(2030, 6, 4), "scheduled", "Ergebnis noch nicht eingetragen", date(2030, 6, 4), "result", True),
        (date(2030, 6, 4), "invited", "Ergebnis noch nicht eingetragen", date(2030, 6, 4), "result", True),
        (WEDNESDAY, "invited", "Sitzung heute, danach Ergebnis eintragen", WEDNESDAY, "result", False),
        (date(2030, 6, 12), "scheduled", "Ladungsfrist verstrichen", date(2030, 6, 4), "invite", True),
        (date(2030, 6, 13), "scheduled", "Einladung heute versenden", WEDNESDAY, "invite", False),
        (date(2030, 6, 14), "scheduled", "Einladung bis Do., 06.06.2030 versenden", date(2030, 6, 6), "invite", False),
        # Eight days before Tuesday, 18 June is Whit Monday, so the Friday before it.
        (date(2030, 6, 18), "scheduled", "Einladung bis Fr., 07.06.2030 versenden", date(2030, 6, 7), "invite", False),
        (date(2030, 6, 12), "invited", "Eingeladen, Sitzung abwarten", date(2030, 6, 12), "", False),
        (None, "planned", "Sitzungstag noch nicht eingetragen", None, "edit", False),
    ],
)
def test_the_next_thing_to_do(held_on, state, what, due_on, act, is_overdue):
    task = task_of(step(held_on, state), WEDNESDAY)

    assert (task.what, task.due_on, task.act, task.is_overdue) == (what, due_on, act, is_overdue)


def test_the_rule_behind_a_date_is_told():
    task = task_of(step(date(2030, 6, 18)), WEDNESDAY)

    assert task.why == (
        "Ladungsfrist 7 Tage; Tag der Zustellung und Sitzungstag zählen nicht mit. "
        "Mo., 10.06.2030 ist kein Werktag: deshalb Fr., 07.06.2030."
    )


def test_everything_around_a_sitting_is_named_with_its_day_and_its_rule():
    dates = task_of(step(date(2030, 6, 26), papers_days=14, minutes_days=21), WEDNESDAY).dates

    assert [(due.code, due.due_on) for due in dates] == [
        ("agenda", date(2030, 6, 12)),
        ("papers", date(2030, 6, 18)),
        ("invitation", date(2030, 6, 18)),
        ("result", date(2030, 6, 27)),
        ("minutes", date(2030, 7, 17)),
    ]
    assert all(due.why for due in dates)


@pytest.mark.parametrize(
    ("held_on", "what", "due_on"),
    [
        (date(2030, 6, 20), "Tagesordnung bis Do., 06.06.2030 schließen", date(2030, 6, 6)),
        (date(2030, 6, 19), "Tagesordnung heute schließen", WEDNESDAY),
        # Its day is over, and nobody notes that an agenda was closed: the invitation is next.
        (date(2030, 6, 18), "Einladung bis Fr., 07.06.2030 versenden", date(2030, 6, 7)),
    ],
)
def test_the_agenda_closes_before_the_invitation(held_on, what, due_on):
    task = task_of(step(held_on, papers_days=14), WEDNESDAY)

    assert (task.what, task.due_on, task.act, task.is_overdue) == (what, due_on, "invite", False)


@pytest.mark.parametrize(
    ("state", "minutes_days", "what", "act", "is_overdue"),
    [
        ("recorded", 14, "Niederschrift bis Mo., 17.06.2030 freigeben", "minutes", False),
        ("recorded", 1, "Niederschrift noch nicht freigegeben", "minutes", True),
        ("recorded", None, "", "", False),  # the committee has no such rule
        ("confirmed", 1, "", "", False),
    ],
)
def test_after_the_result_come_the_minutes(state, minutes_days, what, act, is_overdue):
    task = task_of(step(date(2030, 6, 3), state, minutes_days=minutes_days), date(2030, 6, 5))

    assert (task.what, task.act, task.is_overdue) == (what, act, is_overdue)


def test_a_town_day_off_moves_what_is_due_before_it():
    off = TownPeriod(
        name="Brückentag", kind=PeriodKind.LOCAL_EXCEPTION, first_on=date(2030, 6, 6), last_on=date(2030, 6, 6)
    )
    piles = desk([step(date(2030, 6, 14))], WEDNESDAY, [off])

    assert piles.this_week[0].what == "Einladung heute versenden"  # one day earlier than without it


def test_a_cancelled_sitting_asks_for_another_day():
    cancelled = step(date(2030, 6, 14))
    cancelled.agenda_item.meeting.cancelled = True

    task = task_of(cancelled, WEDNESDAY)

    assert (task.act, task.is_overdue) == ("edit", True)


def test_piles_and_their_order():
    late_invitation = step(date(2030, 6, 7))
    newer, older = step(date(2030, 6, 3), "invited"), step(date(2030, 5, 15))
    today, this_week = step(WEDNESDAY, "invited"), step(date(2030, 6, 14))
    later, undated = step(date(2030, 9, 5)), step(None, "planned")
    done, done_before = step(date(2030, 6, 4), "recorded"), step(date(2030, 5, 20), "confirmed")

    piles = desk([undated, later, late_invitation, newer, done_before, this_week, older, done, today], WEDNESDAY)

    assert [task.consultation for task in piles.overdue] == [older, newer, late_invitation]
    assert [task.consultation for task in piles.this_week] == [today, this_week]
    assert [task.consultation for task in piles.later] == [later, undated]
    assert [task.consultation for task in piles.done] == [done, done_before]


@pytest.mark.parametrize(("held_on", "pile"), [(date(2030, 6, 9), "this_week"), (date(2030, 6, 10), "later")])
def test_the_week_ends_on_sunday(held_on, pile):
    piles = desk([step(held_on, "invited")], WEDNESDAY)

    assert len(getattr(piles, pile)) == 1


def test_an_empty_desk_is_empty():
    assert desk([], WEDNESDAY).is_empty
