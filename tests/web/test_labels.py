"""Every state that ikb knows has a German name."""

from __future__ import annotations

from enum import StrEnum

import pytest

from ikb.accounts.model import ACCOUNT_ROLES
from ikb.consolidation.model import RunState
from ikb.deliberations.model import StationState
from ikb.deliveries.model import DeliveryState
from ikb.drafts.model import DraftKind, VersionState
from ikb.institutions.model import InstitutionKind, InvitationState
from ikb.procedures.model import PhaseState
from ikb.remarks.model import Stance, Wish
from ikb.statements.model import Answer, StatementState
from ikb.web import labels

ENUMS: list[tuple[str, type[StrEnum]]] = [
    ("stance", Stance),
    ("station", StationState),
    ("institution_kind", InstitutionKind),
    ("invitation", InvitationState),
    ("answer", Answer),
    ("delivery", DeliveryState),
    ("version", VersionState),
    ("draft_kind", DraftKind),
    ("phase", PhaseState),
    ("statement", StatementState),
    ("wish", Wish),
    ("run", RunState),
]
# Codes that are plain text in rows and formats; the lists are those of the domain notes and the consolidation format.
PLAIN = {
    "role": "hearing preliminary decision information introduction",
    "outcome": (
        "adopted adopted_amended recommended recommended_amended rejected noted no_recommendation first_reading postponed"
        " postponed_to_next deferred removed referred referred_back withdrawn not_dealt_with split_vote"
    ),
    "manner": "unanimous unanimous_with_abstentions majority large_majority",
    "proposal": "merged superseded held rejected stale_conflict already_adopted unplaceable no_change",
    "consideration": "followed partly_followed not_followed noted",
    "section_kind": "heading point paragraph bullet goal objective measure",
    "invitation": "extended late",
    "delivery": "due expired cancelled",
    "institution_kind": "religious_community education business committee party citizen",
    "change": "edit insert delete",
    "organization_kind": "council committee district advisory integration_council",
}


@pytest.mark.parametrize(("group", "states"), ENUMS, ids=[group for group, _ in ENUMS])
def test_every_state_of_a_row_has_a_name(group: str, states: type[StrEnum]) -> None:
    for state in states:
        assert labels.label(group, state)


@pytest.mark.parametrize(("group", "codes"), PLAIN.items(), ids=PLAIN.keys())
def test_every_code_of_a_format_has_a_name(group: str, codes: str) -> None:
    for code in codes.split():
        assert labels.label(group, code)


def test_every_role_of_an_account_has_a_name() -> None:
    assert [labels.label("user_role", role) for role in ACCOUNT_ROLES] == [
        "Projektleitung",
        "Schriftführung",
        "Verwaltung der Anwendung",
    ]


def test_within_a_group_no_two_states_share_a_name() -> None:
    for names in labels.LABELS.values():
        assert len(set(names.values())) == len(names)


def test_a_tone_belongs_to_a_state_that_exists() -> None:
    for group, tones in labels.TONES.items():
        assert tones.keys() <= labels.LABELS[group].keys()


def test_choices_come_in_the_order_asked_for() -> None:
    offered = labels.choices("outcome", "rejected", "adopted")

    assert [(choice.value, choice.label) for choice in offered] == [
        ("rejected", "abgelehnt"),
        ("adopted", "beschlossen"),
    ]
