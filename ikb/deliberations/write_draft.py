"""A new procedure without a paper: the draft is written in a plain editor, looked at, and put right like one that was read."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.deliberations.blueprint import bp
from ikb.deliberations.forms import LONGEST_PAPER, WriteForm
from ikb.deliberations.new_procedure import preview_of, written_paper
from ikb.drafts.markdown import as_html, read_markdown


@bp.route("/verfahren/neu/schreiben", methods=["GET", "POST"])
@allow(Role.LEAD)
def write_draft() -> ResponseReturnValue:
    """Write, look at it as often as wished, then go on to its sections. Nothing is stored here."""
    form = WriteForm()
    if request.method == "GET":
        return render_template("deliberations/write_draft.html", form=form, shown="")
    text = (form.paper_text.data or "").replace("\r\n", "\n")
    shown = Markup(as_html(text[:LONGEST_PAPER]))  # noqa: S704 (cleaned by nh3)
    if request.form.get("act") == "back":
        return render_template("deliberations/write_draft.html", form=form, shown=shown)
    if not form.validate() or not (sections := read_markdown(text)):
        return render_template("deliberations/write_draft.html", form=form, shown=shown), 422
    if request.form.get("act") == "look":
        return render_template("deliberations/write_draft.html", form=form, shown=shown)
    return preview_of(written_paper(form.title.data, sections), text, is_written=True)
