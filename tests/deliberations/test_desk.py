"""What is due at a secretary's committees, until when, and in which order."""

from datetime import date

import pytest

from ikb.deliberations.desk import desk, task_of
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization

WEDNESDAY = date(2030, 6, 5)


def step(held_on, state="scheduled", notice_days=7, name="Seniorenrat"):
    organization = Organization(name=name, notice_days=notice_days)
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
        "Ladungsfrist 7 Tage: Weder der Tag der Zustellung noch der Sitzungstag zählt. "
        "Letzter Tag ist Mo., 10.06.2030, kein Werktag; deshalb Fr., 07.06.2030."
    )


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
