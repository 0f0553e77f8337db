"""Which addresses are asked at all, and what becomes of one that gives nothing."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")


class Unreadable(Exception):
    """An address that gave nothing usable; `sentence` says why, in German.

    later: trying again later may help.
    """

    later = False

    def __init__(self, url: str, sentence: str) -> None:
        super().__init__(sentence)
        self.url = url
        self.sentence = sentence


class Away(Unreadable):
    """The server did not answer, or answered that it cannot at the moment."""

    later = True


class Gone(Unreadable):
    """404 or 410: there is nothing at that address."""


class Forbidden(Unreadable):
    """An address that ikb does not ask: inside the own network, of another scheme, with a password in it."""


def refusal_of(url: str) -> str | None:
    """Why an address is not asked, as a German sentence; None for one that may be."""
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        return "Die Adresse ist nicht lesbar."
    if parts.scheme not in ("http", "https"):
        return "Die Adresse beginnt nicht mit https:// oder http://."
    if not host:
        return "In der Adresse fehlt der Name des Servers."
    if user is not None:
        return "In der Adresse stehen Zugangsdaten. OParl ist öffentlich; nennen Sie die Adresse ohne sie."
    return None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; an IPv4 address inside an IPv6 one counts as itself."""
    found = ip_address(address.split("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _behind_nat64(found)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address in one of 64:ff9b::/96 (RFC 6052), through which a gateway reaches it."""
    return IPv4Address(address.packed[12:]) if address in _NAT64 else None
