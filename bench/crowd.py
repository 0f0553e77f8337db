"""Many at once, as in the last hour before a deadline: `python -m bench crowd`.

Everybody presses the button at the same moment, each with some 200 kB. All of it must be stored, nobody may see an error,
and the web process must stay small; and after many pages two of them may not have grown much beyond a bare Flask.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from sqlalchemy import func, select

from bench import house, prefork, town
from bench.house import House, Place
from bench.load import Request, ask
from bench.serving import server_process
from ikb.db import db, transaction
from ikb.serve import WEB_THREADS
from ikb.statements.model import Statement, StatementState

CROWD, ROW = 500, 93
TEXT = 33_000  # characters in each of six texts: some 200 kB
PAGES = 5_000
PROCESSES = 2
PATIENCE = 120.0


def main() -> int:
    """Measure, print, and say whether every limit holds."""
    ratios: list[float] = []
    with house.opened() as opened:
        for engine, processes, threads in (("PostgreSQL", PROCESSES, 1), ("SQLite", 1, WEB_THREADS)):
            place = _town(opened, engine)
            with _servers(place, "ikb", processes, threads) as servers:
                place.running["ikb"] = [port for port, _ in servers]
                ratios += _crowds(engine, place, servers)
                ratios += _grown(place, servers) if processes == PROCESSES else []
    return int(any(ratio > 1 for ratio in ratios))


def _town(opened: House, engine: str) -> Place:
    url = None if engine == "PostgreSQL" else f"sqlite:///{opened.session.folder / 'crowd.db'}"
    place = opened.place(f"crowd_{engine.lower()}", 100, valkey_db=6, drafts=CROWD + ROW, database_url=url)
    with place.app.app_context(), transaction():
        town.fill_drafts(TEXT)
    return place


@contextmanager
def _servers(place: Place, name: str, processes: int, threads: int) -> Iterator[list[tuple[int, int]]]:
    with ExitStack() as stack:
        yield [stack.enter_context(server_process(name, place.env, place.folder, threads)) for _ in range(processes)]


def _crowds(engine: str, place: Place, servers: Sequence[tuple[int, int]]) -> list[float]:
    few = _at_once([place.submissions() for _ in range(ROW)], servers)
    many = _at_once([place.submissions() for _ in range(CROWD)], servers)
    with place.app.app_context():
        handed_in = select(func.count()).where(Statement.state == StatementState.SUBMITTED, Statement.key.is_not(None))
        missing = ROW + CROWD - (db.session.scalar(handed_in) or 0)
    share, limit = (95, 5.0) if engine == "PostgreSQL" else (99, 15.0)
    return [
        _line(f"{engine}: {ROW} at once, p95", quantiles(few, n=100)[94], 2.0, "s"),
        _line(f"{engine}: {CROWD} at once, p{share}", quantiles(many, n=100)[share - 1], limit, "s"),
        _line(f"{engine}: statements not stored, answers with an error", float(missing), 0.5, ""),
        _line(f"{engine}: largest web process", max(_megabytes(pid, "VmHWM") for _, pid in servers), 600.0, "MB"),
    ]


def _at_once(requests: Sequence[Request], servers: Sequence[tuple[int, int]]) -> list[float]:
    """Seconds that each waited, from the moment at which all began. Raises what went wrong with any of them."""
    start, waited, faults = threading.Barrier(len(requests)), [], []  # type: ignore[var-annotated]

    def act(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", servers[place % len(servers)][0], timeout=PATIENCE)
        start.wait()
        began = perf_counter()
        try:
            ask(connection, requests[place])
            waited.append(perf_counter() - began)
        except Exception as fault:
            faults.append(fault)  # raised below, in the thread that waits
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return waited


def _grown(place: Place, servers: Sequence[tuple[int, int]]) -> list[float]:
    """Memory of two web processes after many pages, against two of a Flask that says hello, one line for each way to count.

    By themselves, by resident memory; and split off from one that built the application, as production has it, where what
    they share counts once. The second anchor reads a row for each page: what a page with a database takes at the least.
    """
    page = place.page("/beteiligung")
    _ask_often([port for port, _ in servers], page)
    with _servers(place, "hello", len(servers), 1) as bare:
        _ask_often([port for port, _ in bare], Request)
        alone, bare_alone = (sum(_megabytes(pid, "VmRSS") for _, pid in some) for some in (servers, bare))
    ours, flask, with_rows = (
        _held(place, *what) for what in (("ikb", page), ("hello", Request), ("hello_rows", Request))
    )
    print(f"two processes after {PAGES} pages: ikb {alone:.0f} MB, bare Flask {bare_alone:.0f} MB (resident)")
    print(f"split off: ikb {ours:.0f} MB, bare Flask {flask:.0f} MB, with SQLAlchemy {with_rows:.0f} MB (shared once)")
    return [
        _line("memory of two processes, of a bare Flask's", alone / bare_alone, 1.6, ""),
        _line("memory of two split off, of a bare Flask's", ours / flask, 1.6, ""),
        _line("memory of two split off, of Flask with SQLAlchemy", ours / with_rows, 1.6, ""),
    ]


def _held(place: Place, name: str, next_request: Callable[[], Request]) -> float:
    with prefork.together(name, place.env, place.folder, PROCESSES) as (port, pid):
        _ask_often([port] * PROCESSES, next_request)
        return prefork.held(prefork.family(pid))


def _ask_often(ports: Sequence[int], next_request: Callable[[], Request]) -> None:
    """Many pages, taken in turns by as many connections."""
    connections = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for port in ports]
    for number in range(PAGES):
        ask(connections[number % len(connections)], next_request())
    for connection in connections:
        connection.close()


def _megabytes(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def _line(name: str, value: float, limit: float, unit: str) -> float:
    ratio = value / limit
    verdict = "ok" if ratio <= 1 else "MISSED"
    print(f"{name:<58} {value:8.2f} {unit:<2} limit {limit:g} {unit:<2} ratio {ratio:.2f}  {verdict}", flush=True)
    return ratio


if __name__ == "__main__":
    sys.exit(main())
