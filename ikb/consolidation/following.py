"""What follows from a decision at once: its section is weighed again, and the working version is written anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ikb.consolidation import gathering, queries, runs, working
from ikb.consolidation.weighing import weigh
from ikb.db import db
from ikb.drafts.model import DraftVersion


def follow_up(base: DraftVersion, anchors: Iterable[str], *, now: datetime) -> None:
    """Weigh some sections again and rewrite the working version, so that the lead sees what was decided.

    That is why a decision marks no run as outdated: the newest result already contains it.
    """
    run = queries.shown_run(base.id)
    if run is None:
        return
    for anchor in anchors:
        passage = gathering.passage(base, anchor, queries.position_of(base.id, anchor))
        runs.store(run, passage, weigh(passage))
    run.result_version = working.write(run, now=now)
    db.session.flush()
