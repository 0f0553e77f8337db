"""Setting up a council system, step by step; deciding about differences. Nothing is written before somebody confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from ikb.accounts.model import User
from ikb.core.oparl.objects import RemoteOrganization
from ikb.db import db
from ikb.deliberations import sources
from ikb.deliberations.model import Organization
from ikb.errors import Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.oparl import queries, runs, sequences, sittings
from ikb.oparl.asked import refusal_of
from ikb.oparl.model import CouncilSystem, Difference, Resolution, SourceLink, SystemState
from ikb.oparl.taking import Taking, take_organizations
from ikb.procedures.edits import lock_unchanged

FIELD_KINDS = ("dates", "agendas", "results")
SHORTEST_INTERVAL, LONGEST_INTERVAL = 15, 24 * 60  # minutes


@dataclass(frozen=True)
class Settings:
    """What an administrator says about a council system. leads: of `dates`, `agendas`, `results` those it leads for."""

    name: str
    url: str
    interval_minutes: int
    since_on: date
    leads: frozenset[str] = frozenset(FIELD_KINDS)
    allows_private: bool = False
    is_paused: bool = False

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        words = {"dates": "Beratungsfolge und Termine", "agendas": "Tagesordnungen", "results": "Ergebnisse"}
        leads = ", ".join(words[kind] for kind in FIELD_KINDS if kind in self.leads) or "nichts"
        return (
            f"Name: {self.name}\nAdresse: {self.url}\nAlle {self.interval_minutes} Minuten\n"
            f"Sitzungen ab: {self.since_on:%d.%m.%Y}\nFührt für: {leads}\n"
            f"Eigenes Netz erlaubt: {'ja' if self.allows_private else 'nein'}\n"
            f"Angehalten: {'ja' if self.is_paused else 'nein'}"
        )


def settings_of(system: CouncilSystem) -> Settings:
    """A stored system as what was entered."""
    leads = frozenset(kind for kind in FIELD_KINDS if system.leads(kind))
    return Settings(
        system.name,
        system.url,
        system.interval_minutes,
        system.since_on,
        leads,
        system.allows_private,
        system.is_paused,
    )


def add(settings: Settings, *, by: Actor, now: datetime) -> CouncilSystem:
    """A council system whose bodies are read next. The same address again gives the one that is there.

    Raises Implausible, with its field, for what cannot be.
    """
    settings = _checked(settings)
    known = db.session.scalar(select(CouncilSystem).where(CouncilSystem.url == settings.url))
    if known is not None:
        return known
    system = CouncilSystem(created_at=now, account=_account(settings, now), **_columns(settings))
    db.session.add(system)
    db.session.flush()
    journal.record("account created", system.account, by=by, now=now, facts={"roles": []})
    journal.record("council system added", system, by=by, now=now, facts=_facts(settings))
    runs.ask(system, now=now)
    return system


def _account(settings: Settings, now: datetime) -> User:
    """What a council system says is written under a name of its own; nobody signs in with it."""
    count = len(queries.own_accounts()) + 1
    address = f"ratssystem-{count}-{now:%Y%m%d%H%M%S%f}@ikb.invalid"
    return User(email=address, name=f"{settings.name} (automatisch gelesen)", is_active=False, created_at=now)


def _checked(settings: Settings) -> Settings:
    if not settings.name.strip():
        raise Implausible("Wie heißt das Ratsinformationssystem? Zum Beispiel „ALLRIS“.", "name")
    if reason := refusal_of(settings.url.strip()):
        raise Implausible(reason, "url")
    if not SHORTEST_INTERVAL <= settings.interval_minutes <= LONGEST_INTERVAL:
        raise Implausible(
            f"Zwischen zwei Lesungen liegen {SHORTEST_INTERVAL} Minuten bis ein Tag ({LONGEST_INTERVAL} Minuten).",
            "interval_minutes",
        )
    if unknown := settings.leads - set(FIELD_KINDS):
        raise ValueError(f"No council system leads for {unknown}.")
    return Settings(**{**settings.__dict__, "name": settings.name.strip(), "url": settings.url.strip()})


def _columns(settings: Settings) -> dict[str, object]:
    leads = {f"leads_{kind}": kind in settings.leads for kind in FIELD_KINDS}
    others = {name: value for name, value in settings.__dict__.items() if name != "leads"}
    return {**others, **leads}


def _facts(settings: Settings) -> dict[str, object]:
    return {
        "leads": sorted(settings.leads),
        "interval_minutes": settings.interval_minutes,
        "since_on": settings.since_on.isoformat(),
        "allows_private": settings.allows_private,
        "is_paused": settings.is_paused,
    }


def change(system: CouncilSystem, settings: Settings, *, seen: int, by: Actor, now: datetime) -> CouncilSystem:
    """Change what was said about a council system. Another address begins its setting up anew.

    Raises Implausible, with its field; Conflict with both if somebody else changed it meanwhile.
    """
    lock_unchanged(system, seen, mine=settings.in_words(), theirs=lambda: settings_of(system).in_words())
    settings = _checked(settings)
    before = settings_of(system)
    if settings == before:
        return system
    if settings.url != before.url:
        taken = select(CouncilSystem.id).where(CouncilSystem.url == settings.url, CouncilSystem.id != system.id)
        if db.session.scalar(taken) is not None:
            raise Implausible("Ein anderes Ratssystem ist mit dieser Adresse schon angebunden.", "url")
        system.state, system.body_url = SystemState.NEW, ""
    for name, value in _columns(settings).items():
        setattr(system, name, value)
    db.session.flush()
    journal.record("council system changed", system, by=by, now=now, facts=_facts(settings))
    if not settings.is_paused:
        runs.ask(system, now=now)
    return system


def choose_body(system: CouncilSystem, link_id: int, *, by: Actor, now: datetime) -> None:
    """Say which town it is; its committees are read next. Raises Implausible for one that the system does not have."""
    body = next((link for link in queries.bodies(system.id) if link.id == link_id), None)
    if body is None:
        raise Implausible("Wählen Sie eine Körperschaft aus der Liste.", "body")
    system.body_url, system.state = body.remote_id, SystemState.CHOOSING
    db.session.flush()
    journal.record("council system changed", system, by=by, now=now, facts={"body": body.id})
    runs.ask(system, now=now)


def choose_organizations(
    system: CouncilSystem, chosen: Mapping[int, int | None], *, seen: int, by: Actor, now: datetime
) -> None:
    """Say which committees are read, and which of ikb's each one is; None: found by its name, or added.

    chosen: link id -> id of the committee here. What is read is only shown until `confirm`.
    Raises Implausible where none is chosen, or two are to be the same; Conflict if somebody else chose meanwhile.
    """
    lock_unchanged(system, seen)
    links = {link.id: link for link in queries.organizations(system.id)}
    if not chosen or not set(chosen) <= set(links):
        raise Implausible("Wählen Sie mindestens ein Gremium.", "organizations")
    named = [local for local in chosen.values() if local is not None]
    if len(named) != len(set(named)):
        raise Implausible(
            "Zwei Einträge sind demselben Gremium zugeordnet. Jedes gehört zu genau einem.", "organizations"
        )
    for link_id, link in links.items():
        link.chosen = link_id in chosen
        local_id = chosen.get(link_id)
        if local_id is not None:
            link.joined("organization", db.session.get_one(Organization, local_id).id)
        elif link.chosen and link.local_id is not None and link_id in chosen:
            link.local_kind, link.local_id = "", None
    if system.state != SystemState.ACTIVE:
        system.state = SystemState.PREVIEW
    flag_modified(system, "state")  # whoever has the form open too notices
    db.session.flush()
    journal.record("committees chosen", system, by=by, now=now, facts={"count": len(chosen)})
    runs.ask(system, now=now)


def is_committee(link: SourceLink) -> bool:
    """Whether an organization is probably one that meets: no office, no parliamentary group, and not dissolved."""
    remote = link.remote
    if not isinstance(remote, RemoteOrganization) or remote.deleted:
        return False
    words = f"{remote.organization_type} {remote.classification} {remote.name}".casefold()
    if any(word in words for word in ("fraktion", "verwaltungsbereich", "partei", "hauptorgan", "institution")):
        return False
    return "gremium" in words or not remote.organization_type


def confirm(system: CouncilSystem, *, seen: int, by: Actor, now: datetime) -> None:
    """From now on what is read is taken over. Raises NotReady before committees were chosen and read."""
    lock_unchanged(system, seen)
    if system.state != SystemState.PREVIEW:
        raise NotReady("Wählen Sie zuerst die Gremien. Danach sehen Sie, was übernommen würde.")
    system.state = SystemState.ACTIVE
    db.session.flush()
    journal.record("council system confirmed", system, by=by, now=now)
    runs.ask(system, now=now)


def disconnect(system: CouncilSystem, *, seen: int, by: Actor, now: datetime) -> None:
    """Read a council system no longer, and forget where things came from; what was taken over stays, and is ikb's own.

    Raises Conflict if somebody changed the system meanwhile.
    """
    lock_unchanged(system, seen, mine="Anbindung beenden", theirs=lambda: settings_of(system).in_words())
    journal.record("council system removed", system, by=by, now=now)
    db.session.delete(system)
    db.session.flush()


def read_now(system: CouncilSystem, *, now: datetime) -> None:
    """Read at once. Raises NotReady for one that was paused."""
    if system.is_paused:
        raise NotReady(f"{system.name} ist angehalten. Lassen Sie es in den Einstellungen wieder lesen.")
    runs.ask(system, now=now)


def take_over(difference: Difference, *, by: Actor, now: datetime) -> None:
    """Take over what the council system says about one field.

    Raises NotReady if it was decided already, or with the reason where it cannot be taken over.
    """
    _refuse_decided(difference)
    key = (difference.subject_kind, difference.subject_id, difference.field)
    taking = Taking(difference.system, by, now, forced=frozenset({key}))
    take_organizations(taking)
    if difference.procedure_id is not None:
        sequences.take_procedure(taking, difference.procedure_id)
    else:
        sittings.take_some(taking, [_meeting_link(difference)])
    if key in {(kind, number, name) for kind, number, name in taking.met} or not _was_written(taking, difference):
        reasons = [fault.sentence for fault in taking.faults if fault.sentence.startswith(difference.subject)]
        raise NotReady(
            reasons[0] if reasons else "Das ließ sich nicht übernehmen; lesen Sie das Ratssystem noch einmal."
        )
    _resolve(difference, Resolution.TAKEN_OVER, by=by, now=now)


def _was_written(taking: Taking, difference: Difference) -> bool:
    return any(done.field == difference.field for done in taking.done)


def _meeting_link(difference: Difference) -> int:
    link = difference.link
    if link.kind == "meeting":
        return link.id
    rows = select(SourceLink.id).where(
        SourceLink.system_id == difference.system_id, SourceLink.remote_id == link.parent_id
    )
    return db.session.scalars(rows).one()


def keep_ours(difference: Difference, *, by: Actor, now: datetime) -> None:
    """Leave ikb's as it is; shown again only if the council system says something else. Raises NotReady if decided."""
    _refuse_decided(difference)
    _resolve(difference, Resolution.KEPT, by=by, now=now)


def _refuse_decided(difference: Difference) -> None:
    db.session.refresh(difference, with_for_update={"of": Difference})
    if difference.resolved_at is not None:
        raise NotReady("Über diese Abweichung wurde inzwischen entschieden, oder beide sagen jetzt dasselbe.")


def _resolve(difference: Difference, how: Resolution, *, by: Actor, now: datetime) -> None:
    difference.resolved_at, difference.resolution = now, how
    difference.resolved_by_id = by.id if by.kind == "user" else None
    db.session.flush()
    facts = {"field": difference.field, "subject": difference.subject_kind, "subject_id": difference.subject_id}
    action = "difference taken over" if how == Resolution.TAKEN_OVER else "difference kept"
    journal.record(action, difference, by=by, now=now, procedure_id=difference.procedure_id, facts=facts)


def _is_own_account(by: Actor) -> bool:
    return by.kind == "user" and by.id in queries.own_accounts()


sources.judged_by(queries.sources, _is_own_account)
