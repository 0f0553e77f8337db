"""Statements from a list, XLSX or CSV: one line for each remark; all of it or nothing, each fault with row and column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from ikb.capture import queries
from ikb.capture.model import Channel
from ikb.core.clock import berlin_day, start_of_day
from ikb.core.names import sort_key
from ikb.db import db
from ikb.errors import Faulty
from ikb.institutions.cells import FaultyCellError, day
from ikb.institutions.model import Invitation
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Stance, Wish
from ikb.remarks.service import Said
from ikb.statements import recorded
from ikb.statements.model import Answer
from ikb.tables.headings import cell_of, formulas_in, header_of
from ikb.tables.process import NOT_TAKEN, Table, read_table
from ikb.web import labels

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Institution": ("name", "einrichtung", "nr", "nummer", "name der institution"),
    "Eingegangen am": ("eingang", "eingegangen", "datum", "eingangsdatum"),
    "Art des Eingangs": ("kanal", "weg", "eingangsart"),
    "Antwort": ("art der antwort",),
    "Abschnitt": ("stelle", "passage", "anker"),
    "Haltung": ("bewertung",),
    "Anmerkung": ("kommentar", "text", "stellungnahme"),
    "Vorschlag": ("formulierung", "wortlaut", "gewuenschter wortlaut", "formulierungsvorschlag"),
}
ANSWERS = (Answer.REMARKS, Answer.AGREES, Answer.NO_REMARKS, Answer.NOT_CONCERNED)
NEEDED = ("Institution", "Eingegangen am")


@dataclass(frozen=True)
class Line:
    """One row without faults. anchor: None for the whole draft; said: None for an answer without remarks."""

    number: int
    invitation: Invitation
    received_on: date
    channel: Channel
    answer: Answer
    anchor: str | None
    said: Said | None


@dataclass(frozen=True)
class Intake:
    """What a list holds."""

    lines: Sequence[Line]
    faults: Sequence[str] = field(default_factory=tuple)

    @property
    def statements(self) -> dict[tuple[int, date, str], list[Line]]:
        """Lines of one statement together: of one institution, of one day, by one way."""
        found: dict[tuple[int, date, str], list[Line]] = defaultdict(list)
        for line in self.lines:
            found[line.invitation.id, line.received_on, line.channel].append(line)
        return dict(found)


def take_in(
    data: bytes,
    phase: ParticipationPhase,
    key: UUID,
    *,
    confirms: bool = False,
    dry_run: bool = False,
    by: Actor,
    now: datetime,
) -> int:
    """Record every statement of a list; returns how many. Raises Faulty with one line per fault; then nothing is stored.

    key:      of the form: sent twice, the statements are there once.
    confirms: each institution gets its receipt by mail.
    """
    intake = look_through(read_table(data), phase, now)
    if intake.faults:
        raise Faulty(NOT_TAKEN, list(intake.faults))
    if not dry_run:
        for lines in intake.statements.values():
            _record(lines, key, confirms=confirms, by=by, now=now)
    return len(intake.statements)


def look_through(table: Table, phase: ParticipationPhase, now: datetime) -> Intake:
    """The table's rows with every fault of every row; stores nothing."""
    header_at, columns = header_of(table, COLUMNS)
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        return Intake((), [f"Die Spalte {name} fehlt. Es gibt: {', '.join(COLUMNS)}." for name in missing])
    rows = [(number, cells) for number, cells in table.rows if number > header_at]
    if not rows:
        return Intake((), ["Unter der Kopfzeile steht keine Stellungnahme."])
    reader = _Reader(phase, now)
    lines, faults = list[Line](), list[str]()
    for number, cells in rows:
        values = {name: cell_of(cells, columns.get(name)) for name in COLUMNS}
        found = [*formulas_in(table, number, columns), *reader.faults_of(number, values)]
        faults += found
        if not found:
            lines.append(reader.line(number, values))
    return Intake(lines, [*faults, *_mixed(lines)])


