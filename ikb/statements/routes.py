"""Everything behind an institution's link: without an account, without scripts, resumable on any device."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.limits import new_link_limit
from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import NothingToSubmit, NotReady
from ikb.institutions import service as institutions
from ikb.institutions import sharing, standing
from ikb.institutions.links import UnknownLink
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now, today
from ikb.remarks import queries as remark_queries
from ikb.statements import (
    additions,
    arrival,
    attached,
    attachment_pages,
    check_pages,
    clearance_pages,
    code_pages,
    consent_pages,
    dropping,
    guide,
    guide_pages,
    incoming,
    late,
    late_pages,
    look_pages,
    passages,
    publication_pages,
    reading,
    receipt_pages,
    redaction_pages,
    release_pages,
    service,
    short_way_pages,
    taking_back_pages,
    time_pages,
    together_pages,
    word_pages,
)
from ikb.statements.doors import bp, come_in, hold, needs, person_here, stand_behind
from ikb.statements.forms import SHORT_ANSWERS, NewLinkForm, ShortAnswerForm, SubmitForm
from ikb.statements.model import Answer
from ikb.web.paging import cut, page_number

__all__ = [
    "additions",
    "attachment_pages",
    "bp",
    "check_pages",
    "clearance_pages",
    "code_pages",
    "consent_pages",
    "dropping",
    "guide_pages",
    "incoming",
    "late_pages",
    "look_pages",
    "passages",
    "publication_pages",
    "receipt_pages",
    "redaction_pages",
    "short_way_pages",
    "taking_back_pages",
    "time_pages",
    "together_pages",
    "word_pages",
]


@bp.app_errorhandler(UnknownLink)
def unknown_link(refusal: UnknownLink) -> ResponseReturnValue:
    """A page that says what to do, whatever is wrong with the link."""
    form = NewLinkForm(formdata=None)
    return render_template("statements/unknown_link.html", form=form, asked=False), refusal.status


@bp.route("/beteiligung/neuer-link", methods=["GET", "POST"])
@allow(Role.PUBLIC)
@new_link_limit
def new_link() -> ResponseReturnValue:
    """The link once more, to the address on record; the answer is the same whether or not there is one."""
    form = NewLinkForm()
    if not form.validate_on_submit():
        page = render_template("statements/unknown_link.html", form=form, asked=True)
        return page, 422 if form.is_submitted() else 200
    with transaction():
        institutions.request_link(form.email.data, now=now())
        sharing.request_shared(form.email.data, now=now())
    return render_template("statements/link_sent.html", address=form.email.data)


@bp.get("/beteiligung/<token>")
@allow(Role.INSTITUTION)
@needs(Scope.READ)
def overview(token: str) -> ResponseReturnValue:
    """What is wanted, until when, and the ways to answer."""
    invitation = come_in(token)
    if person_here().scope == Scope.READ:
        return redirect(url_for(".look", token=token), code=303)
    draft, handed_in = reading.writing_of(invitation)
    counts = remark_queries.counts_by_section(draft.id) if draft else {}
    return render_template(
        "statements/overview.html",
        token=token,
        invitation=invitation,
        phase=invitation.phase,
        procedure=invitation.phase.procedure,
        draft=draft,
        handed_in=handed_in,
        late=late.standings_of(handed_in),
        remarks=sum(counts.values()),
        files=attached.count_of(draft.id) if draft else 0,
        release=release_pages.situation(invitation, draft, Answer(draft.answer)) if draft else None,
        may_submit=person_here().scope == Scope.SUBMIT,
        open_beside=standing.open_phase_beside(invitation) if invitation.is_standing else None,
        written_on=reading.earlier_versions_of(invitation, draft),
        has_questions=guide.is_offered(invitation.phase_id),
        in_time=service.is_in_time(invitation, now()),
        today=today(),
    )


@bp.get("/beteiligung/<token>/ohne-anmerkungen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def short_answer(token: str) -> ResponseReturnValue:
    """Three answers that mean three things; the chosen one is confirmed on a page of its own."""
    invitation = come_in(token)
    form = ShortAnswerForm(request.args)
    chosen = request.args.get("antwort")
    if chosen is None or not form.validate():
        form = form if chosen is not None else ShortAnswerForm(None)
        page = render_template("statements/short_answer.html", token=token, invitation=invitation, form=form)
        return page, 200 if chosen is None else 422
    return _confirm_page(token, invitation, SubmitForm(formdata=None, key=str(uuid4()), answer=chosen))


def _confirm_page(token: str, invitation: Invitation, form: SubmitForm, faults: list[str] | None = None) -> str:
    stand_behind(invitation)
    draft, handed_in = reading.writing_of(invitation)
    counts = remark_queries.counts_by_section(draft.id) if draft else {}
    return render_template(
        "statements/confirm_short_answer.html",
        token=token,
        invitation=invitation,
        form=form,
        remarks=sum(counts.values()),
        handed_in=handed_in,
        faults=faults or [],
        release=release_pages.situation(invitation, draft, Answer(form.answer.data)),
        in_time=service.is_in_time(invitation, now()),
        rule=consent_pages.publication_rule(invitation),
    )


@bp.get("/beteiligung/<token>/abschicken")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def submit(token: str) -> ResponseReturnValue:
    """Everything once more, to check before it is handed in."""
    invitation = come_in(token)
    return _check_page(token, invitation, SubmitForm(formdata=None, key=str(uuid4()), answer=Answer.REMARKS))


@bp.post("/beteiligung/<token>/abschicken")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def hand_in(token: str) -> ResponseReturnValue:
    """The act itself; sent twice, it is one statement and the same receipt."""
    received_at = now()
    form = SubmitForm()
    if not form.validate_on_submit():
        return _page_again(token, form), 422
    try:
        with transaction():
            statement = service.submit(
                hold(token),
                UUID(form.key.data),
                Answer(form.answer.data),
                author_name=form.author_name.data,
                consents_to_name=form.consents_to_name.data,
                consents_to_text=form.consents_to_text.data,
                by=person_here(),
                now=received_at,
                arrived_at=arrival.arrived_at(received_at),
            )
    except (NothingToSubmit, NotReady) as refusal:
        return _page_again(token, form, [refusal.message]), refusal.status
    return redirect(url_for(".receipt", token=token, number=statement.number), code=303)


def _page_again(token: str, form: SubmitForm, faults: list[str] | None = None) -> str:
    invitation = come_in(token)
    if form.answer.data in SHORT_ANSWERS:
        return _confirm_page(token, invitation, form, faults)
    return _check_page(token, invitation, form, faults)


def _check_page(token: str, invitation: Invitation, form: SubmitForm, faults: list[str] | None = None) -> str:
    stand_behind(invitation)
    draft, handed_in = reading.writing_of(invitation)
    said = reading.all_remarks(draft) if draft else []
    if draft and not form.is_submitted() and draft.author_name:
        form.author_name.data = draft.author_name
    return render_template(
        "statements/check.html",
        token=token,
        invitation=invitation,
        form=form,
        faults=faults or [],
        draft=draft,
        handed_in=handed_in,
        said=cut(said, page_number(request.args), size=100),
        files=attached.of_statement(draft.id) if draft else [],
        release=release_pages.situation(invitation, draft, Answer.REMARKS),
        in_time=service.is_in_time(invitation, now()),
        rule=consent_pages.publication_rule(invitation),
    )


@bp.post("/beteiligung/<token>/noch-einmal")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def write_again(token: str) -> ResponseReturnValue:
    """Begin a draft from what was handed in."""
    with transaction():
        invitation = hold(token)
        service.write_again(invitation, now=now())
    flash("Sie können jetzt ändern. Bis Sie wieder abschicken, gilt Ihre bisherige Stellungnahme.", "info")
    return redirect(url_for(".read", token=token), code=303)
