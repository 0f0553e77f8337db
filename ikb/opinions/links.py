"""The link to a question: its token can be written again at any time, and only its hash is stored."""

from __future__ import annotations

import base64
import hmac
from datetime import date, datetime, timedelta

from ikb.core.clock import end_of_day
from ikb.institutions.links import as_typed_shared, hash_of, seal
from ikb.opinions.model import OpinionRequest
from ikb.web.links import external_url

_PURPOSE = b"opinion link, first form"
LASTS_AFTER_DUE = timedelta(days=30)  # a late answer is better than none; a link in an old mailbox is not
__all__ = ["as_typed", "ends_at", "hash_of", "is_token_of", "link_of", "token_of"]

as_typed = as_typed_shared  # as long as a shared link, and written by the same letters


def token_of(request: OpinionRequest) -> str:
    """The token of a question's current link: 40 small letters and digits."""
    return base64.b32encode(seal(_PURPOSE, request.id, request.generation)[:25]).decode().lower()


def is_token_of(token: str, request: OpinionRequest) -> bool:
    """Whether it is the current one, compared in constant time."""
    return hmac.compare_digest(token.encode(), token_of(request).encode())


def link_of(request: OpinionRequest) -> str:
    """The link, complete, fit for a mail."""
    return external_url("opinions.answer", token=token_of(request))


def ends_at(due_on: date, now: datetime) -> datetime:
    """When a link ends that is sent now."""
    return max(end_of_day(due_on), now) + LASTS_AFTER_DUE
