"""Computing with what others leave: a run is in no hurry, and whoever hands something in meanwhile is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

NICENESS = 10


@contextmanager
def in_no_hurry() -> Iterator[Executor]:
    """Whoever carries out pure computations one after the other, in a thread that gives way to everything else.

    Only these: while somebody holds a lock or a transaction, others wait for them. On Linux niceness is a thread's own
    (setpriority(2)), so the worker is itself again when this ends. What is interrupted is not waited for.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="in no hurry", initializer=_give_way)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
