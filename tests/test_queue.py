"""Many acts in a row wake the worker a few times, and never too early: the last one is always followed by a wake-up."""

from __future__ import annotations

import threading

import pytest

from ikb.queue import Pauses


class Later:
    """`threading.Timer` without time."""

    waiting: list[Later] = []

    def __init__(self, seconds: float, function, arguments) -> None:
        self.seconds, self.function, self.arguments = seconds, function, arguments

    def start(self) -> None:
        Later.waiting.append(self)

    def end(self) -> None:
        Later.waiting.remove(self)
        self.function(*self.arguments)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    Later.waiting.clear()
    monkeypatch.setattr("ikb.queue.time.monotonic", lambda: now[0])
    monkeypatch.setattr(threading, "Timer", Later)
    return now


def test_the_first_wakes_at_once_and_all_during_the_pause_together_at_its_end(moment: list[float]) -> None:
    pauses, woken = Pauses(0.25), []
    for _ in range(50):
        pauses.ask("send", woken.append)
    assert woken == ["send"]

    (later,) = Later.waiting
    assert later.seconds == pytest.approx(0.25)
    moment[0] += later.seconds
    later.end()

    assert woken == ["send", "send"]
    assert not Later.waiting


def test_after_the_last_wake_up_a_new_pause_begins_and_what_is_asked_then_is_told_too(moment: list[float]) -> None:
    pauses, woken = Pauses(0.25), []
    pauses.ask("send", woken.append)
    pauses.ask("send", woken.append)
    moment[0] += 0.25
    Later.waiting[0].end()

    pauses.ask("send", woken.append)

    assert len(woken) == 2
    assert len(Later.waiting) == 1


def test_who_asks_after_the_pause_and_who_asks_for_something_else_wakes_at_once(moment: list[float]) -> None:
    pauses, woken = Pauses(0.25), []
    pauses.ask("send", woken.append)
    pauses.ask("read", woken.append)
    moment[0] += 0.26
    pauses.ask("send", woken.append)

    assert woken == ["send", "read", "send"]
    assert not Later.waiting
