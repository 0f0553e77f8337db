"""The doors of the institutions room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.institutions import (
    choosing_pages,
    contact_pages,
    extension_pages,
    intake_pages,
    invitation_pages,
    link_pages,
    list_pages,
    merge_pages,
    opening_pages,
    own_kind_pages,
    register_pages,
    sheet_pages,
    standing_pages,
)
from ikb.institutions.blueprint import bp

PAGES = (
    list_pages,
    intake_pages,
    choosing_pages,
    opening_pages,
    invitation_pages,
    extension_pages,
    link_pages,
    register_pages,
    contact_pages,
    own_kind_pages,
    merge_pages,
    sheet_pages,
    standing_pages,
)

__all__ = ["PAGES", "bp"]
