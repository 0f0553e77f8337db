"""Remarks that ask for no other text, one by one: narrowed like the sections, assigned and answered many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import assignments, bulk_answers
from ikb.consolidation.assignments import Target
from ikb.consolidation.desk import Desk
from ikb.consolidation.doors import bp
from ikb.consolidation.list_filter import ALL, MINE, NAMES, NOBODY, Wanted, is_due_on, was_said
from ikb.consolidation.list_forms import RemarksForm
from ikb.consolidation.list_pages import ADDRESS, Shown, offer, shown_list, tell, words_of
from ikb.consolidation.list_rows import Row, Said
from ikb.db import transaction
from ikb.drafts.model import Draft, DraftVersion
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.web.paging import cut, page_number
from ikb.web.refusals import show_at_field

REMARKS_PER_PAGE = 50
WORDS = 400  # characters of a comment; the rest stands on its section's page
STATES = {ALL: "Alle Anmerkungen", "offen": "Ohne Antwort", "erledigt": "Beantwortet"}


@dataclass(frozen=True)
class Line:
    """One remark with the section it is on."""

    row: Row
    said: Said

    @property
    def target(self) -> Target:
        return Target(self.row.anchor, self.said.remark_id)

    @property
    def can_be_answered_here(self) -> bool:
        """Whether it stands for itself; those of an argument are answered with it."""
        return not self.said.argument_id

    def is_wanted(self, wanted: Wanted) -> bool:
        """Whether it meets all parts of a filter but the field of action."""
        me, person = visitor().user_id, self.said.user_id
        given = {MINE: person is not None and person == me, NOBODY: person is None}
        return (
            (wanted.zeigen not in ("offen", "erledigt") or self.said.is_answered == (wanted.zeigen == "erledigt"))
            and was_said(self.said, wanted)
            and given.get(wanted.zustaendig, wanted.zustaendig in ("", str(person)))
            and is_due_on(self.said.due_on, wanted.frist, today(), is_overdue=self.said.is_overdue(today()))
        )


def _lines(shown: Shown, wanted: Wanted) -> list[Line]:
    inside = shown.listed.sections_of_field.get(wanted.feld) if wanted.feld else None
    rows = [row for row in shown.listed.rows if not wanted.feld or (inside and row.anchor in inside)]
    lines = [Line(row, one) for row in rows for one in row.said if one.is_comment]
    return [line for line in lines if line.is_wanted(wanted)]


def _where(procedure_id: int) -> tuple[Shown, Draft, DraftVersion]:
    shown = shown_list(procedure_id, words=WORDS)
    if isinstance(shown, Desk) or shown.desk.place.draft is None or shown.desk.place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    return shown, shown.desk.place.draft, shown.desk.place.base


@bp.get(f"{ADDRESS}/anmerkungen")
@allow(Role.LEAD)
def remarks_list(procedure_id: int) -> ResponseReturnValue:
    """Remarks one by one."""
    shown, _draft, _base = _where(procedure_id)
    seen = max((one.answer_id for row in shown.listed.rows for one in row.said), default=0)
    form = RemarksForm(formdata=None, key=uuid4(), seen=shown.desk.last_act, answers_seen=seen)
    return _page(shown, form)


def _page(shown: Shown, form: RemarksForm, ticked: Iterable[str] = ()) -> str:
    place, hits, everything = shown.desk.place, _lines(shown, shown.wanted), _lines(shown, Wanted())
    over_all = _lines(shown, shown.wanted.without_show())
    state = shown.wanted.zeigen if shown.wanted.zeigen in STATES else ALL
    offer(form, shown, len(hits), with_fields=False)
    answered = sum(line.said.is_answered for line in over_all)
    counts = {"alle": len(over_all), "offen": len(over_all) - answered, "erledigt": answered}
    return render_template(
        "consolidation/remarks.html",
        place=place,
        procedure=place.procedure,
        chips=[(code, name, counts[code]) for code, name in STATES.items()],
        wanted=replace(shown.wanted, zeigen=state),
        names=NAMES,
        choices=shown.choices,
        words=words_of(shown),
        page=cut(hits, page_number(request.args), REMARKS_PER_PAGE),
        of=len(everything),
        today=today(),
        form=form,
        ticked=set(ticked),
        act=request.args.get("akt", type=int),
        undo_key=uuid4(),
    )


@bp.post(f"{ADDRESS}/anmerkungen")
@allow(Role.LEAD)
def change_remarks(procedure_id: int) -> ResponseReturnValue:
    """Assign remarks, or answer those that are ticked; which of both says the button."""
    shown, draft, base = _where(procedure_id)
    form, ticked = RemarksForm(), request.form.getlist("was")
    lines = {str(line.said.remark_id): line for line in _lines(shown, Wanted())}
    chosen = [lines[one].target for one in ticked if one in lines]
    try:
        if not form.validate_on_submit():
            raise Implausible("Bitte prüfen Sie Ihre Angaben.")
        with transaction():
            act, done, left = (
                _answer(base, form, chosen)
                if request.form.get("tun") == "answer"
                else _assign(draft, form, [one.target for one in _lines(shown, shown.wanted)], chosen)
            )
    except Implausible as refusal:
        if not form.errors or refusal.field:
            show_at_field(form, refusal)
        return _page(shown, form, ticked), 422
    tell(shown.listed.rows, done, left, ("Anmerkung", "Anmerkungen"))
    values: dict[str, Any] = {**shown.desk.place.values, **shown.wanted.address}
    return redirect(url_for(".remarks_list", akt=act, **values), code=303)


Outcome = tuple[int | None, Sequence[Target], Sequence[Target]]
"""The act, what it did, what it left alone."""


def _assign(draft: Draft, form: RemarksForm, hits: Sequence[Target], chosen: Sequence[Target]) -> Outcome:
    targets = hits if form.whom.data == "all" else chosen
    given = assignments.assign(
        draft, targets, form.change(), seen=form.seen.data, key=form.key.data, by=visitor().actor, now=now()
    )
    return given.act.id if given.act else None, given.done, given.left


def _answer(base: DraftVersion, form: RemarksForm, chosen: Sequence[Target]) -> Outcome:
    given = bulk_answers.answer(
        base,
        [one.remark_id for one in chosen],
        form.outcome.data or "",
        form.reason.data or "",
        seen=form.answers_seen.data,
        key=form.key.data,
        by=visitor().actor,
        now=now(),
    )
    return given.act.id if given.act else None, given.done, given.left
