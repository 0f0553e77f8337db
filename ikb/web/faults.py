"""When something does not work: a page, a part of a page or JSON that says what happened, what is safe and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, TooManyRequests

from ikb import log
from ikb.errors import Conflict, Faulty, NotYetDecided, Refusal
from ikb.web.filters import size
from ikb.web.htmx import NOTICES, asked_by_htmx
from ikb.web.request_id import request_id
from ikb.web.typed import typed_fields, way_back

# Statuses with a page of their own; any other is answered with the page of its hundred.
PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500)
CODES = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    422: "refused",
    429: "too_many_requests",
    500: "internal_error",
}
# What happened, where nobody says it more exactly.
SENTENCES = {
    400: "Der Server konnte mit der Anfrage nichts anfangen. Vielleicht wurde eine Adresse abgeschnitten.",
    403: "Sie sind angemeldet, aber diese Seite gehört nicht zu Ihren Aufgaben.",
    404: "Unter dieser Adresse ist nichts zu finden, oder der Inhalt ist nicht für Sie freigegeben.",
    405: "Hinter der Adresse steht eine Handlung, die nur der Knopf auf der zugehörigen Seite auslöst.",
    409: "Jemand anders hat dasselbe inzwischen geändert.",
    422: "Die Angaben passen nicht zusammen.",
    429: "Es kamen in kurzer Zeit sehr viele Anfragen. Zum Schutz aller wird kurz gewartet.",
    500: "Der Fehler liegt bei uns, nicht bei Ihnen.",
}


@dataclass(frozen=True)
class Fault:
    """What is said about something that did not work.

    message: what happened, in a sentence or two.
    points:  one line each: faults of a file, points still open.
    texts:   two texts side by side, where somebody else was faster.
    """

    status: int
    code: str
    message: str
    points: Sequence[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    """Answer refusals, HTTP errors and crashes."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _twice)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _crash)
    app.log_exception = _log_crash  # type: ignore[method-assign,assignment]


def answer(fault: Fault) -> Response:
    """The fault in the form that was asked for."""
    if _wants_json():
        response = jsonify(_as_json(fault))
    elif asked_by_htmx():
        response = make_response(_render("errors/_notice.html", fault))
        # The form that was sent stays as it is; what went wrong is said above it.
        response.headers["HX-Retarget"] = NOTICES
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = make_response(_render(_page(fault.status), fault))
        if request.method == "POST":
            response.headers["Cache-Control"] = "no-store"  # it may show what somebody typed
    response.status_code = fault.status
    response.headers.update(dict(fault.headers))
    response.vary.update(("Accept", "HX-Request"))
    return response


def _refusal(refusal: Refusal) -> Response:
    points: Sequence[str] = ()
    texts: Mapping[str, str] = {}
    if isinstance(refusal, Faulty):
        points = refusal.faults
    if isinstance(refusal, NotYetDecided):
        points = refusal.open_points
    if isinstance(refusal, Conflict) and (refusal.theirs or refusal.mine):
        texts = {"theirs": refusal.theirs, "mine": refusal.mine}
    return answer(Fault(refusal.status, refusal.code, refusal.message, points, texts))


def _csrf(_error: CSRFError) -> Response:
    message = (
        "Die Seite war zu lange offen, oder Sie haben sich inzwischen an- oder abgemeldet. "
        "Zur Sicherheit wurde nichts gespeichert."
    )
    return answer(Fault(400, "form_expired", message))


def _stale(error: StaleDataError) -> Response:
    _log_failure("saved over by somebody else", error)
    message = "Jemand anderes hat dasselbe im selben Augenblick geändert. Von Ihnen wurde nichts gespeichert."
    return answer(Fault(409, "edited_meanwhile", message))


def _twice(error: IntegrityError) -> Response:
    # Two clicks that raced each other to the same unique row: the first one is saved.
    _log_failure("refused by the database", error)
    message = (
        "Das passt nicht zu dem, was schon gespeichert ist. Vielleicht wurde es eben zweimal abgeschickt: Dann ist es "
        "einmal gespeichert. Sehen Sie nach, bevor Sie es noch einmal eingeben."
    )
    return answer(Fault(409, "already_there", message))


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # somebody built the answer already, such as a redirect
        return current_app.make_response(error.response)
    status = error.code or 500
    code = CODES.get(status, "internal_error" if status >= 500 else "bad_request")
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    message = _sentence(status)
    if isinstance(error, RequestEntityTooLarge):
        message = _too_large()
    if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
        message = f"{message} Bitte versuchen Sie es in {error.retry_after} Sekunden noch einmal."
    return answer(Fault(status, code, message, headers=headers))


def _crash(_error: InternalServerError) -> Response:
    return answer(Fault(500, CODES[500], _sentence(500)))


def _log_crash(crash: tuple[Any, ...]) -> None:
    _log_failure("request failed", crash[1])


def _log_failure(event: str, failure: BaseException) -> None:
    """Say where it happened, not what with: an exception's own words may quote a citizen."""
    steps = [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in extract_tb(failure.__traceback__)]
    log.get(__name__).error(
        event,
        endpoint=request.endpoint,
        method=request.method,
        error=type(failure).__name__,
        where=" > ".join(steps[-6:]),
    )


def _sentence(status: int) -> str:
    return SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])


def _too_large() -> str:
    sent, allowed = request.content_length, request.max_content_length
    if sent and allowed and sent > allowed:
        return f"Was Sie schicken wollten, ist zu groß: {size(sent)}, erlaubt sind zusammen {size(allowed)}."
    return "Der Text ist länger, als diese Seite ihn auf einmal annehmen kann."


def _page(status: int) -> str:
    if status in PAGES:
        return f"errors/{status}.html"
    return "errors/500.html" if status >= 500 else "errors/400.html"


def _render(template: str, fault: Fault) -> str:
    # An address that cannot be trusted (foreign host) or a crash: the page's head asks nobody for anything.
    is_foreign = request.routing_exception is not None and request.url_rule is None and fault.status == 400
    return render_template(
        template,
        fault=fault,
        bare=fault.status >= 500 or is_foreign,
        request_number=request_id(),
        typed=[] if is_foreign else typed_fields(),
        back=None if is_foreign or request.method != "POST" else way_back(),
    )


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted.best_match(("text/html", "application/json"), default="text/html") == "application/json"


def _as_json(fault: Fault) -> dict[str, Any]:
    body: dict[str, Any] = {
        "status": fault.status,
        "code": fault.code,
        "message": fault.message,
        "request_id": request_id(),
    }
    if fault.points:
        body["points"] = list(fault.points)
    return body | dict(fault.texts)
