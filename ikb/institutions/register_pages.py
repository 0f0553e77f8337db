"""Pages of the register: the list, one institution with its history, adding and changing."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions import own_kinds, register, register_queries
from ikb.institutions.blueprint import REGISTER, bp
from ikb.institutions.entries import Entry, Person
from ikb.institutions.inviting import recipient_of
from ikb.institutions.model import Institution
from ikb.institutions.register_forms import RegisterForm, as_form
from ikb.institutions.register_queries import Wanted
from ikb.journal import words
from ikb.moment import now, today
from ikb.web.paging import page_number
from ikb.web.refusals import show_at_field, status


@bp.get(REGISTER)
@allow(Role.LEAD, Role.ADMINISTRATOR)
def institutions() -> ResponseReturnValue:
    """The register by name, narrowed to what was asked for."""
    wanted = wanted_here()
    listed = register_queries.register(wanted, page_number(request.args))
    return render_template(
        "institutions/register/list.html",
        listed=listed,
        page=listed.page,
        wanted=wanted,
        kinds=own_kinds.names(),
        today=today(),
    )


def wanted_here() -> Wanted:
    """What the address of this page asks for."""
    return Wanted(
        search=request.args.get("suche", "")[:100],
        kind=request.args.get("art", "")[:40],
        district=request.args.get("bezirk", "")[:100],
        field=request.args.get("feld", "")[:200],
    )


def entry_here(institution_id: int) -> Institution:
    """The entry of this page. Raises NotFound."""
    return load_visible(Institution, Institution.id == institution_id)


@bp.get(REGISTER + "/<int:institution_id>")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def institution(institution_id: int) -> ResponseReturnValue:
    """One institution: what is known, who is in office, where it is invited, what was changed."""
    found = entry_here(institution_id)
    return render_template(
        "institutions/register/institution.html",
        institution=found,
        contacts=[(contact, Person.of(contact)) for contact in found.contacts],
        recipient=recipient_of(found, today()),
        invitations=register_queries.invitations_of(found.id, visitor()),
        history=register_queries.history_of(found.id),
        merged=register_queries.merged_into(found.id),
        name_of=words.name_of,
        parts_of=parts_of,
        today=today(),
    )


PARTS = {
    "name": "Name",
    "kind": "Art",
    "email": "E-Mail-Adresse",
    "address": "Anschrift",
    "district": "Bezirk",
    "fields": "Handlungsfelder",
    "language": "Sprache unserer Nachrichten",
    "languages": "dort gesprochene Sprachen",
    "note": "Bemerkung",
    "contacts": "Kontakte",
}


def parts_of(facts: dict[str, object]) -> str:
    """What a change of an entry was about: `Name, Kontakte`."""
    names = facts.get("fields")
    return ", ".join(PARTS[name] for name in names if name in PARTS) if isinstance(names, list) else ""


@bp.route(REGISTER + "/neu", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def new_entry() -> ResponseReturnValue:
    """An institution that the register does not know."""
    form = RegisterForm(key=uuid.uuid4(), row_version=0, kind=request.args.get("art", ""))
    form.offer(own_kinds.names())
    if form.validate_on_submit():
        try:
            with transaction():
                entry = form.entry(Entry(name="", kind=""))
                added = register.register(entry, key=form.key.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"„{added.name}“ steht jetzt im Verzeichnis, Nr. {added.number}.", "success")
            return redirect(url_for(".institution", institution_id=added.id), code=303)
    return render_template("institutions/register/edit.html", form=form, institution=None), status(form)


@bp.route(REGISTER + "/<int:institution_id>/bearbeiten", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def edit_entry(institution_id: int) -> ResponseReturnValue:
    """What is known of an institution."""
    found = entry_here(institution_id)
    stored = register.entry_of(found)
    form = RegisterForm(key=uuid.uuid4(), row_version=found.row_version, **as_form(stored))
    form.offer({found.kind: own_kinds.names().get(found.kind, found.kind), **own_kinds.names()})
    if form.validate_on_submit():
        try:
            with transaction():
                entry = form.entry(stored)
                register.change(found, entry, seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"„{found.name}“ ist gespeichert.", "success")
            return redirect(url_for(".institution", institution_id=found.id), code=303)
    return render_template("institutions/register/edit.html", form=form, institution=found), status(form)
