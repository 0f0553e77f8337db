"""The draft to read, and nothing else: what a link to read opens, and what a link is told that does not go further."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.institutions.shared_model import Scope
from ikb.institutions.sharing import LinkTooNarrow
from ikb.statements import reading
from ikb.statements.doors import bp, come_in, needs, person_here


@bp.get("/beteiligung/<token>/entwurf")
@allow(Role.INSTITUTION)
@needs(Scope.READ)
def look(token: str) -> ResponseReturnValue:
    """The draft, a chapter at a time, without a word of the institution's."""
    invitation = come_in(token)
    wanted = request.args.get("kapitel", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    return render_template(
        "statements/look.html",
        token=token,
        invitation=invitation,
        may_write=person_here().scope.covers(Scope.WRITE),
        page=reading.page(invitation, None, number),
    )


@bp.app_errorhandler(LinkTooNarrow)
def narrow_link(refusal: LinkTooNarrow) -> ResponseReturnValue:
    """A page that says what this link is for, and who has one that goes further."""
    token = str((request.view_args or {}).get("token", ""))
    page = render_template("statements/narrow_link.html", token=token, found=refusal.found, needed=refusal.needed)
    return page, refusal.status
