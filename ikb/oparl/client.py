"""Asking a council system: bounded in time, size and redirects, and never an address inside the town's own network.

The address is checked at the connection itself, after the name was resolved and before anything is sent: a name that
answers differently the second time gains nothing.
"""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from ikb.oparl.asked import Away, Forbidden, Gone, Unreadable, is_public, refusal_of

CONNECT_SECONDS, SILENCE_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 45.0
MOST_BYTES = 20 * 1024 * 1024
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _InsideError(OSError):
    """The connection leads to an address that is not public."""


class Client:
    """One reader of one council system. allows_private: the administrator says that it stands in the own network."""

    def __init__(self, *, allows_private: bool = False) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: nothing that is not set here goes along
        adapter = HTTPAdapter() if allows_private else _PublicOnly()
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update({"Accept": "application/json", "User-Agent": "ikb (OParl)"})
        self.requests = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, url: str, **query: str) -> object:
        """The JSON at an address, as Python values.

        Raises Away, Gone, Forbidden or Unreadable, each with the address and a sentence.
        """
        ends_at = time.monotonic() + WHOLE_SECONDS
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(asked, url, query)
            with answer:
                if answer.status_code not in _REDIRECTS:
                    return _as_json(_body(answer, url, ends_at), url)
                asked = urljoin(answer.url, answer.headers.get("Location", ""))
            query = {}
        raise Unreadable(url, f"Die Adresse leitet mehr als {MOST_REDIRECTS}-mal weiter.")

    def _ask(self, asked: str, url: str, query: dict[str, str]) -> requests.Response:
        if reason := refusal_of(asked):
            raise Forbidden(url, reason)
        self.requests += 1
        try:
            answer = self._session.get(
                asked, params=query, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
            )
        except requests.RequestException as fault:
            if _is_inside(fault):
                raise Forbidden(
                    url,
                    "Der Server steht im eigenen Netz. Wenn das so sein soll, erlauben Sie es in den Einstellungen.",
                ) from fault
            raise _trouble(url, fault) from fault
        if answer.status_code in _REDIRECTS or answer.ok:
            return answer
        answer.close()
        raise _refused(url, answer.status_code)


def _refused(url: str, status: int) -> Unreadable:
    if status in (404, 410):
        return Gone(url, f"Unter dieser Adresse gibt es nichts (HTTP {status}).")
    if status == 429 or status >= 500:
        return Away(url, f"Der Server kann gerade nicht antworten (HTTP {status}).")
    return Unreadable(url, f"Der Server gibt die Daten nicht heraus (HTTP {status}).")


def _trouble(url: str, fault: requests.RequestException) -> Unreadable:
    if isinstance(fault, requests.exceptions.SSLError):
        return Away(url, "Das Zertifikat des Servers ist nicht gültig.")
    if isinstance(fault, requests.Timeout):
        return Away(url, "Der Server hat nicht rechtzeitig geantwortet.")
    if isinstance(fault, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Away(url, "Der Server ist nicht erreichbar.")
    return Unreadable(url, "Die Adresse konnte nicht gelesen werden.")


def _body(answer: requests.Response, url: str, ends_at: float) -> bytes:
    received = bytearray()
    try:
        for piece in answer.iter_content(64 * 1024):
            received += piece
            if len(received) > MOST_BYTES:
                raise Unreadable(url, f"Die Antwort ist größer als {MOST_BYTES // 1024 // 1024} MB.")
            if time.monotonic() > ends_at:
                raise Away(url, f"Die Antwort war nach {WHOLE_SECONDS:.0f} Sekunden noch nicht vollständig.")
    except requests.RequestException as fault:
        raise _trouble(url, fault) from fault
    return bytes(received)


def _as_json(body: bytes, url: str) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(url, "Die Antwort ist kein gültiges JSON.") from fault


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _is_inside(fault: BaseException | None) -> bool:
    seen = 0
    while fault is not None and seen < 10:
        if isinstance(fault, _InsideError):
            return True
        reason = getattr(fault, "reason", None) or next((a for a in fault.args if isinstance(a, BaseException)), None)
        fault = reason or fault.__cause__ or fault.__context__
        seen += 1
    return False


def _checked(connection: socket.socket) -> socket.socket:
    if is_public(connection.getpeername()[0]):
        return connection
    connection.close()
    raise _InsideError("not a public address")


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicOnly(HTTPAdapter):
    """Connects to public addresses only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
