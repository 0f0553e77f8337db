"""Addresses for letters: built from the configured base address, never from what a request claims to be its host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.routing import MapAdapter

from ikb.config import Config


def external_url(endpoint: str, **values: Any) -> str:
    """The full address of a page, with or without a request; it begins with `IKB_BASE_URL`.

    Raises werkzeug's BuildError for an endpoint that does not exist or lacks a value.
    """
    return _addresses().build(endpoint, values, force_external=True)


def base_host() -> str:
    """The host name in the configured base address: the right half of every Message-ID."""
    return urlsplit(_base_url()).hostname or "localhost"


def _addresses() -> MapAdapter:
    base = urlsplit(_base_url())
    return current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)


def _base_url() -> str:
    config: Config = current_app.extensions["ikb_config"]
    return config.base_url
