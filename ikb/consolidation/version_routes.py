"""Pages of versions: the list, one against another, the redline with its reasons, and issuing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import by_hand, issuing, linked, queries, redlines, signoffs, traces
from ikb.consolidation.doors import bp, chosen_versions
from ikb.consolidation.forms import IssueForm
from ikb.db import transaction
from ikb.deliberations import papers, since_sitting
from ikb.drafts.model import Change, DraftVersion
from ikb.errors import Implausible, NotYetDecided
from ikb.moment import now
from ikb.procedures.current import current_values, load_procedure
from ikb.procedures.model import Procedure
from ikb.web import navigation

navigation.register(
    "procedure",
    "Fassungen",
    "consolidation.versions",
    50,
    values=current_values,
    covers=(
        "consolidation.compare",
        "consolidation.redline",
        "consolidation.issue",
        "consolidation.sign_offs",
        "consolidation.travelled",
        "consolidation.way_of_remark",
        "consolidation.word",
        "consolidation.keep_word",
        "consolidation.version_file",
        "consolidation.comparison_file",
        "procedures.edit_section",
        "procedures.edit_version",
        "reports.paper_in_parts",
        "reports.synopsis",
        "reports.paper_form",
    ),
)
ONLY_CHANGES = "aenderungen"
SIDE_BY_SIDE = "synopse"


@bp.get("/verfahren/<int:procedure_id>/fassungen")
@allow(Role.LEAD)
def versions(procedure_id: int) -> ResponseReturnValue:
    """Every version of every draft, and the way to set two of them side by side."""
    procedure = load_procedure(procedure_id)
    found = queries.versions_of(procedure_id)
    return render_template(
        "consolidation/versions.html",
        procedure=procedure,
        versions=found,
        papers=redlines.papers_of(version.id for version in found),
        comparable=[version for version in found if sum(one.draft_id == version.draft_id for one in found) > 1],
    )


@bp.get("/verfahren/<int:procedure_id>/fassungen/vergleich")
@allow(Role.LEAD)
def compare(procedure_id: int) -> ResponseReturnValue:
    """Two versions of one draft, passage by passage."""
    procedure = load_procedure(procedure_id)
    old, new = chosen_versions(procedure_id)
    passages = redlines.compare(old, new)
    return render_template(
        "consolidation/compare.html",
        procedure=procedure,
        old=old,
        new=new,
        whole=request.args.get("zeigen") == "alles",
        beside=request.args.get("ansicht") == SIDE_BY_SIDE,
        anonymised=request.args.get("anonym") == "1",
        passages=passages,
        told=traces.between(old, new),
        changed=[passage for passage in passages if passage.status != "same"],
    )


@bp.get("/fassungen/<int:version_id>")
@allow(Role.LEAD)
def redline(version_id: int) -> ResponseReturnValue:
    """A version with its changes; each changed stretch leads to its reasons."""
    version, procedure = load_version(version_id)
    findings = redlines.Findings(version)
    lines = redlines.lines(version, findings)
    only = request.args.get("nur") == ONLY_CHANGES
    return render_template(
        "consolidation/redline.html",
        procedure=procedure,
        version=version,
        paper=redlines.papers_of([version.id]).get(version.id),
        lines=[line for line in lines if line.change] if only else lines,
        changes=sum(1 for line in lines if line.change),
        unconfirmed=sum(1 for line in lines if not line.confirmed),
        only=only,
        reason=_reason(version, findings),
        asked_for_reason="grund" in request.args,
        linked=_linked(version, only),
        misfits=by_hand.misfits(version),
        told=traces.of_version(version),
        lagging=_lagging(version),
    )


def _lagging(version: DraftVersion) -> list[linked.Lagging]:
    return [] if version.is_issued else linked.lagging(version.draft_id)


def load_version(version_id: int) -> tuple[DraftVersion, Procedure]:
    """A version that the visitor may see, with its procedure. Raises NotFound."""
    version = load_visible(DraftVersion, DraftVersion.id == version_id)
    return version, load_procedure(version.draft.procedure_id)


def _reason(version: DraftVersion, findings: redlines.Findings) -> redlines.Reason | None:
    change_id, _, number = request.args.get("grund", "").partition("-")
    if not (change_id.isascii() and change_id.isdigit() and number.isascii() and number.isdigit()):
        return None
    return redlines.reason(version, findings, int(change_id), int(number))


def _linked(version: DraftVersion, only: bool) -> Callable[[Change], list[dict[str, Any]]]:
    """The segments of a change, each changed one with the address of its reasons and a place to come back to."""
    shown = request.args.get("grund", "")
    kept: dict[str, Any] = {"nur": ONLY_CHANGES} if only else {}

    def linked(change: Change) -> list[dict[str, Any]]:
        return [
            segment if segment["t"] == "keep" else segment | _address(version.id, f"{change.id}-{number}", shown, kept)
            for number, segment in enumerate(change.segments)
        ]

    return linked


def _address(version_id: int, place: str, shown: str, kept: dict[str, Any]) -> dict[str, Any]:
    url = url_for(".redline", version_id=version_id, grund=place, _anchor="grund", **kept)
    return {"url": url, "id": f"stelle-{place}", "current": place == shown}


@bp.route("/fassungen/<int:version_id>/herausgeben", methods=["GET", "POST"])
@allow(Role.LEAD)
def issue(version_id: int) -> ResponseReturnValue:
    """What is still open before a version can be issued, and the number under which it is."""
    version, procedure = load_version(version_id)
    if version.is_issued:
        flash("Diese Fassung ist schon herausgegeben.", "info")
        return redirect(url_for(".redline", version_id=version_id), code=303)
    form = IssueForm(reference=papers.propose_reference(procedure))
    if not form.validate_on_submit():
        return _issue_page(version, procedure, form, 422 if form.is_submitted() else 200)
    try:
        with transaction():
            issuing.issue(version, form.reference.data or "", by=visitor().actor, now=now())
    except NotYetDecided as refusal:
        return _issue_page(version, procedure, form, refusal.status, refusal.message)
    except Implausible as refusal:
        form.reference.errors = [*form.reference.errors, refusal.message]
        return _issue_page(version, procedure, form, refusal.status)
    flash(f"Fassung {version.number} ist herausgegeben. Sie bleibt von jetzt an, wie sie ist.", "success")
    return redirect(url_for(".redline", version_id=version_id), code=303)


def _issue_page(
    version: DraftVersion, procedure: Procedure, form: IssueForm, status: int, fault: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "consolidation/issue.html",
        procedure=procedure,
        version=version,
        form=form,
        points=issuing.by_section(issuing.open_points(version)),
        unsigned=signoffs.missing(version),
        to_be_told=since_sitting.to_be_told(version),
        lagging=_lagging(version),
        fault=fault,
    )
    return page, status
