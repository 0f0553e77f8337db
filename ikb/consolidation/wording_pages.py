"""A third wording, from the conflict: the proposals side by side, what becomes of each, and the wording in their place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import hand_view, own_wording, sections
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.hand_forms import HandEditForm
from ikb.consolidation.hand_view import Passage
from ikb.consolidation.own_wording import Answer, WordingRefused
from ikb.consolidation.sections import Asked
from ikb.consolidation.wording_forms import AnswerForm
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, NotFound
from ikb.moment import now
from ikb.remarks.model import Remark


@dataclass(frozen=True)
class Dispute:
    """What a page is about: one proposal and all that it cannot stand beside. kind: as of the edit that takes their place."""

    place: Place
    base: DraftVersion
    passage: Passage
    asked: Sequence[Asked]
    kind: str
    waiting: Collection[int] = ()  # ids of the decisions shown that are not released yet

    @property
    def start(self) -> str:
        """What the wording begins with: the section's text, or the first of the new sections asked for."""
        return self.passage.section.text if self.kind == "edit" else str(self.asked[0].found["text"])


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/eigener-wortlaut", methods=["GET", "POST"])
@allow(Role.LEAD)
def own_wording_page(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """Write a wording for a proposal and its rivals, and say what becomes of each; looked at first or kept."""
    dispute = _dispute(place_of(procedure_id), anchor)
    form = HandEditForm()
    if not form.is_submitted():
        fresh = HandEditForm(formdata=None, seen=mark_of(dispute.passage.section.text), text=dispute.start)
        return _page(dispute, fresh, _answers(dispute, sent=False))
    answers = _answers(dispute, sent=True)
    if not form.validate():
        return _page(dispute, form, answers), 422
    if form.act.data == "preview":
        return _page(dispute, form, answers, previewed=True)
    wanted = Edit(anchor, dispute.kind, form.text.data, form.reason.data, form.seen.data or "")
    try:
        with transaction():
            given = [_answer(asked, answer) for asked, answer in zip(dispute.asked, answers, strict=True)]
            own_wording.write(dispute.base, wanted, given, by=visitor().actor, now=now())
    except WordingRefused as refused:
        return _refused(_dispute(dispute.place, anchor), form, answers, refused), refused.refusal.status
    flash(
        "Über die Vorschläge ist entschieden. Der eigene Wortlaut kommt mit der Freigabe in die Arbeitsfassung."
        if dispute.place.procedure.two_person
        else "Der eigene Wortlaut steht in der Arbeitsfassung, und über die Vorschläge ist entschieden.",
        "success",
    )
    return redirect(url_for(".section", anchor=anchor, _anchor="von-hand", **dispute.place.values), code=303)


def _dispute(place: Place, anchor: str) -> Dispute:
    found, passage = None, None
    if place.base is not None:
        found = sections.view(place.base, anchor, 1)
        passage = hand_view.passage(place.base, anchor)
    wanted = request.args.get("vorschlag", type=int)
    first = next((one for one in found.asked if wanted in one.found["members"]), None) if found else None
    if place.base is None or passage is None or found is None or first is None or not first.competes:
        raise NotFound("Diesen Vorschlag gibt es nicht mehr. Öffnen Sie den Abschnitt neu.")
    against = set(first.found["conflicts_with"])
    rivals = [one for one in found.asked if one.found["key"] in against and one.competes and _is_alike(one, first)]
    return Dispute(place, place.base, passage, [first, *rivals], _kind(first), found.waiting)


def _is_alike(one: Asked, other: Asked) -> bool:
    """Whether one wording can take the place of both: in the section, or as a new one at the same place."""
    return _kind(one) == _kind(other)


def _kind(asked: Asked) -> str:
    return f"insert_{asked.found['place']}" if asked.found["op"] == "insert" else "edit"


def _answers(dispute: Dispute, *, sent: bool) -> list[AnswerForm]:
    """A form for each proposal. What holds when the page is made is what the lead has seen."""
    return [
        AnswerForm(request.form if sent else None, prefix=f"r{one.remark_id}-", data={"seen": _seen(one)})
        for one in dispute.asked
    ]


def _seen(asked: Asked) -> int:
    return asked.consideration.id if asked.consideration else 0


def _answer(asked: Asked, form: AnswerForm) -> Answer:
    remark = load_visible(Remark, Remark.id == asked.remark_id)
    seen = form.seen.data if form.seen.data is not None else -1
    return Answer(remark, form.outcome.data or "", form.reason.data, seen)


def _refused(dispute: Dispute, form: HandEditForm, answers: list[AnswerForm], refused: WordingRefused) -> str:
    """The page with the fault at its field; whoever has seen what holds now may send it again."""
    refusal = refused.refusal
    is_conflict = isinstance(refusal, Conflict)
    name = getattr(refusal, "field", None)
    if refused.place is None:
        field = form.reason if name == "reason" else form.text
        form.seen.data = mark_of(dispute.passage.section.text) if is_conflict else form.seen.data
    else:
        answer = answers[refused.place]
        field = answer.reason if name == "reason" else answer.outcome
        standing = dispute.asked[refused.place] if refused.place < len(dispute.asked) else None
        answer.seen.data = _seen(standing) if is_conflict and standing else answer.seen.data
    field.errors = [*field.errors, refused.message]
    return _page(dispute, form, answers, theirs=refusal.theirs if isinstance(refusal, Conflict) else "")


def _page(
    dispute: Dispute, form: HandEditForm, answers: list[AnswerForm], *, previewed: bool = False, theirs: str = ""
) -> str:
    return render_template(
        "consolidation/own_wording.html",
        place=dispute.place,
        procedure=dispute.place.procedure,
        passage=dispute.passage,
        way={"edit": "wortlaut", "insert_before": "davor", "insert_after": "danach"}[dispute.kind],
        disputed=list(zip(dispute.asked, answers, strict=False)),
        first=dispute.asked[0],
        waiting=dispute.waiting,
        form=form,
        faults=[fault for answer in answers for field in answer for fault in field.errors],
        change=dispute.passage.change_to(dispute.kind, form.text.data or ""),
        previewed=previewed,
        theirs=theirs,
    )
