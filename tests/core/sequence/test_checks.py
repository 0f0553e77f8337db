"""Every finding by itself: when it comes, how much it weighs, whom it names, and when it does not come."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from ikb.core.notice import NoticeRule, ShortUnit
from ikb.core.results import Outcome
from ikb.core.sequence.checks import CODES, calendar_faults, check
from ikb.core.sequence.rules import CONTRADICTIONS, RULES
from ikb.core.sequence.values import Body, Break, BreakKind, Override, Severity, Sitting, Town
from ikb.core.workflow import StationState
from tests.core.sequence.cases import station

TODAY = date(2030, 1, 7)  # a Monday
HEARD, PREPARED, DECIDED = date(2030, 2, 5), date(2030, 2, 19), date(2030, 3, 12)


def sequence(**changes):
    """A hearing, a preliminary body and the council, in order and far enough apart; by number as `_1={…}`."""
    plain = {
        1: station(1, "hearing", HEARD, name="Bezirk"),
        2: station(2, "preliminary", PREPARED, name="Ausschuss"),
        3: station(3, "decision", DECIDED, name="Rat"),
    }
    for number, fields in changes.items():
        plain[int(number[1:])] = replace(plain[int(number[1:])], **fields)
    return list(plain.values())


def codes(stations, town=None, today=TODAY, **more):
    return [each.code for each in check(stations, town or Town(), today, **more)]


def only(stations, town=None, today=TODAY, **more):
    (found,) = check(stations, town or Town(), today, **more)
    return found


def test_what_is_in_order_has_no_findings():
    assert check(sequence(), Town(), TODAY) == []
    assert check([], Town(), TODAY) == []


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"role": "preliminary", "rank": 0}, "decision_before_preliminary", Severity.HARD),
        ({}, "decision_before_district", Severity.SERIOUS),
        ({"kind": "advisory"}, "decision_before_advisory", Severity.SOFT),
        ({"kind": "integration_council"}, "decision_before_advisory", Severity.SOFT),
        ({"role": "introduction"}, "decision_before_introduction", Severity.SOFT),
    ],
)
def test_a_decision_waits_for_what_comes_first_and_how_much_that_weighs(changes, code, severity):
    found = only(sequence(_1={"on": date(2030, 3, 19), **changes}, _2={"rank": 0}))

    assert (found.code, found.severity, found.stations) == (code, severity, (3, 1))
    assert found.sentence == "Rat (Di., 12.03.2030) liegt vor der Sitzung von Bezirk (Di., 19.03.2030)."


def test_a_station_that_only_takes_note_may_come_after_the_decision():
    assert codes(sequence(_1={"on": date(2030, 3, 19), "role": "information"})) == []


def test_a_sentence_says_that_the_date_is_new():
    found = only(sequence(_1={"on": date(2030, 3, 19), "moved_from": HEARD}, _2={"rank": 0}))

    assert found.sentence == "Rat (Di., 12.03.2030) liegt vor dem neuen Termin von Bezirk (Di., 19.03.2030)."


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        (time(15), time(17), True),
        (time(17), time(15), False),
        (time(17), time(17), False),
        (None, time(17), False),
        (time(15), None, False),
        (None, None, False),
    ],
)
def test_on_one_day_only_known_times_make_an_order(first, second, holds):
    found = codes(sequence(_2={"on": DECIDED, "starts": first, "rank": 0}, _3={"starts": second}))

    assert found == ([] if holds else ["decision_before_preliminary"])


@pytest.mark.parametrize(
    "closed",
    [
        {"state": StationState.RECORDED, "outcome": Outcome.RECOMMENDED},
        {"state": StationState.CONFIRMED, "outcome": Outcome.NO_RECOMMENDATION},
        {"state": StationState.RECORDED, "outcome": Outcome.POSTPONED_TO_NEXT},
        {"state": StationState.SKIPPED, "skip_reason": "einvernehmlich"},
        {"state": StationState.REMOVED, "outcome": Outcome.REMOVED},
    ],
)
def test_what_is_closed_holds_the_decision_up_no_more(closed):
    late = date(2030, 3, 19)

    assert "decision_before_preliminary" in codes(sequence(_2={"on": late, "rank": 0}))
    assert codes(sequence(_2={"on": late, "rank": 0, **closed}), today=date(2030, 3, 20)) == ["result_missing"] * 2


def test_every_decision_waits():
    stations = [*sequence(_1={"on": date(2030, 3, 19)}, _2={"rank": 0}), station(4, "decision", date(2030, 3, 14))]

    assert codes(stations) == ["decision_before_district"] * 2


@pytest.mark.parametrize(("rank", "expected"), [(None, []), (0, []), (1, ["conclusion_too_early"])])
def test_a_body_that_concludes_comes_after_the_others(rank, expected):
    stations = sequence(_1={"on": date(2030, 2, 26)}, _2={"rank": rank})

    assert codes(stations) == expected


def test_a_body_after_the_last_hearing_concludes_and_is_invited_after_it():
    stations = sequence(_2={"on": HEARD + timedelta(days=7)})

    found = only(stations)

    assert (found.code, found.severity, found.stations) == ("late_hearing", Severity.SOFT, (2, 1))
    assert "spätestens am Mo., 04.02.2030" in found.sentence
    assert "Bezirk am Di., 05.02.2030" in found.sentence


@pytest.mark.parametrize(("days", "late"), [(8, True), (9, False)])
def test_hearings_on_the_day_of_the_invitation_are_too_late(days, late):
    stations = sequence(_2={"on": HEARD + timedelta(days=days)})

    assert ("late_hearing" in codes(stations)) is late


def test_without_a_sitting_it_weighs_as_much_as_the_order_that_it_breaks():
    open_end = {"on": None, "state": StationState.PLANNED}

    assert only(sequence(_1=open_end)).severity is Severity.SERIOUS
    assert only(sequence(_2=open_end)).severity is Severity.HARD
    assert only(sequence(_3=open_end)).severity is Severity.NOTE
    assert {each.severity for each in check(sequence(_1=open_end, _3=open_end), Town(), TODAY)} == {Severity.NOTE}


def test_a_sitting_that_is_over_wants_its_result():
    found = [each for each in check(sequence(), Town(), HEARD + timedelta(days=1)) if each.code == "result_missing"]

    assert [each.stations for each in found] == [(1,)]
    assert not found[0].can_be_overridden
    assert "result_missing" not in codes(sequence(), today=HEARD)


@pytest.mark.parametrize(
    ("today", "recorded_on", "expected"),
    [
        (HEARD - timedelta(days=1), None, ["result_too_early"]),
        (HEARD + timedelta(days=1), HEARD - timedelta(days=1), ["result_too_early"]),
        (HEARD, HEARD, []),
        (HEARD + timedelta(days=1), None, []),
    ],
)
def test_no_result_stands_before_its_sitting(today, recorded_on, expected):
    done = {"state": StationState.RECORDED, "outcome": Outcome.NOTED, "recorded_on": recorded_on}
    invited = {"state": StationState.INVITED}

    assert codes(sequence(_1=done, _2=invited, _3=invited), today=today) == expected


def test_one_body_deliberates_once_a_day():
    twice = station(4, "hearing", HEARD, organization=1, name="Bezirk")

    found = only([*sequence(), twice])

    assert (found.code, found.stations, found.can_be_overridden) == ("same_day", (4, 1), False)


@pytest.mark.parametrize(
    ("organization", "on", "expected"),
    [
        (1, HEARD - timedelta(days=7), ["successor_before"]),
        (1, HEARD, ["successor_before"]),
        (1, HEARD + timedelta(days=7), []),
        (4, HEARD - timedelta(days=7), ["successor_before"]),
        (4, HEARD, []),  # referred to another body that sits on the same evening
    ],
)
def test_a_successor_comes_after_its_predecessor(organization, on, expected):
    postponed = {"state": StationState.RECORDED, "outcome": Outcome.POSTPONED}
    stations = [*sequence(_1=postponed), station(4, "hearing", on, organization=organization, predecessor=1)]

    assert [code for code in codes(stations) if code.startswith("successor")] == expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.POSTPONED, ["successor_missing"]),
        (Outcome.FIRST_READING, ["successor_missing"]),
        (Outcome.DEFERRED, ["successor_missing"]),
        (Outcome.REFERRED, ["successor_missing"]),
        (Outcome.REFERRED_BACK, ["successor_missing"]),
        (Outcome.POSTPONED_TO_NEXT, []),
        (Outcome.NOTED, []),
    ],
)
def test_what_did_not_end_needs_a_new_station(outcome, expected):
    stations = sequence(_1={"state": StationState.RECORDED, "outcome": outcome})

    assert codes(stations, today=HEARD) == expected
    following = station(4, "hearing", date(2030, 2, 13), organization=1, predecessor=1, rank=0)
    assert "successor_missing" not in codes([*stations, following], today=HEARD)


def test_a_council_that_postponed_has_not_decided():
    stations = sequence(_3={"state": StationState.RECORDED, "outcome": Outcome.POSTPONED})

    assert set(codes(stations, today=DECIDED)) == {"decision_missing", "successor_missing", "result_missing"}


@pytest.mark.parametrize(
    "gone",
    [
        {"role": "preliminary"},
        {"state": StationState.SKIPPED, "skip_reason": "erledigt"},
        {"state": StationState.REMOVED, "outcome": Outcome.REMOVED},
    ],
)
def test_somebody_has_to_decide(gone):
    assert codes(sequence(_3=gone)) == ["decision_missing"]


def test_where_bodies_only_take_note_nobody_has_to_decide():
    assert codes([station(1, "information", HEARD)]) == []


def test_a_sitting_that_was_cancelled_is_none():
    found = check(sequence(_1={"cancelled": True}), Town(), TODAY)

    assert [each.code for each in found] == ["sitting_cancelled"]
    assert found[0].sentence == "Die Sitzung von Bezirk am Di., 05.02.2030 findet nicht statt."


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ((time(15), time(17)), (time(16), None), ["overlap"]),
        ((time(15), time(17)), (time(17), None), []),
        ((time(15), None), (time(18), None), ["overlap"]),  # nobody knows when the first one ends
        ((None, None), (time(18), None), ["overlap"]),
    ],
)
def test_two_sittings_of_a_body_do_not_overlap(own, other, expected):
    town = Town(sittings=(Sitting(7, 1, HEARD, *own), Sitting(8, 1, HEARD, *other)))
    stations = sequence(_1={"sitting": 7, "starts": own[0], "ends": own[1]})

    assert codes(stations, town) == expected
    cancelled = Town(sittings=tuple(replace(each, cancelled=each.id == 8) for each in town.sittings))
    assert codes(stations, cancelled) == []


def test_the_calendar_names_every_overlap_with_place_and_hours():
    sittings = [
        Sitting(1, 1, HEARD, time(15), time(17)),
        Sitting(2, 1, HEARD, time(16)),
        Sitting(3, 2, HEARD, time(16)),
        Sitting(4, 2, HEARD, time(16), cancelled=True),
        Sitting(5, 3, HEARD),
        Sitting(6, 3, HEARD, time(9)),
    ]

    assert calendar_faults(sittings, {1: "Rat", 3: "Beirat"}) == [
        "Rat: Am Di., 05.02.2030 überschneiden sich zwei Sitzungen (15:00 bis 17:00 Uhr und 16:00 Uhr).",
        "Beirat: Am Di., 05.02.2030 überschneiden sich zwei Sitzungen (ohne Uhrzeit und 09:00 Uhr).",
    ]


def test_who_is_left_out_is_left_out_for_a_reason():
    assert codes(sequence(_1={"state": StationState.SKIPPED, "skip_reason": " "})) == ["skip_without_reason"]


def test_a_station_without_a_role_is_named():
    assert codes(sequence(_1={"role": None})) == ["role_missing"]


@pytest.mark.parametrize(
    ("today", "state", "expected"),
    [
        (HEARD - timedelta(days=8), StationState.SCHEDULED, []),
        (HEARD - timedelta(days=7), StationState.SCHEDULED, ["notice_missed"]),
        (HEARD, StationState.SCHEDULED, ["notice_missed"]),
        (HEARD, StationState.INVITED, []),
    ],
)
def test_the_notice_period_is_kept_or_missed(today, state, expected):
    assert codes(sequence(_1={"state": state}), today=today) == expected


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (HEARD - timedelta(days=3), "Mit verkürzter Frist geht es noch bis So., 03.02.2030, 17:00 Uhr."),
        (HEARD - timedelta(days=2), "Mit verkürzter Frist geht es noch bis So., 03.02.2030, 17:00 Uhr."),
        (HEARD - timedelta(days=1), "Ladungsfrist 7 Tage; Tag der Zustellung und Sitzungstag zählen nicht mit."),
    ],
)
def test_a_missed_period_says_whether_a_short_one_is_left(today, words):
    town = Town({1: Body(1, NoticeRule(7, short_amount=48))})

    found = only(sequence(_1={"starts": time(17)}), town, today)

    assert found.sentence == f"Bezirk (Di., 05.02.2030): Die Ladungsfrist ist seit Mo., 28.01.2030 verstrichen. {words}"


def test_a_short_period_in_days_names_its_last_day():
    town = Town({1: Body(1, NoticeRule(7, short_amount=1, short_unit=ShortUnit.CALENDAR))})

    assert "noch bis So., 03.02.2030." in only(sequence(), town, HEARD - timedelta(days=2)).sentence


def test_a_last_day_on_a_weekend_is_a_note_with_the_working_day_before():
    town = Town({1: Body(1, NoticeRule(8))})

    found = only(sequence(), town)

    assert (found.code, found.severity) == ("delivery_day_off", Severity.NOTE)
    assert "deshalb Fr., 25.01.2030" in found.sentence


@pytest.mark.parametrize(
    ("today", "laid", "expected"),
    [
        (date(2030, 1, 22), False, []),
        (date(2030, 1, 23), False, ["papers_late"]),
        (date(2030, 1, 23), True, []),
    ],
)
def test_papers_are_handed_in_by_their_day(today, laid, expected):
    town = Town({1: Body(1, papers_days=14)})

    assert codes(sequence(_1={"is_laid": laid}), town, today) == expected


@pytest.mark.parametrize(
    ("kind", "month", "expected"),
    [
        (BreakKind.RECESS, 2, ["in_recess"]),
        (BreakKind.SCHOOL_HOLIDAY, 2, []),  # councils sit in the other holidays
        (BreakKind.SCHOOL_HOLIDAY, 7, ["in_recess"]),
        (BreakKind.LOCAL_EXCEPTION, 7, []),
    ],
)
def test_nobody_sits_in_the_summer_recess(kind, month, expected):
    on = date(2030, month, 5)
    town = Town(breaks=(Break("Ferien", date(2030, month, 5), date(2030, month, 5), kind),))
    stations = sequence(_1={"on": on}, _2={"on": on, "rank": 0}, _3={"on": on + timedelta(days=60)})

    assert codes(stations, town) == expected * 2


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2030, 2, 3), ["on_holiday"]), (date(2030, 5, 1), ["on_holiday"]), (date(2030, 2, 2), [])]
)
def test_nobody_sits_on_sundays_and_holidays(on, expected):
    found = check([station(1, "information", on)], Town(), TODAY)

    assert [each.code for each in found if each.code != "delivery_day_off"] == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((time(17), time(17)), ["presenter_twice"]),
        ((None, time(17)), ["presenter_twice"]),
        ((time(17), time(18, 29)), ["presenter_twice"]),
        ((time(17), time(18, 30)), []),
    ],
)
def test_nobody_presents_in_two_places_at_once(times, expected):
    stations = [
        *sequence(_1={"presenter": "Frau Beispiel", "starts": times[0]}),
        station(4, "hearing", HEARD, presenter="Frau Beispiel", starts=times[1]),
    ]

    assert codes(stations) == expected


def test_a_joint_sitting_is_one_place():
    together = {"presenter": "Frau Beispiel", "sitting": 9}
    stations = [*sequence(_1=together), station(4, "hearing", HEARD, **together)]

    assert codes(stations) == []


def test_five_district_councils_on_one_evening_with_one_presenter_are_one_finding():
    evening = [station(number, "hearing", HEARD, presenter="Frau Beispiel") for number in range(10, 15)]

    found = only([*sequence()[1:], *evening])

    assert found.stations == (10, 11, 12, 13, 14)
    assert found.sentence.startswith("Frau Beispiel soll am Di., 05.02.2030 an 5 Orten zugleich vortragen: Gremium 10,")


@pytest.mark.parametrize(("count", "expected"), [(2, []), (3, ["presenter_open"])])
def test_a_crowded_evening_asks_who_presents(count, expected):
    evening = [station(number, "hearing", HEARD) for number in range(10, 10 + count)]

    assert codes([*sequence()[1:], *evening]) == expected


@pytest.mark.parametrize(
    ("busy", "today", "found"),
    [((3, 36), TODAY, True), ((3, 35), TODAY, False), ((4, 60), TODAY, False), ((3, 36), date(2030, 3, 13), False)],
)
def test_many_sittings_in_few_days_are_a_note(busy, today, found):
    # from 05.02. to 12.03. are 36 days, both included
    assert ("busy" in codes(sequence(), Town(busy=busy), today)) is found


def test_what_somebody_accepted_stays_visible_with_the_reason():
    late = {"on": date(2030, 3, 19)}
    given = [Override("decision_before_district", frozenset({1, 3}), "Die Bezirksvertretung ist einverstanden.")]

    found = only(sequence(_1=late, _2={"rank": 0}), overrides=given)

    assert found.is_overridden
    assert found.override == "Die Bezirksvertretung ist einverstanden."


@pytest.mark.parametrize(
    ("override", "holds"),
    [
        (Override("decision_before_district", frozenset({1, 2, 3}), "x"), True),
        (Override("decision_before_district", frozenset({1}), "x"), False),
        (Override("decision_before_advisory", frozenset({1, 3}), "x"), False),
    ],
)
def test_an_override_holds_for_its_rule_and_its_stations(override, holds):
    found = only(sequence(_1={"on": date(2030, 3, 19)}, _2={"rank": 0}), overrides=[override])

    assert found.is_overridden is holds


def test_contradictions_are_corrected_and_not_accepted():
    twice = station(4, "hearing", HEARD, organization=1)

    found = only([*sequence(), twice], overrides=[Override("same_day", frozenset({1, 4}), "x")])

    assert not found.is_overridden


def test_the_hardest_comes_first_the_accepted_last_and_the_order_given_does_not_matter():
    stations = sequence(_1={"on": date(2030, 3, 19)}, _2={"on": date(2030, 3, 20), "rank": 0})
    given = [Override("decision_before_preliminary", frozenset({2, 3}), "x")]

    assert codes(stations) == ["decision_before_preliminary", "decision_before_district"]
    assert codes(stations, overrides=given) == ["decision_before_district", "decision_before_preliminary"]
    assert check(stations[::-1], Town(), TODAY, given) == check(stations, Town(), TODAY, given)


def test_every_code_has_a_name_and_a_rule_and_paragraphs_say_that_they_were_not_read():
    assert set(RULES) == set(CODES)
    assert set(CODES) > CONTRADICTIONS
    assert all(each.is_read is ("§" not in each.source and "gesetz" not in each.source) for each in RULES.values())
    assert str(RULES["decision_before_district"]).endswith("(§ 37 Abs. 5 GO NRW; Wortlaut vor Verwendung prüfen)")
