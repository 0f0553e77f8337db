"""The OParl objects that a Beratungsfolge is made of, as small values; embedded ones come out flat, each with its parent.

Source: OParl 1.1 (tag v1.1.1); what servers leave out or send otherwise: domain notes, section 11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ikb.core.oparl.values import Fault, Fields

KINDS = {
    "Body": "body",
    "Organization": "organization",
    "Meeting": "meeting",
    "AgendaItem": "agenda_item",
    "Paper": "paper",
    "Consultation": "consultation",
}
LISTS = ("organization", "meeting", "paper", "agendaItem", "consultation")


@dataclass(frozen=True)
class RemoteFile:
    """A document that the council system offers. use: invitation, minutes, extract, main, further."""

    use: str
    name: str
    url: str


@dataclass(frozen=True)
class Remote:
    """What every object has: its own URL, when it changed, whether it is gone."""

    id: str
    modified: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True)
class RemoteBody(Remote):
    """A town or another body with committees; lists: OParl's list name -> URL."""

    name: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RemoteOrganization(Remote):
    """A committee, an office, a parliamentary group: whatever the system calls an organization."""

    name: str = ""
    classification: str = ""
    organization_type: str = ""
    body: str = ""
    ends_on: date | None = None


@dataclass(frozen=True)
class RemoteMeeting(Remote):
    """A sitting; organizations in order, the lead committee first."""

    name: str = ""
    state: str = ""
    cancelled: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    organizations: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True)
class RemoteItem(Remote):
    """An agenda item; result and resolution text as printed."""

    meeting: str = ""
    number: str = ""
    order: int | None = None
    title: str = ""
    public: bool | None = None
    result: str = ""
    resolution_text: str = ""
    consultation: str = ""
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True)
class RemotePaper(Remote):
    """A paper with its number and its consultations in printed order."""

    reference: str = ""
    name: str = ""
    consultations: tuple[str, ...] = ()
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True)
class RemoteConsultation(Remote):
    """One step of a paper's sequence; each of the three planning levels may be missing."""

    paper: str = ""
    item: str = ""
    meeting: str = ""
    organizations: tuple[str, ...] = ()
    authoritative: bool = False
    role: str = ""


