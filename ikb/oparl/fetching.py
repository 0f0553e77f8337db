"""Reading a council system list by list, page by page: each page is one request and one short transaction after it.

The order: the system, its bodies, and of the chosen body organizations, sittings and papers; of a newer server also the
lists of agenda items and consultations, since some change those without touching sitting or paper. Then single objects:
what is referred to and was on no list, and what was there before and is not any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from ikb.core.oparl.objects import (
    Found,
    Remote,
    RemoteBody,
    RemoteConsultation,
    RemoteMeeting,
    RemotePaper,
    read_object,
)
from ikb.core.oparl.pages import Page, read_page
from ikb.core.oparl.values import Fault, Fields
from ikb.db import db, transaction
from ikb.oparl import mirror, runs
from ikb.oparl.asked import Away, Gone, Unreadable
from ikb.oparl.model import CouncilSystem, SourceLink, SyncRun, SystemState

if TYPE_CHECKING:
    from ikb.oparl.client import Client

TAKING = "taking"
LISTS = {
    "body": "body",
    "organization": "organization",
    "meeting": "meeting",
    "paper": "paper",
    "agendaItem": "agenda_item",
    "consultation": "consultation",
}
# What follows a list when it has been read to its end.
_NEXT = {
    "body": "organization",
    "organization": "meeting",
    "meeting": "paper",
    "paper": "agendaItem",
    "agendaItem": "consultation",
    "consultation": "single",
    "single": TAKING,
}
MOST_PAGES = 5000
MOST_SINGLE = 500


@dataclass(frozen=True)
class Place:
    """Where a reading stands: its stage and the address to ask; an empty one means that there is nothing to ask there."""

    stage: str
    url: str
    query: dict[str, str]
    kind: str = ""  # of a single object
    is_wanted: bool = False


def read(
    run_id: int, owner: str, client: Client, now: Callable[[], datetime], *, until: Callable[[], bool] = lambda: False
) -> bool:
    """Read on until everything was asked. False if the reading waits, failed, or has to go on later.

    until: asked before each request; True means that the worker has no time left.
    Raises runs.LeaseLost if another worker has the reading by now.
    """
    while True:
        with transaction():
            run = runs.hold(run_id, owner, now=now())
            place = _place(run, now())
            if place is None:
                return True
            if until():
                runs.go_on_later(run, now=now())
                return False
        if not _step(run_id, owner, place, client, now):
            return False


def _step(run_id: int, owner: str, place: Place, client: Client, now: Callable[[], datetime]) -> bool:
    try:
        data = client.get(place.url, **place.query)
    except Unreadable as trouble:
        with transaction():
            return _troubled(runs.hold(run_id, owner, now=now()), place, trouble, now())
    with transaction():
        run = runs.hold(run_id, owner, now=now())
        run.requests += 1
        run.attempts = 0
        run.sentence = ""
        return _HANDLERS.get(place.stage, _take_page)(run, place, data, now())


def _place(run: SyncRun, now: datetime) -> Place | None:
    """What to ask next; None when everything was, and what was read can be taken over."""
    while run.stage != TAKING:
        if run.stage == "system":
            return Place("system", run.system.url, {})
        if run.stage == "single":
            if single := _next_single(run):
                return single
        elif url := run.next_url or _list_url(run):
            return Place(run.stage, url, {} if run.next_url else _query(run))
        _go_to(run, _following(run), now)
    return None


def _following(run: SyncRun) -> str:
    system = run.system
    if run.stage == "body" and not system.body_url:
        return TAKING
    if run.stage == "organization" and system.state in (SystemState.NEW, SystemState.CHOOSING):
        return TAKING
    return _NEXT[run.stage]


def _go_to(run: SyncRun, stage: str, now: datetime) -> None:
    run.stage, run.next_url, run.trail, run.todo = stage, "", [], []
    if stage == "meeting":
        run.scope = mirror.interest_of(run.system).scope
        run.since = runs.since_when(run, now=now)
    db.session.flush()


def _query(run: SyncRun) -> dict[str, str]:
    if run.stage in ("body", "organization") or run.since is None:
        return {}
    return {"modified_since": run.since.replace(microsecond=0).isoformat()}


def _list_url(run: SyncRun) -> str:
    """The first page of the stage's list; empty where the body has none, or where it is of no use."""
    if run.trail or run.stage == "body":
        return ""  # read to its end; of the bodies only the system knows where they are
    if run.stage in ("agendaItem", "consultation") and run.since is None:
        return ""  # a reading of everything got them with sittings and papers
    body = mirror.links_of(run.system_id, [run.system.body_url]).get(run.system.body_url)
    remote = body.remote if body else None
    return str(remote.lists.get(run.stage, "")) if isinstance(remote, RemoteBody) else ""


