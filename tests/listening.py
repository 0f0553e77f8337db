"""A WSGI application on a port of its own, for browsers: started and ended by the test that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The address of the running application, until the block ends."""
    server = make_server("127.0.0.1", 0, _whole_answers(app), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _whole_answers(app: Flask) -> Any:
    """The application with each answer read to its end first.

    Werkzeug's server does not close an answer whose reader has left, and a page that the browser closes has often asked for
    more files: they would stay open, which the tests take for an error.
    """

    def answered(environ: Any, start_response: Any) -> list[bytes]:
        answer: Iterable[bytes] = app(environ, start_response)
        with closing(answer) if hasattr(answer, "close") else nullcontext():  # type: ignore[type-var]
            return [b"".join(answer)]

    return answered
