"""Asking for a run, deciding on what was said, and issuing the version that follows from the decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from ikb.consolidation import board, folding, following, gathering, queries, runs, stages, wordings, working
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.issuing import OpenPoint, issue, open_points
from ikb.consolidation.model import Consideration, Run
from ikb.consolidation.outcomes import FOLLOWED, Found
from ikb.consolidation.weighing import Passage, weigh
from ikb.core.proposals import Status
from ikb.db import db
from ikb.deliberations.model import Consultation, Result
from ikb.drafts import queries as drafts_queries
from ikb.drafts.model import Draft, DraftVersion
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.events import announce, listens_to
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark, Wish
from ikb.statements.model import Statement
from ikb.web import labels
from ikb.web.labels import label

__all__ = ["OpenPoint", "decide", "issue", "open_points", "request_run", "stop_run"]

OUTCOMES = ("followed", "partly_followed", "not_followed", "noted")
# A wording is taken or it is not; "noted" is an answer to what somebody says, not to what they want to read, and "partly" one
# only where a wording of the lead's own stands in the text.
OUTCOMES_OF_A_WORDING = ("followed", "not_followed")
NEED_A_REASON = frozenset({"partly_followed", "not_followed"})
LONGEST_REASON = 10_000

labels.add(
    "journal_action",
    {
        "consolidation requested": "Zusammenführung angefordert",
        "consolidation stopped": "Zusammenführung abgebrochen",
        "revision draft built": "Arbeitsfassung geschrieben",
        "remark considered": "über eine Anmerkung entschieden",
    },
)


def request_run(draft: Draft, *, by: Actor, now: datetime) -> Run:
    """Ask for the remarks of a draft to be brought together; asked twice, it is one run.

    Raises NotReady while no version is issued: there is nothing that statements could be on.
    """
    base = drafts_queries.latest_issued(draft.id)
    if base is None:
        raise NotReady("Von diesem Entwurf ist noch keine Fassung herausgegeben. Eröffnen Sie zuerst die Beteiligung.")
    journal.record("consolidation requested", draft, by=by, now=now, procedure_id=draft.procedure_id)
    return runs.enqueue(base, now=now)


def stop_run(base: DraftVersion, *, by: Actor, now: datetime) -> bool:
    """End the bringing together on a version. False where it had ended by itself."""
    stopped = runs.stop(base, now=now)
    if stopped is not None:
        journal.record("consolidation stopped", stopped, by=by, now=now, procedure_id=base.draft.procedure_id)
    return stopped is not None


def decide(
    base: DraftVersion,
    remark: Remark,
    outcome: str,
    reason: str,
    *,
    seen: int,
    by: Actor,
    now: datetime,
    with_wording: bool = False,
    at: stages.At = stages.PROPOSAL,
) -> Consideration:
    """What is to become of a remark, and so of all that ask for the same, as one of the stages has it.

    outcome: followed, partly_followed, not_followed or noted; of a wording only followed or not_followed, and
             partly_followed too where a wording of the lead's own stands on the section.
    seen:    id of the consideration that stood on the page, 0 if none did.
    with_wording: that such a wording is being written by the same act.
    at:      the stage, with its day and whose decision it is.
    Raises Conflict if somebody decided meanwhile, with both texts; Implausible where a reason is missing, the answer
    does not fit or two bodies' wordings cannot both stand; NotReady if the version is no longer the newest.
    The section and the working version follow at once.
    """
    reason = reason.strip()
    working.lock(base)
    working.refuse_if_overtaken(base)
    passage = _passage_with(base, remark)
    before = weigh(passage.as_entered)
    wording = _own_wording(base, passage, remark, outcome) if not with_wording else None
    _check_answer(remark, outcome, reason, has_wording=with_wording or wording is not None)
    _check_it_may_be_so(base, before, passage, remark, outcome)
    standing = _standing(before, base, remark)
    if (standing.id if standing else 0) != seen:
        return same_or_conflict(standing, outcome, reason, by, at)
    stages.check(base, standing, at, now=now)
    row = _written(base, remark, _key_of(before, remark), outcome, reason, at, by=by, now=now)
    if wording is not None:
        wordings.tie(wording, [row])
    following.follow_up(base, [passage.anchor], now=now)
    announce("decision_taken", consideration_id=row.id, now=now)
    # Last: from here until the commit, whoever hands something in waits for the journal's next place.
    facts = {"remark": remark.id, "outcome": outcome, "version": base.number, "stage": str(at.stage)}
    journal.record("remark considered", row, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)
    return row


def _written(
    base: DraftVersion, remark: Remark, key: str, outcome: str, reason: str, at: stages.At, *, by: Actor, now: datetime
) -> Consideration:
    row = Consideration(
        base_version_id=base.id,
        remark_id=remark.id,
        proposal_key=key,
        outcome=outcome,
        reason=reason,
        decided_by_id=by.id,
        decided_at=now,
        **at.columns,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _passage_with(base: DraftVersion, remark: Remark) -> Passage:
    anchor = gathering.anchor_of(base, remark)
    passage = gathering.passage(base, anchor, queries.position_of(base.id, anchor))
    if remark.id not in {said.remark_id for said in passage.said}:
        raise NotFound(
            "Diese Anmerkung zählt nicht mehr: Ihre Stellungnahme wurde ersetzt, zurückgezogen oder als verspätet nicht "
            "berücksichtigt, oder eine herausgegebene Fassung hat sie schon beantwortet."
        )
    return passage


def _own_wording(base: DraftVersion, passage: Passage, remark: Remark, outcome: str) -> HandEdit | None:
    """The wording that a decision to follow in part belongs to."""
    if outcome != wordings.PARTLY or remark.wish == Wish.NONE or remark.is_of_a_body:
        return None
    return wordings.standing_on(base.id, passage.anchor)


def _check_answer(remark: Remark, outcome: str, reason: str, *, has_wording: bool) -> None:
    allowed = OUTCOMES if remark.wish == Wish.NONE else OUTCOMES_OF_A_WORDING
    if outcome == wordings.PARTLY and outcome not in allowed and not remark.is_of_a_body:
        if not has_wording:
            raise Implausible(
                "Einem Wortlaut kann nur teilweise gefolgt werden, wenn ein eigener Wortlaut im Text steht. Schreiben Sie "
                "ihn zuerst, oder antworten Sie anders: Wählen Sie „wird gefolgt“ oder „nicht gefolgt“.",
                "outcome",
            )
    elif outcome not in allowed:
        raise Implausible("Wählen Sie, ob der Anmerkung gefolgt wird.", "outcome")
    _check_reason(outcome, reason, is_of_a_body=remark.is_of_a_body)


def check_answer_to_comments(outcome: str, reason: str) -> None:
    """Refuse an answer to what asks for no other text if it is none, or lacks its reason. Raises Implausible."""
    if outcome not in OUTCOMES:
        raise Implausible("Wählen Sie, ob der Anmerkung gefolgt wird.", "outcome")
    _check_reason(outcome, reason)


def _check_reason(outcome: str, reason: str, *, is_of_a_body: bool = False) -> None:
    if outcome in NEED_A_REASON and not reason:
        who_reads = "" if is_of_a_body else "; die Institution bekommt ihn zu lesen"
        raise Implausible(
            "Es fehlt die Begründung. Schreiben Sie in einem Satz, warum der Anmerkung nicht oder nur teilweise gefolgt "
            f"wird{who_reads}.",
            "reason",
        )
    if len(reason) > LONGEST_REASON:
        raise Implausible(
            f"Die Begründung ist zu lang: {len(reason)} Zeichen, erlaubt sind {LONGEST_REASON}.", "reason"
        )


def _check_it_may_be_so(base: DraftVersion, before: Found, passage: Passage, remark: Remark, outcome: str) -> None:
    """Whether this answer is the administration's to give, alone, and beside what was answered before."""
    _check_it_stands_alone(remark)
    _check_it_is_theirs_to_refuse(base, passage, remark, outcome)
    _check_it_can_stand(before, passage, remark, outcome)


