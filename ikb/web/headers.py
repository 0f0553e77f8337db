"""Security headers, on every answer, errors included (docs: trust, decision 16)."""

from __future__ import annotations

from flask import Flask, Response, current_app, request, session

from ikb.config import Config

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # the design system draws its icons as data URLs
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWO_YEARS = 63_072_000
# Addresses that hold a secret: the browser must not tell it to anybody, nor keep the page.
SECRET_PATHS = ("/beteiligung/", "/einschaetzung/", "/konto/", "/nachrichten/abbestellen/")


def init_app(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    has_secret_path = request.path.startswith(SECRET_PATHS)
    response.headers.setdefault("Referrer-Policy", "no-referrer" if has_secret_path else "same-origin")
    if _insists_on_tls():
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    if request.endpoint != "static" and (has_secret_path or _is_personal(response)):
        response.headers["Cache-Control"] = "no-store"
    return response


def _insists_on_tls() -> bool:
    config: Config = current_app.extensions["ikb_config"]
    return config.is_production and config.is_secure


def _is_personal(response: Response) -> bool:
    if request.cookies.get(str(current_app.config["SESSION_COOKIE_NAME"])):
        return True
    # Only pages ask for the session itself: asking alone makes an answer vary by cookie, which open data must not.
    return response.mimetype == "text/html" and bool(session)
