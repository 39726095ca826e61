"""The answer of the roster to one question: who meets all requirements, who does not and why, counts and columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import Bools, Chosen, Masks, Plane, Rows
from directory.roster.facets import VOCABULARY_FACETS, count_facets
from directory.roster.near_misses import NearMisses
from directory.roster.ordering import first, rotation, seed_of_day
from directory.roster.requirements import FILTERS, Near, Requirements, UnknownCode
from directory.roster.schema import ACCEPTING, BY_LICENSE, CODES_OF, GENDERS, NOT_STATED, SWEEPING

if TYPE_CHECKING:
    from directory.roster.columns import Columns

PART: Final = 1 << 13  # rows whose facts are asked at once
ORDERS: Final = ("rotation", "name", "distance", "next_opening", "fee")


class Selection:
    """The therapists listed on the day asked who meet every requirement, in the same order for every column."""

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self._columns = columns
        self._requirements = requirements
        self._day = columns.day(requirements.on)
        self._listed = columns.listed(self._day)
        # Who meets each requirement: from these planes follow selection, removed_by, relaxations and facets.
        self._meets = self._requirements_met(requirements)
        self._meeting = self._narrowing(self._meets.values())
        self._found = Chosen(self._meeting[-1])

    def __len__(self) -> int:
        return self.total

    @property
    def total(self) -> int:
        return self._found.count

    @property
    def _rows(self) -> Rows:
        return self._found.rows

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        return self._columns.ids.take(self._rows)

    @cached_property
    def removed_by(self) -> dict[str, int]:
        """How many listed therapists break each requirement asked, by filter name; one may count under several."""
        return {name: Chosen(self._listed & ~meets).count for name, meets in self._meets.items()}

    @cached_property
    def relaxations(self) -> dict[str, int]:
        """How many more therapists would match if only that requirement were dropped, by filter name."""
        return {name: self._near_misses.count(name) for name in self._meets}

    def not_met_by(self, therapist_id: int) -> tuple[str, ...]:
        """The requirements asked, by filter name, that a listed therapist does not meet."""
        row = self._listed & self._columns.plane_of_ids(np.array([therapist_id]))
        return tuple(name for name, meets in self._meets.items() if not (row & meets).any())

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
        same = [meets for name, meets in self._meets.items() if name not in different]
        changed = self._requirements_met(Requirements(on=others.on, **asked))
        return Chosen(self._narrowing([*same, *changed.values()])[-1]).count

    def facets(self) -> dict[str, dict[str, int]]:
        """How many therapists match for each code of each facet, counted with the facet's own filter left out."""
        return count_facets(self._columns, self._day, self._found, self._near_misses)

    def page(self, order: str = "rotation", *, offset: int = 0, limit: int) -> NDArray[np.int64]:
        """Ids from `offset` in one of ORDERS; what is not stated comes last, and equals take turns by the day.

        `distance` needs the requirement `near` (ValueError without), `next_opening` counts from the day asked.
        """
        if order == "name":
            return self._columns.first_by_name(self.ids, offset + limit)[offset:]
        turns = rotation(self.ids, seed_of_day(self._requirements.on))
        chosen = first(self._key(order, turns), turns, offset + limit)[offset:]
        return np.asarray(self.ids[chosen], dtype=np.int64)

    # --- Columns for the criteria: one value per selected therapist, in the order of `ids` ----------------------------

    def has(self, vocabulary: str, code: str) -> Bools:
        """Who states this code. A code that no vocabulary has is stated by nobody."""
        return self.has_any(vocabulary, (code,))

    def has_any(self, vocabulary: str, codes: Iterable[str]) -> Bools:
        """Who states at least one of these codes. A code that no vocabulary has is stated by nobody."""
        return _any_bit(self._words_of(vocabulary), self._masks(vocabulary, codes))

    def has_each(self, vocabulary: str, groups: Iterable[Iterable[str]]) -> Bools:
        """A row for each of these groups of codes: `has_any` of it. Of few therapists at once, which is quicker."""
        masks = [self._masks(vocabulary, codes) for codes in groups]
        words = self._words_of(vocabulary)
        if self.total > PART or any(len(its) != 1 for its in masks):
            found = [_any_bit(words, its) for its in masks]
            return np.array(found, dtype=np.bool_).reshape(len(masks), self.total)
        chosen = words.take(np.array([word for [(word, _)] in masks], dtype=np.intp), axis=0)
        return np.asarray(chosen & np.array([mask for [(_, mask)] in masks], dtype=np.uint64)[:, None] != 0)

    def stated(self, vocabulary: str) -> Bools:
        """Who states anything in this vocabulary."""
        return _any_bit(self._words_of(vocabulary), self._columns.bits(vocabulary, self._day).layout.masks(vocabulary))

    def sweeping(self, vocabulary: str) -> Bools:
        """Who ticks so much of a vocabulary (concerns or approaches) that a tick says nothing."""
        return self.has_any("sweeping", (vocabulary,))

    def answers(self, questions: Sequence[tuple[str, tuple[str, ...] | None]]) -> Iterator[tuple[slice, list[Bools]]]:
        """`has_any` for each (vocabulary, codes), or `stated` for (vocabulary, None), of a part of all at a time.

        The parts follow each other, and are small enough for the processor's cache. No questions about licenses.
        """
        bits = self._columns.bits("approaches", self._day)
        by_word: dict[int, list[tuple[int, np.uint64]]] = defaultdict(list)
        for place, (vocabulary, codes) in enumerate(questions):
            masks = bits.layout.masks(vocabulary) if codes is None else self._masks(vocabulary, codes)
            for word, mask in masks:
                by_word[word].append((place, mask))
        columns = {word: np.array([mask for _, mask in its])[:, None] for word, its in by_word.items()}
        for start in range(0, self.total, PART):
            part = slice(start, min(start + PART, self.total))
            words = np.ascontiguousarray(bits.taken(self._rows[part]).T)
            found: list[Bools | None] = [None] * len(questions)
            for word, its in by_word.items():
                for (place, _), here in zip(its, words[word] & columns[word] != 0, strict=True):
                    before = found[place]
                    found[place] = here if before is None else before | here
            yield part, [np.zeros(words.shape[1], dtype=np.bool_) if its is None else its for its in found]

    def numbers(self, column: str) -> NDArray[np.int32]:
        """A column of schema.NUMBERS, -1 where not stated, or so long ago that it no longer counts."""
        values = self._columns.number(column).take(self._rows).astype(np.int32)
        return self._day.stated.numbers(column, values, self._rows)

    def miles(self, near: Near) -> NDArray[np.float64]:
        """Miles from a point to the therapist's nearest office; NaN without an office."""
        return self._columns.offices.miles(near, self._rows)

    def _masks(self, vocabulary: str, codes: Iterable[str]) -> Masks:
        sweeping = vocabulary == "sweeping"
        places = SWEEPING if sweeping else self._columns.codes[CODES_OF.get(vocabulary, vocabulary)]
        layout = self._columns.bits(vocabulary, self._day).layout
        return layout.masks(vocabulary, [places[code] for code in codes if code in places])

    def _words_of(self, vocabulary: str) -> NDArray[np.uint64]:
        return self._words_by_license if vocabulary in BY_LICENSE else self._words

    @cached_property
    def _words(self) -> NDArray[np.uint64]:
        # One take of whole rows and a turn: rows are neighbors in memory, words of one row even more so.
        return np.ascontiguousarray(self._columns.bits("approaches", self._day).taken(self._rows).T)

    @cached_property
    def _words_by_license(self) -> NDArray[np.uint64]:
        return np.ascontiguousarray(self._columns.bits("jurisdictions", self._day).taken(self._rows).T)

    # --- How each requirement is met ----------------------------------------------------------------------------------

    def _requirements_met(self, asked: Requirements) -> dict[str, Plane]:
        columns = self._columns
        met = {
            name: columns.any_of(vocabulary, codes, self._day)
            for name, vocabulary in VOCABULARY_FACETS.items()
            if (codes := getattr(asked, vocabulary))
        }
        if asked.genders:
            met["gender"] = self._stating("gender", [_index(GENDERS, "genders", code) for code in asked.genders])
        if asked.near is not None:
            met["within"] = columns.plane_at(columns.offices.rows_within(asked.near))
            if asked.near_unless:
                met["within"] |= columns.any_of("delivery_methods", asked.near_unless, self._day)
        if asked.fee_max is not None:
            # A fee that is not stated is -1: as a number without a sign it is above any other.
            in_budget = columns.number("fee_from").view(np.uint32) <= max(asked.fee_max, 0)
            met["fee_max"] = columns.counting("fee_from", self._day, columns.plane_of(in_budget))
        if asked.sliding_scale is not None:
            met["sliding_scale"] = self._stating("sliding_scale", [int(asked.sliding_scale)])
        if asked.accepting:
            met["accepting"] = self._stating("accepting", [ACCEPTING.index("yes")])
        if asked.opening_within_days is not None:
            opening, today = columns.number("opening_on"), self._day.number
            in_time = (opening >= today) & (opening <= today + asked.opening_within_days)
            met["opening_within_days"] = columns.counting("opening_on", self._day, columns.plane_of(in_time))
        if asked.text_ids is not None:
            wanted = np.fromiter(asked.text_ids, dtype=np.int64, count=len(asked.text_ids))
            met["q"] = columns.plane_of_ids(wanted)
        return met

    def _stating(self, fact: str, values: Iterable[int]) -> Plane:
        return self._columns.bits(fact, self._day).any_of(fact, values)

    def _narrowing(self, planes: Iterable[Plane]) -> list[Plane]:
        """Those listed, of these who meet the first requirement, of these who meet the second one, and so on."""
        return [*accumulate((self._listed, *planes), np.bitwise_and)]

    @cached_property
    def _near_misses(self) -> NearMisses:
        return NearMisses(self._meeting, self._meets)

    def _key(self, order: str, turns: NDArray[np.uint64]) -> NDArray[np.generic]:
        match order:
            case "rotation":
                return turns
            case "distance":
                if self._requirements.near is None:
                    raise ValueError("an order by distance needs a place")
                return np.nan_to_num(self.miles(self._requirements.near), nan=np.inf)
            case "next_opening":
                opening = self.numbers("opening_on").astype(np.int64)
                return np.where(opening >= self._day.number, opening, np.iinfo(np.int64).max)
            case "fee":
                fee = self.numbers("fee_from").astype(np.int64)
                return np.where(fee != NOT_STATED, fee, np.iinfo(np.int64).max)
        raise ValueError(f"{order!r} is none of the orders {', '.join(ORDERS)}")


def _any_bit(words: NDArray[np.uint64], masks: Masks) -> Bools:
    found = None
    for word, mask in masks:
        here = words[word] & mask != 0
        found = here if found is None else found | here
    return np.zeros(words.shape[1], dtype=np.bool_) if found is None else found


def _index(codes: tuple[str, ...], vocabulary: str, code: str) -> int:
    if code not in codes:
        raise UnknownCode(vocabulary, code)
    return codes.index(code)
