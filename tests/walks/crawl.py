"""Follows every link from where a role begins, and tells which of them lead to nothing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext
    from werkzeug.routing import MapAdapter

OF_EACH = 2  # addresses that are opened for one view; the other 90 institutions are shown by the same template
LINKS = {"a": "href", "link": "href", "script": "src", "img": "src"}
STATIC = "static"
START = "the start"  # each is opened: they were chosen because they differ


class Crawl:
    """A walk along the links, by GET and on one host only.

    pages: by view, the addresses that answered with a page; files: those that answered with a file.
    dead:  each link that leads to nothing, with the page it stands on.
    """

    def __init__(self, web: APIRequestContext, views: MapAdapter, base_url: str, enters: Callable[[str], bool]) -> None:
        """views: tells which view an address belongs to. enters: whether links to a view are followed at all."""
        self.pages: dict[str, list[str]] = {}
        self.files: dict[str, list[str]] = {}
        self.dead: list[str] = []
        self._web = web
        self._views = views
        self._base_url = base_url
        self._enters = enters
        self._seen: set[str] = set()
        self._opened = Counter[str]()

    def walk(self, starts: Iterable[str]) -> Crawl:
        """Open the starts and whatever they lead to, a few addresses for each view."""
        waiting = deque((START, urljoin(self._base_url, start)) for start in starts)
        while waiting:
            source, address = waiting.popleft()
            waiting.extend(self._open(source, address))
        return self

    def one_of_each(self) -> Iterator[str]:
        """One address for every view that shows a page."""
        return (addresses[0] for view, addresses in self.pages.items() if view != STATIC)

    def _open(self, source: str, address: str) -> Iterator[tuple[str, str]]:
        """Open one address if it is new; what it links to, with where it stands."""
        page, place = urldefrag(address)
        if page in self._seen or urlsplit(page).netloc != urlsplit(self._base_url).netloc:
            return
        self._seen.add(page)
        view = self._view_of(page)
        if view is None:
            self.dead.append(f"{page} (no such page), on {source}")
        elif self._enters(view) and (source == START or self._is_due(view, page)):
            yield from self._look(source, page, place, view)

    def _look(self, source: str, page: str, place: str, view: str) -> Iterator[tuple[str, str]]:
        answer = self._web.get(page)
        if not answer.ok:
            self.dead.append(f"{page} ({answer.status}), on {source}")
            return
        if "text/html" not in answer.headers.get("content-type", ""):
            self.files.setdefault(view, []).append(page)
            return
        self.pages.setdefault(self._view_of(answer.url) or view, []).append(answer.url)
        shown = Page(answer.text())
        inside = [urldefrag(link)[1] for link in shown.links if link.startswith("#")]
        self.dead += [f"#{name} (no such place), on {page}" for name in inside if name not in shown.places]
        if place not in shown.places:
            self.dead.append(f"{page}#{place} (no such place), on {source}")
        yield from ((answer.url, urljoin(answer.url, link)) for link in shown.links)

    def _is_due(self, view: str, page: str) -> bool:
        if view == STATIC:
            return True
        arguments = sorted(part.partition("=")[0] for part in urlsplit(page).query.split("&"))
        pattern = f"{view}?{','.join(arguments)}"
        self._opened[pattern] += 1
        return self._opened[pattern] <= OF_EACH

    def _view_of(self, page: str) -> str | None:
        try:
            return str(self._views.match(urlsplit(page).path, method="GET")[0])
        except RequestRedirect as elsewhere:
            return self._view_of(elsewhere.new_url)
        except HTTPException:
            return None


class Page(HTMLParser):
    """The addresses that a page names, and the places on it that a link can lead to.

    A form that asks (by GET) is an address too: with whatever it is filled with.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places = {""}
        self._asking: str | None = None
        self._filled: dict[str, str] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to, and what it is called."""
        found = {name: value or "" for name, value in attrs}
        self.places.add(found.get("id", ""))
        if address := found.get(LINKS.get(tag, "")):
            self.links.append(address)
        if tag == "form" and found.get("method", "get").lower() == "get":
            self._asking, self._filled = found.get("action", ""), {}
        elif self._asking is not None:
            self._fill(tag, found)

    def handle_endtag(self, tag: str) -> None:
        """A form that asks ends: it is an address now."""
        if tag == "form" and self._asking is not None:
            self.links.append(f"{self._asking}?{urlencode(self._filled)}")
            self._asking = None

    def _fill(self, tag: str, found: dict[str, str]) -> None:
        if tag == "select":
            self._select = found["name"]
        elif tag == "option" and (self._select not in self._filled or "selected" in found):
            self._filled[self._select] = found.get("value", "")
        elif tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self._filled[found.get("name", "")] = found.get("value", "")
