"""The register of committees: what is known of each one, its rules, and its names over time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from ikb.accounts.model import User
from ikb.core.names import sort_key
from ikb.core.notice import ShortUnit, Unit, Way
from ikb.db import db
from ikb.deliberations import organizations
from ikb.deliberations.model import Organization, OrganizationName
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.web import labels

KINDS = ("council", "committee", "district", "advisory", "integration_council")
LONGEST = 60  # days; a longer period is a slip
LONGEST_MINUTES = 180
MOST_HOURS = 240


@dataclass(frozen=True)
class Settings:
    """What is entered about a committee; the names are those of its row, days unless said otherwise."""

    kind: str = "committee"
    district: str = ""
    chair: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    notice_days: int | None = 7
    notice_unit: str = Unit.CALENDAR
    count_delivery_day: bool = False
    count_meeting_day: bool = False
    short_notice_amount: int | None = None
    short_notice_unit: str = ShortUnit.HOURS
    delivery: str = Way.ELECTRONIC
    delivery_extra_days: int | None = 0
    papers_days: int | None = None
    minutes_days: int | None = None

    @classmethod
    def of(cls, organization: Organization) -> Settings:
        """What is stored."""
        return cls(**{field.name: getattr(organization, field.name) for field in fields(cls)})

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        return "\n".join(f"{name}: {value}" for name, value in _said(self))


def _said(settings: Settings) -> Iterator[tuple[str, object]]:
    yield "Art", labels.LABELS["organization_kind"].get(settings.kind, settings.kind)
    yield "Bezirk", settings.district or "keiner"
    yield "Vorsitz", settings.chair or "nicht genannt"
    yield "Besteht von", settings.valid_from or "offen"
    yield "Besteht bis", settings.valid_to or "offen"
    yield "Ladungsfrist", f"{settings.notice_days} ({labels.label('notice_unit', settings.notice_unit)})"
    yield "Zustelltag zählt", "ja" if settings.count_delivery_day else "nein"
    yield "Sitzungstag zählt", "ja" if settings.count_meeting_day else "nein"
    short = settings.short_notice_amount
    unit = labels.label("short_notice_unit", settings.short_notice_unit)
    yield "Verkürzte Frist", "keine" if short is None else f"{short} ({unit})"
    yield "Zustellung", labels.label("delivery_way", settings.delivery)
    yield "Postlaufzeit", settings.delivery_extra_days or 0
    yield "Vorlagenschluss", "keiner" if settings.papers_days is None else settings.papers_days
    yield "Niederschrift nach", "keine Frist" if settings.minutes_days is None else settings.minutes_days


def add(name: str, settings: Settings, *, key: uuid.UUID, by: Actor, now: datetime) -> Organization:
    """A committee that nobody knew before.

    key: the form's UUID; sent twice, the same one comes back.
    Raises Implausible for a name that another one bears or bore, and for settings that cannot be.
    """
    if earlier := db.session.scalar(select(Organization).where(Organization.key == key)):
        return earlier
    _refuse_taken(name, None)
    _check(settings)
    organization = organizations.find_or_add(name, by=by, now=now)
    organization.key = key
    _apply(organization, settings)
    db.session.flush()
    return organization


def change(
    organization: Organization,
    settings: Settings,
    people: Iterable[User] | None = None,
    deputies: Iterable[User] = (),
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> None:
    """Change what is known of a committee, its rules, and who keeps its business (None: that stays as it is).

    Raises Conflict with both if somebody else did meanwhile, Implausible with the field for what cannot be.
    """
    lock_unchanged(organization, seen, mine=settings.in_words(), theirs=lambda: Settings.of(organization).in_words())
    _check(settings)
    before = asdict(Settings.of(organization))
    _apply(organization, settings)
    if people is not None:
        organizations.set_clerks(organization, people, deputies, by=by, now=now)
    flag_modified(organization, "notice_days")  # also for clerks alone: whoever has the form open notices
    db.session.flush()
    changed = sorted(name for name, value in asdict(settings).items() if before[name] != value)
    if changed:
        facts = {"fields": changed, **_told(before, settings, changed)}
        journal.record("organization changed", organization, by=by, now=now, facts=facts)


def _told(before: dict[str, Any], settings: Settings, changed: list[str]) -> dict[str, Any]:
    """The numbers that changed; never names, such as the chair's."""
    after = asdict(settings)
    return {
        name: [before[name], after[name]]
        for name in changed
        if isinstance(after[name] if after[name] is not None else before[name], int)
    }


def _apply(organization: Organization, settings: Settings) -> None:
    for name, value in asdict(settings).items():
        setattr(organization, name, value)
    organization.delivery_extra_days = settings.delivery_extra_days or 0