class _Reader:
    """Reads rows against one phase: its institutions, its version's sections, its beginning."""

    def __init__(self, phase: ParticipationPhase, now: datetime) -> None:
        self._phase, self._now = phase, now
        sections = queries.sections_of(phase.draft_version_id)
        self._anchors = {sort_key(name): anchor for anchor, name in sections} | {
            anchor: anchor for anchor, _ in sections
        }
        self._channels = _by_word("channel", Channel)
        self._answers = _by_word("answer", ANSWERS)
        self._stances = _by_word("stance", Stance)

    def faults_of(self, number: int, values: Mapping[str, str]) -> Iterator[str]:
        """One sentence for each cell that cannot be taken."""
        for name, check in (
            ("Institution", self._institution),
            ("Eingegangen am", self._day),
            ("Art des Eingangs", self._channel),
            ("Antwort", self._answer),
            ("Abschnitt", self._section),
            ("Haltung", self._stance),
        ):
            try:
                check(values[name])
            except FaultyCellError as fault:
                yield f"Zeile {number}, Spalte {name}: {fault}"
        yield from _contradictions(number, values)

    def line(self, number: int, values: Mapping[str, str]) -> Line:
        """A row that has no fault."""
        wish = Wish.REPLACE if values["Vorschlag"] else Wish.NONE
        said = Said(self._stance(values["Haltung"]), values["Anmerkung"], wish, values["Vorschlag"])
        return Line(
            number,
            self._institution(values["Institution"]),
            self._day(values["Eingegangen am"]),
            self._channel(values["Art des Eingangs"]),
            self._answer(values["Antwort"]),
            self._section(values["Abschnitt"]),
            None if said.is_empty else said,
        )

    def _institution(self, text: str) -> Invitation:
        if not text:
            raise FaultyCellError("fehlt.")
        found = queries.invitations_named([self._phase.id], text)
        if len(found) != 1:
            why = "passt auf mehrere Institutionen" if found else "ist in dieser Beteiligung nicht eingeladen"
            raise FaultyCellError(f"„{text[:60]}“ {why}. Schreiben Sie den Namen wie im Verzeichnis, oder die Nummer.")
        return found[0]

    def _day(self, text: str) -> date:
        found = day(text)
        if found is None:
            raise FaultyCellError("fehlt. Schreiben Sie den Tag so: 28.06.2030.")
        if found > berlin_day(self._now):
            raise FaultyCellError(f"der {found:%d.%m.%Y} liegt in der Zukunft.")
        if found < berlin_day(self._phase.opens_at):
            raise FaultyCellError(f"die Beteiligung begann erst am {berlin_day(self._phase.opens_at):%d.%m.%Y}.")
        return found

    def _channel(self, text: str) -> Channel:
        return Channel(_word(text, self._channels, "channel")) if text else Channel.LETTER

    def _answer(self, text: str) -> Answer:
        return Answer(_word(text, self._answers, "answer")) if text else Answer.REMARKS

    def _stance(self, text: str) -> str | None:
        return _word(text, self._stances, "stance") if text else None

    def _section(self, text: str) -> str | None:
        if not text:
            return None
        found = self._anchors.get(text) or self._anchors.get(sort_key(text))
        if found is None:
            raise FaultyCellError(f"„{text[:60]}“ gibt es in dieser Fassung nicht. Leer heißt: zum ganzen Entwurf.")
        return found


def _by_word(kind: str, codes: Iterable[str]) -> dict[str, str]:
    return {sort_key(labels.label(kind, code)): str(code) for code in codes}


def _word(text: str, known: Mapping[str, str], kind: str) -> str:
    if (code := known.get(sort_key(text))) is None:
        allowed = ", ".join(labels.label(kind, one) for one in known.values())
        raise FaultyCellError(f"„{text[:40]}“ ist nicht bekannt. Erlaubt sind: {allowed}.")
    return code


def _contradictions(number: int, values: Mapping[str, str]) -> Iterator[str]:
    says_something = any(values[name] for name in ("Haltung", "Anmerkung", "Vorschlag"))
    without = values["Antwort"] and sort_key(values["Antwort"]) != sort_key(labels.label("answer", Answer.REMARKS))
    if without and says_something:
        yield f"Zeile {number}, Spalte Antwort: sagt „{values['Antwort'][:40]}“, und doch steht in der Zeile eine Anmerkung."
    if not without and not says_something:
        yield f"Zeile {number}, Spalte Anmerkung: fehlt. Für eine Antwort ohne Anmerkungen sagt die Spalte Antwort, welche."
    if values["Vorschlag"] and not values["Abschnitt"]:
        yield f"Zeile {number}, Spalte Abschnitt: fehlt. Ein Vorschlag gehört zu einem Abschnitt."


def _mixed(lines: Sequence[Line]) -> Iterator[str]:
    """One statement is one kind of answer."""
    for together in Intake(lines).statements.values():
        answers = {line.answer for line in together}
        if len(answers) > 1 or (len(together) > 1 and answers != {Answer.REMARKS}):
            rows = " und ".join(str(line.number) for line in together)
            yield f"Zeilen {rows}: Eine Stellungnahme kann nicht zugleich Anmerkungen haben und ohne Anmerkungen sein."


def _record(lines: Sequence[Line], key: UUID, *, confirms: bool, by: Actor, now: datetime) -> None:
    first = lines[0]
    db.session.refresh(first.invitation, with_for_update={"of": Invitation})
    recorded.record(
        first.invitation,
        uuid5(key, f"{first.invitation.id}/{first.received_on}/{first.channel}"),
        first.answer,
        channel=first.channel,
        received_at=start_of_day(first.received_on),
        replaces=False,
        said=[(line.anchor, line.said) for line in lines if line.said],
        confirms=confirms,
        by=by,
        now=now,
    )
