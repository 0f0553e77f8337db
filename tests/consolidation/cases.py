"""A draft with an open phase, and short ways to say something about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ikb.accounts.model import User
from ikb.consolidation import queries, service
from ikb.consolidation.model import Consideration, Run, SectionOutcome
from ikb.consolidation.outcomes import entered
from ikb.consolidation.tasks import take_up
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion, Section
from ikb.institutions.model import Institution
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.remarks.model import Remark, Wish
from tests.factories import (
    SECTIONS,
    make_consultation,
    make_draft,
    make_institution,
    make_invitation,
    make_organization,
    make_paper,
    make_phase,
    make_procedure,
    make_remark_row,
    make_statement,
    make_user,
    make_version,
    save,
)

LINE = "Jede Schule bietet zwei Kurse am Nachmittag an."
HERE = "a3-z1-m1"  # the section with LINE


@dataclass
class Case:
    """A procedure with one lead, one issued version and an open phase."""

    lead: User
    procedure: Procedure
    base: DraftVersion
    phase: ParticipationPhase

    @property
    def by(self) -> Actor:
        return Actor.user(self.lead.id)

    def says(
        self,
        proposed_text: str = "",
        *,
        anchor: str | None = HERE,
        wish: str = Wish.REPLACE,
        institution: Institution | None = None,
        phase: ParticipationPhase | None = None,
        **remark: Any,
    ) -> Remark:
        """One more institution's statement with one remark."""
        invitation = make_invitation(phase or self.phase, institution or make_institution())
        given = {"anchor": anchor, "wish": wish, "proposed_text": proposed_text} | remark
        return make_statement(invitation, [given]).remarks[0]

    def body_says(
        self, proposed_text: str = "", *, anchor: str = HERE, wish: str = Wish.REPLACE, **body: Any
    ) -> Remark:
        """One committee's changed wording."""
        consultation: Consultation = make_consultation(self.procedure, make_organization(**body))
        return save(
            make_remark_row(
                draft_version=self.base,
                agenda_item_id=consultation.agenda_item_id,
                anchor=anchor,
                wish=wish,
                proposed_text=proposed_text,
                comment="",
            )
        )

    def consolidate(self, now: datetime) -> Run:
        """Ask for a run and carry it out, as the worker does."""
        with transaction():
            run = service.request_run(self.base.draft, by=self.by, now=now)
        assert take_up(run.id)
        return run

    def decide(
        self, remark: Remark, outcome: str, now: datetime, reason: str = "", seen: int | None = None
    ) -> Consideration:
        """Decide with the newest consideration in view, unless `seen` says otherwise."""
        with transaction():
            return service.decide(
                self.base,
                remark,
                outcome,
                reason or ("" if outcome == "followed" else "Dafür fehlt das Geld."),
                seen=self.seen(remark) if seen is None else seen,
                by=self.by,
                now=now,
            )

    def seen(self, remark: Remark) -> int:
        run = queries.shown_run(self.base.id)
        found = queries.outcome_of(run, remark.anchor or "gesamter-entwurf")
        for one in [*found.proposals, *found.bodies] if found else []:
            if remark.id in one.get("members", [one.get("remark")]):
                return int(entered(one) or 0)
        own = queries.newest_consideration_of(self.base.id, remark.id)
        return own.id if own else 0

    def outcome(self, anchor: str = HERE) -> SectionOutcome:
        found = queries.outcome_of(queries.shown_run(self.base.id), anchor)
        assert found is not None
        return found

    def status_of(self, remark: Remark) -> str:
        found = self.outcome(remark.anchor or "gesamter-entwurf").proposals
        return next(str(one["status"]) for one in found if remark.id in one["members"])

    def working(self) -> DraftVersion:
        version = drafts.working_version(self.base.draft_id)
        assert version is not None
        return version

    def text(self, anchor: str = HERE) -> str | None:
        """The section's text in the working version, None if it went."""
        section = drafts.section(self.working().id, anchor)
        return section.text if section else None


def make_case(sections: Sequence[Sequence[Any]] = SECTIONS, *, with_paper: bool = True) -> Case:
    lead = make_user()
    procedure = make_procedure([lead])
    base = make_version(make_draft(procedure), sections)
    if with_paper:
        make_paper(base, procedure)
    return Case(lead, procedure, base, make_phase(base))


def sections_of(version: DraftVersion) -> list[tuple[str, str]]:
    rows: list[Section] = drafts.sections_of(version.id)
    return [(row.anchor, row.text) for row in rows]


def newest_run(case: Case) -> Run:
    run = queries.newest_run(case.base.draft_id)
    assert run is not None
    db.session.refresh(run)
    return run