def _check_it_stands_alone(remark: Remark) -> None:
    argument = folding.argument_of(remark.id) if remark.wish == Wish.NONE else None
    if argument is not None:
        raise Implausible(
            f"Diese Anmerkung gehört zur Gruppe „{argument.title}“ und wird mit ihr beantwortet. Nehmen Sie sie zuerst "
            "aus der Gruppe, wenn sie eine eigene Antwort braucht.",
            "outcome",
        )


def _check_it_is_theirs_to_refuse(base: DraftVersion, passage: Passage, remark: Remark, outcome: str) -> None:
    """What the deciding body adopted is the decision: the administration carries it out."""
    if outcome == FOLLOWED or not remark.is_of_a_body or remark.wish == Wish.NONE:
        return
    if remark.id in board.binding_on(base, passage.anchor):
        raise Implausible(
            "Diesen Wortlaut hat das Gremium beschlossen, das über die Vorlage entscheidet. Er geht unverändert in die Fassung "
            "ein; wählen Sie „Wird übernommen“.",
            "outcome",
        )


def _check_it_can_stand(found: Found, passage: Passage, remark: Remark, outcome: str) -> None:
    """Refuse to follow what has no place in the text, or cannot stand beside a body's wording."""
    if outcome != FOLLOWED or remark.wish == Wish.NONE:
        return
    if remark.is_of_a_body:
        # Both what is entered and what counts: a body's wording stays in the text until its release takes it out.
        for state in (found, weigh(passage)):
            _check_bodies(state, passage, remark)
        return
    proposal = _proposal_of(found, remark)
    if proposal is None or Status(proposal["status"]) in (Status.STALE, Status.UNPLACEABLE):
        raise Implausible(
            "Dieser Vorschlag passt nicht mehr in den Text, weil die Stelle sich geändert hat. Ihm kann nur durch einen neuen "
            "Vorschlag gefolgt werden; wählen Sie „nicht gefolgt“ und nennen Sie den Grund.",
            "outcome",
        )
    if "verbatim" in proposal["reasons"].values():
        raise Implausible(
            "Für diesen Abschnitt gilt der Wortlaut eines Gremiums, und der wird unverändert übernommen. Entscheiden Sie "
            "zuerst dort anders, wenn dieser Vorschlag gelten soll.",
            "outcome",
        )


