"""The workbench's list: sections with their figures, narrowed by the address, given to people many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import assignments, desk, linked, list_rows, saved_views, undoing
from ikb.consolidation.assignments import Target
from ikb.consolidation.desk import Around, Desk
from ikb.consolidation.doors import bp, place_of
from ikb.consolidation.list_filter import ALL, DUE, MINE, NAMES, NOBODY, SAID, SHOWN, Wanted, is_shown, narrowed, read
from ikb.consolidation.list_forms import LEAVE, AssignForm, ViewForm
from ikb.consolidation.list_rows import Listed, Row
from ikb.db import transaction
from ikb.drafts.model import Draft
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.web.filters import plural
from ikb.web.labels import label
from ikb.web.paging import cut, page_number
from ikb.web.refusals import show_at_field

SECTIONS_PER_PAGE = 50
MOST_NAMED = 10
ADDRESS = "/verfahren/<int:procedure_id>/auswertung"


@dataclass(frozen=True)
class Shown:
    """The list as it was asked for: everything, and what the filter lets through."""

    desk: Desk
    around: Around
    listed: Listed
    wanted: Wanted

    def hits(self, wanted: Wanted | None = None) -> list[Row]:
        """The sections that a filter lets through, by default the one of the address."""
        fields = self.listed.sections_of_field
        return narrowed(self.listed.rows, wanted or self.wanted, me=visitor().user_id, today=today(), fields=fields)

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What each part of the filter can be, as (code, words); only what is there."""
        said = [one for row in self.listed.rows for one in row.said]
        institutions = {str(one.institution_id): (one.sort_key, one.who) for one in said if one.institution_id}
        bodies = {str(one.body_id): (one.sort_key, one.who) for one in said if one.body_id}
        kinds = {one.kind for one in said if one.kind}
        people = [(MINE, "mich"), (NOBODY, "niemanden"), *((str(one.id), one.name) for one in self.around.people)]
        return {
            "thema": [(one, one) for one in sorted({one.theme for one in said if one.theme})],
            "feld": [(field.anchor, field.title) for field in self.listed.fields],
            "institution": _by_key(institutions),
            "art": sorted(((kind, label("institution_kind", kind)) for kind in kinds), key=lambda one: one[1]),
            "gremium": _by_key(bodies),
            "zustaendig": people,
            "frist": list(DUE.items()),
        }


def _by_key(named: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, name) for code, (_, name) in sorted(named.items(), key=lambda one: one[1])]


def shown_list(procedure_id: int, *, words: int = 0) -> Shown | Desk:
    """The list, or only its desk where no version is issued yet. words: as for `list_rows.listed`."""
    found = desk.desk_of(procedure_id, request.args.get("entwurf", type=int))
    if found.place.base is None:
        return found
    listed = list_rows.listed(found.place.base, found.shown, words=words)
    return Shown(found, desk.around(procedure_id, visitor()), listed, _wanted(listed))


def _wanted(listed: Listed) -> Wanted:
    """The filter of the address; as long as nobody said anything, the list opens with all there is."""
    wanted = read(request.args)
    nothing_yet = not any(is_shown(row, SAID) for row in listed.rows)
    return wanted.without_show() if nothing_yet and "zeigen" not in request.args else wanted


@bp.get(ADDRESS)
@allow(Role.LEAD)
def workbench(procedure_id: int) -> ResponseReturnValue:
    """The sections of a draft with their figures, and how the bringing together stands."""
    shown = shown_list(procedure_id)
    if isinstance(shown, Desk):
        return render_template("consolidation/nothing_issued.html", procedure=shown.place.procedure)
    form = AssignForm(formdata=None, key=uuid4(), seen=shown.desk.last_act)
    return _page(shown, form, ViewForm(formdata=None, key=uuid4()))


def _page(shown: Shown, form: AssignForm, view_form: ViewForm, ticked: Iterable[str] = ()) -> str:
    hits, place = shown.hits(), shown.desk.place
    over_all = shown.hits(shown.wanted.without_show())
    offer(form, shown, len(hits))
    counts = {code: len(narrowed(over_all, Wanted(code), me=None, today=today(), fields={})) for code in SHOWN}
    return render_template(
        "consolidation/workbench.html",
        place=place,
        procedure=place.procedure,
        chips=[(code, name, counts[code]) for code, name in SHOWN.items()],
        wanted=shown.wanted,
        names=NAMES,
        choices=shown.choices,
        words=words_of(shown),
        page=cut(hits, page_number(request.args), SECTIONS_PER_PAGE),
        of=len(shown.listed.rows),
        silent=counts[ALL] - counts[SAID] if shown.wanted.zeigen == SAID else 0,
        fields=shown.listed.fields,
        open_points=sum(row.counts["open"] for row in shown.listed.rows),
        first_open=next((row for row in shown.listed.rows if row.is_open), None),
        working=shown.desk.working,
        lagging=linked.lagging(place.draft.id) if shown.desk.has_links and place.draft else [],
        views=shown.around.views,
        view_values=lambda view: {"procedure_id": place.procedure.id, **saved_views.parts_of(view.address)},
        me=visitor().user_id,
        today=today(),
        form=form,
        view_form=view_form,
        ticked=set(ticked),
        ticked_fields=request.form.getlist("feld"),
        act=request.args.get("akt", type=int),
        undo_key=uuid4(),
        **shown.desk.state(now()),
    )


