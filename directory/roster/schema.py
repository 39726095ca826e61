"""How a therapist is written as numbers: the columns of a search row and what their values mean.

A mask holds 63 codes a word (the sign bit of PostgreSQL's bigint stays free); a vocabulary that may grow past that has
more words. Migration 0002 writes the same columns in SQL; tests/directory/test_search_rows.py holds the two together.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from directory.lifetimes import AGING

NOT_STATED: Final = -1
CODES_PER_WORD: Final = 63

#: Who ticks so much of a vocabulary that a tick says nothing (directory/specialties.py): the vocabulary, its place.
SWEEPING: Final = {"concerns": 0, "approaches": 1}

#: Words of mask per vocabulary. `trained` and `focus` mark some of the approaches and concerns.
WORDS: Final[dict[str, int]] = {
    "approaches": 1,
    "trained": 1,
    "concerns": 2,
    "focus": 2,
    "populations": 1,
    "session_formats": 1,
    "delivery_methods": 1,
    "languages": 2,
    "insurance_plans": 2,
    "jurisdictions": 1,
    "license_types": 1,
}

#: Not stored in a search row: they follow from the licences that are current on the day that is asked.
BY_LICENSE: Final = ("jurisdictions", "license_types")

#: These masks use the codes of another vocabulary.
CODES_OF: Final[dict[str, str]] = {"trained": "approaches", "focus": "concerns"}

#: The stored mask columns, `approaches_0` … `insurance_plans_1`.
MASKS: Final = tuple(
    f"{vocabulary}_{word}"
    for vocabulary, words in WORDS.items()
    if vocabulary not in BY_LICENSE
    for word in range(words)
)

#: The last day on which facts of each kind count, as day numbers: directory/lifetimes.py.
UNTIL: Final = tuple(f"{lifetime.code}_until" for lifetime in AGING)

#: Small whole numbers, -1 for not stated. `opening_on` is a day number, `fee_from` whole dollars.
NUMBERS: Final = ("gender", "accepting", "sliding_scale", "years_in_practice", "opening_on", "fee_from", *UNTIL)

#: Vocabularies and numbers that age → which of UNTIL says how long they count. The others count while one is listed.
AGES: Final[dict[str, str]] = {
    "accepting": "availability_until",
    "opening_on": "availability_until",
    "fee_from": "fees_until",
    "sliding_scale": "fees_until",
    "insurance_plans": "insurance_until",
    **dict.fromkeys(
        (
            "approaches",
            "trained",
            "concerns",
            "focus",
            "populations",
            "session_formats",
            "delivery_methods",
            "languages",
        ),
        "specialties_until",
    ),
}

GENDERS: Final = ("woman", "man", "nonbinary")
ACCEPTING: Final = ("no", "waitlist", "yes")

DAY_ZERO: Final = dt.date(2000, 1, 1)  # PostgreSQL's own epoch
FOREVER: Final = 2**31 - 1  # a day number that no licence outlives


def day_number(day: dt.date) -> int:
    """Days since 2000-01-01, as search rows hold dates."""
    return (day - DAY_ZERO).days
