"""A smaller case that is through: asked in winter, weighed, resolved by the council; its institutions read their answers.

It ran before the long one came to the boards, so that a visitor sees behind a link where all of this leads. Texts and
names are invented.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.consolidation import service as consolidation
from ikb.consolidation import structure
from ikb.consolidation.tasks import take_up
from ikb.core.results import Manner, Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import intake
from ikb.deliberations import service as deliberations
from ikb.deliberations.entries import ResultEntry
from ikb.deliberations.model import Consultation
from ikb.demo import weighing
from ikb.demo.story import Story
from ikb.demo.voices import CHANGES, NEUTRAL, SUPPORT, Said
from ikb.drafts import queries as draft_queries
from ikb.drafts import service as drafts
from ikb.drafts.importers.paper import read_paper
from ikb.drafts.model import DraftVersion
from ikb.institutions import service as institutions
from ikb.institutions.model import Institution, Invitation
from ikb.journal.service import Actor
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark, Wish
from ikb.reports import result_notice
from ikb.statements import service as statements

PAPER = Path(__file__).with_name("answered.txt")
REFERENCE = "0987/2009-2014"
SITTINGS = (("Sozial- und Gesundheitsausschuss", date(2010, 3, 18)), ("Rat der Stadt Bielefeld", date(2010, 3, 25)))
SHOWN = "Kulturverein Morgenstern e. V."


@dataclass(frozen=True)
class Answered:
    """What one institution said, and what was made of it. outcome: empty where another's decision answers it."""

    institution: str
    said: Said
    outcome: str
    reason: str = ""


ANSWERED = (
    Answered(
        SHOWN,
        Said("bp-1", CHANGES, "Viele von uns arbeiten bis sechs.", Wish.REPLACE, "bis 18 Uhr", "bis 21 Uhr"),
        "followed",
        "Abends kommen die meisten Gruppen zusammen; die Häuser haben die Schlüsseldienste dafür.",
    ),
    Answered(
        SHOWN,
        Said("bp-2", CHANGES, "Kleine Vereine haben kein Geld.", Wish.REPLACE, "zwanzig Euro", "fünf Euro"),
        "not_followed",
        "Licht und Reinigung kosten die Stadt im Mittel achtzehn Euro. Wer das nicht tragen kann, wird nach Nummer 3 befreit.",
    ),
    Answered(
        SHOWN,
        Said("bp-3", SUPPORT, "Bitte sagen Sie den Vereinen auch, dass es die Befreiung gibt."),
        "followed",
        "Der Hinweis steht künftig auf jedem Antrag, in fünf Sprachen.",
    ),
    Answered(
        SHOWN,
        Said(None, NEUTRAL, "In Heepen fehlt ein Haus. Wann wird dort gebaut?"),
        "noted",
        "Über Neubauten entscheidet der Rat mit dem Haushalt; die Frage ist dorthin weitergegeben.",
    ),
    Answered(
        "Afrikanischer Frauenkreis Sankofa",
        Said("bp-1", CHANGES, "", Wish.REPLACE, "bis 18 Uhr", "bis 20 Uhr"),
        "not_followed",
        "Gewählt ist die spätere Zeit; sie schließt diesen Wunsch ein.",
    ),
    Answered(
        "Afrikanischer Frauenkreis Sankofa",
        Said("bg-1", NEUTRAL, "Bitte nennen Sie alle Orte beim Namen."),
        "noted",
        "Die Liste liegt in jedem Bürgeramt aus.",
    ),
    Answered(
        "Afrikanischer Frauenkreis Sankofa",
        Said("bp-4", SUPPORT, "Wir helfen gern beim Zählen."),
        "noted",
        "Danke; wir kommen darauf zurück.",
    ),
)
RULES = "Bisher hat jedes eigene Regeln."
REARRANGED = (
    ("split", "bg-1", "", "Wo wir stehen und was sich ändert, liest man so getrennt."),
    ("move_before", "bp-3", "bp-2", "Erst die Ausnahme, dann der Preis: so war es in der Anhörung gewünscht."),
)


def begin(lead: User, colleague: User, story: Story) -> Procedure:
    """The procedure with its paper and the sittings that are to come."""
    rows = "\n".join(f"{name}\t{story.moved(day):%d.%m.%Y}\töffentlich" for name, day in SITTINGS)
    text = PAPER.read_text(encoding="utf-8").format(reference=REFERENCE, table=f"Gremium\tSitzung am\tBeratung\n{rows}")
    now = story.at(date(2009, 10, 2), 8)
    with transaction():
        return intake.take_in(
            read_paper(text.encode(), "vorlage.txt"),
            leads=[lead, colleague],
            key=uuid.uuid4(),
            by=Actor.user(lead.id),
            now=now,
        )


