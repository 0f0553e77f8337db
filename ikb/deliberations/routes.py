"""The doors of the deliberation room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.deliberations import (
    calendar_pages,
    committee_pages,
    extract_page,
    falling_out_pages,
    kind_pages,
    laying_pages,
    new_procedure,
    record_pages,
    result_pages,
    sequence_pages,
    since_pages,
    sitting_pages,
    town_pages,
    write_draft,
)
from ikb.deliberations.blueprint import bp

PAGES = (
    write_draft,
    new_procedure,
    sequence_pages,
    result_pages,
    record_pages,
    extract_page,
    laying_pages,
    since_pages,
    kind_pages,
    committee_pages,
    town_pages,
    sitting_pages,
    falling_out_pages,
    calendar_pages,
)

__all__ = ["PAGES", "bp"]
