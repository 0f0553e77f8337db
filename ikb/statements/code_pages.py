"""Taking part with what stands on a paper letter: number and code, typed."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, Length

from ikb.accounts.limits import code_limit, code_limit_of_one, code_limit_of_place
from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.institutions.codes import invitation_with
from ikb.institutions.links import token_of
from ikb.statements.doors import bp
from ikb.web import navigation
from ikb.web.fields import TidyField

WRONG = (
    "Nummer und Code passen nicht zusammen, oder der Code gilt nicht mehr. Prüfen Sie beides am Brief: Der Code hat acht "
    "Zeichen. Stimmt alles, dann rufen Sie uns bitte an; die Nummer steht im Brief."
)


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What stands on the letter."""

    number = TidyField(
        "Nummer Ihrer Einrichtung", validators=[DataRequired("Geben Sie die Nummer ein."), Length(max=40)]
    )
    code = TidyField("Kurzcode", validators=[DataRequired("Geben Sie den Code ein."), Length(max=40)])


@bp.route("/teilnehmen", methods=["GET", "POST"])
@allow(Role.PUBLIC)
@code_limit
@code_limit_of_place
@code_limit_of_one
def take_part() -> ResponseReturnValue:
    """The page behind a letter's code; the same answer to everything that is wrong."""
    form, faults = CodeForm(), []
    if form.validate_on_submit():
        if found := invitation_with(form.number.data, form.code.data):
            return redirect(url_for(".overview", token=token_of(found)), code=303)
        faults = [WRONG]
    status = 422 if form.is_submitted() else 200
    return render_template("statements/take_part.html", form=form, faults=faults), status


navigation.register("main", "Teilnehmen", "statements.take_part", 2, visible=lambda: visitor().user_id is None)
