"""Which reminder an institution gets: another one for each way it can stand."""

from __future__ import annotations

from ikb.deliveries.letters import register_letter
from ikb.institutions.letters import PLACEHOLDERS
from ikb.institutions.model import Invitation, InvitationState
from ikb.web import labels

BY_STATE = {
    InvitationState.PLANNED: "reminder_undelivered",
    InvitationState.BOUNCED: "reminder_undelivered",
    InvitationState.OPENED: "reminder_used",
    InvitationState.DRAFTED: "reminder_drafted",
    InvitationState.AWAITS_RELEASE: "reminder_awaits_release",
    InvitationState.RETURNED: "reminder_returned",
}
UNUSED = "reminder_unused"
labels.add(
    "letter",
    {
        "reminder_undelivered": "Erinnerung: Einladung nicht zugestellt",
        "reminder_unused": "Erinnerung: Link nicht genutzt",
        "reminder_used": "Erinnerung: Link genutzt",
        "reminder_drafted": "Erinnerung: Entwurf begonnen",
        "reminder_awaits_release": "Erinnerung: wartet auf Freigabe",
        "reminder_returned": "Erinnerung: zur Überarbeitung zurückgegeben",
    },
)
for _name in (UNUSED, *dict.fromkeys(BY_STATE.values())):
    register_letter(_name, placeholders=PLACEHOLDERS, needed=("link", "frist", "verfahren", "ausgestellt"))


def reminder_letter(invitation: Invitation) -> str:
    """The letter that fits how far an invitation has come today.

    Before the phase is opened nobody has been invited: shown is what whoever does not use the link will get.
    """
    if invitation.state == InvitationState.PLANNED and invitation.invited_at is None:
        return UNUSED
    return BY_STATE.get(InvitationState(invitation.state), UNUSED)
