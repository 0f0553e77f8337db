"""When a request arrived, as the proxy in front noted it: earlier than the application sees it, when many come at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

BELIEVED_BACK = timedelta(seconds=120)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"t=([0-9]{10})\.([0-9]{3})")  # nginx: "t=${msec}"
_MICROSECONDS = re.compile(r"t=([0-9]{10})([0-9]{6})")  # Apache: "%t"


def arrived_at(stamp: str | None, now: datetime) -> datetime | None:
    """The moment in a proxy's `X-Request-Start`, in UTC; None where it says none, or none that can be believed.

    now: what the application's clock says; a stamp may lie up to two minutes before it, and never after it.
    """
    for form in (_SECONDS, _MICROSECONDS):
        if found := form.fullmatch((stamp or "").strip()):
            seconds, fraction = found.groups()
            moment = _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))
            return moment if now - BELIEVED_BACK <= moment <= now else None
    return None
