"""From a paper that was read to a procedure: text, committees, sittings and steps, all of it or nothing."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ikb.accounts.model import User
from ikb.core.clock import berlin_day
from ikb.core.committees import suggest_role
from ikb.core.names import sort_key
from ikb.core.result_line import read_result_line
from ikb.core.results import OUTCOMES, Successor, contradictions
from ikb.db import db
from ikb.deliberations import organizations, papers, stations
from ikb.deliberations.model import Consultation
from ikb.deliberations.service import ResultEntry, record_result
from ikb.deliberations.stations import Station
from ikb.drafts import service as drafts
from ikb.drafts.importers.parsed import ParsedConsultation, ParsedPaper, ParsedSection
from ikb.drafts.model import DraftKind
from ikb.drafts.service import SectionText
from ikb.errors import Implausible
from ikb.journal.service import Actor
from ikb.procedures import service as procedures
from ikb.procedures.model import Procedure

_ROLE_WORDS = (
    ("decision", re.compile(r"entscheid|beschlussfassung|^beschluss", re.IGNORECASE)),
    ("preliminary", re.compile(r"vorberat|empfehl", re.IGNORECASE)),
    ("hearing", re.compile(r"anhör|beteilig|stellungnahme", re.IGNORECASE)),
    ("information", re.compile(r"kenntnis|information|mitteilung", re.IGNORECASE)),
    ("introduction", re.compile(r"einbring|lesung", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Step:
    """One step of the sequence as it will be stored; role as a code, result as printed."""

    organization: str
    held_on: date | None
    role: str | None
    public: bool | None
    result: str | None = None


def steps_of(paper: ParsedPaper) -> list[Step]:
    """The paper's steps with a role for each: the printed one, else the one that committee usually has."""
    days = [step.date for step in paper.consultations if step.date]
    last_day = max(days, default=None)
    occurrences = _occurrences(paper.consultations)
    return [
        Step(
            organization=step.organization,
            held_on=step.date,
            role=role_code(step.role)
            or suggest_role(
                step.organization, is_last=step.date is not None and step.date == last_day, occurrence=occurrence
            ),
            public=step.public,
            result=step.result,
        )
        for step, occurrence in zip(paper.consultations, occurrences, strict=True)
    ]


def _occurrences(steps: Sequence[ParsedConsultation]) -> list[int]:
    """For each step, which of its committee's it is by date, from 1; steps without a date come last."""
    by_date = sorted(range(len(steps)), key=lambda place: (steps[place].date or date.max, place))
    count: Counter[str] = Counter()
    found = [0] * len(steps)
    for place in by_date:
        name = sort_key(steps[place].organization)
        count[name] += 1
        found[place] = count[name]
    return found


def role_code(printed: str | None) -> str | None:
    """The role that a printed word means; None where it is none that ikb knows."""
    return next((code for code, words in _ROLE_WORDS if words.search(printed or "")), None)


def readable_result(step: Step, today: date) -> ResultEntry | None:
    """A printed result as it can be stored: of a sitting that was, with an outcome that needs no further step."""
    if not step.result or step.held_on is None or step.held_on > today:
        return None
    read = read_result_line(step.result)
    if read.outcome is None or OUTCOMES[read.outcome].successor is not Successor.NONE:
        return None  # of separate votes too: a table of the sequence does not say how each point ended
    if contradictions(read.outcome, read.tally, read.manner):
        return None
    return ResultEntry(read.outcome, read.tally, read.manner, resolution_text=step.result)


def take_in(
    paper: ParsedPaper,
    title: str | None = None,
    leads: Iterable[User] = (),
    *,
    steps: Sequence[Step] | None = None,
    key: uuid.UUID | None = None,
    by: Actor,
    now: datetime,
) -> Procedure:
    """A procedure with everything that a paper says.

    Its first version stays a working one until a lead issues it.
    title: by default the paper's subject.
    steps: the sequence as a lead corrected it; by default as the paper prints it.
    key:   the form's UUID; sent twice, the same procedure comes back.
    Raises Implausible for what cannot be stored; nothing is then.
    """
    if key is not None and (earlier := procedures.created_with(key)):
        return earlier
    people = list(leads)
    procedure = procedures.create(_title(title or paper.subject), people, key=key, by=by, now=now)
    draft = drafts.add_draft(procedure.id, DraftKind.RESOLUTION, procedure.title, now=now)
    version = drafts.add_version(draft, [_as_text(section) for section in paper.sections], now=now)
    drafts.link_sections((draft, goal, draft, objective) for goal, objective in same_titles(paper.sections))
    papers.register_paper(version, paper.reference, by=by, now=now)
    for step in steps if steps is not None else steps_of(paper):
        _add_step(procedure, step, people, by=by, now=now)
    return procedure


def _title(title: str) -> str:
    if len(title) > 500:
        raise Implausible("Der Titel ist zu lang: höchstens 500 Zeichen. Kürzen Sie ihn.", "title")
    return title


def _as_text(section: ParsedSection) -> SectionText:
    return SectionText(section.anchor, section.kind, section.number, section.parent, section.text)


def same_titles(sections: Iterable[ParsedSection]) -> list[tuple[str, str]]:
    """Anchors of goals and of objectives that bear the same title, whatever their numbers."""
    sections = list(sections)
    goals = {_plain(section.text): section.anchor for section in sections if section.kind == "goal"}
    objectives = [section for section in sections if section.kind == "objective"]
    return [(goals[plain], objective.anchor) for objective in objectives if (plain := _plain(objective.text)) in goals]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text).casefold().split())


def _add_step(procedure: Procedure, step: Step, people: Sequence[User], *, by: Actor, now: datetime) -> Consultation:
    organization = organizations.find_or_add(step.organization, by=by, now=now)
    station = Station(step.role, step.held_on, step.public)
    consultation = stations.add_station(procedure, organization, station, by=by, now=now)
    entry = readable_result(step, berlin_day(now))
    if entry is not None:
        who = by if by.kind == "user" else Actor.user(people[0].id)
        record_result(consultation, entry, by=who, now=now)
    db.session.flush()
    return consultation
