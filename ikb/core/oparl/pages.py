"""Pages of an OParl list: what is on one, and where the next is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ikb.core.oparl.values import Fault

MOST_ON_A_PAGE = 5000


@dataclass(frozen=True)
class Page:
    """One page: its objects as they came, the address of the next page (empty on the last), and faults."""

    entries: tuple[object, ...]
    next_url: str = ""
    faults: tuple[Fault, ...] = ()


def read_page(data: object, url: str) -> Page:
    """Read a page. A list without the frame around it, as some servers send, is taken and noted."""
    if isinstance(data, list):
        return Page(tuple(data[:MOST_ON_A_PAGE]), faults=(Fault(url, "Die Liste kommt ohne „data“ und „links“."),))
    if not isinstance(data, dict):
        return Page((), faults=(Fault(url, "Hier steht keine Liste."),))
    entries = data.get("data")
    if not isinstance(entries, list):
        return Page((), faults=(Fault(url, "Auf der Seite fehlt „data“, die Liste der Objekte."),))
    faults = []
    if len(entries) > MOST_ON_A_PAGE:
        faults.append(
            Fault(url, f"Auf der Seite stehen mehr als {MOST_ON_A_PAGE} Objekte; der Rest wurde nicht gelesen.")
        )
    links = data.get("links")
    if not isinstance(links, Mapping):
        faults.append(Fault(url, "Auf der Seite fehlt „links“; ob es eine weitere gibt, ist nicht zu sehen."))
        links = {}
    return Page(tuple(entries[:MOST_ON_A_PAGE]), _next(links, url, faults), tuple(faults))


def _next(links: Mapping[str, Any], url: str, faults: list[Fault]) -> str:
    found = links.get("next")
    if found is None or found == "":
        return ""
    if not isinstance(found, str) or not found.startswith(("http://", "https://")) or len(found) > 2000:
        faults.append(Fault(url, "Die Adresse der nächsten Seite ist unbrauchbar."))
        return ""
    if found == url:
        faults.append(Fault(url, "Die Seite nennt sich selbst als nächste; die Liste endet hier."))
        return ""
    return found