@dataclass(frozen=True)
class Found:
    """What one answer held: objects in order, URLs that stood where objects should be, and faults."""

    objects: tuple[Remote, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()  # (kind, url)
    faults: tuple[Fault, ...] = ()


def kind_of(data: Mapping[str, Any]) -> str | None:
    """Which of the known kinds an object is, by the end of its `type`, of whatever version; None for another."""
    type_url = data.get("type")
    return KINDS.get(type_url.rstrip("/").rsplit("/", 1)[-1]) if isinstance(type_url, str) else None


def read_object(data: object, url: str, expected: str | None = None) -> Found:
    """Read one object with everything embedded in it.

    url:      where it was found, named in faults if the object has no id.
    expected: the kind that belongs there; an object of another one is left out with a fault.
    """
    if not isinstance(data, dict):
        return Found(faults=(Fault(url, "Hier steht kein Objekt."),))
    reading = _Reading()
    reading.take(data, url, expected)
    return Found(tuple(reading.objects), tuple(dict.fromkeys(reading.missing)), tuple(reading.faults))


class _Reading:
    """Collects what an object and those embedded in it say."""

    def __init__(self) -> None:
        self.objects: list[Remote] = []
        self.missing: list[tuple[str, str]] = []
        self.faults: list[Fault] = []

    def take(self, data: Mapping[str, Any], url: str, expected: str | None, parent: str = "") -> str:
        """Read an object, note it, and give its id; empty if it has none or is of another kind."""
        fields = Fields(data, url)
        own = fields.address("id")
        if not own:
            self.faults.append(Fault(url, "Ein Objekt hat keine brauchbare „id“ und wurde nicht gelesen."))
            return ""
        fields.url = own
        if expected and set(data) == {"id"}:
            self.missing.append((expected, own))
            return own
        kind = kind_of(data)
        if kind is None or (expected and kind != expected):
            self.faults.append(Fault(own, f"Das Objekt ist von einer anderen Art: „{str(data.get('type'))[:100]}“."))
            return ""
        if fields.flag("deleted"):
            self.objects.append(CLASS_OF_KIND[kind](own, fields.moment("modified"), True))
        else:
            self.objects.append(_READERS[kind](self, fields, parent))
        self.faults.extend(fields.faults)
        return own


def _head(fields: Fields) -> dict[str, Any]:
    return {"id": fields.url, "modified": fields.moment("modified")}


def _body(_: _Reading, fields: Fields, parent: str) -> Remote:
    lists = {name: url for name in LISTS if (url := fields.address(name))}
    for name in ("organization", "meeting", "paper"):
        if name not in lists:
            fields.note(f"Die Liste „{name}“ fehlt; was darin stünde, kann nicht gelesen werden.")
    return RemoteBody(**_head(fields), name=fields.text("name", 300, needed=True), lists=lists)


def _organization(_: _Reading, fields: Fields, parent: str) -> Remote:
    return RemoteOrganization(
        **_head(fields),
        name=fields.text("name", 300) or fields.text("shortName", 300, needed=True),
        classification=fields.text("classification", 100),
        organization_type=fields.text("organizationType", 100),
        body=fields.address("body"),
        ends_on=fields.day("endDate"),
    )


def _meeting(reading: _Reading, fields: Fields, parent: str) -> Remote:
    items = [reading.take(item, fields.url, "agenda_item", fields.url) for item in fields.embedded("agendaItem")]
    starts_at = fields.moment("start")
    if starts_at is None:
        fields.note("Die Sitzung hat keinen brauchbaren Beginn und wurde nicht übernommen.")
    return RemoteMeeting(
        **_head(fields),
        name=fields.text("name", 300),
        state=fields.text("meetingState", 100),
        cancelled=fields.flag("cancelled") or False,
        starts_at=starts_at,
        ends_at=fields.moment("end"),
        place=_place(fields),
        organizations=fields.addresses("organization"),
        items=tuple(item for item in items if item),
        files=(*_file(fields, "invitation", "invitation"), *_file(fields, "resultsProtocol", "minutes")),
    )


def _place(fields: Fields) -> str:
    location = fields.one_embedded("location")
    if location is None:
        return ""
    inner = Fields(location, fields.url)
    room, described = inner.text("room", 200), inner.text("description", 300)
    street = inner.text("streetAddress", 200)
    return ", ".join(dict.fromkeys(part for part in (room, street or described) if part))[:300]


def _file(fields: Fields, name: str, use: str) -> tuple[RemoteFile, ...]:
    data = fields.one_embedded(name)
    return () if data is None else _as_file(Fields(data, fields.url), use)


def _as_file(inner: Fields, use: str) -> tuple[RemoteFile, ...]:
    url = inner.address("accessUrl") or inner.address("downloadUrl")
    if not url or inner.flag("deleted"):
        return ()
    return (RemoteFile(use, inner.text("name", 300) or inner.text("fileName", 300), url),)


def _item(_: _Reading, fields: Fields, parent: str) -> Remote:
    return RemoteItem(
        **_head(fields),
        meeting=fields.address("meeting") or parent,
        number=fields.text("number", 20),
        order=fields.number("order", needed=True),
        title=fields.text("name", 500),
        public=fields.flag("public"),
        result=fields.text("result", 500),
        resolution_text=fields.text("resolutionText", 100_000),
        consultation=fields.address("consultation"),
        files=_file(fields, "resolutionFile", "extract"),
    )


def _paper(reading: _Reading, fields: Fields, parent: str) -> Remote:
    steps = [reading.take(step, fields.url, "consultation", fields.url) for step in fields.embedded("consultation")]
    further = [_as_file(Fields(data, fields.url), "further") for data in fields.embedded("auxiliaryFile")]
    return RemotePaper(
        **_head(fields),
        reference=fields.text("reference", 100),
        name=fields.text("name", 500),
        consultations=tuple(step for step in steps if step),
        files=_file(fields, "mainFile", "main") + tuple(file for files in further for file in files),
    )


def _consultation(_: _Reading, fields: Fields, parent: str) -> Remote:
    return RemoteConsultation(
        **_head(fields),
        paper=fields.address("paper") or parent,
        item=fields.address("agendaItem"),
        meeting=fields.address("meeting"),
        organizations=fields.addresses("organization"),
        authoritative=fields.flag("authoritative") or False,
        role=fields.text("role", 100),
    )


_READERS: dict[str, Callable[[_Reading, Fields, str], Remote]] = {
    "body": _body,
    "organization": _organization,
    "meeting": _meeting,
    "agenda_item": _item,
    "paper": _paper,
    "consultation": _consultation,
}
CLASS_OF_KIND: dict[str, type[Remote]] = {
    "body": RemoteBody,
    "organization": RemoteOrganization,
    "meeting": RemoteMeeting,
    "agenda_item": RemoteItem,
    "paper": RemotePaper,
    "consultation": RemoteConsultation,
}
KIND_OF_CLASS = {made: kind for kind, made in CLASS_OF_KIND.items()}
