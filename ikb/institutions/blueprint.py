"""The blueprint of the institutions room, its way in, and what each of its pages loads first."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from ikb.accounts.model import Role
from ikb.accounts.policy import load_visible, visitor
from ikb.errors import NotFound, NotReady
from ikb.institutions import queries
from ikb.institutions.model import Invitation
from ikb.procedures.current import current_values, load_procedure, set_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.web import navigation

bp = Blueprint("institutions", __name__)
IN_PROCEDURE = "/verfahren/<int:procedure_id>/beteiligung"
REGISTER = "/institutionen"
navigation.register(
    "main",
    "Institutionen",
    "institutions.institutions",
    36,
    visible=lambda: bool({Role.LEAD, Role.ADMINISTRATOR} & visitor().roles),
    covers=(
        "institutions.institution",
        "institutions.new_entry",
        "institutions.edit_entry",
        "institutions.new_contact",
        "institutions.edit_contact",
        "institutions.kinds",
        "institutions.new_kind",
        "institutions.edit_kind",
        "institutions.duplicates",
        "institutions.choose_survivor",
        "institutions.merge",
        "institutions.import_register",
    ),
)
navigation.register(
    "procedure",
    "Beteiligung",
    "institutions.invitations",
    20,
    values=current_values,
    covers=(
        "institutions.",
        "statements.index",
        "statements.detail",
        "reports.return_figures",
        "reports.answers",
        "reports.tell_results",
        "reports.answer_letters_page",
        "reports.letter_",
        "reports.letters_",
        "reports.make_letters",
        "capture.",
        "statements.guides",
        "statements.write_guide",
        "statements.redact",
        "statements.clearance",
        "statements.bring_copy",
        "statements.copy_file",
        "statements.take_over_file",
        "statements.publication",
        "statements.published",
        "statements.decide_late",
        "statements.file",
        "statements.preview",
    ),
)


def asked_phase() -> int | None:
    """The phase that the address names; None for the newest."""
    asked = request.args.get("phase", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def refuse_unknown_phase() -> None:
    """Raises NotFound where the address names a phase; it is none of this procedure."""
    if asked_phase():
        raise NotFound("Diese Beteiligungsphase gibt es in diesem Verfahren nicht.")


@bp.context_processor
def _phase_here() -> dict[str, object]:
    return {"asked_phase": asked_phase()}


def phase_of(procedure_id: int) -> ParticipationPhase:
    """The phase that the pages of a procedure are about. Raises NotReady where there is none, NotFound for others."""
    phase = queries.current_phase(procedure_id, visitor(), asked_phase() or 0)
    if phase is None:
        load_procedure(procedure_id)  # 404 for whoever does not lead it
        refuse_unknown_phase()
        raise NotReady("Legen Sie zuerst fest, welche Fassung bis wann zur Beteiligung steht: unter „Einstellungen“.")
    set_procedure(phase.procedure)
    return phase


def invitation_of(procedure_id: int, invitation_id: int) -> Invitation:
    """One invitation to a procedure that the visitor leads. Raises NotFound."""
    found = load_visible(Invitation, Invitation.id == invitation_id, Invitation.phase.has(procedure_id=procedure_id))
    set_procedure(found.phase.procedure)
    return found


def address_of(found: Invitation) -> str:
    """Its own page."""
    return url_for(".invitation", procedure_id=found.phase.procedure_id, invitation_id=found.id)
