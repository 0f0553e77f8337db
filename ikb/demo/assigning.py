"""Who sees to which part of the paper: a colleague leads a part of the project, and one filter of the list has a name."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from ikb.accounts import service as accounts
from ikb.accounts.model import Role, User
from ikb.consolidation import assignments, list_rows, saved_views
from ikb.consolidation.assignments import Change, Target
from ikb.consolidation.list_filter import Wanted
from ikb.core.clock import berlin_day
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.journal.service import SYSTEM, Actor

COLLEAGUE = ("teilprojekt.bildung@bielefeld.example.org", "Frau Aksoy")
FIELD = "Schule"  # all of it is hers
BELATED = "a3-z13-m3"  # its day is over


def colleague(now: datetime) -> User:
    """A second lead; nobody needs to sign in as her."""
    with transaction():
        user, _token = accounts.invite(*COLLEAGUE, [Role.LEAD], by=SYSTEM, now=now)
    return user


def seed(base: DraftVersion, lead: User, now: datetime) -> None:
    """Give a field of action to the colleague, a section each to both, and keep one view for all."""
    colleague_id = next(one.id for one in assignments.people_of(base.draft.procedure_id) if one.name == COLLEAGUE[1])
    fields = list_rows.listed(base, None).fields
    school = next((field.anchors for field in fields if field.title == FIELD), frozenset())
    today = berlin_day(now)
    early = now - timedelta(days=6)
    _give(base, [Target(BELATED)], Change(colleague_id, today - timedelta(days=1), keeps_due=False), lead, early)
    _give(
        base,
        [Target(anchor) for anchor in school],
        Change(colleague_id, today + timedelta(days=12), keeps_due=False),
        lead,
        now,
    )
    _give(base, [Target("bp-4")], Change(lead.id, today + timedelta(days=5), keeps_due=False), lead, now)
    with transaction():
        saved_views.save(
            base.draft.procedure_id,
            lead.id,
            "Von Verbänden",
            Wanted(zeigen="gesagt", art="association"),
            draft_id=None,
            is_shared=True,
            key=uuid.uuid4(),
            now=now,
        )


def _give(base: DraftVersion, targets: list[Target], change: Change, lead: User, now: datetime) -> None:
    seen = assignments.newest_act(base.draft_id)
    with transaction():
        by = Actor.user(lead.id)
        assignments.assign(base.draft, targets, change, seen=seen, key=uuid.uuid4(), by=by, now=now)
