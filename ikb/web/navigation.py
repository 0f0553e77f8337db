"""The ways in: each room registers its entries, and nobody sees an entry they may not use.

Areas are places on the page: "main" in the head of every page, "procedure" under the bar of the current procedure,
"institution" behind an institution's link (there it stands in place of "main"), "settings" on the administrator's page
of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask, current_app, request

from ikb.web.addresses import url_for

AREAS = ("main", "procedure", "institution", "settings")
Values = Callable[[], Mapping[str, object] | None]


def _always() -> bool:
    return True


def _nothing() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Entry:
    """One way in: words, an endpoint, and for whom."""

    area: str
    label: str
    endpoint: str
    order: int
    visible: Callable[[], bool] = _always
    values: Values = _nothing
    covers: tuple[str, ...] = ()
    spoken: Callable[[], str] | None = None


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it. current: "page" on the very page, "true" on a page below it, else empty."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class Bar:
    """What stands on every page of a procedure: its name, the current version and the next date, as finished words.

    person: for whom the page is, where that is not the person signed in (the institution behind a link).
    """

    name: str
    url: str | None = None
    version: str = ""
    next_date: str = ""
    person: str = ""


@dataclass(frozen=True)
class Account:
    """Who is signed in, as the head of the page says it; sign_out is the endpoint that takes the POST."""

    name: str
    role: str
    sign_out: str


@dataclass
class _Board:
    entries: dict[tuple[str, str, str], Entry] = field(default_factory=dict)
    bars: list[Callable[[], Bar | None]] = field(default_factory=list)
    accounts: list[Callable[[], Account | None]] = field(default_factory=list)
    in_order: dict[str, list[Entry]] = field(default_factory=dict)

    def entries_of(self, area: str) -> list[Entry]:
        """The entries of an area, in order; sorted when the first page asks."""
        if area not in self.in_order:
            entries = (entry for entry in self.entries.values() if entry.area == area)
            self.in_order[area] = sorted(entries, key=lambda entry: (entry.order, entry.label))
        return self.in_order[area]


_board = _Board()


def register(
    area: str,
    label: str,
    endpoint: str,
    order: int,
    *,
    visible: Callable[[], bool] = _always,
    values: Values = _nothing,
    covers: tuple[str, ...] = (),
    spoken: Callable[[], str] | None = None,
) -> None:
    """Offer a way in.

    order:   places in the row, smallest first.
    visible: asked at every page, inside the request.
    values:  what the endpoint's address needs; None where it has no place (no current procedure).
    spoken:  what it is called on this page, where that differs from one page to another.
    covers:  beginnings of other endpoints on whose pages the entry is marked, such as "participation.".
    Raises ValueError for an unknown area.
    """
    if area not in AREAS:
        raise ValueError(f"Unknown area {area!r}; there are {', '.join(AREAS)}.")
    _board.entries[area, label, endpoint] = Entry(area, label, endpoint, order, visible, values, covers, spoken)
    _board.in_order.clear()


def provide_bar(provider: Callable[[], Bar | None]) -> Callable[[], Bar | None]:
    """Register a function that knows the current page's procedure, or returns None."""
    if provider not in _board.bars:
        _board.bars.append(provider)
    return provider


def provide_account(provider: Callable[[], Account | None]) -> Callable[[], Account | None]:
    """Register the function that knows who is signed in."""
    if provider not in _board.accounts:
        _board.accounts.append(provider)
    return provider


def links(area: str) -> list[Link]:
    """The entries of an area that the current visitor may use, in order."""
    views, here = current_app.view_functions, request.endpoint or ""
    entries = (entry for entry in _board.entries_of(area) if entry.endpoint in views)
    return [link for entry in entries if (link := _link(entry, here))]


def places_of(area: str, endpoint: str) -> list[str]:
    """The entries of an area that are marked on a page; a page that nobody claims has none."""
    return [entry.label for entry in _board.entries_of(area) if _mark(entry, endpoint)]


def bar() -> Bar | None:
    """The current page's procedure, if it belongs to one."""
    return next((found for provider in _board.bars if (found := provider())), None)


def account() -> Account | None:
    """Who is signed in, or None."""
    return next((found for provider in _board.accounts if (found := provider())), None)


def init_app(app: Flask) -> None:
    """Let `base.html` ask for entries, bar and account when it draws them, not before."""
    app.jinja_env.globals.update(navigation_links=links, procedure_bar=bar, signed_in=account, page_exists=_exists)


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _link(entry: Entry, here: str) -> Link | None:
    if not entry.visible():
        return None
    values = entry.values()
    if values is None:
        return None
    label = entry.spoken() if entry.spoken else entry.label
    return Link(label, url_for(entry.endpoint, **values), _mark(entry, here))


def _mark(entry: Entry, here: str) -> str:
    if here == entry.endpoint:
        return "page"
    return "true" if entry.covers and here.startswith(entry.covers) else ""