def carry_through(procedure: Procedure, lead: User, colleague: User, secretary: User, story: Story) -> Invitation:
    """From the invitations to the council's vote and the news of it; gives the invitation whose answers are shown."""
    by, second = Actor.user(lead.id), Actor.user(colleague.id)
    phase = _ask(procedure, by, story)
    base = phase.draft_version
    said = _hear(phase, story.at(date(2010, 2, 9), 19))
    with transaction():
        procedures.close_phase(phase, by=by, now=story.at(date(2010, 2, 22), 8))
    weighing.prepare(procedure, lead, story.at(date(2010, 3, 1), 9), two_person=True)
    _weigh(base, said, by, story.at(date(2010, 3, 1), 10))
    weighing.release(base, second, story.at(date(2010, 3, 1), 15))
    _issue(base, by, story.at(date(2010, 3, 1), 16))
    _resolve(procedure, Actor.user(secretary.id), story)
    weighing.resolved(base, second, story.at(SITTINGS[-1][1], 21))
    weighing.release(base, by, story.at(SITTINGS[-1][1], 22), leaving="bp-4")
    with transaction():
        result_notice.tell(phase, by=by, now=story.at(date(2010, 3, 29), 10))
    return _invitation(phase, SHOWN)


def _ask(procedure: Procedure, by: Actor, story: Story) -> ParticipationPhase:
    asked_at = story.at(date(2010, 1, 25), 9)
    draft = draft_queries.drafts_of(procedure.id)[0]
    version = draft_queries.working_version(draft.id)
    assert version is not None  # noqa: S101 (just taken in)
    plan = procedures.PhasePlan(
        "Beteiligung zu den Begegnungsorten", story.moved(date(2010, 1, 25)), story.moved(date(2010, 2, 19))
    )
    names = {answered.institution for answered in ANSWERED}
    asked = db.session.scalars(select(Institution).where(Institution.name.in_(names)).order_by(Institution.number))
    with transaction():
        drafts.issue(version, by=by, now=asked_at)
        phase = procedures.plan_phase(procedure, version, plan, by=by, now=asked_at)
        institutions.add_to_phase(phase, list(asked), by=by, now=asked_at)
        procedures.open_phase(phase, by=by, now=asked_at)
    return phase


def _hear(phase: ParticipationPhase, now: datetime) -> list[tuple[Answered, Remark]]:
    """Everybody's statement; each thing said with its remark."""
    texts = {section.anchor: section.text for section in draft_queries.sections_of(phase.draft_version_id)}
    heard = []
    with transaction():
        for name in dict.fromkeys(answered.institution for answered in ANSWERED):
            invitation = _invitation(phase, name)
            for answered in (one for one in ANSWERED if one.institution == name):
                said = answered.said
                text = texts[said.anchor].replace(said.old, said.new) if said.anchor and said.old else ""
                words = remarks.Said(said.stance, said.comment, said.wish, text)
                saved = statements.save_remark(invitation, said.anchor, words, row_version=0, now=now)
                assert saved.remark is not None  # noqa: S101
                heard.append((answered, saved.remark))
            statements.submit(invitation, uuid.uuid4(), now=now)
    return heard


def _weigh(base: DraftVersion, said: list[tuple[Answered, Remark]], by: Actor, now: datetime) -> None:
    with transaction():
        run = consolidation.request_run(base.draft, by=by, now=now)
    take_up(run.id)
    with transaction():
        for answered, remark in said:
            consolidation.decide(base, remark, answered.outcome, answered.reason, seen=0, by=by, now=now)
    _rearrange(base, by, now)


def _issue(base: DraftVersion, by: Actor, now: datetime) -> None:
    version = draft_queries.working_version(base.draft_id)
    assert version is not None  # noqa: S101 (the run wrote it)
    with transaction():
        consolidation.issue(version, f"{REFERENCE}/1", by=by, now=now)


def _rearrange(base: DraftVersion, by: Actor, now: datetime) -> None:
    """The reasons in two passages, one point before another: the remarks on them travel."""
    texts = {section.anchor: section.text for section in structure.texts_after(base)}
    with transaction():
        for kind, anchor, other, why in REARRANGED:
            cut = texts[anchor].replace(f" {RULES}", f"\n\n{RULES}")
            wanted = structure.Wanted(anchor, kind, other, cut, why, drafts.mark_of(texts[anchor]))
            structure.rearrange(base, wanted, by=by, now=now)


def _resolve(procedure: Procedure, by: Actor, story: Story) -> None:
    outcomes = (Outcome.RECOMMENDED, Tally(13, 2, 1)), (Outcome.ADOPTED, Tally(58, 4, 3))
    rows = select(Consultation).where(Consultation.procedure_id == procedure.id).order_by(Consultation.position)
    for consultation, (_, day), (outcome, tally) in zip(
        db.session.scalars(rows).all(), SITTINGS, outcomes, strict=True
    ):
        entry = ResultEntry(outcome, tally, Manner.MAJORITY, is_provisional=False)
        with transaction():
            deliberations.record_result(consultation, entry, (), uuid.uuid4(), by=by, now=story.at(day, 20))


def _invitation(phase: ParticipationPhase, name: str) -> Invitation:
    rows = select(Invitation).join(Institution, Institution.id == Invitation.institution_id)
    return db.session.scalars(rows.where(Invitation.phase_id == phase.id, Institution.name == name)).one()
