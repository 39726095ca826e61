"""How much speaks for two profiles being of one person: points with their reasons. Pure.

Names must agree in some way, or nothing else counts: people who share a practice share its phone, its address and its
website. What speaks for one person adds points, what speaks for two takes some away; from ENOUGH on a curator is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from directory.curation.names import Name, near, parsed

ENOUGH: Final = 70

NAME: Final = {
    "same name": 50,
    "same name, written the other way round": 46,
    "same name, one of them in its short form": 44,
    "one of two last names is the same": 40,
    "names that differ by one letter": 38,
    "same last name, and the initial of the given name": 32,
    "same given name, another last name": 20,
}
#: How many profiles have a phone number or website → points for having it both. A switchboard says little.
SHARED_BY: Final = ((2, 35), (5, 25), (50, 15))
FEW: Final = 5  # points when more have it
SAME_EMAIL: Final = 45
SAME_STREET, SAME_ZIP, SAME_AREA, SAME_STATE = 35, 20, 12, 5
SAME_NUMBER: Final = 40

OTHER_NPI: Final = -100
OTHER_SUFFIX: Final = -50
OTHER_NUMBER: Final = -45
OTHER_MIDDLE: Final = -30
OTHER_STATE: Final = -10
OTHER_GENDER: Final = -15
OTHER_EMAIL: Final = -5


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is compared. Empty means not stated. `licenses` are (type, jurisdiction, number); `offices` (street, ZIP);
    `states` where they have an office or a license. `phone` is as `phone_key` gives it, `website` as `website_key`.
    """

    name: str
    gender: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    npi: str = ""
    licenses: tuple[tuple[str, str, str], ...] = ()
    offices: tuple[tuple[str, str], ...] = ()
    states: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """`score` from 0 to 100; `why` what speaks for one person, in words without anybody's data."""

    score: int
    why: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        return self.score >= ENOUGH


def likeness(a: Person, b: Person, *, with_phone: int = 2, with_website: int = 2) -> Likeness:
    """Compare two people. `with_phone` and `with_website`: how many profiles have the same one."""
    names = how_names_agree(parsed(a.name), parsed(b.name))
    if not names:
        return Likeness(score=0, why=())
    points = [(NAME[names], names)]
    if a.email and a.email == b.email:
        points.append((SAME_EMAIL, "same e-mail address"))
    elif a.email and b.email:
        points.append((OTHER_EMAIL, ""))
    if a.phone and a.phone == b.phone:
        points.append((_shared(with_phone), f"same phone number, on {with_phone} profiles"))
    if a.website and a.website == b.website:
        points.append((_shared(with_website), f"same website, on {with_website} profiles"))
    points.append(_places(a, b))
    points.append(_licenses(a, b))
    points += _contradictions(a, b)
    score = sum(number for number, _ in points)
    return Likeness(score=max(0, min(100, score)), why=tuple(words for number, words in points if number > 0 and words))


def how_names_agree(a: Name, b: Name) -> str:
    """A key of NAME, or nothing: the names are of two people."""
    if not (a.given and b.given and a.last and b.last):
        return ""
    given, short = bool({*a.given} & {*b.given}), bool(a.roots & b.roots)
    if a.last == b.last:
        if given:
            return "same name"
        if short:
            return "same name, one of them in its short form"
        if any(near(x, y) for x in a.given for y in b.given):
            return "names that differ by one letter"
        if any(x[0] == y[0] and 1 in (len(x), len(y)) for x in a.given for y in b.given):
            return "same last name, and the initial of the given name"
        return ""
    if a.given[0] == b.last[-1] and b.given[0] == a.last[-1]:
        return "same name, written the other way round"
    if not short or min(len(a.given[0]), len(b.given[0])) < 2:
        return ""
    if {*a.last} & {*b.last}:
        return "one of two last names is the same"
    if near("".join(a.last), "".join(b.last)):
        return "names that differ by one letter"
    return "same given name, another last name"


def phone_key(phone: str) -> str:
    """The last ten digits, without an extension; empty when there are fewer."""
    digits = re.sub(r"\D", "", re.split(r"(?i)x", phone)[0])
    return digits[-10:] if len(digits) >= 10 else ""


def website_key(website: str) -> str:
    """The address without scheme, www and the end of it that says nothing."""
    address = re.sub(r"^[a-z]+://(www\.)?", "", website.strip().casefold())
    return re.split(r"[?#]", address)[0].rstrip("/")


def number_key(number: str) -> str:
    """The digits of a license number without leading zeros; empty when there are fewer than four."""
    digits = re.sub(r"\D", "", number).lstrip("0")
    return digits if len(digits) >= 4 else ""


def block_keys(person: Person) -> set[str]:
    """What two profiles of one person have in common at least once: only those that share a key are compared.

    A key that begins with "initial" brings together those of whom one gives no more than an initial.
    """
    name = parsed(person.name)
    keys = {f"email {person.email}", f"phone {person.phone}", f"website {person.website}"}
    keys -= {"email ", "phone ", "website "}
    keys |= {f"license {state} {key}" for _, state, number in person.licenses if (key := number_key(number))}
    areas = {zip[:3] for _, zip in person.offices}
    for root in name.roots:
        for last in name.last:
            one, other = sorted((root, last))
            keys |= {f"name {one} {other} {area}" for area in areas}
            keys |= {f"initial {last} {root[0]} {area}" for area in areas}
    return keys


def gives_only_an_initial(person: Person) -> bool:
    """Whether the given name is a single letter, as in M. Garcia."""
    return any(len(name) == 1 for name in parsed(person.name).given)


def _shared(profiles: int) -> int:
    return next((points for most, points in SHARED_BY if profiles <= most), FEW)


def _places(a: Person, b: Person) -> tuple[int, str]:
    streets = {(street.casefold(), zip) for street, zip in a.offices if street}
    if streets & {(street.casefold(), zip) for street, zip in b.offices if street}:
        return SAME_STREET, "an office at the same address"
    zips, others = {zip for _, zip in a.offices}, {zip for _, zip in b.offices}
    if zips & others:
        return SAME_ZIP, "an office in the same ZIP area"
    if {zip[:3] for zip in zips} & {zip[:3] for zip in others}:
        return SAME_AREA, "an office nearby"
    if a.states & b.states:
        return SAME_STATE, "same state"
    return (OTHER_STATE, "") if a.states and b.states else (0, "")


def _licenses(a: Person, b: Person) -> tuple[int, str]:
    """One person has one license of a kind in a state; the same number may be written in two ways."""
    alike, other = False, False
    for kind, state, number in a.licenses:
        for kind_b, state_b, number_b in b.licenses:
            if state != state_b:
                continue
            key, key_b = number_key(number), number_key(number_b)
            if number == number_b or (key and key == key_b):
                alike = True
            elif kind == kind_b:
                other = True
    if alike:
        return SAME_NUMBER, "the same license number, written in two ways"
    return (OTHER_NUMBER, "") if other else (0, "")


def _contradictions(a: Person, b: Person) -> list[tuple[int, str]]:
    one, other = parsed(a.name), parsed(b.name)
    against = []
    if a.npi and b.npi and a.npi != b.npi:
        against.append(OTHER_NPI)
    if one.suffix and other.suffix and one.suffix != other.suffix:
        against.append(OTHER_SUFFIX)
    if one.middle and other.middle and one.middle[0] != other.middle[0]:
        against.append(OTHER_MIDDLE)
    if a.gender and b.gender and a.gender != b.gender:
        against.append(OTHER_GENDER)
    return [(points, "") for points in against]