def _take_system(run: SyncRun, place: Place, data: object, now: datetime) -> bool:
    fields = Fields(data if isinstance(data, dict) else {}, place.url)
    version = fields.text("oparlVersion", 100)
    bodies = fields.address("body")
    if not bodies:
        runs.fail(
            run,
            "Unter der Adresse antwortet kein OParl-System: Das Feld „body“ fehlt. Prüfen Sie die Adresse; "
            "sie endet oft auf „/oparl/system“ oder „/oparl/v1.1“.",
            now=now,
        )
        return False
    if run.system.oparl_version != version:
        run.system.oparl_version = version
    _go_to(run, "body", now)
    run.next_url = bodies
    faults = list(fields.faults)
    if version.rstrip("/").rsplit("/", 1)[-1] not in ("1.0", "1.1"):
        faults.append(Fault(place.url, f"Unbekannte OParl-Version: „{version}“. Gelesen wird, was wie 1.1 aussieht."))
    mirror.note_faults(run, "list", faults, now=now)
    return True


def _take_page(run: SyncRun, place: Place, data: object, now: datetime) -> bool:
    kind = LISTS[place.stage]
    # A town with one body often answers with that body itself.
    page = read_page({"data": [data], "links": {}} if _is_body(place, data) else data, place.url)
    found = [read_object(entry, place.url, kind) for entry in page.entries]
    faults = list(page.faults)
    ids = [remote.id for one in found for remote in one.objects]
    digest = _digest(*ids)
    if ids and digest in run.trail:
        faults.append(Fault(place.url, "Die Seite wiederholt eine frühere derselben Liste; die Liste endet hier."))
        page = Page((), "", page.faults)
        run.is_whole = False
    if page.faults and not page.entries:
        run.is_whole = False  # whatever stood there, it was not read
    _keep(run, found, now)
    run.trail = [*run.trail, _digest(place.url), digest]
    mirror.note_faults(run, "list", faults + _go_on(run, page), now=now)
    if not page.next_url and place.stage == "body":
        _choose_only_body(run)
    if not run.next_url:
        _go_to(run, _following(run), now)
    return True


def _is_body(place: Place, data: object) -> bool:
    return place.stage == "body" and isinstance(data, dict) and "data" not in data and "organization" in data


def _go_on(run: SyncRun, page: Page) -> list[Fault]:
    """Set the address of the next page, unless the list goes round in circles."""
    run.next_url = page.next_url
    if not page.next_url:
        return []
    if _digest(page.next_url) in run.trail or len(run.trail) > 2 * MOST_PAGES:
        run.next_url, run.is_whole = "", False
        return [Fault(page.next_url, "Die Liste führt im Kreis; sie endet hier.")]
    return []


def _keep(run: SyncRun, found: list[Found], now: datetime, *, wanted: bool = False) -> None:
    remotes = [remote for one in found for remote in one.objects]
    is_set_up = run.system.state in (SystemState.NEW, SystemState.CHOOSING)
    kept = mirror.keep(run, remotes, None if is_set_up else mirror.interest_of(run.system), now=now, wanted=wanted)
    run.objects += len(kept)
    read_ids = {remote.id for remote in remotes}
    # What is wrong with objects that nobody here needs is no news.
    faults = [fault for one in found for fault in one.faults if fault.url in kept or fault.url not in read_ids]
    mirror.clear_faults_of_objects(run, read_ids, faults, now=now)
    mirror.note_faults(run, "object", faults, now=now)


def _choose_only_body(run: SyncRun) -> None:
    """A system with one body leaves no choice."""
    system = run.system
    bodies = list(db.session.scalars(_links(system, "body").where(SourceLink.deleted.is_(False))))
    if not system.body_url and len(bodies) == 1:
        system.body_url, system.state = bodies[0].remote_id, SystemState.CHOOSING
        db.session.flush()


def _links(system: CouncilSystem, *kinds: str) -> Select[SourceLink]:
    return select(SourceLink).where(SourceLink.system_id == system.id, SourceLink.kind.in_(kinds))


