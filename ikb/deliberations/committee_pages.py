"""Pages of the register: the list of committees, one committee, its rules, its names."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role, User
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.notice import in_words, notice_by
from ikb.db import transaction
from ikb.deliberations import queries, register, register_queries
from ikb.deliberations.blueprint import bp
from ikb.deliberations.model import Organization
from ikb.deliberations.register import KINDS, Settings
from ikb.deliberations.register_forms import ChangeCommitteeForm, FormerNameForm, NewCommitteeForm, RenameForm
from ikb.deliberations.register_queries import Wanted
from ikb.errors import Implausible, NotAllowed
from ikb.moment import now, today
from ikb.procedures.town_days import local_exceptions
from ikb.web.paging import cut, page_number
from ikb.web.refusals import show_at_field, status

COMMITTEES_A_PAGE = 50


def names_keepers() -> bool:
    """Whether the visitor decides who keeps which committee's business."""
    return bool({Role.LEAD, Role.ADMINISTRATOR} & visitor().roles)


def may_edit(organization: Organization) -> bool:
    """Whether the visitor may change a committee: who names its keepers, and whoever keeps it."""
    who = visitor()
    keeps_it = who.has(Role.SECRETARY) and who.user_id in {clerk.user_id for clerk in organization.clerks}
    return names_keepers() or keeps_it


@bp.get("/gremien")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def organizations() -> ResponseReturnValue:
    """All committees, with who keeps their business."""
    wanted = _wanted()
    return render_template(
        "deliberations/organizations.html",
        page=cut(register_queries.register(wanted), page_number(request.args), COMMITTEES_A_PAGE),
        wanted=wanted,
        kinds=KINDS,
        districts=register_queries.districts(),
        people=register_queries.clerks_to_choose(),
        may_edit=may_edit,
        may_add=names_keepers(),
        today=today(),
    )


def _wanted() -> Wanted:
    kind, clerk = request.args.get("art", ""), request.args.get("schriftfuehrung", "")
    return Wanted(
        search=request.args.get("suche", "")[:100],
        kind=kind if kind in KINDS else "",
        district=request.args.get("bezirk", "")[:100],
        clerk_id=int(clerk) if clerk.isascii() and clerk.isdigit() and len(clerk) < 10 else None,
    )


@bp.get("/gremien/<int:organization_id>")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def organization(organization_id: int) -> ResponseReturnValue:
    """One committee: its names, its rules in sentences, its sittings, what it deliberated."""
    found = load_visible(Organization, Organization.id == organization_id)
    coming = register_queries.sittings_of(found.id, since=today())
    following = next((sitting for sitting in coming if not sitting.cancelled), None)
    return render_template(
        "deliberations/organization.html",
        organization=found,
        rule=in_words(found.notice_rule),
        coming=coming,
        past=register_queries.sittings_of(found.id, before=today())[:12],
        items=register_queries.count_items(coming),
        following=following,
        notice=notice_by(found.notice_rule, following.held_on, local_exceptions()) if following else None,
        papers=register_queries.papers_before(found.id, visitor()),
        sees_sittings=names_keepers() or may_edit(found),
        may_edit=may_edit(found),
        names_keepers=names_keepers(),
        today=today(),
    )


@bp.route("/gremien/neu", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def new_organization() -> ResponseReturnValue:
    """A committee that nobody knew before."""
    form = NewCommitteeForm(**vars(Settings()), key=uuid.uuid4())
    if form.validate_on_submit():
        try:
            with transaction():
                added = register.add(form.name.data, form.settings(), key=form.key.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{added.name} ist aufgenommen.", "success")
            return redirect(url_for(".organization", organization_id=added.id), code=303)
    return render_template("deliberations/new_organization.html", form=form), status(form)


@bp.route("/gremien/<int:organization_id>/bearbeiten", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def edit_organization(organization_id: int) -> ResponseReturnValue:
    """What is known of one committee, its rules, and who keeps its business."""
    found = _load_to_edit(organization_id)
    people = {person.id: person for person in queries.secretaries()} if names_keepers() else {}
    form = ChangeCommitteeForm(**_stored(found))
    form.clerks.choices = form.deputies.choices = [SelectChoice(person.id, person.name) for person in people.values()]
    if form.validate_on_submit():
        try:
            with transaction():
                register.change(found, form.settings(), **_chosen(form, people), by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{found.name} ist gespeichert.", "success")
            return redirect(url_for(".organization", organization_id=found.id), code=303)
    page = render_template(
        "deliberations/edit_organization.html", form=form, organization=found, names_keepers=names_keepers()
    )
    return page, status(form)


def _stored(found: Organization) -> dict[str, Any]:
    return {
        **vars(Settings.of(found)),
        "clerks": [clerk.user_id for clerk in found.clerks if not clerk.is_deputy],
        "deputies": [clerk.user_id for clerk in found.clerks if clerk.is_deputy],
        "row_version": found.row_version,
    }


def _chosen(form: ChangeCommitteeForm, people: dict[int, User]) -> dict[str, Any]:
    chosen: dict[str, Any] = {"seen": form.row_version.data}
    if names_keepers():
        chosen["people"] = [people[user_id] for user_id in form.clerks.data or ()]
        chosen["deputies"] = [people[user_id] for user_id in form.deputies.data or ()]
    return chosen


@bp.route("/gremien/<int:organization_id>/umbenennen", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def rename_organization(organization_id: int) -> ResponseReturnValue:
    """A new name from a day on; the old one stays for what lies before."""
    found = _load_to_edit(organization_id)
    form = RenameForm(since=today(), row_version=found.row_version)
    if form.validate_on_submit():
        try:
            with transaction():
                register.rename(
                    found,
                    form.name.data,
                    form.since.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(
                f"Das Gremium heißt jetzt {found.name}. Der frühere Name bleibt für die Zeit davor stehen.", "success"
            )
            return redirect(url_for(".organization", organization_id=found.id), code=303)
    return render_template("deliberations/rename_organization.html", form=form, organization=found), status(form)


@bp.route("/gremien/<int:organization_id>/frueherer-name", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def organization_former_name(organization_id: int) -> ResponseReturnValue:
    """A name that the committee bore before, where the register does not know it yet."""
    found = _load_to_edit(organization_id)
    form = FormerNameForm(row_version=found.row_version)
    if form.validate_on_submit():
        try:
            with transaction():
                register.add_former_name(
                    found,
                    form.name.data,
                    form.valid_from.data,
                    form.valid_to.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Der frühere Name ist nachgetragen.", "success")
            return redirect(url_for(".organization", organization_id=found.id), code=303)
    return render_template("deliberations/former_name.html", form=form, organization=found), status(form)


def _load_to_edit(organization_id: int) -> Organization:
    found = load_visible(Organization, Organization.id == organization_id)
    if not may_edit(found):
        raise NotAllowed("Dieses Gremium ändert, wer seine Schriftführung hat. Lesen können Sie seine Seite.")
    return found
