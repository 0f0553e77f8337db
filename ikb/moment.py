"""The installation's one clock, for whoever comes in from outside: routes, tasks and commands ask here and pass it on."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask, current_app

from ikb.core.clock import Clock, berlin_day, require_aware

_EXTENSION = "ikb_clock"


def init_app(app: Flask, clock: Clock) -> None:
    """Set the clock of an application."""
    app.extensions[_EXTENSION] = clock


def now() -> datetime:
    """The current moment, aware, in UTC."""
    clock: Clock = current_app.extensions[_EXTENSION]
    return require_aware(clock())


def today() -> date:
    """The current day in Berlin."""
    return berlin_day(now())
