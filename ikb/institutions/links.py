"""The personal link of an invitation: its token can be written again at any time, and only its hash is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from flask import current_app

from ikb.errors import NotFound
from ikb.institutions.model import Invitation
from ikb.web.links import external_url

_PURPOSE = b"participation link, first form"
_NO_TOKEN_SIGN = re.compile(r"[^a-z2-7]")
TOKEN_LENGTH = 32  # 160 bits in letters and digits that can be read out and typed


class UnknownLink(NotFound):
    """A link that never was, was mistyped, or was replaced by a newer one; which of them, nobody is told."""

    code = "unknown_link"


def token_for(invitation_id: int, generation: int) -> str:
    """An HMAC over invitation and generation: 32 small letters and digits, no 0, 1, 8 or 9 to mix up."""
    secret: str = current_app.extensions["ikb_config"].secret_key
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    seal = hmac.new(key, f"{invitation_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.b32encode(seal[:20]).decode().lower()


def token_of(invitation: Invitation) -> str:
    """The token of an invitation's current link."""
    return token_for(invitation.id, invitation.generation)


def link_of(invitation: Invitation) -> str:
    """The personal link, complete, fit for a mail."""
    return external_url("statements.overview", token=token_of(invitation))


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def as_typed(token: str) -> str:
    """A token as somebody may have copied it: with capitals, blanks, or the full stop of the sentence around it."""
    return _NO_TOKEN_SIGN.sub("", token.lower())[:TOKEN_LENGTH]


def is_token_of(token: str, invitation: Invitation) -> bool:
    """Whether it is the current one, compared in constant time."""
    return hmac.compare_digest(token.encode(), token_of(invitation).encode())
