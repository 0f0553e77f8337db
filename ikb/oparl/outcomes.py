"""Results as the council system prints them: read, compared, recorded; what could not be read is a fault, never a guess."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial

from ikb.core.names import sort_key
from ikb.core.result_line import ReadLine, read_result_line
from ikb.core.results import OUTCOMES, WITH_CHANGES, Outcome, Successor, manner_of, phrase, tally_in_words
from ikb.core.workflow import OPEN, StationState
from ikb.deliberations import organizations as register
from ikb.deliberations import resolution_kinds, service, source_rows, successors, wordings
from ikb.deliberations.entries import ResultEntry, entry_of
from ikb.deliberations.model import Consultation, Organization, Result
from ikb.deliberations.successors import Next
from ikb.oparl.steps import Step
from ikb.oparl.taking import NOTHING, Said, Taking
from ikb.procedures.model import Procedure


@dataclass(frozen=True)
class Printed:
    """A result as it would be stored here. target: the committee that a paper was referred to, as printed."""

    entry: ResultEntry
    target: str = ""

    @property
    def words(self) -> str:
        entry = self.entry
        said = phrase(entry.outcome, entry.tally, entry.manner, name=entry.kind_name)
        state = "vorläufig" if entry.is_provisional else ""
        votes = tally_in_words(entry.tally)
        return "\n".join(part for part in (said, votes, entry.resolution_text.strip(), state) if part)


def settle(taking: Taking, procedure: Procedure, step: Step, following: list[Step]) -> None:
    """Record the printed result of a step, if it says something else than ours."""
    local, item = step.local, step.item
    if local is None or item is None or not item.result or step.item_link is None:
        return
    current = service.newest_result(local.id)
    printed = read(taking, step, current)
    if printed is None:
        return
    ours = NOTHING if current is None else words_of(current, is_final=_is_final(local, current))
    said = Said("result", "results", ours, printed.words)
    write = partial(record, taking, local, printed, current, step, following)
    taking.settle(step.item_link, local, said, write, step.subject, procedure)


def read(taking: Taking, step: Step, current: Result | None) -> Printed | None:
    """The printed result, with what ikb knows besides; None if it could not be read, which is noted."""
    if step.item is None or step.item_link is None:
        return None
    text = step.item.result
    line = read_result_line(text, resolution_kinds.names())
    if line.outcome is None:
        taking.fault(step.item_link, f"{step.subject}: Ergebnis nicht gelesen: „{text}“.")
        return None
    if line.unread:
        taking.fault(step.item_link, f"{step.subject}: Vom Ergebnis nicht gelesen: „{line.unread}“ (aus „{text}“).")
    entry = _merged(line, line.outcome, current)
    wording = step.item.resolution_text
    if not wording and line.outcome in WITH_CHANGES and not entry.resolution_text:
        wording = text  # what was changed is not said; that it was is better than nothing
    return Printed(
        replace(
            entry,
            resolution_text=(wording or entry.resolution_text).strip(),
            is_provisional=not (_is_released(step) or _is_final(step.local, current)),
            laid_paper_id=(step.local.laid_paper_id if step.local else None) or step.paper.id,
        ),
        line.target,
    )


def _merged(line: ReadLine, outcome: Outcome, current: Result | None) -> ResultEntry:
    """What was printed; what the council system does not print stays as it was entered for the same outcome."""
    if current is None or current.outcome != outcome:
        return ResultEntry(outcome, line.tally, manner_of(outcome, line.tally, line.manner), kind_name=line.name)
    entry = entry_of(current)
    printed = {name: votes for name, votes in asdict(line.tally).items() if votes is not None}
    is_known = all(getattr(entry.tally, name) == votes for name, votes in printed.items())
    tally = entry.tally if is_known else line.tally
    manner = manner_of(outcome, tally, line.manner or (entry.manner if is_known else None))
    return replace(entry, tally=tally, manner=manner, kind_name=line.name or entry.kind_name)


def words_of(result: Result, *, is_final: bool) -> str:
    """A stored result, as `Printed.words` puts one."""
    return Printed(replace(entry_of(result), is_provisional=not is_final)).words


def _is_final(local: Consultation | None, current: Result | None) -> bool:
    """Whether minutes were released for our result: entered so, or confirmed since."""
    if local is None or current is None:
        return False
    return not current.is_provisional or local.state == StationState.CONFIRMED


def _is_released(step: Step) -> bool:
    """Whether the minutes, or the extract for this item, are there, of a sitting that was held."""
    if step.meeting is None or step.item is None or not step.meeting.state.casefold().startswith("durchgeführt"):
        return False
    files = (*step.meeting.files, *step.item.files)
    return any(file.use in ("minutes", "extract") for file in files)


def record(
    taking: Taking, local: Consultation, printed: Printed, current: Result | None, step: Step, following: list[Step]
) -> None:
    """Record a printed result; what ikb alone knows, the changed passages, stays with it."""
    entry = replace(printed.entry, successor=_successor(printed, step, following))
    later = _later(entry, local, following)
    if later is not None and successors.successor_of(local) is None:
        source_rows.link_predecessor(later, local, by=taking.by, now=taking.now)
    held = wordings.as_wordings(wordings.wishes_of(local.agenda_item_id)) if local.agenda_item_id else []
    if entry.outcome in service.UNCHANGED:
        held = []  # what was resolved unchanged asks for no other wording
    service.record_result(
        local,
        entry,
        held,
        uuid.uuid4(),
        seen_result_id=current.id if current else None,
        by=taking.by,
        now=taking.now,
    )


def _successor(printed: Printed, step: Step, following: list[Step]) -> Next:
    """Where the paper goes on: in the step that the council system has after this one, if it has one."""
    kind = OUTCOMES[printed.entry.outcome].successor
    if kind is Successor.NONE:
        return Next()
    if kind is Successor.ANY:
        target = _target(printed.target, following)
        after = next((one for one in following if target is None or one.organization is target), None)
        organization = target or (after.organization if after else None)
        return Next(organization.id if organization else None, _day(step, after), True)
    after = next((one for one in following if one.organization is step.organization), None)
    return Next(None, _day(step, after), after is not None)


def _day(step: Step, after: Step | None) -> date | None:
    if after is None or after.held_on is None or step.held_on is None or after.held_on <= step.held_on:
        return None
    return after.held_on


def _target(printed: str, following: list[Step]) -> Organization | None:
    if not printed:
        return None
    wanted = sort_key(printed)
    for one in following:
        if sort_key(one.organization.name) == wanted:
            return one.organization
    return register.known_as(printed)


def _later(entry: ResultEntry, local: Consultation, following: list[Step]) -> Consultation | None:
    """A station that is there already and will be the successor; so no second one is opened."""
    if OUTCOMES[entry.outcome].successor is Successor.NONE:
        return None
    wanted = entry.successor.organization_id or local.organization_id
    for one in following:
        known = one.local
        if known is None or known.organization_id != wanted or known.predecessor_id is not None:
            continue
        if known.id != local.id and StationState(known.state) in OPEN:
            return known
    return None
