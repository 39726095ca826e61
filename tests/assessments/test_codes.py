"""Codes: random enough, hard to misread, and no help for anything but what they were made for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.codes import ALPHABET, GROUP, SIGNS, code_from, new_code, shown, value_of

codes = st.text(alphabet=ALPHABET, min_size=SIGNS, max_size=SIGNS)


def test_a_code_holds_at_least_128_bits() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert math.log2(len(ALPHABET)) * SIGNS >= 128


def test_every_sign_of_a_new_code_is_drawn_from_the_whole_alphabet() -> None:
    drawn = [new_code() for _ in range(400)]
    assert len(set(drawn)) == len(drawn)
    for place in range(SIGNS):
        assert {code[place] for code in drawn} == set(ALPHABET), place


@given(codes)
def test_a_code_that_is_shown_is_read_back(code: str) -> None:
    assert [len(group) for group in shown(code).split()] == [GROUP] * (SIGNS // GROUP)
    assert code_from(shown(code)) == code


@given(codes, st.data())
def test_case_grouping_and_look_alikes_do_not_matter(code: str, data: st.DataObject) -> None:
    look_alikes = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(data.draw(st.sampled_from(look_alikes.get(sign, sign + sign.lower()))) for sign in code)
    between = data.draw(st.lists(st.sampled_from(["", " ", "-", "\t", " – ", ".", "\xa0"]), min_size=SIGNS + 1))
    typed = "".join(gap + sign for gap, sign in zip(between, typed + " ", strict=False))
    assert code_from(typed) == code


@pytest.mark.parametrize("typed", ["", " ", "A" * 27, "A" * 29, "U" * 28, "A" * 27 + "!", "é" * 28, "A" * 27 + "\0"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert code_from(typed) is None


@given(st.text(max_size=80))
def test_anything_can_be_typed(typed: str) -> None:
    code = code_from(typed)
    assert code is None or code_from(code) == code


@given(codes, codes)
def test_two_codes_stand_for_two_values_and_one_code_for_another_value_by_purpose(one: str, other: str) -> None:
    assert (value_of(one, b"a") == value_of(other, b"a")) is (one == other)
    assert value_of(one, b"a") != value_of(one, b"b")
    assert len(value_of(one, b"a")) == 32
