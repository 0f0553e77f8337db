"""What is measured against what, and what is wanted of it (issue figures; in brackets where they are not due yet)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench import during, fanout
from bench.compare import Pair, Wanted
from bench.house import House, Place, post
from bench.load import Next, Request, Sample, always, measure

SECONDS = 2.5
TEXT = "Unser Verein bietet das seit Jahren an und bittet darum, die vorhandenen Angebote einzubeziehen. " * 3
GROWTH = 1.15


def _served(place: Place, name: str, next_request: Callable[[], Next]) -> Callable[[], Sample]:
    return lambda: measure(place.ports(name), next_request(), SECONDS)


def _anchor(place: Place, name: str) -> Callable[[], Sample]:
    return _served(place, name, lambda: always(Request()))


def _page(place: Place, path: str) -> Callable[[], Sample]:
    return _served(place, "ikb", lambda: place.page(path))


def smallest(house: House) -> Iterator[Pair]:
    """The smallest answer of both."""
    gesund = _served(house.large, "ikb", lambda: always(Request("/gesund")))
    yield Pair("sign of life", "hello", gesund, _anchor(house.large, "hello"), [Wanted("rate"), Wanted("p95")])


def submit(house: House) -> Iterator[Pair]:
    """Handing in: session, form token, policy, validation, journal, receipt, ledger row."""
    bare = _served(house.large, "insert", lambda: always(post("/", {"text": TEXT})))
    wanted = [Wanted("rate", at_least=0.40), Wanted("p95", at_most=2.5)]
    yield Pair("submit", "bare INSERT", _submit(house.large), bare, wanted)


def _submit(place: Place) -> Callable[[], Sample]:
    return _served(place, "ikb", lambda: place.submissions)


def lists(house: House) -> Iterator[Pair]:
    """Lists of twenty."""
    for name, path in (("list of invitations", "/beteiligung"), ("list of statements", "/stellungnahmen")):
        wanted = [Wanted("rate", at_least=0.40), Wanted("p95")]
        yield Pair(name, "bare list", _page(house.large, path), _anchor(house.large, "listing"), wanted)


def dashboard(house: House) -> Iterator[Pair]:
    """The lead's landing page."""
    wanted = [Wanted("p95", at_most=2.0), Wanted("rate")]
    yield Pair("dashboard", "bare matrix", _page(house.large, ""), _anchor(house.large, "matrix"), wanted)


def growth(house: House) -> Iterator[Pair]:
    """The same with 10,000 statements as with 1,000."""
    wanted = [Wanted("p95", at_most=GROWTH), Wanted("median")]
    yield Pair("submit, 10,000", "with 1,000", _submit(house.large), _submit(house.small), wanted)
    for name, path in (("invitations", "/beteiligung"), ("statements", "/stellungnahmen"), ("dashboard", "")):
        yield Pair(f"{name}, 10,000", "with 1,000", _page(house.large, path), _page(house.small, path), wanted)


def passages(house: House) -> Iterator[Pair]:
    """A chapter of a draft with 600 sections, with 10,000 remarks on it as with 1,000."""
    many, few = house.large.chapter(10_000), house.large.chapter(1_000)
    wanted = [Wanted("p95", at_most=GROWTH), Wanted("median")]
    yield Pair("passages, 10,000", "with 1,000", _read(house.large, many), _read(house.large, few), wanted)


def _read(place: Place, chapter: Next) -> Callable[[], Sample]:
    return _served(place, "ikb", lambda: chapter)


def mail(house: House) -> Iterator[Pair]:
    """From opening a phase to the 93rd invitation at the mail server."""
    with fanout.post_office(house) as office:
        wanted = [Wanted("rate", at_least=0.60)]  # so the 93rd arrives within less than twice the time
        yield Pair("93 invitations", "bare smtplib", office.invite, office.bare_smtp, wanted)
        wanted = [Wanted("rate", at_least=0.35)]
        yield Pair("93 invitations", "Celery no-op", office.invite, office.bare_tasks, wanted)


def meanwhile(house: House) -> Iterator[Pair]:
    """Handing in while a worker brings ten thousand remarks together."""
    with during.busy(house) as busy:
        alone = _submit(busy.place)
        wanted = [Wanted("p95", at_most=2.0), Wanted("rate")]
        yield Pair("submit during a run", "without", lambda: busy.during(alone), alone, wanted)


PAIRS = {
    "hello": smallest,
    "submit": submit,
    "list": lists,
    "dashboard": dashboard,
    "growth": growth,
    "passages": passages,
    "mail": mail,
    "meanwhile": meanwhile,
}
