"""Asking a second person, and that person's two ways: hand it in, or return it with a comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import reading, release_rules, releasing
from ikb.statements.doors import bp, come_in, hold, needs, person_here
from ikb.statements.model import Answer, Release, ReleaseStep, Statement
from ikb.statements.together_forms import AskForm, ReturnForm


@dataclass(frozen=True)
class Situation:
    """How a draft stands towards being released, and what whoever looks may do.

    may_submit: hand it in now; may_return: give it back; is_waiting: somebody was asked; steps: what was said, oldest first.
    """

    may_submit: bool
    may_return: bool
    is_waiting: bool
    is_returned: bool
    wants_release: bool
    steps: Sequence[ReleaseStep]
    ask_form: AskForm
    return_form: ReturnForm

    @property
    def last(self) -> ReleaseStep | None:
        return self.steps[-1] if self.steps else None


def situation(invitation: Invitation, draft: Statement | None, answer: Answer) -> Situation:
    """For the page on which an answer is checked; steps are read only where there can be some."""
    person, wants = person_here(), invitation.institution.wants_release
    is_waiting = draft is not None and draft.release == Release.ASKED and draft.answer == answer
    steps = release_rules.steps_of(draft.id) if draft is not None and draft.release else []
    asked = release_rules.last_asked(steps)
    is_other = is_waiting and asked is not None and asked.link_id != person.link_id
    has_scope = person.scope == Scope.SUBMIT
    return Situation(
        may_submit=has_scope and (is_other or not wants),
        may_return=has_scope and is_other,
        is_waiting=is_waiting,
        is_returned=draft is not None and draft.release == Release.RETURNED,
        wants_release=wants,
        steps=steps,
        ask_form=AskForm(formdata=None, answer=answer),
        return_form=ReturnForm(formdata=None),
    )


@bp.get("/beteiligung/<token>/freigabe")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def release(token: str) -> ResponseReturnValue:
    """Where the mail leads: to the page on which what waits can be read and handed in."""
    draft, _ = reading.writing_of(come_in(token))
    if draft is not None and draft.release == Release.ASKED and draft.answer != Answer.REMARKS:
        return redirect(url_for(".short_answer", token=token, antwort=draft.answer), code=303)
    return redirect(url_for(".submit", token=token), code=303)


@bp.post("/beteiligung/<token>/freigabe")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def ask_release(token: str) -> ResponseReturnValue:
    """Ask a second person."""
    form = AskForm()
    if not form.validate_on_submit() or form.answer.data not in set(Answer):
        raise Implausible("Ihre Nachricht ist zu lang: höchstens 5.000 Zeichen. Um Freigabe wurde noch nicht gebeten.")
    with transaction():
        releasing.ask(hold(token), Answer(form.answer.data), form.comment.data or "", person_here(), now=now())
    flash("Um Freigabe ist gebeten. Abgeschickt ist noch nichts; das macht die Person, die freigibt.", "success")
    return redirect(url_for(".overview", token=token), code=303)


@bp.post("/beteiligung/<token>/zurueckgeben")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def give_back(token: str) -> ResponseReturnValue:
    """Return it to its writers."""
    form = ReturnForm()
    if not form.validate_on_submit():
        raise Implausible(
            "Schreiben Sie mit höchstens 5.000 Zeichen, was sich ändern soll. Zurückgegeben ist noch nichts."
        )
    with transaction():
        releasing.give_back(hold(token), form.comment.data or "", person_here(), now=now())
    flash("Zurückgegeben. Wer darum gebeten hat, bekommt Bescheid.", "success")
    return redirect(url_for(".overview", token=token), code=303)