def _take_single(run: SyncRun, place: Place, data: object, now: datetime) -> bool:
    found = read_object(data, place.url, place.kind)
    faults = list(found.faults)
    if found.objects and place.url not in {remote.id for remote in found.objects}:
        faults.append(Fault(place.url, "Unter dieser Adresse steht ein Objekt mit einer anderen „id“."))
    _keep(run, [Found(found.objects, found.missing, tuple(faults))], now, wanted=place.is_wanted)
    _asked(run, place)
    return True


_HANDLERS: dict[str, Callable[[SyncRun, Place, object, datetime], bool]] = {
    "system": _take_system,
    "single": _take_single,
}


def _troubled(run: SyncRun, place: Place, trouble: Unreadable, now: datetime) -> bool:
    """What happens after a request that gave nothing: try later, leave a list out, or note that an object is gone."""
    run.requests += 1
    if isinstance(trouble, Away) and place.stage != "single" and runs.try_later(run, trouble.sentence, now=now):
        return False
    if place.stage in ("system", "body"):
        runs.fail(run, f"{trouble.sentence} ({place.url})", now=now)
        return False
    run.attempts = 0
    if place.stage == "single":
        _asked(run, place)
        _single_troubled(run, place, trouble, now)
        return True
    run.is_whole = False
    sentence = f"{trouble.sentence} Die Liste wurde nicht zu Ende gelesen."
    mirror.note_faults(run, "list", [Fault(place.url, sentence)], now=now)
    _go_to(run, _following(run), now)
    return True


def _asked(run: SyncRun, place: Place) -> None:
    run.trail = [*run.trail, _digest(place.url)]
    run.todo = [entry for entry in run.todo if entry[1] != place.url]


def _single_troubled(run: SyncRun, place: Place, trouble: Unreadable, now: datetime) -> None:
    known = mirror.links_of(run.system_id, [place.url]).get(place.url)
    if known is not None and isinstance(trouble, Gone):
        # It was on a list before, is on none now, and its address answers that there is nothing: it was deleted.
        known.deleted, known.seen_at = True, now
        return
    mirror.note_faults(run, "list", [Fault(place.url, trouble.sentence)], now=now)


def _next_single(run: SyncRun) -> Place | None:
    """An object to ask for by itself: one that is referred to and unknown, or known and no longer where it was."""
    if len(run.trail) >= MOST_SINGLE:
        return None
    if not run.todo:
        asked = set(run.trail)
        run.todo = [entry for entry in [*_unknown(run), *_vanished(run)] if _digest(entry[1]) not in asked]
    for kind, url, is_wanted in run.todo:
        return Place("single", url, {}, kind, is_wanted)
    return None


def _unknown(run: SyncRun) -> list[list[Any]]:
    chosen = mirror.interest_of(run.system).organizations
    rows = _links(run.system, "meeting", "paper", "consultation").where(SourceLink.deleted.is_(False))
    links = db.session.scalars(rows)
    referred = {url: kind for link in links for kind, url in _references(link.remote, chosen)}
    known = mirror.links_of(run.system_id, referred)
    return [[kind, url, True] for url, kind in referred.items() if url not in known]


def _references(remote: Remote, chosen: frozenset[str]) -> list[tuple[str, str]]:
    if isinstance(remote, RemoteMeeting):
        return [("agenda_item", url) for url in remote.items]
    if isinstance(remote, RemotePaper):
        return [("consultation", url) for url in remote.consultations]
    if isinstance(remote, RemoteConsultation) and (not remote.organizations or chosen & set(remote.organizations)):
        named = (("meeting", remote.meeting), ("agenda_item", remote.item))
        return [(kind, url) for kind, url in named if url]
    return []


def _vanished(run: SyncRun) -> list[list[Any]]:
    """Known objects that this reading should have met: all of them if it read everything, else those whose parent it met.

    Organizations are read whole every time.
    """
    parent = aliased(SourceLink)
    unmet = _links(run.system, "meeting", "paper", "agenda_item", "consultation")
    if run.since is not None or not run.is_whole:
        same = and_(parent.remote_id == SourceLink.parent_id, parent.system_id == SourceLink.system_id)
        unmet = unmet.join(parent, same).where(parent.seen_at >= run.started_at)
    bodies = _links(run.system, "organization").where(SourceLink.chosen)
    found = [
        link
        for rows in (bodies, unmet)
        for link in db.session.scalars(
            rows.where(SourceLink.deleted.is_(False), SourceLink.seen_at < run.started_at).order_by(SourceLink.id)
        )
    ]
    return [[link.kind, link.remote_id, False] for link in found]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
