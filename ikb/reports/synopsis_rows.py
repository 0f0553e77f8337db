"""Two versions side by side, passage by passage, each changed one with why it changed: who asked, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from ikb.consolidation import hand_edits, redlines, traces, wordings
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.redlines import Compared
from ikb.consolidation.traces import Told
from ikb.core.clock import berlin_day
from ikb.core.formatted import as_plain
from ikb.core.redline import Segment
from ikb.drafts.model import Change, DraftVersion
from ikb.reports import weighing_rows
from ikb.reports.weighing_rows import Row as Remark
from ikb.web.filters import day, plural
from ikb.web.labels import label

MOST_NAMED = 12  # remarks that one reason names; the weighing table has all of them
NOT_NOTED = "Ein Grund ist nicht vermerkt."

Decision = tuple[str, str, str, date | None, str]


@dataclass(frozen=True)
class Row:
    """One passage. older, newer: what each version says, with what goes and what comes; empty where it was not there.

    status: same, edit, insert, delete, move. why: one reason a line; empty where nothing changed.
    """

    anchor: str
    name: str
    status: str
    older: Sequence[Segment]
    newer: Sequence[Segment]
    why: Sequence[str] = ()

    @property
    def is_changed(self) -> bool:
        return self.status != "same"


def rows_of(old: DraftVersion, new: DraftVersion, *, is_anonymised: bool = False) -> list[Row]:
    """Every passage of two versions, in the order of the newer one; about twenty queries however long they are."""
    reasons = _Reasons(old, new, is_anonymised=is_anonymised)
    return [_row(passage, reasons) for passage in redlines.compare(old, new)]


def _row(passage: Compared, reasons: _Reasons) -> Row:
    why = reasons.of(passage.anchor) if passage.status != "same" else []
    older, newer = _apart(passage.older), _apart(passage.newer)
    return Row(passage.anchor, passage.name, passage.status, older, newer, why)


def _apart(segments: Iterable[Segment]) -> list[Segment]:
    """The same with the blanks before changed words outside of the marks: they would be lined or struck through, too."""
    found: list[Segment] = []
    for segment in segments:
        words = segment.text.lstrip()
        if segment.kind == "keep" or words == segment.text:
            found.append(segment)
            continue
        found.append(Segment("keep", segment.text[: len(segment.text) - len(words)]))
        if words:
            found.append(replace(segment, text=words))
    return found


class _Reasons:
    """Why the passages between two versions changed."""

    def __init__(self, old: DraftVersion, new: DraftVersion, *, is_anonymised: bool) -> None:
        self._parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for change in traces.changes_between(old, new):
            self._parts[change.anchor] += _changed(change)
        self._told = traces.between(old, new)
        every = [part for parts in self._parts.values() for part in parts]
        self._edits = hand_edits.by_ids({one for part in every for one in part.get("hand", ())})
        self._answered = wordings.decisions_by(self._edits.keys())
        self._remarks, self._veil = _remarks(new, self._ids(every), is_anonymised=is_anonymised)

    def of(self, anchor: str) -> list[str]:
        """One reason a line: where it went, what was done by hand, then each decision with those who asked for it."""
        parts, told = self._parts.get(anchor, []), self._told.get(anchor, [])
        ids = self._ids(parts)
        known = [self._remarks[one] for one in sorted(ids) if one in self._remarks]
        moved = {one.edit.id for one in told if one.edit}
        edits = {one: self._edits[one] for part in parts for one in part.get("hand", ()) if one in self._edits}
        lines = [self._step(one) for one in told]
        lines += [self._by_hand(edit) for edit in edits.values() if edit.id not in moved]
        lines += _decided(known)
        if gone := len(ids) - len(known):
            lines.append(
                f"Dazu {plural(gone, 'Anmerkung, die nicht mehr zählt', 'Anmerkungen, die nicht mehr zählen')}."
            )
        return lines or [NOT_NOTED]

    def _ids(self, parts: Iterable[Mapping[str, Any]]) -> set[int]:
        """The remarks behind some stretches: those that asked for them, and those that a wording of the lead's own answers."""
        found = {one for part in parts for one in part["remarks"]}
        hands = {one for part in parts for one in part.get("hand", ())}
        return found | {decision.remark_id for edit in hands for decision in self._answered.get(edit, ())}

    def _step(self, told: Told) -> str:
        return f"{told.text} {self._veil(as_plain(told.edit.reason))}" if told.edit else told.text

    def _by_hand(self, edit: HandEdit) -> str:
        when = day(berlin_day(edit.edited_at))
        return f"{label('hand_edit_kind', edit.kind)}, {when}: {self._veil(as_plain(edit.reason))}"


def _changed(change: Change) -> list[Mapping[str, Any]]:
    return [part for part in change.segments if part["t"] != "keep"]


def _remarks(
    version: DraftVersion, wanted: Collection[int], *, is_anonymised: bool
) -> tuple[dict[int, Remark], Callable[[str], str]]:
    """The remarks behind the changes as the weighing table tells of them, and what takes names out of other texts."""
    if not wanted and not is_anonymised:
        return {}, str
    rows = weighing_rows.rows_of(version)
    veil = weighing_rows.veil_of(rows) if is_anonymised else str
    shown = weighing_rows.anonymised(rows) if is_anonymised else rows
    return {row.remark_id: row for row in shown if row.remark_id in wanted}, veil


def _decided(remarks: Sequence[Remark]) -> Iterator[str]:
    """Bodies first; remarks of one decision together."""
    ordered = sorted(remarks, key=lambda row: (not row.is_of_a_body, *map(str, _decision(row)), row.remark_id))
    for decision, group in groupby(ordered, _decision):
        rows = list(group)
        yield from map(_of_body, (row for row in rows if row.is_of_a_body))
        if said := [row for row in rows if not row.is_of_a_body]:
            yield _of_institutions(said)
        yield _outcome(decision)


def _decision(row: Remark) -> Decision:
    return row.outcome, row.reason, row.stage, row.decided_on, row.decided_by


def _of_body(row: Remark) -> str:
    """`Schulausschuss, Mo., 03.06.2030: mit Änderungen empfohlen, 8 Ja, 5 Nein`."""
    return ", ".join(filter(None, (row.who, day(row.held_on, "")))) + (f": {row.source}" if row.source else "")


def _of_institutions(rows: Sequence[Remark]) -> str:
    """`3 Anmerkungen: Sportverein (E-2030-000001 Nr. 2), …`."""
    named = [f"{row.who} ({row.source})" if row.source else row.who for row in rows[:MOST_NAMED]]
    more = len(rows) - len(named)
    told = "; ".join(dict.fromkeys(named)) + (f" und {more} weitere" if more else "")
    return f"{plural(len(rows), 'Anmerkung', 'Anmerkungen')}: {told}"


def _outcome(decision: Decision) -> str:
    """`Wird gefolgt (Verwaltung, Mo., 03.06.2030): Das ist machbar.`."""
    outcome, reason, stage, on, by = decision
    if not outcome:
        return "Darüber ist noch nicht entschieden."
    when = ", ".join(filter(None, (label("stage", stage) if stage else "", day(on, ""), by)))
    words = label("consideration", outcome)
    told = words[0].upper() + words[1:] + (f" ({when})" if when else "")
    return f"{told}: {as_plain(reason)}" if reason else f"{told}."
