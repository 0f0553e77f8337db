"""Codes that are read from paper."""

from __future__ import annotations

import hashlib

import pytest

from ikb.core.short_code import SIGNS, code_from, read_code

CODES = [code_from(hashlib.sha256(str(n).encode()).digest()) for n in range(200)]


def test_no_two_signs_look_alike() -> None:
    assert len(set(SIGNS)) == len(SIGNS) == 29
    assert not set(SIGNS) & set("01OILSB")


def test_a_code_has_two_groups_and_is_read_back() -> None:
    assert len(set(CODES)) == 200
    for code in CODES:
        assert (len(code), code[4]) == (9, "-")
        assert read_code(code) == code


@pytest.mark.parametrize("typed", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c[:4]} – {c[5:]} "])
def test_it_is_read_as_people_type_it(typed) -> None:
    assert read_code(typed(CODES[0])) == CODES[0]


def test_what_looks_like_a_sign_counts_as_it() -> None:
    code = next(code for code in CODES if "5" in code and "8" in code)

    assert read_code(code.replace("5", "S").replace("8", "b")) == code


def test_every_wrong_sign_and_every_swap_is_noticed() -> None:
    for code in CODES[:40]:
        signs = code.replace("-", "")
        for place in range(8):
            for other in set(SIGNS) - {signs[place]}:
                assert read_code(signs[:place] + other + signs[place + 1 :]) is None
            if place < 7 and signs[place] != signs[place + 1]:
                assert read_code(signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]) is None


@pytest.mark.parametrize("typed", ["", "ABCD", "0000-0000", "ABCD-EFGH-2", "ÄÖÜß-2345", "²345-6789"])
def test_what_is_no_code(typed) -> None:
    assert read_code(typed) is None


def test_it_is_made_of_enough() -> None:
    with pytest.raises(ValueError, match="eight bytes"):
        code_from(b"short")
