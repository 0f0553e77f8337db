"""What a council system said last, object by object; only what concerns the chosen committees and our own papers is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from ikb.core.clock import berlin_day
from ikb.core.oparl.facts import as_facts
from ikb.core.oparl.objects import (
    KIND_OF_CLASS,
    Remote,
    RemoteBody,
    RemoteConsultation,
    RemoteItem,
    RemoteMeeting,
    RemoteOrganization,
    RemotePaper,
)
from ikb.core.oparl.values import Fault
from ikb.db import db
from ikb.deliberations.model import Paper
from ikb.oparl.model import CouncilSystem, SourceLink, SyncFault, SyncRun

_PARENTS_FIRST = ("body", "organization", "meeting", "paper", "agenda_item", "consultation")
AT_ONCE = 400  # ids in one question to the database


def same_reference(reference: str) -> str:
    """A paper's number as it is compared: `1234 / 2009-2014` is `1234/2009-2014`."""
    return "".join(reference.split()).casefold()


def our_references() -> dict[str, Paper]:
    """Our numbered papers by their number as it is compared."""
    rows = db.session.scalars(select(Paper).where(Paper.reference.is_not(None)))
    return {same_reference(paper.reference or ""): paper for paper in rows}


@dataclass(frozen=True)
class Interest:
    """What is worth keeping: committees by remote id, days from when on, numbers of our papers."""

    organizations: frozenset[str]
    since_on: date
    references: frozenset[str]

    @property
    def scope(self) -> str:
        """A digest; another one means that what was skipped before may be wanted now."""
        told = [sorted(self.organizations), self.since_on.isoformat(), sorted(self.references)]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def wants_meeting(self, meeting: RemoteMeeting) -> bool:
        """A sitting of a chosen committee that is not too long ago."""
        if not self.organizations & set(meeting.organizations):
            return False
        return meeting.starts_at is None or berlin_day(meeting.starts_at) >= self.since_on

    def wants_paper(self, paper: RemotePaper) -> bool:
        """A paper with a number of ours."""
        return bool(paper.reference) and same_reference(paper.reference) in self.references


def interest_of(system: CouncilSystem) -> Interest:
    """What is worth keeping of a council system today."""
    chosen = db.session.scalars(
        select(SourceLink.remote_id).where(SourceLink.system_id == system.id, SourceLink.chosen)
    )
    return Interest(frozenset(chosen), system.since_on, frozenset(our_references()))


def links_of(system_id: int, ids: Iterable[str]) -> dict[str, SourceLink]:
    """What is kept of some objects, by remote id."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, SourceLink] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = select(SourceLink).where(SourceLink.system_id == system_id, SourceLink.remote_id.in_(some))
        found |= {link.remote_id: link for link in db.session.scalars(rows)}
    return found


def keep(
    run: SyncRun, remotes: Iterable[Remote], interest: Interest | None, *, now: datetime, wanted: bool = False
) -> set[str]:
    """Keep what was read; the ids of what is kept.

    interest: None while a system is being set up: bodies and organizations are kept, nothing else.
    wanted:   keep it in any case: one of our stations refers to it.
    """
    ordered = sorted(remotes, key=lambda remote: _PARENTS_FIRST.index(KIND_OF_CLASS[type(remote)]))
    ids = [remote.id for remote in ordered]
    known = links_of(run.system_id, [*ids, *(parent for remote in ordered if (parent := _parent(remote)))])
    kept: set[str] = set()
    for remote in ordered:
        link = known.get(remote.id)
        if link is None:
            if remote.deleted or not (wanted or _is_wanted(remote, interest, known)):
                continue
            link = SourceLink(system_id=run.system_id, kind=KIND_OF_CLASS[type(remote)], remote_id=remote.id)
            db.session.add(link)
            known[remote.id] = link
        _write(link, remote, now)
        kept.add(remote.id)
    db.session.flush()
    return kept


def _parent(remote: Remote) -> str:
    if isinstance(remote, RemoteItem):
        return remote.meeting
    return remote.paper if isinstance(remote, RemoteConsultation) else ""


def _is_wanted(remote: Remote, interest: Interest | None, known: dict[str, SourceLink]) -> bool:
    if isinstance(remote, RemoteBody | RemoteOrganization):
        return True
    if interest is None:
        return False
    if isinstance(remote, RemoteMeeting):
        return interest.wants_meeting(remote)
    if isinstance(remote, RemotePaper):
        return interest.wants_paper(remote)
    return _parent(remote) in known


def _write(link: SourceLink, remote: Remote, now: datetime) -> None:
    link.seen_at = now
    link.modified = remote.modified or link.modified
    link.deleted = remote.deleted
    if remote.deleted:
        return  # what it said last stays readable
    facts = as_facts(remote)
    if link.facts != facts:
        link.facts = facts
    link.parent_id = _parent(remote) or link.parent_id or ""


def note_faults(run: SyncRun, scope: str, faults: Sequence[Fault], *, now: datetime) -> None:
    """Keep faults: one that is known and open is only seen again."""
    faults = [Fault(fault.url[:2000], fault.sentence[:700]) for fault in dict.fromkeys(faults)]
    if not faults:
        return
    urls = list(dict.fromkeys(fault.url for fault in faults))
    open_rows: dict[tuple[str, str], SyncFault] = {}
    for start in range(0, len(urls), AT_ONCE):
        rows = select(SyncFault).where(
            SyncFault.system_id == run.system_id,
            SyncFault.cleared_at.is_(None),
            SyncFault.url.in_(urls[start : start + AT_ONCE]),
        )
        open_rows |= {(row.url, row.sentence): row for row in db.session.scalars(rows)}
    for fault in faults:
        row = open_rows.get((fault.url, fault.sentence))
        if row is None:
            row = SyncFault(
                system_id=run.system_id, scope=scope, url=fault.url, sentence=fault.sentence, first_seen_at=now
            )
            db.session.add(row)
        row.run_id, row.seen_at = run.id, now
    db.session.flush()


def clear_faults_of_objects(run: SyncRun, urls: Iterable[str], but: Iterable[Fault], *, now: datetime) -> None:
    """What was wrong with objects that were read again, and is not any more, is over."""
    again = {(fault.url[:2000], fault.sentence[:700]) for fault in but}
    wanted = list(dict.fromkeys(urls))
    for start in range(0, len(wanted), AT_ONCE):
        rows = select(SyncFault).where(
            SyncFault.system_id == run.system_id,
            SyncFault.scope == "object",
            SyncFault.cleared_at.is_(None),
            SyncFault.url.in_(wanted[start : start + AT_ONCE]),
        )
        for row in db.session.scalars(rows):
            if (row.url, row.sentence) not in again:
                row.cleared_at = now


def clear_faults_not_seen_in(run: SyncRun, *, now: datetime) -> None:
    """Faults of lists and of taking over that did not happen again in a reading that came to its end are over."""
    db.session.flush()
    db.session.execute(
        update(SyncFault)
        .where(
            SyncFault.system_id == run.system_id,
            SyncFault.scope != "object",
            SyncFault.cleared_at.is_(None),
            SyncFault.run_id.is_distinct_from(run.id),
        )
        .values(cleared_at=now)
        .execution_options(synchronize_session=False)
    )
