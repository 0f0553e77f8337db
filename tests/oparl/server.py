"""A small OParl 1.1 server of our own, as a process of its own: paging, changes, deletions, and faults on demand.

`python -m tests.oparl.server` prints its address and serves until its standard input closes, so it dies with whoever
started it. What it serves is put there by `POST /_control`; everything else is as a council system answers.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

SCHEMA = "https://schema.oparl.org/1.1/"
LISTS = {
    "body": "Body",
    "organization": "Organization",
    "meeting": "Meeting",
    "paper": "Paper",
    "agendaItem": "AgendaItem",
    "consultation": "Consultation",
}
SUMMER = timezone(timedelta(hours=2))


class Store:
    """The objects, by path; and what is broken."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.objects: dict[str, dict[str, Any]] = {}
        self.page_size = 5
        self.faults: dict[str, Any] = {}
        self.asked: list[str] = []
        self.version = "1.1"
        self.clock = datetime(2010, 10, 1, 8, tzinfo=UTC)

    def control(self, order: dict[str, Any]) -> None:
        """Load objects, change or delete some, break or mend a path, set clock, version or page size."""
        if order.get("reset"):
            self.objects, self.faults = {}, {}
        if at := order.get("clock"):
            self.clock = datetime.fromisoformat(at)
        self.clock += timedelta(minutes=1)
        for path, thing in order.get("load", {}).items():
            self.objects[path] = {"created": _stamp(self.clock), "modified": _stamp(self.clock), **thing}
        for path, values in order.get("change", {}).items():
            self._change(path, dict(values))
        for path in order.get("delete", []):
            self._delete(path)
        self.faults |= order.get("faults", {})
        for path in order.get("mend", []):
            self.faults.pop(path, None)
        self.page_size = order.get("page_size", self.page_size)
        self.version = order.get("version", self.version)

    def _change(self, path: str, values: dict[str, Any]) -> None:
        is_quiet = values.pop("(quiet)", False)  # parents keep their time, as some servers do it
        thing = self.objects[path]
        thing |= values
        for name in [name for name, value in values.items() if value == "(none)"]:
            del thing[name]
        for one in [thing, *([] if is_quiet else self._parents(path))]:
            one["modified"] = _stamp(self.clock)

    def _delete(self, path: str) -> None:
        gone, parents = self.objects[path], self._parents(path)
        kept = {"type": gone["type"], "created": gone["created"], "deleted": True}
        self.objects[path] = {**kept, "modified": _stamp(self.clock)}
        for parent in parents:
            parent["modified"] = _stamp(self.clock)

    def _parents(self, path: str) -> list[dict[str, Any]]:
        embeds = ("agendaItem", "consultation")
        things = self.objects.values()
        return [one for one in things if any(isinstance(one.get(n), list) and path in one[n] for n in embeds)]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(SUMMER).isoformat(timespec="seconds")


