"""A genuine receipt is accepted however it is laid out; an altered one is told, and what was altered is named."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ikb.core.receipt import as_file
from ikb.core.receipt_check import Unreadable, check
from ikb.core.signing import by_id
from tests.core.receipt_cases import (
    ALTERED,
    CONTENT,
    KEYS,
    OTHER_KEY,
    RECEIVED,
    UNREADABLE,
    Altered,
    genuine,
    genuine_text,
    remark,
)


def test_a_genuine_receipt_is_genuine() -> None:
    checked = check(genuine_text(), KEYS)

    assert (checked.findings, checked.is_genuine) == ((), True)
    assert checked.receipt["number"] == "E-2030-000042"


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(genuine()),
        json.dumps(genuine(), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        json.dumps(genuine(), indent=8).replace("\n", "\r\n"),
    ],
    ids=["with escaped umlauts", "canonical", "indented with other line ends"],
)
def test_how_the_file_is_laid_out_says_nothing(written: str) -> None:
    assert check(written, KEYS).findings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": RECEIVED - timedelta(seconds=2), "arrived_at": RECEIVED - timedelta(seconds=2)},
        {"signed_at": RECEIVED + timedelta(days=400)},
        {"kind": "withdrawn"},
    ],
    ids=["a proxy saw it earlier", "signed later", "a withdrawal"],
)
def test_every_kind_of_receipt_is_accepted(changes) -> None:
    content = CONTENT
    if "received_at" in changes:
        content = {**CONTENT, "received_at": changes["received_at"].isoformat(timespec="microseconds")}

    assert check(as_file(genuine(content=content, **changes)).decode(), KEYS).findings == ()


def test_a_large_statement_is_accepted_and_one_changed_sign_in_it_is_found() -> None:
    content = {**CONTENT, "remarks": [remark(place, f"{place} " + "Wort " * 50) for place in range(1, 401)]}
    receipt = genuine(content=content)
    assert check(as_file(receipt).decode(), KEYS).is_genuine

    receipt["content"]["remarks"][316]["comment"] += "."

    assert "„Inhalt: Anmerkung 317, Text“ wurde verändert." in check(as_file(receipt).decode(), KEYS).findings


@pytest.mark.parametrize("case", ALTERED, ids=lambda case: case.name)
def test_what_was_altered_is_named(case: Altered) -> None:
    findings = check(case.text, KEYS).findings

    assert any(case.says in finding for finding in findings), findings
    assert len(set(findings)) == len(findings)
    assert all(finding[0].isupper() or finding[0] == "„" for finding in findings)


def test_there_are_at_least_fifty_of_them_and_no_two_alike() -> None:
    assert len({case.text for case in ALTERED}) == len(ALTERED) >= 50


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_receipt_is_called_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        check(UNREADABLE[name], KEYS)


def test_a_receipt_of_another_town_is_not_ours() -> None:
    (finding,) = check(genuine_text(), by_id([OTHER_KEY.public_key()])).findings

    assert "gehört nicht zu dieser Stelle" in finding


def test_no_single_character_can_be_changed_unseen() -> None:
    """Every letter and figure between two quotation marks, a few thousand of them, each replaced once."""
    text = json.dumps(genuine(), ensure_ascii=False)
    unseen = []
    for place in range(0, len(text), 7):
        other = "x" if text[place] != "x" else "y"
        altered = text[:place] + other + text[place + 1 :]
        try:
            if not check(altered, KEYS).findings:
                unseen.append((place, text[place - 10 : place + 10]))
        except Unreadable:
            continue
    assert unseen == []
