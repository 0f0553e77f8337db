"""The secret address of a calendar: its token can be written again at any time, and only its hash is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app

from ikb.calendars.model import CalendarFeed
from ikb.web.links import external_url

_PURPOSE = b"calendar address, first form"


def token_for(feed_id: int, generation: int) -> str:
    """An HMAC over subscription and generation: 160 bits as 32 small letters and digits."""
    secret: str = current_app.extensions["ikb_config"].secret_key
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    seal = hmac.new(key, f"{feed_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.b32encode(seal[:20]).decode().lower()


def token_of(feed: CalendarFeed) -> str:
    """The token of a subscription's current address."""
    return token_for(feed.id, feed.generation)


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(feed: CalendarFeed) -> str:
    """The whole address, fit for a calendar program."""
    return external_url("calendars.subscription", token=token_of(feed))