class Handler(BaseHTTPRequestHandler):
    """Answers as a council system does."""

    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output is not ours."""

    @property
    def base(self) -> str:
        return f"http://{self.headers.get('Host')}"

    def do_POST(self) -> None:
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.store.lock:
            if order == "asked":
                self._send(200, json.dumps(self.store.asked).encode())
                self.store.asked.clear()
                return
            self.store.control(order)
        self._send(200, b"{}")

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.store.lock:
            self.store.asked.append(self.path)
            if self._break(parts.path, parts.query):
                return
            answer = self._answer(parts.path, parse_qs(parts.query))
        if answer is None:
            self._send(404, json.dumps({"type": SCHEMA + "Error", "message": "unbekannt"}).encode())
        else:
            self._send(200, json.dumps(answer).encode())

    def _break(self, path: str, query: str) -> bool:
        """A fault: a status, [status, how often], a body, `->` an address, or `loop` for a list that has no end."""
        fault = self.store.faults.get(f"{path}?{query}") or self.store.faults.get(path)
        if fault is None or fault == "loop":
            return False
        if isinstance(fault, list):
            fault[1] -= 1
            if fault[1] <= 0:
                self.store.faults.pop(path, None)
            fault = fault[0]
        if isinstance(fault, int):
            self._send(fault, b"{}")
        elif fault.startswith("->"):
            self._send(302, b"", Location=fault[2:])
        else:
            self._send(200, fault.encode())
        return True

    def _answer(self, path: str, query: dict[str, list[str]]) -> Any:
        if path == "/oparl/system":
            schema = SCHEMA.replace("1.1", self.store.version)
            return {
                "id": self.base + path,
                "type": schema + "System",
                "oparlVersion": schema,
                "body": self.base + "/list/body",
            }
        if path.startswith("/list/"):
            return self._list(path.removeprefix("/list/"), query)
        thing = self.store.objects.get(path)
        return None if thing is None else self._render(path, thing, embedded=False)

    def _list(self, name: str, query: dict[str, list[str]]) -> Any:
        since = query.get("modified_since", [""])[0]
        entries = [
            (path, thing)
            for path, thing in self.store.objects.items()
            if thing["type"].endswith("/" + LISTS[name]) and _is_listed(thing, since)
        ]
        number, size = int(query.get("page", ["1"])[0]), self.store.page_size
        is_last = number * size >= len(entries)
        links = {}
        if not is_last or self.store.faults.get(f"/list/{name}") == "loop":
            values = {"page": "1" if is_last else str(number + 1)} | ({"modified_since": since} if since else {})
            links["next"] = f"{self.base}/list/{name}?{urlencode(values)}"
        return {
            "data": [
                self._render(path, thing, embedded=False) for path, thing in entries[(number - 1) * size :][:size]
            ],
            "pagination": {"elementsPerPage": size},
            "links": links,
        }

    def _render(self, path: str, thing: dict[str, Any], *, embedded: bool) -> dict[str, Any]:
        answer = {"id": self._url(path), **thing}
        answer["type"] = thing["type"].replace("/1.1/", f"/{self.store.version}/")
        for name in ("agendaItem", "consultation"):
            if isinstance(thing.get(name), list):
                answer[name] = [found for one in thing[name] if (found := self._embedded(one)) is not None]
        for name in ("meeting", "paper", "organization", "body", "agendaItem", "consultation"):
            if isinstance(thing.get(name), str):
                answer[name] = self._url(thing[name])
        if isinstance(thing.get("organization"), list):
            answer["organization"] = [self._url(one) for one in thing["organization"]]
        if embedded:
            answer.pop("meeting" if thing["type"].endswith("AgendaItem") else "paper", None)
        filled: dict[str, Any] = json.loads(json.dumps(answer).replace("{base}", self.base))
        return filled

    def _embedded(self, path: str) -> Any:
        inner = self.store.objects.get(path)
        if inner is None:
            return self._url(path)  # an address where an object belongs: some servers do that
        return None if inner.get("deleted") else self._render(path, inner, embedded=True)

    def _url(self, path: str) -> str:
        return self.base + path if path.startswith("/") else path

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _is_listed(thing: dict[str, Any], since: str) -> bool:
    if not since:
        return not thing.get("deleted")
    return datetime.fromisoformat(thing["modified"]) >= datetime.fromisoformat(since)


class CouncilServer:
    """The server's process, as a test holds it."""

    def __init__(self, process: Popen[str], url: str) -> None:
        self._process = process
        self.url = url
        self.system = f"{url}/oparl/system"

    def tell(self, **order: Any) -> None:
        """Load, change, delete, break or mend: see `Store.control`."""
        requests.post(f"{self.url}/_control", json=order, timeout=10).raise_for_status()

    def asked(self) -> list[str]:
        """What was asked for since this was asked last, in order."""
        found: list[str] = requests.post(f"{self.url}/_control", json="asked", timeout=10).json()
        return found

    def stop(self) -> None:
        """End the process; nobody answers any more."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait(timeout=10)


@contextmanager
def council_server() -> Iterator[CouncilServer]:
    """A running server without any object."""
    process = Popen([sys.executable, "-m", "tests.oparl.server"], stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdout is not None
    server = CouncilServer(process, process.stdout.readline().strip())
    try:
        yield server
    finally:
        server.stop()
        process.stdout.close()


def main() -> None:
    """Serve until standard input closes."""
    Handler.store = Store()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
