"""Pages of an institution's contacts: who is there, in which function, and when they are in office."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.institutions import register
from ikb.institutions.blueprint import REGISTER, bp
from ikb.institutions.entries import Person, in_order
from ikb.institutions.forms import Versioned
from ikb.institutions.model import Institution
from ikb.institutions.register_forms import ContactForm
from ikb.institutions.register_pages import entry_here
from ikb.moment import now
from ikb.web.refusals import show_at_field, status


@bp.route(REGISTER + "/<int:institution_id>/kontakte/neu", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def new_contact(institution_id: int) -> ResponseReturnValue:
    """One more person."""
    found = entry_here(institution_id)
    form = ContactForm(row_version=found.row_version)
    return _page(found, form, None)


@bp.route(REGISTER + "/<int:institution_id>/kontakte/<int:contact_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def edit_contact(institution_id: int, contact_id: int) -> ResponseReturnValue:
    """One person: function, address, time in office."""
    found = entry_here(institution_id)
    place = _place_of(found, contact_id)
    form = ContactForm(row_version=found.row_version, **vars(Person.of(found.contacts[place])))
    return _page(found, form, place)


def _page(found: Institution, form: ContactForm, place: int | None) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            _save(found, form.person(), place, form.row_version.data)
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Der Kontakt ist gespeichert.", "success")
            return redirect(url_for(".institution", institution_id=found.id), code=303)
    contact = None if place is None else found.contacts[place]
    page = render_template("institutions/register/contact.html", form=form, institution=found, contact=contact)
    return page, status(form)


@bp.post(REGISTER + "/<int:institution_id>/kontakte/<int:contact_id>/loeschen")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def remove_contact(institution_id: int, contact_id: int) -> ResponseReturnValue:
    """A person who is no longer there."""
    found = entry_here(institution_id)
    place, form = _place_of(found, contact_id), Versioned()
    if form.validate_on_submit():
        _save(found, None, place, form.row_version.data)
        flash("Der Kontakt ist gelöscht.", "success")
    return redirect(url_for(".institution", institution_id=found.id), code=303)


def _place_of(found: Institution, contact_id: int) -> int:
    place = next((place for place, contact in enumerate(found.contacts) if contact.id == contact_id), None)
    if place is None:
        raise NotFound("Diesen Kontakt gibt es nicht mehr. Öffnen Sie die Seite der Institution neu.")
    return place


def _save(found: Institution, person: Person | None, place: int | None, seen: int) -> None:
    """The people of an institution with one more, one changed or one fewer."""
    stored = register.entry_of(found)
    people = list(stored.people)
    if place is not None:
        del people[place]
    if person is not None:
        people.insert(len(people) if place is None else place, person)
    with transaction():
        entry = replace(stored, people=tuple(in_order(people)))
        register.change(found, entry, seen=seen, by=visitor().actor, now=now())
