"""Whether this machine has time for us: what others use of it while we do nothing."""

from __future__ import annotations

import time
from pathlib import Path

STAT = Path("/proc/stat")
LOOK = 0.25  # seconds
BUSY = 0.10  # of all cores: more than this, and a figure says more about the neighbours than about ikb


def busy_share() -> float:
    """What part of all cores is in use, or taken away by the host, while this process sleeps; 0 where nobody can say."""
    if not STAT.exists():
        return 0.0
    before = _ticks()
    time.sleep(LOOK)
    idle, total = (after - earlier for earlier, after in zip(before, _ticks(), strict=True))
    return 1 - idle / total if total else 0.0


def wait_until_quiet(patience: float) -> bool:
    """Whether the machine came to rest within that many seconds."""
    give_up = time.monotonic() + patience
    while busy_share() > BUSY:
        if time.monotonic() > give_up:
            return False
    return True


def _ticks() -> tuple[int, int]:
    """Idle ticks (waiting for a disk included) and all ticks since the machine began."""
    values = [int(word) for word in STAT.read_text().splitlines()[0].split()[1:9]]
    return values[3] + values[4], sum(values)
