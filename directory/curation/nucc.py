"""Codes of the NUCC provider taxonomy that stand for mental-health work, and the license that goes with each.

Codes © AMA for NUCC (nucc.org); those marked old were retired in 2007 and still stand in old
rows of NPPES.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

COUNSELOR, THERAPIST, SOCIAL_WORKER, PSYCHOLOGIST = "counselor", "lmft", "lcsw", "psychologist"
PSYCHIATRIST, NURSE, OTHER = "psychiatrist", "pmhnp", ""

# People who treat: the license type of ours, `counselor` where the title depends on the state, "" where we have none.
PEOPLE: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("101Y00000X", "101YA0400X", "101YM0800X", "101YP1600X", "101YP2500X", "101YS0200X"), COUNSELOR
    ),
    "106H00000X": THERAPIST,
    **dict.fromkeys(("104100000X", "1041C0700X", "1041S0200X"), SOCIAL_WORKER),
    **dict.fromkeys(
        (
            "103T00000X", "103TA0400X", "103TA0700X", "103TB0200X", "103TC0700X", "103TC1900X", "103TC2200X",
            "103TE1100X", "103TF0000X", "103TF0200X", "103TH0004X", "103TH0100X", "103TM1800X", "103TP0016X",
            "103TP0814X", "103TP2701X", "103TR0400X", "103TS0200X", "103G00000X",
            "103TP2700X", "103TE1000X", "103TM1700X", "103TW0100X", "103GC0700X",  # old
        ),
        PSYCHOLOGIST,
    ),
    **dict.fromkeys(("2084P0800X", "2084P0802X", "2084P0804X", "2084P0805X"), PSYCHIATRIST),
    "363LP0808X": NURSE,
    **dict.fromkeys(("102L00000X", "364SP0808X", "364SP0809X", "163WP0808X"), OTHER),
}  # fmt: skip
# Places that treat. They are organizations; a person who gives such a code is no less a person.
PLACES: Final = frozenset({"251S00000X", "261QM0801X", "261QM0850X", "261QM0855X"})
MENTAL_HEALTH: Final = frozenset(PEOPLE) | PLACES

# What a state calls its professional counselors, where it is not LPC.
COUNSELOR_TITLES: Final[dict[str, str]] = {
    **dict.fromkeys(("ID", "IL", "KS", "MD", "ME", "MT"), "lcpc"),
    **dict.fromkeys(("CA", "KY", "MN", "ND", "NM", "OH"), "lpcc"),
    **dict.fromkeys(("FL", "HI", "IA", "IN", "MA", "NH", "NY", "RI", "VT", "WA"), "lmhc"),
}
COUNSELOR_CREDENTIALS: Final = ("lpcc", "lcpc", "lmhc", "lpc")


def license_type_of(code: str, *, jurisdiction: str, credentials: Iterable[str] = ()) -> str:
    """The license type that most likely belongs to a code, or "" where none of ours does. A guess: boards decide.

    A counselor is what the credentials say (`LMHC`), else what the state calls its counselors.
    """
    found = PEOPLE.get(code, OTHER)
    if found != COUNSELOR:
        return found
    stated = {word.casefold() for word in credentials}
    for title in COUNSELOR_CREDENTIALS:
        if title in stated:
            return title
    return COUNSELOR_TITLES.get(jurisdiction, "lpc")
