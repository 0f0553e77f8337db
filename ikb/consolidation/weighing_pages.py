"""The pages of weighing beside the sections' own; they hang on the room's blueprint."""

from ikb.consolidation import confirm_pages, module_pages, reason_pages, release_pages, rule_pages, stage_pages

__all__ = ["confirm_pages", "module_pages", "reason_pages", "release_pages", "rule_pages", "stage_pages"]