def _check(settings: Settings) -> None:
    if settings.kind not in KINDS:
        raise Implausible("Wählen Sie die Art des Gremiums aus der Liste.", "kind")
    if settings.notice_days is None or settings.notice_days > LONGEST:
        raise Implausible(f"Schreiben Sie die Ladungsfrist in Tagen, von 0 bis {LONGEST}.", "notice_days")
    if settings.valid_from and settings.valid_to and settings.valid_to < settings.valid_from:
        raise Implausible("Der letzte Tag liegt vor dem ersten.", "valid_to")
    _check_short_notice(settings)
    if (settings.delivery_extra_days or 0) > LONGEST:
        raise Implausible(
            f"Schreiben Sie die Tage, die ein Brief unterwegs ist: 0 bis {LONGEST}.", "delivery_extra_days"
        )
    if (settings.papers_days or 0) > LONGEST:
        raise Implausible(f"Schreiben Sie die Tage vor der Sitzung, von 0 bis {LONGEST}.", "papers_days")
    if (settings.minutes_days or 0) > LONGEST_MINUTES:
        raise Implausible(f"Schreiben Sie die Tage nach der Sitzung, von 0 bis {LONGEST_MINUTES}.", "minutes_days")


def _check_short_notice(settings: Settings) -> None:
    short, days = settings.short_notice_amount, settings.notice_days or 0
    if short is None:
        return
    if settings.short_notice_unit == ShortUnit.HOURS:
        if short > MOST_HOURS:
            raise Implausible(f"Schreiben Sie die Stunden, von 0 bis {MOST_HOURS}.", "short_notice_amount")
        return
    if settings.short_notice_unit == settings.notice_unit and short > days:
        raise Implausible(
            f"Die verkürzte Frist ({short} Tage) ist länger als die gewöhnliche ({days} Tage).", "short_notice_amount"
        )
    if short > LONGEST:
        raise Implausible(f"Schreiben Sie die Tage, von 0 bis {LONGEST}.", "short_notice_amount")


def rename(
    organization: Organization, name: str, since: date, *, seen: int, by: Actor, now: datetime
) -> OrganizationName:
    """Give a committee a new name from a day on; the name before stays for everything that lies before that day.

    Raises Implausible for a name that another one bears, the same name, or a day before the name it bears now began;
    Conflict if somebody changed the committee meanwhile.
    """
    name = " ".join(name.split())
    lock_unchanged(organization, seen, mine=f"{name} ab {since:%d.%m.%Y}", theirs=lambda: organization.name)
    if not name or len(name) > 300:
        raise Implausible("Schreiben Sie den neuen Namen, höchstens 300 Zeichen.", "name")
    if name == organization.name:
        raise Implausible("So heißt das Gremium schon.", "name")
    _refuse_taken(name, organization)
    began = _began(organization)
    if began is not None and since <= began:
        raise Implausible(
            f"Den Namen „{organization.name}“ trägt das Gremium seit dem {began:%d.%m.%Y}. Der neue kann erst danach beginnen.",
            "since",
        )
    former = OrganizationName(
        organization=organization,
        name=organization.name,
        sort_key=organization.sort_key,
        valid_from=began,
        valid_to=since - timedelta(days=1),
    )
    organization.name, organization.sort_key = name, sort_key(name)
    db.session.add(former)
    db.session.flush()
    facts = {"since": since.isoformat(), "before": former.name, "after": name}
    journal.record("organization renamed", organization, by=by, now=now, facts=facts)
    return former


def add_former_name(
    organization: Organization,
    name: str,
    valid_from: date | None,
    valid_to: date,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> OrganizationName:
    """Note what a committee was called until a day, where the register knows only its later names.

    Raises Implausible, with its field, for a name that another one bears and for days on which another name held.
    """
    name = " ".join(name.split())
    lock_unchanged(organization, seen, mine=f"{name} bis {valid_to:%d.%m.%Y}", theirs=lambda: organization.name)
    if not name or len(name) > 300:
        raise Implausible("Schreiben Sie den früheren Namen, höchstens 300 Zeichen.", "name")
    _refuse_taken(name, organization)
    if valid_from is not None and valid_to < valid_from:
        raise Implausible("Der letzte Tag liegt vor dem ersten.", "valid_to")
    for known in organization.names:
        if (valid_from is None or valid_from <= known.valid_to) and (
            known.valid_from is None or known.valid_from <= valid_to
        ):
            raise Implausible(f"In dieser Zeit hieß das Gremium „{known.name}“. Prüfen Sie die Tage.", "valid_to")
    former = OrganizationName(
        organization=organization, name=name, sort_key=sort_key(name), valid_from=valid_from, valid_to=valid_to
    )
    flag_modified(organization, "name")
    db.session.add(former)
    db.session.flush()
    facts = {"before": name, "until": valid_to.isoformat()}
    journal.record("organization renamed", organization, by=by, now=now, facts=facts)
    return former


def _began(organization: Organization) -> date | None:
    """The first day of the name that a committee bears now, None where it bears it since ever."""
    last = max((known.valid_to for known in organization.names), default=None)
    return last + timedelta(days=1) if last else organization.valid_from


def _refuse_taken(name: str, itself: Organization | None) -> None:
    taken = organizations.known_as(name)
    if taken is not None and taken is not itself:
        also = "" if taken.sort_key == sort_key(name) else f", das heute „{taken.name}“ heißt"
        raise Implausible(f"Diesen Namen trägt schon ein Gremium{also}.", "name")
