"""Pages of the register of committees: who keeps which one's business."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.deliberations import organizations as register
from ikb.deliberations import queries
from ikb.deliberations.blueprint import bp
from ikb.deliberations.forms import OrganizationForm
from ikb.deliberations.model import Organization
from ikb.deliberations.sequence_pages import show_at_field, status
from ikb.errors import Implausible
from ikb.moment import now


@bp.get("/gremien")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def organizations() -> ResponseReturnValue:
    """All committees, with who keeps their business."""
    return render_template("deliberations/organizations.html", organizations=queries.organizations())


@bp.route("/gremien/<int:organization_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def edit_organization(organization_id: int) -> ResponseReturnValue:
    """Who keeps one committee's business, and its notice period."""
    organization = load_visible(Organization, Organization.id == organization_id)
    people = {person.id: person for person in queries.secretaries()}
    form = OrganizationForm(
        clerks=[clerk.user_id for clerk in organization.clerks],
        notice_days=organization.notice_days,
        row_version=organization.row_version,
    )
    form.clerks.choices = [SelectChoice(person.id, person.name) for person in people.values()]
    if form.validate_on_submit():
        try:
            with transaction():
                register.change(
                    organization,
                    [people[user_id] for user_id in form.clerks.data],
                    form.notice_days.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{organization.name} ist gespeichert.", "success")
            return redirect(url_for(".organizations"), code=303)
    page = render_template("deliberations/edit_organization.html", form=form, organization=organization)
    return page, status(form)
