"""The answer of the roster to one question: who meets all requirements, who does not and why, counts and columns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.distance import bounding_box, miles_between
from directory.roster.facets import VOCABULARY_FACETS, count_codes
from directory.roster.ordering import first, rotation, seed_of_day
from directory.roster.requirements import FILTERS, Near, Requirements, UnknownCode
from directory.roster.schema import ACCEPTING, CODES_PER_WORD, GENDERS, NOT_STATED, day_number

if TYPE_CHECKING:
    from directory.roster.columns import Columns

ORDERS: Final = ("rotation", "name", "distance", "next_opening", "fee")


class Selection:
    """The therapists listed on the day asked who meet every requirement, in the order of their ids."""

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self._columns = columns
        self._requirements = requirements
        self._day = day_number(requirements.on)
        self._listed = columns.listed_until >= self._day
        self._meets = self._requirements_met(requirements)
        # How many requirements each row breaks: the one number from which selection, removed_by, relaxations and
        # facets all follow.
        self._broken = np.zeros(len(columns), dtype=np.uint8)
        for meets in self._meets.values():
            self._broken += ~meets
        self._rows = np.nonzero(self._listed & (self._broken == 0))[0]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def total(self) -> int:
        return len(self._rows)

    @property
    def ids(self) -> NDArray[np.int64]:
        return self._columns.ids[self._rows]

    @cached_property
    def removed_by(self) -> dict[str, int]:
        """How many listed therapists break each requirement asked, by filter name; one may count under several."""
        return {name: int(np.count_nonzero(self._listed & ~meets)) for name, meets in self._meets.items()}

    @cached_property
    def relaxations(self) -> dict[str, int]:
        """How many more therapists would match if only that requirement were dropped, by filter name."""
        return {name: int(np.count_nonzero(self._only_breaking(name))) for name in self._meets}

    def not_met_by(self, therapist_id: int) -> tuple[str, ...]:
        """The requirements asked, by filter name, that a listed therapist does not meet."""
        row = self._among(frozenset({therapist_id}))
        return tuple(name for name, meets in self._meets.items() if not meets[row].all())

    def total_with(self, others: Requirements) -> int:
        """How many therapists meet other requirements of the same day. Cheap where few differ: the rest is known.

        Raises ValueError for another day and UnknownCode as a selection of its own would.
        """
        if others.on != self._requirements.on:
            raise ValueError("a selection knows one day")
        different = {
            name: field
            for name, field in FILTERS.items()
            if getattr(others, field) != getattr(self._requirements, field)
            or (name == "within" and others.near_unless != self._requirements.near_unless)
        }
        asked: dict[str, Any] = {field: getattr(others, field) for field in different.values()}
        asked["near_unless"] = others.near_unless
        broken = self._broken.copy()
        for name in different.keys() & self._meets.keys():
            broken -= ~self._meets[name]
        for meets in self._requirements_met(Requirements(on=others.on, **asked)).values():
            broken += ~meets
        return int(np.count_nonzero(self._listed & (broken == 0)))

    def facets(self) -> dict[str, dict[str, int]]:
        """How many therapists match for each code of each facet, counted with the facet's own filter left out."""
        counted = {}
        for name, vocabulary in VOCABULARY_FACETS.items():
            rows = self._rows_without(name)
            words = [word[rows] for word in self._columns.words(vocabulary, self._requirements.on)]
            counted[name] = count_codes(words, self._columns.codes[vocabulary])
        genders = self._columns.numbers["gender"][self._rows_without("gender")]
        counted["gender"] = {code: int(np.count_nonzero(genders == number)) for number, code in enumerate(GENDERS)}
        accepting = self._columns.numbers["accepting"][self._rows_without("accepting")]
        counted["accepting"] = {"true": int(np.count_nonzero(accepting == ACCEPTING.index("yes")))}
        sliding = self._columns.numbers["sliding_scale"][self._rows_without("sliding_scale")]
        counted["sliding_scale"] = {"true": int(np.count_nonzero(sliding == 1))}
        return counted

    def page(self, order: str = "rotation", *, offset: int = 0, limit: int) -> NDArray[np.int64]:
        """Ids from `offset` in one of ORDERS; what is not stated comes last, and equals take turns by the day.

        `distance` needs the requirement `near` (ValueError without), `next_opening` counts from the day asked.
        """
        turns = rotation(self.ids, seed_of_day(self._requirements.on))
        chosen = first(self._key(order, turns), turns, offset + limit)[offset:]
        return np.asarray(self.ids[chosen], dtype=np.int64)

    # --- Columns for the criteria: one value per selected therapist, in the order of `ids` ----------------------------

    def has(self, vocabulary: str, code: str) -> NDArray[np.bool_]:
        """Who states this code. A code that no vocabulary has is stated by nobody."""
        try:
            bit = self._columns.bit(vocabulary, code)
        except UnknownCode:
            return np.zeros(len(self), dtype=np.bool_)
        word = self._columns.words(vocabulary, self._requirements.on)[bit // CODES_PER_WORD][self._rows]
        return np.asarray(word & np.int64(1 << bit % CODES_PER_WORD) != 0)

    def stated(self, vocabulary: str) -> NDArray[np.bool_]:
        """Who states anything in this vocabulary."""
        stated = np.zeros(len(self), dtype=np.bool_)
        for word in self._columns.words(vocabulary, self._requirements.on):
            stated |= word[self._rows] != 0
        return stated

    def numbers(self, column: str) -> NDArray[np.int32]:
        """A column of schema.NUMBERS, -1 where not stated."""
        return self._columns.numbers[column][self._rows]

    def miles(self, near: Near) -> NDArray[np.float64]:
        """Miles from a point to the therapist's nearest office; NaN without an office."""
        places, rows = self._columns.places, self._columns.rows_of_places
        nearest = np.full(len(self._columns), np.nan)
        chosen = np.zeros(len(self._columns), dtype=np.bool_)
        chosen[self._rows] = True
        theirs = np.nonzero(chosen[rows])[0]
        distances = miles_between(near.latitude, near.longitude, places.latitudes[theirs], places.longitudes[theirs])
        np.fmin.at(nearest, rows[theirs], distances)
        return nearest[self._rows]

    # --- How each requirement is met ----------------------------------------------------------------------------------

    def _requirements_met(self, asked: Requirements) -> dict[str, NDArray[np.bool_]]:
        numbers = self._columns.numbers
        met = {
            name: self._columns.states_any(vocabulary, codes, asked.on)
            for name, vocabulary in VOCABULARY_FACETS.items()
            if (codes := getattr(asked, vocabulary))
        }
        if asked.genders:
            met["gender"] = np.isin(numbers["gender"], [_index(GENDERS, "genders", code) for code in asked.genders])
        if asked.near is not None:
            met["within"] = self._within(asked.near)
            if asked.near_unless:
                met["within"] |= self._columns.states_any("delivery_methods", asked.near_unless, asked.on)
        if asked.fee_max is not None:
            met["fee_max"] = (numbers["fee_from"] != NOT_STATED) & (numbers["fee_from"] <= asked.fee_max)
        if asked.sliding_scale is not None:
            met["sliding_scale"] = numbers["sliding_scale"] == int(asked.sliding_scale)
        if asked.accepting:
            met["accepting"] = numbers["accepting"] == ACCEPTING.index("yes")
        if asked.opening_within_days is not None:
            opening = numbers["opening_on"]
            met["opening_within_days"] = (opening >= self._day) & (opening <= self._day + asked.opening_within_days)
        if asked.text_ids is not None:
            met["q"] = self._among(asked.text_ids)
        return met

    def _within(self, near: Near) -> NDArray[np.bool_]:
        places = self._columns.places
        south, north, west, east = bounding_box(near.latitude, near.longitude, near.miles)
        inside = np.nonzero(
            (places.latitudes >= south)
            & (places.latitudes <= north)
            & (places.longitudes >= west)
            & (places.longitudes <= east)
        )[0]
        miles = miles_between(near.latitude, near.longitude, places.latitudes[inside], places.longitudes[inside])
        found = np.zeros(len(self._columns), dtype=np.bool_)
        found[self._columns.rows_of_places[inside[miles <= near.miles]]] = True
        return found

    def _among(self, therapist_ids: frozenset[int]) -> NDArray[np.bool_]:
        wanted = np.sort(np.fromiter(therapist_ids, dtype=np.int64, count=len(therapist_ids)))
        found = np.zeros(len(self._columns), dtype=np.bool_)
        at = np.searchsorted(self._columns.ids, wanted)
        inside = at < len(found)
        at, wanted = at[inside], wanted[inside]
        found[at[self._columns.ids[at] == wanted]] = True
        return found

    def _only_breaking(self, name: str) -> NDArray[np.bool_]:
        return np.asarray(self._listed & (self._broken == 1) & ~self._meets[name])

    def _rows_without(self, name: str) -> NDArray[np.intp]:
        if name not in self._meets:
            return self._rows
        return np.nonzero(self._only_breaking(name) | (self._listed & (self._broken == 0)))[0]

    def _key(self, order: str, turns: NDArray[np.uint64]) -> NDArray[np.generic]:
        match order:
            case "rotation":
                return turns
            case "name":
                return self._columns.ranks_by_name[self._rows]
            case "distance":
                if self._requirements.near is None:
                    raise ValueError("an order by distance needs a place")
                return np.nan_to_num(self.miles(self._requirements.near), nan=np.inf)
            case "next_opening":
                opening = self.numbers("opening_on").astype(np.int64)
                return np.where(opening >= self._day, opening, np.iinfo(np.int64).max)
            case "fee":
                fee = self.numbers("fee_from").astype(np.int64)
                return np.where(fee != NOT_STATED, fee, np.iinfo(np.int64).max)
        raise ValueError(f"{order!r} is none of the orders {', '.join(ORDERS)}")


def _index(codes: tuple[str, ...], vocabulary: str, code: str) -> int:
    if code not in codes:
        raise UnknownCode(vocabulary, code)
    return codes.index(code)
