"""The blueprint of this room, and its way in for administrators."""

from __future__ import annotations

from flask import Blueprint

from ikb.accounts.model import Role
from ikb.accounts.policy import visitor
from ikb.web import navigation

bp = Blueprint("privacy", __name__)
navigation.register(
    "main",
    "Einstellungen",
    "privacy.settings",
    50,
    visible=lambda: visitor().has(Role.ADMINISTRATOR),
    covers=(
        *("privacy.retention", "privacy.person", "privacy.town", "oparl.", "planning.town_plan"),
        *("deliberations.resolution_kinds", "deliberations.add_resolution_kind", "deliberations.edit_resolution_kind"),
    ),
)
