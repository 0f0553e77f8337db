"""How the bringing together stands, as the part of a page about it shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ikb.consolidation.model import Run, RunState
from ikb.consolidation.queries import Arrivals

ACTIVE = (RunState.QUEUED, RunState.RUNNING)
JUDGED_FROM = 3  # finished sections, from which on what is left can be estimated


def state_of(newest: Run | None, shown: Run | None, arrivals: Arrivals | None, now: datetime) -> dict[str, Any]:
    """What the part needs: the run whose findings are shown, the newest one by what became of it, what came in since."""
    active = newest if newest and newest.state in ACTIVE else None
    return {
        "shown": shown,
        "arrivals": arrivals,
        "active": active,
        "left": left(active, now) if active else None,
        "failed": newest if newest and newest.state == RunState.FAILED else None,
        "stopped": newest if newest and newest.state == RunState.STOPPED else None,
    }


def left(run: Run, now: datetime) -> timedelta | None:
    """How long a run will still take, if its other sections are like those that are done; None while that is a guess."""
    if run.started_at is None or run.sections_done < JUDGED_FROM:
        return None
    return (now - run.started_at) / run.sections_done * (run.sections_total - run.sections_done)
