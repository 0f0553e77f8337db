"""Asking servers over and over, one open connection to each, and noting how long every answer took."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from itertools import repeat
from statistics import median, quantiles
from time import perf_counter

WARM_UP = 0.5


@dataclass(frozen=True)
class Request:
    """What is sent, and the status that the answer must have."""

    path: str = "/"
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Sample:
    """One measurement. rate: answers per second; median, p95: milliseconds."""

    rate: float
    median: float
    p95: float


Next = Callable[[], Request]


def always(request: Request) -> Next:
    """The same request each time."""
    return repeat(request).__next__


def one_by_one(requests: Iterator[Request]) -> Next:
    """Each request once, whichever connection comes next."""
    lock = threading.Lock()

    def take() -> Request:
        with lock:
            return next(requests)

    return take


def ask(connection: HTTPConnection, request: Request) -> tuple[HTTPResponse, bytes]:
    """The answer and its content. Raises RuntimeError where the status is another."""
    connection.request(request.method, request.path, request.body, request.headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != request.status:
        raise RuntimeError(
            f"{request.method} {request.path}: {answer.status}\n{content[:1500].decode(errors='replace')}"
        )
    return answer, content


def measure(ports: Sequence[int], next_request: Next, seconds: float) -> Sample:
    """Ask for so long, after warming up. Raises what went wrong in any connection."""
    _ask_for(ports, next_request, WARM_UP)
    times, taken = _ask_for(ports, next_request, seconds)
    return Sample(len(times) / taken, median(times) * 1000, quantiles(times, n=20)[-1] * 1000)


def _ask_for(ports: Sequence[int], next_request: Next, seconds: float) -> tuple[list[float], float]:
    times: list[float] = []
    faults: list[BaseException] = []
    began = perf_counter()

    def work(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while perf_counter() - began < seconds and not faults:
                asked = perf_counter()
                ask(connection, next_request())
                times.append(perf_counter() - asked)
        except BaseException as fault:  # told below, in the thread that waits
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return times, perf_counter() - began
