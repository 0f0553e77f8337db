"""The mailbox of the demonstration."""

from __future__ import annotations

from pathlib import Path

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ikb import mail
from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.deliveries import mailbox
from ikb.deliveries.blueprint import bp
from ikb.deliveries.rendering import current_config
from ikb.errors import NotFound
from ikb.web.paging import cut, page_number


@bp.get("/postfach", endpoint="mailbox")
@allow(Role.PUBLIC)
def mailbox_page() -> ResponseReturnValue:
    """Every message that was "sent" where there is no mail server."""
    folder = _folder()
    keys = cut(mailbox.keys_in(folder), page_number(request.args))
    letters = [mailbox.read(folder, key) for key in keys.items]
    return render_template("deliveries/mailbox.html", page=keys, letters=letters)


@bp.get("/postfach/<key>")
@allow(Role.PUBLIC)
def message(key: str) -> ResponseReturnValue:
    """One of them, as text and as HTML."""
    return render_template("deliveries/message.html", letter=mailbox.read(_folder(), key))


def _folder() -> Path:
    if not current_config().has_mailbox_page:
        raise NotFound("Diese Seite gibt es nicht.")
    return mail.mailbox_folder(current_config())
