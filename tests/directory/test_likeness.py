"""When two profiles look like one person: a table of people as they come, each with what a curator should be asked."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.curation.likeness import ENOUGH, Person, block_keys, likeness, number_key, phone_key, website_key
from directory.curation.names import near, parsed

MARIA = Person(
    name="Maria Garcia",
    email="maria@example.org",
    phone="2135550101",
    offices=(("1 Main St", "90012"),),
    states=frozenset({"CA"}),
)
ASKED, NOT_ASKED = True, False


def other(**facts: Any) -> Person:
    """Another profile in the same ZIP area, with another e-mail address and phone unless said otherwise."""
    usual = {"name": "Maria Garcia", "email": "office@example.org", "phone": "3105550199", "states": frozenset({"CA"})}
    return Person(**{**usual, "offices": (("9 Oak Ave", "90012"),), **facts})


def elsewhere(**facts: Any) -> Person:
    return other(**{"offices": (("9 Oak Ave", "10001"),), "states": frozenset({"NY"}), **facts})


SAME_PHONE = {"phone": MARIA.phone}
SAME_EMAIL = {"email": MARIA.email}

CASES: list[tuple[str, Person, dict[str, int], bool]] = [
    ("the same name and phone", other(**SAME_PHONE), {}, ASKED),
    ("the same name at the same address", other(offices=(("1 main st", "90012"),)), {}, ASKED),
    ("the same name nearby, no contact stated", other(email="", phone=""), {}, ASKED),
    ("an accent", other(name="María García", **SAME_PHONE), {}, ASKED),
    ("a middle initial", other(name="Maria L. Garcia", **SAME_PHONE), {}, ASKED),
    ("a title and letters behind", other(name="Dr. Maria Garcia, PhD, LMFT", **SAME_PHONE), {}, ASKED),
    ("the last name first", other(name="Garcia, Maria", **SAME_PHONE), {}, ASKED),
    ("the last name first, without a comma", other(name="Garcia Maria", **SAME_PHONE), {}, ASKED),
    ("a second last name with a hyphen", other(name="Maria Garcia-Lopez", **SAME_PHONE), {}, ASKED),
    ("only an initial", other(name="M. Garcia", **SAME_PHONE), {}, ASKED),
    ("a letter that was mistyped", other(name="Maria Garcja", **SAME_PHONE), {}, ASKED),
    ("a married name, with the same phone", other(name="Maria Smith", **SAME_PHONE), {}, ASKED),
    ("moved, with the same e-mail address", elsewhere(**SAME_EMAIL), {}, ASKED),
    ("moved, with the same phone", elsewhere(**SAME_PHONE), {}, ASKED),
    ("a colleague at the same practice phone", other(name="John Miller", **SAME_PHONE), {}, NOT_ASKED),
    ("a wife or sister at the same phone", other(name="Ana Garcia", **SAME_PHONE, **SAME_EMAIL), {}, NOT_ASKED),
    ("a colleague at the same address", other(name="Maria Chen", offices=MARIA.offices), {}, NOT_ASKED),
    ("the same name in another state", elsewhere(), {}, NOT_ASKED),
    ("the same name somewhere in the state", other(offices=()), {}, NOT_ASKED),
    ("the same name, the same switchboard", other(offices=(), **SAME_PHONE), {"with_phone": 400}, NOT_ASKED),
    ("the same name nearby, but every contact differs", other(name="Maria B. Garcia"), {}, NOT_ASKED),
    ("another given name that starts alike", other(name="Mariana Garcia", **SAME_PHONE), {}, NOT_ASKED),
]


@pytest.mark.parametrize(("description", "person", "shared", "asked"), CASES, ids=[case[0] for case in CASES])
def test_a_curator_is_asked(description: str, person: Person, shared: dict[str, int], asked: bool) -> None:
    found = likeness(MARIA, person, **shared)
    assert found.is_enough is asked, (found.score, found.why)
    assert likeness(person, MARIA, **shared) == found
    if asked:
        assert block_keys(MARIA) & block_keys(person), "no key brings the two together"


BOB = Person(name="Robert Smith", phone="2135550101", offices=(("", "90012"),), states=frozenset({"CA"}))
BOBS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("a short form of the name", {}, {"name": "Bob Smith"}, ASKED),
    ("a nickname in quotation marks", {}, {"name": "Robert “Bobby” Smith"}, ASKED),
    ("father and son", {"name": "Robert Smith Sr."}, {"name": "Robert Smith, Jr."}, NOT_ASKED),
    ("two middle initials", {"name": "Robert A. Smith"}, {"name": "Robert B. Smith", "phone": ""}, NOT_ASKED),
    ("two NPIs", {"npi": "1234567893"}, {"npi": "1003000126"}, NOT_ASKED),
    (
        "two licenses of one kind in one state",
        {"licenses": (("lmft", "CA", "12345"),)},
        {"licenses": (("lmft", "CA", "67890"),)},
        NOT_ASKED,
    ),
    (
        "one license number, written in two ways",
        {"licenses": (("lmft", "CA", "012345"),), "phone": ""},
        {"licenses": (("lmft", "CA", "LMFT 12345"),), "offices": ()},
        ASKED,
    ),
]


@pytest.mark.parametrize(("description", "one", "two", "asked"), BOBS, ids=[case[0] for case in BOBS])
def test_a_curator_is_asked_about_bob(description: str, one: dict[str, Any], two: dict[str, Any], asked: bool) -> None:
    found = likeness(dataclasses.replace(BOB, **one), dataclasses.replace(BOB, **two))
    assert found.is_enough is asked, (found.score, found.why)


people = st.builds(
    Person,
    name=st.sampled_from(["Maria Garcia", "M. Garcia", "Garcia, Maria", "John Smith Jr.", "Cher", "", "“”", "Dr."]),
    email=st.sampled_from(["", "a@example.org", "b@example.org"]),
    phone=st.sampled_from(["", "2135550101", "2135550102"]),
    licenses=st.sampled_from([(), (("lmft", "CA", "12345"),), (("lpc", "NY", "999"),)]),
    offices=st.sampled_from([(), (("1 Main St", "90012"),), (("", "90014"),)]),
)


@given(people, people)
def test_likeness_is_the_same_from_both_sides_and_between_0_and_100(a: Person, b: Person) -> None:
    found = likeness(a, b)
    assert found == likeness(b, a)
    assert 0 <= found.score <= 100


@given(people)
def test_whoever_has_a_name_and_a_phone_is_like_themselves(a: Person) -> None:
    if parsed(a.name).given and parsed(a.name).last and a.phone:
        assert likeness(a, a).score >= ENOUGH


@pytest.mark.parametrize(
    ("name", "given_names", "last"),
    [
        ("Jack Ma, MA", "jack", ("ma",)),
        ("Juan de la Cruz", "juan", ("delacruz",)),
        ("Robert “Bob” O’Brien Jr.", "robert bob", ("obrien",)),
        ("García-López, María José", "maria", ("garcia", "lopez")),
        ("Cher", "cher", ("cher",)),
    ],
)
def test_a_name_has_parts(name: str, given_names: str, last: tuple[str, ...]) -> None:
    assert parsed(name).given == tuple(given_names.split())
    assert parsed(name).last == last


def test_what_is_written_in_two_ways_meets() -> None:
    assert phone_key("+1 (213) 555-0101 x 22") == phone_key("213.555.0101") == "2135550101"
    assert phone_key("555-0101") == ""
    assert (
        website_key("https://www.Example.org/Ana/") == website_key("http://example.org/ana?utm=1") == "example.org/ana"
    )
    assert number_key("LMFT-012345") == number_key("12345") == "12345"
    assert number_key("A12") == ""
    assert near("garcia", "garcja")
    assert near("garcia", "gracia")
    assert not near("garcia", "garza")
    assert not near("ana", "ane")
