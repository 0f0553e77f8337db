"""The blueprint of the post room, and its ways in."""

from __future__ import annotations

from flask import Blueprint

from ikb.accounts.model import Role
from ikb.accounts.policy import visitor
from ikb.deliveries.rendering import current_config
from ikb.web import labels, navigation

bp = Blueprint("deliveries", __name__)
navigation.register(
    "main",
    "Betrieb",
    "deliveries.operations",
    40,
    visible=lambda: visitor().has(Role.ADMINISTRATOR),
    covers=("deliveries.send_again", "deliveries.outlook", "deliveries.returned"),
)
navigation.register(
    "main",
    "Postfach",
    "deliveries.mailbox",
    80,
    visible=lambda: current_config().has_mailbox_page,
    covers=("deliveries.message",),
)
labels.add(
    "journal_action",
    {
        "message sent again": "Nachricht noch einmal gesendet",
        "messages declined": "Nachrichten abbestellt",
        "messages wanted again": "Nachrichten wieder bestellt",
    },
)
labels.add("subject", {"mail_refusal": "Abbestellung"})
