"""The groups of therapists that an audit compares. Pure; the roster's columns in, a column of members per group out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.distance import EARTH_RADIUS, miles_between
from directory.roster.facts import Facts
from directory.roster.schema import CODES_PER_WORD, GENDERS, NOT_STATED, day_number
from matching.intake import Intake

Bools = NDArray[np.bool_]

#: Smaller groups are counted together: nothing can be said about so few.
FEWEST: Final = 10
YEARS: Final = (("0 to 4", 0, 4), ("5 to 9", 5, 9), ("10 to 19", 10, 19), ("20 or more", 20, 1000))

#: Rural or urban, without figures of population: an office with this many middles of ZIP areas around it is urban.
#: docs/fairness.md says how the cut was found, and where it errs.
NEARBY: Final = 10  # miles
URBAN: Final = 10  # ZIP areas


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """What therapists differ in. `members` has a row per listed therapist and a column per group.

    `asked` says whether an intake asks for it: then a difference may be what the client wanted. `overlapping` groups
    share members, so that their shares sum to more than 1.
    """

    code: str
    name: str
    groups: tuple[str, ...]
    members: Bools
    asked: Callable[[Intake], bool]
    overlapping: bool = False


def attributes(
    facts: Facts,
    *,
    on: dt.date,
    names: Mapping[str, Mapping[str, str]],
    zips: NDArray[np.float64],
) -> tuple[Attribute, ...]:
    """All that is compared, for the therapists listed on that day, in the order of their ids.

    `names` gives the words for codes; `zips` has the latitude and longitude of every ZIP area in a row.
    """
    listed = facts.listed_until >= day_number(on)
    genders, years = facts.numbers["gender"][listed], facts.numbers["years_in_practice"][listed]
    own = facts.licenses.types != NOT_STATED
    current = own & (facts.licenses.until >= day_number(on))
    states = _bits_by_row(facts, current, facts.licenses.jurisdictions)[listed]
    return (
        _attribute(
            code="gender",
            name="Gender",
            columns={gender: genders == number for number, gender in enumerate(GENDERS)},
            asked=lambda intake: bool(intake.genders),
        ),
        _attribute(
            code="language",
            name="Language",
            columns=_by_code(facts, "languages", names["languages"], listed, on),
            asked=lambda intake: bool(intake.languages),
            overlapping=True,
        ),
        _attribute(
            code="license_type",
            name="Type of license",
            columns=_by_code(facts, "license_types", names["license_types"], listed, on),
            asked=lambda intake: False,
            overlapping=True,
        ),
        _attribute(
            code="years",
            name="Years in practice",
            columns={name: (years >= low) & (years <= high) for name, low, high in YEARS},
            asked=lambda intake: False,
        ),
        _attribute(
            code="state",
            name="State of the license",
            columns={
                code: states & (np.int64(1) << np.int64(bit)) != 0
                for code, bit in sorted(facts.codes["jurisdictions"].items())
            },
            asked=lambda intake: True,
            overlapping=True,
        ),
        _attribute(
            code="place",
            name="Rural or urban",
            columns=_by_place(facts, zips, listed),
            asked=lambda intake: intake.near is not None,
            not_stated="no office stated",
        ),
    )


def areas_nearby(
    latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], zips: NDArray[np.float64]
) -> list[int]:
    """For each point, how many ZIP areas have their middle within NEARBY miles."""
    zips = zips[np.argsort(zips[:, 0])]
    reach = math.degrees(NEARBY / EARTH_RADIUS)
    starts = np.searchsorted(zips[:, 0], latitudes - reach)
    ends = np.searchsorted(zips[:, 0], latitudes + reach, side="right")
    return [
        int(np.count_nonzero(miles_between(latitude, longitude, *zips[start:end].T) <= NEARBY))
        for latitude, longitude, start, end in zip(latitudes, longitudes, starts, ends, strict=True)
    ]


def _attribute(
    *,
    code: str,
    name: str,
    columns: Mapping[str, Bools],
    asked: Callable[[Intake], bool],
    overlapping: bool = False,
    not_stated: str = "not stated",
) -> Attribute:
    """With a column for those in no group, and the small groups together."""
    large = {group: column for group, column in columns.items() if np.count_nonzero(column) >= FEWEST}
    small = [column for group, column in columns.items() if group not in large and column.any()]
    if small:
        large["others"] = np.logical_or.reduce(small)
    none = ~np.logical_or.reduce([*columns.values()])
    if none.any():
        large[not_stated] = none
    return Attribute(
        code=code,
        name=name,
        groups=tuple(large),
        members=np.column_stack([*large.values()]) if large else np.zeros((len(none), 0), dtype=np.bool_),
        asked=asked,
        overlapping=overlapping,
    )


def _by_code(facts: Facts, vocabulary: str, names: Mapping[str, str], listed: Bools, on: dt.date) -> dict[str, Bools]:
    words = [word[listed] for word in facts.words(vocabulary, on)]
    return {
        names.get(code, code): words[bit // CODES_PER_WORD] & np.int64(1 << bit % CODES_PER_WORD) != 0
        for code, bit in sorted(facts.codes[vocabulary].items())
    }


def _bits_by_row(facts: Facts, chosen: Bools, bits: NDArray[np.int8]) -> NDArray[np.int64]:
    masks = np.zeros(len(facts), dtype=np.int64)
    np.bitwise_or.at(masks, facts.licenses.rows[chosen], np.int64(1) << bits[chosen].astype(np.int64))
    return masks


def _by_place(facts: Facts, zips: NDArray[np.float64], listed: Bools) -> dict[str, Bools]:
    """A therapist with an office in the city is urban, whatever the other offices are."""
    points, which = np.unique(
        np.column_stack([facts.offices.latitudes, facts.offices.longitudes]), axis=0, return_inverse=True
    )
    most = np.full(len(facts), -1)
    nearby = np.array(areas_nearby(points[:, 0], points[:, 1], zips), dtype=np.int64)
    np.maximum.at(most, facts.offices.rows, nearby[which.ravel()])
    return {"rural": (most[listed] >= 0) & (most[listed] < URBAN), "urban": most[listed] >= URBAN}
