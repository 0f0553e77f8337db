"""The real sequence of 2010: 22 deliberations in 21 committees, and the one thing in it that does not hold."""

import pytest

from ikb.core.sequence.checks import check
from ikb.core.sequence.look import Look
from ikb.core.sequence.values import Severity
from tests.core.sequence.cases import BODIES, HAUPT, LATE_AUGUST, SPRING, of_2010, town_of_2010


@pytest.mark.parametrize("today", [SPRING, LATE_AUGUST])
def test_only_the_invitation_of_08_09_before_the_votes_of_09_09_does_not_hold(today):
    serious = [each for each in check(of_2010(today), town_of_2010(), today) if each.severity is not Severity.NOTE]

    (late,) = serious
    assert late.code == "late_hearing"
    assert late.stations == (HAUPT, 16, 17, 18, 19, 20)
    assert "Mi., 08.09.2010" in late.sentence
    assert "Do., 09.09.2010" in late.sentence
    assert "Bezirksvertretung Stieghorst" in late.sentence


def test_both_stations_of_the_integrationsrat_stand_in_order():
    look = Look(of_2010()[::-1], town_of_2010(), SPRING)

    own = [each for each in look.stations if each.organization == BODIES["Integrationsrat"]]

    assert [(each.id, each.role) for each in own] == [(1, "introduction"), (2, "preliminary")]
    assert [each.on for each in look.stations] == sorted(each.on for each in of_2010())


def test_the_ten_busiest_days_and_the_crowded_evenings_are_worth_a_note():
    notes = [each for each in check(of_2010(), town_of_2010(), SPRING) if each.severity is Severity.NOTE]

    assert [each.code for each in notes] == ["busy", "presenter_open", "presenter_open", "presenter_open"]
    assert notes[0].sentence == "15 Sitzungen in 10 Tagen: von Di., 31.08.2010 bis Do., 09.09.2010."
    assert [len(each.stations) for each in notes[1:]] == [5, 3, 5]
