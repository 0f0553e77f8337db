"""The page of one section, for all routes that answer with it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from flask import render_template, request, url_for

from ikb.accounts.policy import visitor
from ikb.consolidation import claims, hand_view, linked, sections, text_modules
from ikb.consolidation.doors import Place
from ikb.consolidation.forms import BoardCommentForm, DecisionForm, GroupForm
from ikb.errors import Conflict, Implausible, NotFound
from ikb.moment import now, today
from ikb.opinions import queries as opinions
from ikb.web.paging import page_number


def prefix_of(remark_id: int) -> str:
    """What the fields of one remark's form begin with: many forms stand on one page."""
    return f"r{remark_id}-"


def prefix_of_argument(argument_id: int) -> str:
    """The same for the form that answers a whole argument."""
    return f"a{argument_id}-"


def prefix_of_comment(remark_id: int) -> str:
    """The same for the form in which the administration comments on a body's wording."""
    return f"v{remark_id}-"


def show_theirs(form: DecisionForm, conflict: Conflict) -> None:
    """Keep what was typed beside what somebody else saved meanwhile. Raises the conflict where it is about something else."""
    if not conflict.theirs:
        raise conflict
    form.theirs = conflict.theirs
    told = "Inzwischen hat hier jemand anders entschieden. Ihr Text steht unverändert hier; senden Sie ihn noch einmal, wenn er"
    form.reason.errors = [*form.reason.errors, f"{told} gelten soll."]


def show_at_field(form: DecisionForm, refusal: Implausible) -> None:
    """Say a refusal where it belongs: at the reason, else at the buttons."""
    field = form.reason if refusal.field == "reason" else form.outcome
    field.errors = [*field.errors, refusal.message]


def section_page(place: Place, anchor: str, sent: DecisionForm | BoardCommentForm | None = None) -> str:
    """The section's page; a form that was sent with a fault stands on it with what was typed.

    Raises NotFound where there is no such section and nothing is said about it.
    """
    found = sections.view(place.base, anchor, page_number(request.args)) if place.base else None
    if found is None:
        raise NotFound("Diesen Abschnitt gibt es in der aktuellen Fassung nicht.")

    def form_for(prefix: str, seen: int, text: str | None = None) -> DecisionForm | BoardCommentForm:
        if sent is None or sent._prefix != prefix:
            given: dict[str, Any] = {"formdata": None, "prefix": prefix, "seen": seen}
            return DecisionForm(**given) if text is None else BoardCommentForm(**given, text=text)
        if sent.theirs:
            sent.seen.data, sent.seen.raw_data = seen, None  # whoever has read what stands there now may replace it
        return sent

    asked = opinions.on_section(place.base.draft_id, anchor, found.remark_ids) if place.base else []
    assigned, claim = claims.in_hand(place.base.draft_id, anchor, now()) if place.base else (None, None)
    return render_template(
        "consolidation/section.html",
        place=place,
        procedure=place.procedure,
        run=found.run,
        view=found,
        form_for=form_for,
        sent=sent._prefix if sent else "",
        form=sent,
        grouping=lambda: GroupForm(formdata=None, key=uuid4()),  # several stand on one page, each with a key of its own
        take_out=lambda argument_id: partial(_address_out, place, anchor, argument_id),
        answering=request.args.get("antwort", ""),
        by_hand=_by_hand(place, found),
        lagging=_lagging(place, found),
        linked_drafts={draft.id: draft for draft in place.drafts},
        assigned=assigned,
        today=today(),
        modules=text_modules.newest_of(place.procedure.id),
        claim=claim,
        opinions=asked,
        opinions_on=partial(opinions.about_any, asked),
        me=visitor().actor.id,
    )


def _by_hand(place: Place, found: sections.View) -> hand_view.OnSection | None:
    if place.base is None:
        return None
    text, elements = (found.section.text if found.section else ""), (found.outcome.elements if found.outcome else ())
    return hand_view.on_section(place.base, place.following, found.anchor, text, elements)


def _lagging(place: Place, found: sections.View) -> list[linked.Lagging]:
    if place.draft is None:
        return []
    return linked.lagging_among(place.draft.id, {found.anchor: found.same_elsewhere}, place.ends)


def _address_out(place: Place, anchor: str, argument_id: int, remark_id: int) -> str:
    values: dict[str, Any] = {"anchor": anchor, "argument_id": argument_id, "remark_id": remark_id} | place.values
    return url_for("consolidation.take_out", **values)
