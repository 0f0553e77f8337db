"""What the buttons of the result form do without saving: read a line, add, order and remove rows, show how it will read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import FieldList, SelectChoice

from ikb.core.motions import group_contradictions
from ikb.core.redline import Segment
from ikb.core.result_line import read_result_line
from ikb.core.results import contradictions, phrase, tally_in_words
from ikb.deliberations import resolution_kinds, result_parts, successors, wordings
from ikb.deliberations.entries import MotionEntry, ResultEntry
from ikb.deliberations.result_forms import MOST_GROUPS, MOST_MOTIONS, MOST_WORDINGS, ResultForm, filled
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import ChangedWording
from ikb.drafts.model import Section
from ikb.errors import Implausible

_ROW = re.compile(r"(remove|group-remove|motion-remove|motion-up|motion-passage)-(\d{1,4})")
_MOTION_WORDING = re.compile(r"motion-(\d{1,4})-remove-(\d{1,4})")


@dataclass(frozen=True)
class Preview:
    """How an entry will read: the phrase, what cannot be, and each changed passage with its changes marked."""

    phrase: str
    votes: str = ""
    faults: Sequence[str] = ()
    redlines: Sequence[tuple[str, Sequence[Segment]]] = ()


def act_on(form: ResultForm, act: str, sections: Sequence[Section]) -> Preview | None:
    """Do what a button asks for; everything typed stays. A preview comes back where one was asked for."""
    if act == "read":
        take_line(form)
    elif act == "add":
        _add_wording(form.wordings, form.passage, sections)
    elif act == "group-add":
        _append(form.groups, MOST_GROUPS, {})
    elif act == "motion-add":
        _append(form.motions, MOST_MOTIONS, {})
    elif match := _ROW.fullmatch(act):
        _on_row(form, match[1], int(match[2]), sections)
    elif match := _MOTION_WORDING.fullmatch(act):
        _drop_motion_wording(form, int(match[1]), int(match[2]))
    elif act == "check" and form.validate():
        return preview(form, sections)
    return None


def _on_row(form: ResultForm, act: str, place: int, sections: Sequence[Section]) -> None:
    if act == "motion-up":
        _move_up(form.motions, place)
    elif act == "motion-passage":
        if place < len(form.motions.entries):
            motion = form.motions.entries[place].form
            _add_wording(motion.wordings, motion.passage, sections)
    else:
        rows = {"remove": form.wordings, "group-remove": form.groups, "motion-remove": form.motions}[act]
        refill(rows, [data for at, data in enumerate(rows.data) if at != place])


def _move_up(rows: FieldList, place: int) -> None:
    data = rows.data
    if 0 < place < len(data):
        data[place - 1], data[place] = data[place], data[place - 1]
        refill(rows, data)


def _drop_motion_wording(form: ResultForm, place: int, number: int) -> None:
    if place < len(form.motions.entries):
        rows = form.motions.entries[place].form.wordings
        refill(rows, [data for at, data in enumerate(rows.data) if at != number])


def refill(rows: FieldList, data: Sequence[Any]) -> None:
    """The rows anew, numbered in the order given: a browser sends them back by their numbers."""
    rows.entries, rows.last_index = [], -1
    for one in data:
        rows.append_entry(one)


def _append(rows: FieldList, most: int, data: dict[str, Any]) -> None:
    if len(rows.entries) < most:
        rows.append_entry(data)


def _add_wording(rows: FieldList, passage: Any, sections: Sequence[Section]) -> None:
    section = next((section for section in sections if section.anchor == passage.data), None)
    if section is None:
        passage.errors = ["Wählen Sie einen Abschnitt aus der Liste."]
        return
    _append(rows, MOST_WORDINGS, {"anchor": section.anchor, "wish": "replace", "text": section.text})


def take_line(form: ResultForm) -> None:
    """Fill in what a pasted line says; what it does not say stays as it was."""
    read = read_result_line(form.line.data, resolution_kinds.names())
    if read.outcome is not None:
        form.choose(read.outcome, read.name)
    elif form.line.data and not form.outcome.data:
        form.line.errors = [
            (
                f"In der Zeile steht kein Ergebnis, das ikb kennt: „{read.unread or form.line.data}“. "
                "Wählen Sie das Ergebnis unten aus."
            )
        ]
    tally = read.tally
    for field, value in (
        (form.manner, read.manner.value if read.manner else None),
        (form.votes_yes, tally.yes),
        (form.votes_no, tally.no),
        (form.abstentions, tally.abstentions),
        (form.present, tally.present),
        (form.excluded, tally.excluded),
    ):
        if value is not None:
            field.data, field.raw_data = value, None
    form.unread = read.unread
    form.was_read = True


def preview(form: ResultForm, sections: Sequence[Section]) -> Preview:
    """How the whole entry will read."""
    try:
        entry = form.entry()
    except Implausible as refusal:
        return Preview("", faults=[refusal.message])
    return Preview(
        phrase=_phrase(entry),
        votes=tally_in_words(entry.tally),
        faults=_faults(entry),
        redlines=redlines(_changed(entry, form.changed()), sections),
    )


def live(form: ResultForm) -> Preview:
    """The phrase while somebody is typing: from what can be read of the form so far."""
    offered = {choice.value for choice in form.outcome.choices}
    if form.outcome.data not in offered:
        return Preview("")
    outcome, name = form.chosen()
    going_on = Next(form.next_organization_id.data or None)
    manner = form.stated_manner() if form.manner.data in {choice.value for choice in form.manner.choices} else None
    entry = ResultEntry(outcome, form.tally(), manner, successor=going_on, kind_name=name, groups=form.group_votes())
    return Preview(_phrase(entry), tally_in_words(entry.tally), _faults(entry))


def _phrase(entry: ResultEntry) -> str:
    target = successors.target_of(entry.outcome, entry.successor)
    return phrase(entry.outcome, entry.tally, entry.manner, target.name if target else "", entry.kind_name)


def _faults(entry: ResultEntry) -> list[str]:
    found = [*contradictions(entry.outcome, entry.tally, entry.manner)]
    found += group_contradictions(entry.groups, entry.outcome, entry.tally, entry.manner)
    return [one.sentence for one in found]


def _changed(entry: ResultEntry, changed: Sequence[ChangedWording]) -> Sequence[ChangedWording]:
    try:
        return result_parts.resolved_wordings(entry, changed)
    except Implausible:
        return changed  # two motions on one passage: saving asks for the wording


def redlines(changed: Sequence[ChangedWording], sections: Sequence[Section]) -> list[tuple[str, Sequence[Segment]]]:
    """Each changed passage by its name, with its changes marked."""
    known = {section.anchor: section for section in sections}
    return [
        (wordings.name_of(known[one.anchor]), wordings.redline_of(known[one.anchor].text, one))
        for one in changed
        if one.anchor in known
    ]


def offer_points(form: ResultForm, points: Sequence[Section]) -> None:
    """One row for each point of the paper, with what was entered for it."""
    entered = {row.form.anchor.data: row.data for row in filled(form.points)}
    errors = {row.form.anchor.data: row.form for row in form.points.entries if row.errors}
    refill(
        form.points,
        [
            entered.get(point.anchor, {}) | {"anchor": point.anchor, "label": point.number or point.anchor}
            for point in points
        ],
    )
    for row in form.points.entries:
        if before := errors.get(row.form.anchor.data):
            for name, field in before._fields.items():
                row.form._fields[name].errors = field.errors


def offer_passages(form: ResultForm, sections: Sequence[Section]) -> None:
    """The paper's passages, in every select that offers them."""
    known = [SelectChoice("", "bitte wählen")]
    known += [SelectChoice(section.anchor, wordings.name_of(section)) for section in sections]
    form.passage.choices = known
    for row in form.motions.entries:
        row.form.passage.choices = known


def fill_parts(form: ResultForm, entry: ResultEntry) -> None:
    """The rows of an entry that is corrected."""
    refill(form.groups, [{"name": group.name, **_votes(group.tally)} for group in entry.groups])
    refill(
        form.points,
        [
            {
                "anchor": point.anchor or "",
                "label": point.label,
                "outcome": point.outcome.value,
                "manner": point.manner.value if point.manner else "",
                **_votes(point.tally),
            }
            for point in entry.points
        ],
    )
    refill(form.motions, [_motion_data(motion) for motion in entry.motions])


def _motion_data(motion: MotionEntry) -> dict[str, Any]:
    return {
        "aim": motion.aim.value if motion.aim else "",
        "mover": motion.mover,
        "text": motion.text,
        "outcome": motion.outcome.value,
        "wordings": [{"anchor": one.anchor, "wish": one.wish, "text": one.text} for one in motion.wordings],
        **_votes(motion.tally),
    }


def _votes(tally: Any) -> dict[str, int | None]:
    return {"votes_yes": tally.yes, "votes_no": tally.no, "abstentions": tally.abstentions}
