"""What somebody does not want to get any more: behind the link in a message, and on the page of one's account."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from ikb.accounts.model import ACCOUNT_ROLES, Role, User
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.deliveries import kinds, refusals
from ikb.deliveries.blueprint import bp
from ikb.journal.service import SYSTEM
from ikb.moment import now
from ikb.web.labels import label

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058, section 3.2


@bp.route("/nachrichten/abbestellen/<token>", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def declining(token: str) -> ResponseReturnValue:
    """Decline a stream of messages, or want it again. Opening the page changes nothing: mail scanners open every link.

    By POST, either a mail program with its one click, which carries no form token, or this page's own buttons.
    """
    is_one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    if request.method == "POST" and not is_one_click:
        current_app.extensions["csrf"].protect()
    delivery, stream = refusals.meant_by(token)
    address = delivery.recipient
    if request.method == "GET":
        is_declined = refusals.is_declined(address, stream)
        return render_template(
            "deliveries/declining.html", token=token, address=address, stream=stream, is_declined=is_declined
        )
    if is_one_click:
        with transaction():
            refusals.decline(address, stream, by=SYSTEM, now=now())
        return "abbestellt\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
    with transaction():
        act = refusals.want_again if request.form.get("wanted") else refusals.decline
        act(address, stream, by=SYSTEM, now=now())
    return redirect(url_for(".declining", token=token), code=303)


@bp.record_once
def _trust_one_click(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(declining)


@bp.get("/meine-nachrichten")
@allow(*ACCOUNT_ROLES)
def my_choices() -> ResponseReturnValue:
    """What one gets by mail, what of it can be declined, and what cannot."""
    declined = refusals.declined_by(_me().email)
    offered = sorted(kinds.declinable_streams().items(), key=lambda entry: label("mail_stream", entry[0]))
    streams = [(stream, names, stream in declined) for stream, names in offered]
    mandatory = sorted(label("message", kind.name) for kind in kinds.kinds() if kind.mandatory)
    return render_template("deliveries/choices.html", me=_me(), streams=streams, mandatory=mandatory)


@bp.post("/meine-nachrichten/<stream>")
@allow(*ACCOUNT_ROLES)
def choose(stream: str) -> ResponseReturnValue:
    """Decline a stream of messages to one's own address, or want it again."""
    wanted = bool(request.form.get("wanted"))
    with transaction():
        act = refusals.want_again if wanted else refusals.decline
        act(_me().email, stream, by=visitor().actor, now=now())
    done = "Sie bekommen diese Nachrichten wieder." if wanted else "Sie bekommen diese Nachrichten nicht mehr."
    flash(done, "success")
    return redirect(url_for(".my_choices"), code=303)


def _me() -> User:
    return db.session.get_one(User, visitor().user_id)
