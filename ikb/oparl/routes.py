"""The doors of this room: setting up a council system, what it says, what differs; and lists that were pasted."""

from __future__ import annotations

from ikb.oparl import difference_pages, paste_pages, system_pages
from ikb.oparl.blueprint import bp

PAGES = (system_pages, difference_pages, paste_pages)

__all__ = ["PAGES", "bp"]
