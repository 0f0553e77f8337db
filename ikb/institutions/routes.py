"""The doors of the institutions room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.institutions import intake_pages, invitation_pages, list_pages, opening_pages
from ikb.institutions.blueprint import bp

PAGES = (list_pages, intake_pages, opening_pages, invitation_pages)

__all__ = ["PAGES", "bp"]
