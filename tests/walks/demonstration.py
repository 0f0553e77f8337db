"""`ikb demo` as a user starts it, and people who come in with its logins and links."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.services import ports
from tests.walks.people import Person
from tests.walks.town import Process, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass
class Demonstration:
    """A running demonstration. logins: what it says of itself for whoever tries it out."""

    logins: dict[str, Any]
    browser: Browser

    @classmethod
    @contextmanager
    def started(cls, browser: Browser, folder: Path) -> Iterator[Demonstration]:
        port, data = ports.free_port(), folder / "data"
        command = [sys.executable, "-m", "ikb", "demo", "--data", str(data), "--port", str(port), "--no-browser"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
        process = Process("demo", command, clean, folder)
        try:
            wait_until(lambda: ports.answers(port), [process])
            yield cls(json.loads((data / "demo-logins.json").read_text(encoding="utf-8")), browser)
        finally:
            process.end()

    def comes_in(self, user: dict[str, str], *, strict: bool = True) -> Person:
        person = Person(self.browser, self.logins["base_url"], user["email"], strict=strict)
        person.opens("/anmelden")
        person.fills("E-Mail-Adresse", user["email"])
        person.fills("Passwort", user["password"])
        person.presses("Anmelden")
        return person

    def role(self, role: str, *, strict: bool = True) -> Person:
        return self.comes_in(next(user for user in self.logins["users"] if user["role"] == role), strict=strict)

    def office(self, body: str) -> Person:
        return self.comes_in(next(user for user in self.logins["further_users"] if user["office"] == body))

    def institution(self, name: str, *, width: int, page: str = "") -> Person:
        """Somebody who followed that institution's link, or one to a page behind it."""
        link = next(each["url"] for each in self.logins["institution_links"] if each["institution"] == name)
        person = Person(self.browser, self.logins["base_url"], name, width=width)
        person.opens(link + page)
        return person
