"""The links to an invitation: their tokens can be written again at any time, and only their hashes are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from flask import current_app

from ikb.errors import NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import SharedLink
from ikb.web.links import external_url

_PURPOSE = b"participation link, first form"
_SHARED = b"shared link, first form"
_CODE = b"short code, first form"
_NO_TOKEN_SIGN = re.compile(r"[^a-z2-7]")
TOKEN_LENGTH = 32  # 160 bits in letters and digits that can be read out and typed
SHARED_LENGTH = 40  # of a shared link: the length tells in which table to look, so that one question is enough


class UnknownLink(NotFound):
    """A link that never was, was mistyped, or was replaced by a newer one; which of them, nobody is told."""

    code = "unknown_link"


def token_for(invitation_id: int, generation: int) -> str:
    """An HMAC over invitation and generation: 32 small letters and digits, no 0, 1, 8 or 9 to mix up."""
    return base64.b32encode(seal(_PURPOSE, invitation_id, generation)[:20]).decode().lower()


def shared_token_for(link_id: int, generation: int) -> str:
    """The same for a shared link, in 40 signs."""
    return base64.b32encode(seal(_SHARED, link_id, generation)[:25]).decode().lower()


def code_seal(invitation_id: int, generation: int) -> bytes:
    """What the short code on a paper letter is made of: nothing of it is stored."""
    return seal(_CODE, invitation_id, generation)


def seal(purpose: bytes, number: int, generation: int) -> bytes:
    """An HMAC over a row's number and the generation of its link, by a key of its own for each purpose."""
    secret: str = current_app.extensions["ikb_config"].secret_key
    key = hmac.new(secret.encode(), purpose, hashlib.sha256).digest()
    return hmac.new(key, f"{number}:{generation}".encode(), hashlib.sha256).digest()


def token_of(invitation: Invitation) -> str:
    """The token of an invitation's current link."""
    return token_for(invitation.id, invitation.generation)


def link_of(invitation: Invitation) -> str:
    """The personal link, complete, fit for a mail."""
    return external_url("statements.overview", token=token_of(invitation))


def shared_link_of(link: SharedLink) -> str:
    """A shared link, complete."""
    return external_url("statements.overview", token=shared_token_for(link.id, link.generation))


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def as_typed(token: str) -> str:
    """A token as somebody may have copied it: with capitals, blanks, or the full stop of the sentence around it."""
    return _signs(token)[:TOKEN_LENGTH]


def as_typed_shared(token: str) -> str | None:
    """The token of a shared link as somebody may have copied it; None where it is too short for one."""
    typed = _signs(token)
    return typed[:SHARED_LENGTH] if len(typed) >= SHARED_LENGTH else None


def _signs(token: str) -> str:
    return _NO_TOKEN_SIGN.sub("", token.lower())


def is_token_of(token: str, invitation: Invitation) -> bool:
    """Whether it is the current one, compared in constant time."""
    return hmac.compare_digest(token.encode(), token_of(invitation).encode())


def is_token_of_shared(token: str, link: SharedLink) -> bool:
    """The same for a shared link."""
    return hmac.compare_digest(token.encode(), shared_token_for(link.id, link.generation).encode())