def offer(form: AssignForm, shown: Shown, hits: int, *, with_fields: bool = True) -> None:
    """Say in the form what can be chosen."""
    people = [
        (LEAVE, "nicht ändern"),
        ("0", "niemanden mehr"),
        *((str(one.id), one.name) for one in shown.around.people),
    ]
    form.person.choices = [SelectChoice(code, name) for code, name in people]
    whom = [("ticked", "die angekreuzten"), ("all", f"alle {hits} Treffer dieses Filters")]
    whom += [("fields", "alle Abschnitte dieser Handlungsfelder:")] if shown.listed.fields and with_fields else []
    form.whom.choices = [SelectChoice(code, name) for code, name in whom]


def words_of(shown: Shown) -> dict[str, str]:
    """What each chosen part of the filter is called."""
    known = {name: dict(offered) for name, offered in shown.choices.items()}
    return {name: known[name].get(code, "nicht (mehr) in der Liste") for name, code in shown.wanted.chosen.items()}


@bp.post(f"{ADDRESS}/zuweisen")
@allow(Role.LEAD)
def assign(procedure_id: int) -> ResponseReturnValue:
    """Name a person or a day for several sections; what somebody changed meanwhile is named and left alone."""
    shown, form = shown_list(procedure_id), AssignForm()
    if isinstance(shown, Desk):
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    ticked, draft = request.form.getlist("was"), _draft(shown)
    try:
        if not form.validate_on_submit():
            raise Implausible("Bitte prüfen Sie Ihre Angaben.")
        with transaction():
            given = assignments.assign(
                draft,
                _targets(shown, form, ticked),
                form.change(),
                seen=form.seen.data,
                key=form.key.data,
                by=visitor().actor,
                now=now(),
            )
    except Implausible as refusal:
        if not form.errors or refusal.field:
            show_at_field(form, refusal)
        return _page(shown, form, ViewForm(formdata=None, key=uuid4()), ticked), 422
    tell(shown.listed.rows, given.done, given.left, ("Abschnitt", "Abschnitte"))
    values: dict[str, Any] = {**shown.desk.place.values, **shown.wanted.address}
    return redirect(url_for(".workbench", akt=given.act.id if given.act else None, **values), code=303)


def _draft(shown: Shown) -> Draft:
    if shown.desk.place.draft is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    return shown.desk.place.draft


def _targets(shown: Shown, form: AssignForm, ticked: Iterable[str]) -> list[Target]:
    if form.whom.data == "all":
        return [Target(row.anchor) for row in shown.hits()]
    if form.whom.data == "fields":
        chosen = set(request.form.getlist("feld"))
        return sorted({Target(one) for field in shown.listed.fields if field.anchor in chosen for one in field.anchors})
    return [Target(anchor) for anchor in ticked]


def tell(rows: Sequence[Row], done: Collection[Target], left: Sequence[Target], what: tuple[str, str]) -> None:
    """Say for how many it was done, and name those that were left alone. what: what they are, one and many."""
    if done:
        flash(f"Gespeichert für {plural(len(done), *what)}.", "success")
    elif not left:
        flash("Es war schon alles so, wie Sie es gewählt haben. Es wurde nichts geändert.", "info")
    if left:
        named = "; ".join(name_in(rows, one) for one in left[:MOST_NAMED])
        more = f" und {len(left) - MOST_NAMED} weitere" if len(left) > MOST_NAMED else ""
        flash(f"Nicht geändert, weil jemand anderes es inzwischen geändert hat: {named}{more}.", "warning")


@bp.get(f"{ADDRESS}/schritte")
@allow(Role.LEAD)
def steps(procedure_id: int) -> ResponseReturnValue:
    """What was given to many at once, and the way to take it back."""
    place = place_of(procedure_id)
    rows = undoing.steps_of(place.draft.id) if place.draft else []
    return render_template(
        "consolidation/steps.html", procedure=place.procedure, place=place, steps=rows, new_key=uuid4
    )


@bp.post(f"{ADDRESS}/schritte/<int:act_id>/zurueck")
@allow(Role.LEAD)
def undo(procedure_id: int, act_id: int) -> ResponseReturnValue:
    """Take an act back; asks first where somebody changed some of it since."""
    place, form = place_of(procedure_id), ViewForm()
    if place.draft is None or place.base is None or form.key.data is None:
        raise NotFound("Diesen Schritt gibt es nicht.")
    with transaction():
        confirmed = request.form.get("trotzdem") == "1"
        found = undoing.undo(place.draft, act_id, confirmed=confirmed, key=form.key.data, by=visitor().actor, now=now())
    if found.act is None:
        return _ask(place.values, procedure_id, act_id, found)
    flash(f"Zurückgenommen für {plural(len(found.restored), 'Stelle', 'Stellen')}.", "success")
    return redirect(url_for(".workbench", **place.values), code=303)


def _ask(values: Mapping[str, Any], procedure_id: int, act_id: int, found: undoing.Undone) -> ResponseReturnValue:
    place = place_of(procedure_id)
    page = render_template(
        "consolidation/undo.html",
        procedure=place.procedure,
        place=place,
        found=found,
        act_id=act_id,
        name_of=partial(name_in, list_rows.listed(place.base, None).rows if place.base else ()),
        key=uuid4(),
    )
    return page, 409


def name_in(rows: Iterable[Row], target: Target) -> str:
    """What a target is called: its section, and for a remark who made it."""
    if target.remark_id:
        said = ((row, one) for row in rows for one in row.said if one.remark_id == target.remark_id)
        row_and_remark = next(said, None)
        return f"{row_and_remark[0].name}, Anmerkung von {row_and_remark[1].who}" if row_and_remark else target.anchor
    return next((row.name for row in rows if row.anchor == target.anchor), target.anchor)
