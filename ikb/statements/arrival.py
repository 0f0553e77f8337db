"""When the proxy in front saw the current request arrive, if it is set up to note that."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request

from ikb.config import Config
from ikb.core import arrival


def arrived_at(now: datetime) -> datetime | None:
    """The proxy's moment, believed up to two minutes back; None without a trusted proxy, or where it says nothing."""
    config: Config = current_app.extensions["ikb_config"]
    if config.arrival_header is None or not config.trusted_proxies:
        return None
    return arrival.arrived_at(request.headers.get(config.arrival_header), now)
