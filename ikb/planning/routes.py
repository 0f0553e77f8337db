"""The doors of the planning room; each group of pages has a module of its own."""

from __future__ import annotations

from ikb.planning import check_pages, proposal_pages, scenario_pages, town_pages, trial_pages
from ikb.planning.blueprint import bp

PAGES = (check_pages, trial_pages, scenario_pages, proposal_pages, town_pages)

__all__ = ["PAGES", "bp"]
