"""Writing letters: woken after the commit that asked for them, and by the tick for whatever nobody was woken for."""

from __future__ import annotations

from celery import shared_task

from ikb.bundles import shelf, work
from ikb.db import transaction
from ikb.moment import now
from ikb.reports.letter_bundles import KIND
from ikb.reports.model import AnswerLetters


@shared_task(name="reports.write_letters")
def write_letters(bundle_id: int) -> None:
    """Write the letters that somebody asked for, unless somebody else does."""
    work.take_up(KIND, bundle_id)


@shared_task(name="reports.sweep_letters")
def sweep_letters() -> None:
    """Write whatever waits, or was left behind by a worker that died."""
    while work.take_up(KIND):
        pass


@shared_task(name="reports.tidy_letters")
def tidy_letters() -> None:
    """Take letters away whose days are over."""
    with transaction():
        shelf.tidy(AnswerLetters, now=now())
