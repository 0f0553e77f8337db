"""The doors of the post room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.deliveries import choice_pages, mailbox_pages, operation_pages, return_pages
from ikb.deliveries.blueprint import bp

PAGES = (mailbox_pages, operation_pages, choice_pages, return_pages)

__all__ = ["PAGES", "bp"]
