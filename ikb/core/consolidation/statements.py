"""Statements on a draft and decisions on what they ask for: formats `ikb-statements/1` and `ikb-decisions/1`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from ikb.core.consolidation.faults import Reading, Record
from ikb.core.merge import Decision
from ikb.core.wishes import Amendment, Member, Place, Wish

FORMAT = "ikb-statements/1"
DECISIONS_FORMAT = "ikb-decisions/1"
STANCES = ("support", "support_with_changes", "oppose", "neutral")
QUOTES = ("find", "after", "before")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one submitter said about one element, or about the whole document (element None).

    submitted_at: aware moment in UTC.
    stance:       one of STANCES, or None.
    amendments:   (element id, amendment), in the order of the statement.
    """

    id: str
    submitted_at: datetime
    submitter: str
    submitter_type: str
    element: str | None
    stance: str | None
    comment: str
    amendments: tuple[tuple[str, Amendment], ...]

    @property
    def order(self) -> tuple[datetime, str]:
        """First means: by time, then by id."""
        return self.submitted_at, self.id


def read_statements(path: Path, reading: Reading, known: Collection[str] | None, taken: set[str]) -> list[Statement]:
    """The statements of a file in its order; what is wrong with them is then in `reading`.

    known: ids of the elements that exist or existed; None if they could not be read.
    taken: statement ids that are in use; those of this file are added.
    """
    data = reading.document(path, FORMAT)
    if data is None:
        return []
    statements = []
    for name, record in reading.records(data, "statements", ""):
        identity = reading.name(record, "id", name)
        where = identity or name
        if identity in taken:
            reading.fault(where, "Diese Kennung hat schon eine andere Stellungnahme.")
        taken.add(identity or "")
        statement = _statement(record, where, reading, known)
        if statement is not None:
            statements.append(statement)
    return statements


def read_decisions(path: Path, reading: Reading, statements: Iterable[Statement]) -> dict[Member, Decision]:
    """The decisions of a file by amendment; one on a statement that is not there (yet) is kept and has no effect."""
    data = reading.document(path, DECISIONS_FORMAT)
    if data is None:
        return {}
    amendments = {statement.id: len(statement.amendments) for statement in statements}
    decisions: dict[Member, Decision] = {}
    for name, record in reading.records(data, "decisions", ""):
        statement = reading.name(record, "statement", name)
        amendment = reading.number(record, "amendment", statement or name)
        decision = reading.choice(record, "decision", statement or name, ("accept", "reject"))
        if statement is None or amendment is None or decision is None:
            continue
        if not 0 <= amendment < amendments.get(statement, amendment + 1):
            reading.fault(statement, f"Einen Änderungswunsch an Stelle {amendment} hat diese Stellungnahme nicht.")
        member = Member(statement, amendment)
        if decisions.setdefault(member, cast(Decision, decision)) != decision:
            reading.fault(statement, f"Der Änderungswunsch {amendment} ist zugleich angenommen und abgelehnt.")
    return decisions


def _statement(record: Record, where: str, reading: Reading, known: Collection[str] | None) -> Statement | None:
    before = len(reading.faults)
    moment = _moment(record, where, reading)
    submitter, its_type = _submitter(record, where, reading)
    element = reading.optional_text(record, "element", where)
    if element is not None and known is not None and element not in known:
        reading.fault(where, f"Das Element „{element}“ kommt in keiner Fassung des Entwurfs vor.")
    stance = reading.choice(record, "stance", where, STANCES) if record.get("stance") is not None else None
    comment = reading.optional_text(record, "comment", where) or ""
    entries = reading.records(record, "amendments", where, required=False)
    wishes = [_wish(entry, name, reading) for name, entry in entries]
    if len(reading.faults) > before or moment is None:
        return None
    amendments = tuple(
        (target, Amendment(where, position, submitter, moment, wish))
        for position, (target, wish) in enumerate(filter(None, wishes))
    )
    return Statement(where, moment, submitter, its_type, element, stance, comment, amendments)


def _moment(record: Record, where: str, reading: Reading) -> datetime | None:
    text = reading.text(record, "submitted_at", where)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    reading.fault(where, "Das Feld „submitted_at“ muss ein Zeitpunkt in UTC sein, etwa 2009-10-01T09:00:00Z.")
    return None


def _submitter(record: Record, where: str, reading: Reading) -> tuple[str, str]:
    submitter = record.get("submitter")
    if not isinstance(submitter, dict):
        reading.fault(where, "Das Feld „submitter“ muss ein Objekt mit „id“ und „type“ sein.")
        return "", ""
    its_type = reading.name(submitter, "type", f"{where} submitter")
    return reading.name(submitter, "id", f"{where} submitter") or "", its_type or ""


def _wish(record: Record, where: str, reading: Reading) -> tuple[str, Wish] | None:
    """The element and the wish of one amendment, or None and a fault."""
    before = len(reading.faults)
    op = reading.choice(record, "op", where, ("replace", "delete", "insert"))
    element = reading.name(record, "element", where)
    version = reading.number(record, "base_version", where)
    quotes = {quote: reading.optional_text(record, quote, where) for quote in QUOTES}
    new_text = reading.optional_text(record, "new_text", where) if op != "delete" else None
    occurrence = reading.number(record, "occurrence", where) if record.get("occurrence") is not None else None
    place = None
    if op == "insert" and record.get("position") is not None:
        place = cast(Place | None, reading.choice(record, "position", where, ("after", "before")))
    if op is not None:
        _check_shape(op, {key for key, quote in quotes.items() if quote is not None}, place, where, reading)
    if op in ("replace", "insert") and new_text is None:
        reading.fault(where, "Es fehlt „new_text“: der gewünschte Wortlaut.")
    if len(reading.faults) > before or element is None or version is None:
        return None
    kind = cast(Literal["replace", "delete", "insert"], op)
    return element, Wish(kind, version, new_text, **quotes, occurrence=occurrence, place=place)


def _check_shape(op: str, quoted: set[str], place: Place | None, where: str, reading: Reading) -> None:
    if op == "insert" and len(quoted & {"after", "before"}) + (place is not None) != 1:
        reading.fault(where, "Eine Einfügung braucht genau eines von „after“, „before“ und „position“.")
    if op == "insert" and "find" in quoted:
        reading.fault(where, "Zu einer Einfügung gehört kein „find“.")
    if op != "insert" and quoted & {"after", "before"}:
        reading.fault(where, "„after“ und „before“ gehören nur zu einer Einfügung.")
