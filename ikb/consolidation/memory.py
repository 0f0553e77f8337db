"""How much memory a run may take: what asks for more is refused, and the run ends with a sentence instead of its machine."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AT_MOST = 2_000_000_000  # bytes beyond what the process has; a hundred thousand statements take a third
_STATUS = Path("/proc/self/statm")


@contextmanager
def limited(more: int = AT_MOST) -> Iterator[None]:
    """Let this process take so many bytes more than it has; beyond that, MemoryError. Where /proc is not, no limit.

    It counts for the whole process, so only for one that does nothing else meanwhile: a worker's.
    """
    if not _STATUS.exists():
        yield
        return
    pages = int(_STATUS.read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (_lower(wanted, soft, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _lower(wanted: int, *limits: int) -> int:
    return min([wanted, *(limit for limit in limits if limit != resource.RLIM_INFINITY)])
