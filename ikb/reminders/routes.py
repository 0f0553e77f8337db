"""The doors of the reminders room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.reminders import bulk_pages, call_pages, message_pages, paper_pages, rule_pages, text_pages, undelivered_pages
from ikb.reminders.blueprint import bp

PAGES = (message_pages, rule_pages, text_pages, call_pages, paper_pages, undelivered_pages, bulk_pages)

__all__ = ["PAGES", "bp"]
