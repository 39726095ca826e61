"""The published directory at one moment, as columns. Never changes once made; a change makes the next one cheaply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import Bits, Bools, Chosen, Plane, Rows, plane_at, plane_of
from directory.roster.facets import Counted, facets_of
from directory.roster.facts import Codes, Facts
from directory.roster.offices import OfficeIndex
from directory.roster.requirements import Requirements, UnknownCode
from directory.roster.schema import BY_LICENSE, CODES_OF, day_number
from directory.roster.selection import Selection
from directory.roster.stated import Stated
from directory.roster.store import Day, Store

#: (ids, count) → the first so many of these therapists in the order of their names.
FirstByName = Callable[[NDArray[np.int64], int], NDArray[np.int64]]


class Columns:
    """Every therapist who may be listed; who is listed depends on the day that is asked.

    `codes` gives the bit of every code: {vocabulary: {code: bit}}. `first_by_name` is asked for the order of names.
    """

    def __init__(self, facts: Facts, *, order: Rows | None = None, first_by_name: FirstByName | None = None) -> None:
        """`order` says in which order to lay them out: a question about people who stand together costs less."""
        self.codes = facts.codes
        self._first_by_name = first_by_name
        self._store = Store(facts, np.arange(len(facts)) if order is None else order)
        self._alive = plane_of(np.ones(len(facts), dtype=np.bool_), self._store.words)

    def __len__(self) -> int:
        return int(np.bitwise_count(self._alive).sum())

    def select(self, requirements: Requirements) -> Selection:
        """The therapists listed on the day asked who meet every requirement.

        Raises UnknownCode for a code that its vocabulary does not have.
        """
        return Selection(self, requirements)

    @cached_property
    def facts(self) -> Facts:
        """The same as plain arrays, in the order of ids. They are a copy: for audits and tests, not for answers."""
        return self._store.facts(Chosen(self._alive).rows, self.codes).in_order_of_id()

    # --- What a selection reads: one bit or value per row -------------------------------------------------------------

    @property
    def ids(self) -> NDArray[np.int64]:
        return self._store.ids

    @property
    def offices(self) -> OfficeIndex:
        return self._store.offices

    def number(self, column: str) -> NDArray[Any]:
        """A column of schema.NUMBERS, as it was stated: whether it still counts, `counting` says."""
        return self._store.numbers[column]

    def counting(self, column: str, day: Day, plane: Plane) -> Plane:
        """Those of a plane whose fact of a column counts on a day."""
        counting = day.stated.counting(column)
        return plane if counting is None else plane & counting

    def day(self, on: dt.date) -> Day:
        """What depends on the day: a selection asks for it once."""
        return self._store.day(day_number(on))

    def listed(self, day: Day) -> Plane:
        """Who is listed on a day."""
        return self._alive & day.listed

    def bits(self, vocabulary: str, day: Day) -> Bits | Stated:
        """Where the facts of a vocabulary are, as they count on a day."""
        return day.rights if vocabulary in BY_LICENSE else day.stated

    def bit(self, vocabulary: str, code: str) -> int:
        """The place of a code in its vocabulary; UnknownCode when it has none."""
        try:
            return self.codes[CODES_OF.get(vocabulary, vocabulary)][code]
        except KeyError:
            raise UnknownCode(vocabulary, code) from None

    @cached_property
    def facets(self) -> dict[str, Counted]:
        """What each facet counts, and where."""
        return facets_of(self.codes, self._store.room)

    def any_of(self, vocabulary: str, codes: Iterable[str], day: Day) -> Plane:
        """Who states at least one of these codes; UnknownCode for one that there is not."""
        return self.bits(vocabulary, day).any_of(vocabulary, [self.bit(vocabulary, code) for code in codes])

    def plane_of(self, chosen: Bools) -> Plane:
        """Rows chosen by a column, as a plane."""
        return plane_of(chosen, self._store.words)

    def plane_at(self, rows: NDArray[np.integer[Any]]) -> Plane:
        """These rows as a plane."""
        return plane_at(rows, self._store.words)

    def plane_of_ids(self, ids: NDArray[np.int64]) -> Plane:
        """These therapists as a plane, with rows that no longer live."""
        return self.plane_at(self._store.rows_of(ids) if len(ids) else np.zeros(0, dtype=np.intp))

    def first_by_name(self, ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """The first so many of these therapists in the order of their names. LookupError without_names()."""
        if self._first_by_name is None:
            raise LookupError("these columns know no names")
        return self._first_by_name(ids, count)

    # --- Making and changing ------------------------------------------------------------------------------------------

    def with_codes(self, codes: Codes) -> Columns:
        """The same with other codes: terms that were added after the last change of a profile."""
        return self._version(codes, self._alive)

    def without_names(self) -> Columns:
        """The same, which cannot be asked for the order of names."""
        other = self._version(self.codes, self._alive)
        other._first_by_name = None
        return other

    def replacing(self, therapist_ids: NDArray[np.int64], fresh: Facts) -> Columns:
        """These columns without the therapists named, and with those of `fresh` (some of the same) instead.

        It costs what the change costs, until the spare room is used up: then everything is copied once.
        """
        old = ~self.plane_of_ids(therapist_ids)
        added = self._store.add(fresh)
        if added is None:
            kept = self._store.facts(Chosen(self._alive & old).rows, self.codes)
            return Columns(kept.followed_by(fresh), first_by_name=self._first_by_name)
        return self._version(fresh.codes, self._alive & old | self.plane_at(np.arange(added.start, added.stop)))

    @property
    def is_full(self) -> bool:
        """Whether half of the spare room is used up: time to load anew, while this one goes on answering."""
        return self._store.used > 0.5

    def _version(self, codes: Codes, alive: Plane) -> Columns:
        other = copy(self)
        other.__dict__.pop("facts", None)
        other._alive = alive
        if codes != self.codes:
            other.__dict__.pop("facets", None)
            other.codes = codes
        return other

    @classmethod
    def from_records(
        cls, records: Sequence[Mapping[str, Any]], *, codes: Mapping[str, Iterable[str]] | None = None
    ) -> Columns:
        """Columns of invented therapists, for tests without a database.

        A record may have: `id` (else counted from 1), `name`, a list of codes under each vocabulary of schema.WORDS
        (`trained` ⊂ `approaches`, `focus` ⊂ `concerns`; a licence of every type in every jurisdiction, of type "lmft"
        when none is named), `gender`, `accepting` ("yes", "waitlist", "no"),
        `sliding_scale` (bool), `years_in_practice`, `fee_from`, `opening_on`, `listed_until` and schema.UNTIL (dates),
        `places` ([(latitude, longitude)]). What is missing or None is not stated; an end is then never.
        `codes` names codes that must be known although no record has them.
        """
        from directory.roster.records import columns_of_records  # it needs this class

        return columns_of_records(records, codes or {})
