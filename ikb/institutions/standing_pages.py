"""Who has a standing invitation in a procedure: kinds of institutions, and single ones."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.institutions import standing
from ikb.institutions.blueprint import IN_PROCEDURE, address_of, bp, invitation_of
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.web.labels import label


@bp.get(IN_PROCEDURE + "/staendig")
@allow(Role.LEAD)
def standing_invitations(procedure_id: int) -> ResponseReturnValue:
    """Every kind with its standing invitation, and the single institutions that have one of their own."""
    procedure = load_procedure(procedure_id)
    return render_template(
        "institutions/standing.html",
        procedure=procedure,
        kinds=standing.kinds_in(procedure_id),
        single=standing.single_ones(procedure_id),
    )


@bp.post(IN_PROCEDURE + "/staendig")
@allow(Role.LEAD)
def set_standing_kind(procedure_id: int) -> ResponseReturnValue:
    """Give one kind a standing invitation, or end it."""
    procedure, kind = load_procedure(procedure_id), request.form.get("art", "")
    if kind not in {line.kind for line in standing.kinds_in(procedure_id)}:
        raise NotFound(
            "Diese Art von Institutionen ist in diesem Verfahren nicht eingeladen. Es wurde nichts geändert."
        )
    wanted = _wanted()
    with transaction():
        standing.set_kind(procedure, kind, wanted, by=visitor().actor, now=now())
    flash(_told(label("institution_kind", kind), wanted), "success")
    return redirect(url_for(".standing_invitations", procedure_id=procedure_id), code=303)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/staendig")
@allow(Role.LEAD)
def set_standing(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Give one institution a standing invitation, or end it."""
    found, wanted = invitation_of(procedure_id, invitation_id), _wanted()
    with transaction():
        standing.set_single(found.phase.procedure, found.institution, wanted, by=visitor().actor, now=now())
    flash(_told(found.institution.name, wanted), "success")
    return redirect(address_of(found), code=303)


def _wanted() -> bool:
    return request.form.get("wanted") == "ja"


def _told(whom: str, wanted: bool) -> str:
    if wanted:
        return f"Ständige Einladung gegeben: {whom}. Der Link bleibt nach dem Ende einer Phase offen."
    return f"Ständige Einladung beendet: {whom}. Was eingegangen ist, bleibt."
