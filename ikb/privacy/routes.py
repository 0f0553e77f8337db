"""The doors of this room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.privacy import notice_pages, person_pages, retention_pages
from ikb.privacy.blueprint import bp

PAGES = (notice_pages, retention_pages, person_pages)

__all__ = ["PAGES", "bp"]