def _check_bodies(found: Found, passage: Passage, remark: Remark) -> None:
    """Two bodies' wordings of one passage cannot both be taken word for word, unless they are the same."""
    this = next(said for said in passage.said if said.remark_id == remark.id)
    adopted = {body["remark"] for body in found.bodies if body["status"] == "adopted"} - {remark.id}
    for other in (said for said in passage.said if said.remark_id in adopted):
        rivals = other.wish in (Wish.REPLACE, Wish.DELETE) and this.wish in (Wish.REPLACE, Wish.DELETE)
        same = (other.wish, other.proposed_text.split()) == (this.wish, this.proposed_text.split())
        if rivals and not same:
            raise Implausible(
                "Hier gilt schon der Wortlaut eines anderen Gremiums. Beide zugleich können nicht unverändert im Text stehen; "
                "entscheiden Sie zuerst dort anders, und lassen Sie es freigeben, wo das Verfahren es verlangt.",
                "outcome",
            )


def _proposal_of(found: Found, remark: Remark) -> dict[str, Any] | None:
    return next((proposal for proposal in found.proposals if remark.id in proposal["members"]), None)


def _key_of(found: Found, remark: Remark) -> str:
    proposal = _proposal_of(found, remark)
    return str(proposal["key"]) if proposal else ""


def entered(base: DraftVersion, remark: Remark) -> Consideration | None:
    """The newest decision on a remark that counts or waits to be released, as `decide` finds it."""
    anchor = gathering.anchor_of(base, remark)
    passage = gathering.passage(base, anchor, queries.position_of(base.id, anchor))
    return _standing(weigh(passage.as_entered), base, remark)


def _standing(found: Found, base: DraftVersion, remark: Remark) -> Consideration | None:
    """The consideration that stands: the proposal's, the body's, or the comment's own."""
    if remark.wish == Wish.NONE:
        return queries.newest_consideration_of(base.id, remark.id)
    here = _proposal_of(found, remark) or next((body for body in found.bodies if body["remark"] == remark.id), None)
    decided = here["decided"] if here else None
    return db.session.get(Consideration, decided) if decided else None


def same_or_conflict(
    standing: Consideration | None, outcome: str, reason: str, by: Actor, at: stages.At = stages.PROPOSAL
) -> Consideration:
    """The same decision sent twice is one; another one meanwhile is a Conflict, with both texts."""
    mine = (outcome, reason, by.id, at.stage)
    if standing and (standing.outcome, standing.reason, standing.decided_by_id, standing.stage) == mine:
        return standing
    raise Conflict(
        "Inzwischen wurde hier schon entschieden. Beide Entscheidungen stehen hier; es wurde nichts überschrieben. Öffnen Sie "
        "den Abschnitt neu, und entscheiden Sie noch einmal, wenn Ihre gelten soll.",
        theirs=_in_words(standing.outcome, standing.reason) if standing else "(keine Entscheidung)",
        mine=_in_words(outcome, reason),
    )


def _in_words(outcome: str, reason: str) -> str:
    return f"{label('consideration', outcome)}: {reason}" if reason else label("consideration", outcome)


@listens_to("remarks_split")
@listens_to("statement_submitted")
@listens_to("statement_withdrawn")
@listens_to("statement_counts_changed")
def _statement_came_in(statement_id: int, now: datetime) -> None:
    statement = db.session.get_one(Statement, statement_id)  # at hand: no query (submitting takes ten at most)
    runs.ask_again(statement.invitation.phase.draft_version.draft_id, now=now)


@listens_to("result_recorded")
def _result_came_in(result_id: int, now: datetime) -> None:
    # A result without changed wording changes nothing in any text, so no draft is outdated by it.
    drafts_meant = db.session.scalars(
        select(DraftVersion.draft_id)
        .join(Remark, Remark.draft_version_id == DraftVersion.id)
        .join(Consultation, Consultation.agenda_item_id == Remark.agenda_item_id)
        .join(Result, Result.consultation_id == Consultation.id)
        .where(Result.id == result_id)
        .distinct()
    )
    for draft_id in list(drafts_meant):
        runs.ask_again(draft_id, now=now)
