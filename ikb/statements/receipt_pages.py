"""The receipt behind an institution's link: as a page, as PDF and as the file that can be checked by anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.receipt import as_file
from ikb.errors import NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import attached, late, proofs, queries, receipt_pdf, service
from ikb.statements.doors import bp, come_in, needs
from ikb.statements.model import Receipt, Withdrawal
from ikb.web.filters import clock_time, day_long
from ikb.web.links import external_url

NOT_THERE = "Diese Bestätigung gibt es nicht. Ihre Bestätigungen stehen auf der Übersicht."
NOT_SIGNED = (
    "Diese Bestätigung stammt aus der Zeit, bevor ikb Bestätigungen unterschrieben hat. Sie gilt weiter; die Seite der "
    "Bestätigung können Sie drucken."
)


@bp.get("/beteiligung/<token>/bestaetigung/<number>")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def receipt(token: str, number: str) -> ResponseReturnValue:
    """The proof that it was received: number, moment, seal, and what happens next."""
    invitation = come_in(token)
    found = _receipt(number, invitation)
    if isinstance(found, Withdrawal):
        return render_template(
            "statements/withdrawn.html",
            token=token,
            invitation=invitation,
            receipt=found,
            statement=found.statement,
            in_time=service.is_in_time(invitation, now()),
        )
    proof = proofs.head_of(found)
    return render_template(
        "statements/receipt.html",
        token=token,
        invitation=invitation,
        procedure=invitation.phase.procedure,
        receipt=found,
        proof=proof,
        proof_last_day=proofs.last_day_of(proof["receipt"]["deadline"]) if proof else None,
        statement=found.statement,
        late=late.standing_of(found.statement),
        files=attached.of_statement(found.statement_id),
        in_time=service.is_in_time(invitation, now()),
        forward=forward_link(found),
    )


@bp.get("/beteiligung/<token>/bestaetigung/<number>.pdf")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def receipt_pdf_file(token: str, number: str) -> ResponseReturnValue:
    """The receipt as PDF, with the signed file inside."""
    return as_pdf(_signed(_receipt(number, come_in(token))))


@bp.get("/beteiligung/<token>/bestaetigung/<number>.json")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def receipt_json_file(token: str, number: str) -> ResponseReturnValue:
    """The receipt as the file that is signed."""
    return as_json(_signed(_receipt(number, come_in(token))))


def _receipt(number: str, invitation: Invitation) -> Receipt | Withdrawal:
    found = queries.receipt_numbered(number, invitation.id) or queries.withdrawal_numbered(number, invitation.id)
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def _signed(found: Receipt | Withdrawal) -> dict[str, Any]:
    document = proofs.document_of(found)
    if document is None:
        raise NotFound(NOT_SIGNED)
    return document


def as_pdf(document: Mapping[str, Any]) -> Response:
    """A signed receipt as a PDF to save."""
    return _file(receipt_pdf.pdf_of(document), "application/pdf", receipt_pdf.file_name(document, "pdf"))


def as_json(document: Mapping[str, Any]) -> Response:
    """A signed receipt as a JSON file to save."""
    return _file(as_file(document), "application/json", receipt_pdf.file_name(document, "json"))


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})


def forward_link(found: Receipt) -> str:
    """A mail to be addressed by whoever forwards: what was received and where that can be checked; never the personal link."""
    subject = f"Eingangsbestätigung {found.number}"
    at = f"{day_long(found.received_at)}, {clock_time(found.received_at)} (Berliner Zeit)"
    body = (
        f"Unsere Stellungnahme ist eingegangen: {found.number}, {at}.\n\n"
        f"Prüfsumme des Inhalts (SHA-256): {found.sha256}\nPrüfen: {external_url('statements.check_receipt')}"
    )
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"
