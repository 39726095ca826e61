"""The published directory as columns: one array per fact, one row per therapist. Never changes once made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.roster.requirements import Requirements, UnknownCode
from directory.roster.schema import (
    BY_LICENSE,
    CODES_OF,
    CODES_PER_WORD,
    MASKS,
    NOT_STATED,
    NUMBERS,
    WORDS,
    day_number,
)
from directory.roster.selection import Selection


@dataclass(frozen=True, kw_only=True, eq=False)
class Licenses:
    """Verified rights to practise, sorted by therapist. A compact privilege has no type of licence: -1."""

    therapist_ids: NDArray[np.int64]
    jurisdictions: NDArray[np.int16]  # bits
    types: NDArray[np.int16]  # bits
    until: NDArray[np.int32]  # last day, as day number


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Offices, sorted by therapist; degrees."""

    therapist_ids: NDArray[np.int64]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """Every therapist who may be listed, sorted by id; who is listed depends on the day that is asked.

    `codes` gives the bit of every code: {vocabulary: {code: bit}}. `masks` and `numbers` have one array per column of
    schema.MASKS and schema.NUMBERS. `ids_by_name` answers all ids in the order of their names.
    """

    codes: Mapping[str, Mapping[str, int]]
    ids: NDArray[np.int64]
    listed_until: NDArray[np.int32]
    masks: Mapping[str, NDArray[np.int64]]
    numbers: Mapping[str, NDArray[np.int32]]
    licenses: Licenses
    places: Places
    ids_by_name: Callable[[], NDArray[np.int64]] | None = None
    _by_day: dict[int, dict[str, NDArray[np.int64]]] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, requirements: Requirements) -> Selection:
        """The therapists listed on the day asked who meet every requirement.

        Raises UnknownCode for a code that its vocabulary does not have.
        """
        return Selection(self, requirements)

    # --- Facts, one value per row -------------------------------------------------------------------------------------

    def words(self, vocabulary: str, on: dt.date) -> list[NDArray[np.int64]]:
        """The masks of a vocabulary, one array per word of 63 codes. KeyError for an unknown vocabulary."""
        if vocabulary in BY_LICENSE:
            return [self._by_license(day_number(on))[vocabulary]]
        return [self.masks[f"{vocabulary}_{word}"] for word in range(WORDS[vocabulary])]

    def bit(self, vocabulary: str, code: str) -> int:
        """The place of a code in its vocabulary's masks; UnknownCode when it has none."""
        try:
            return self.codes[CODES_OF.get(vocabulary, vocabulary)][code]
        except KeyError:
            raise UnknownCode(vocabulary, code) from None

    def states_any(self, vocabulary: str, codes: Iterable[str], on: dt.date) -> NDArray[np.bool_]:
        """Which rows state at least one of these codes."""
        wanted = [0] * WORDS[vocabulary]
        for code in codes:
            bit = self.bit(vocabulary, code)
            wanted[bit // CODES_PER_WORD] |= 1 << bit % CODES_PER_WORD
        found = np.zeros(len(self), dtype=np.bool_)
        for mask, word in zip(wanted, self.words(vocabulary, on), strict=True):
            if mask:
                found |= (word & np.int64(mask)) != 0
        return found

    @cached_property
    def rows_of_places(self) -> NDArray[np.intp]:
        """The row of each place's therapist."""
        return np.searchsorted(self.ids, self.places.therapist_ids)

    @cached_property
    def ranks_by_name(self) -> NDArray[np.int64]:
        """Each row's place in the order of names."""
        if self.ids_by_name is None:
            raise LookupError("these columns know no names")
        order = self.ids_by_name()
        ranks = np.full(len(self), len(order), dtype=np.int64)
        rows = np.minimum(np.searchsorted(self.ids, order), max(len(self) - 1, 0))
        known = self.ids[rows] == order if len(self) else np.zeros(0, dtype=np.bool_)
        ranks[rows[known]] = np.nonzero(known)[0]
        return ranks

    def _by_license(self, day: int) -> dict[str, NDArray[np.int64]]:
        # A licence that ends tonight is out tomorrow without a write: these masks belong to a day.
        masks = self._by_day.get(day)
        if masks is None:
            masks = self._masks_by_license(day)
            self._by_day.clear()
            self._by_day[day] = masks
        return masks

    def _masks_by_license(self, day: int) -> dict[str, NDArray[np.int64]]:
        current = self.licenses.until >= day
        rows = np.searchsorted(self.ids, self.licenses.therapist_ids[current])
        jurisdictions, types = self.licenses.jurisdictions[current], self.licenses.types[current]
        licensed = types != NOT_STATED
        type_masks = _any_bit_by_row(rows[licensed], types[licensed], len(self))
        # A compact privilege holds only while a licence is current; whoever is listed on that day has one.
        jurisdiction_masks = _any_bit_by_row(rows, jurisdictions, len(self))
        return {"jurisdictions": jurisdiction_masks, "license_types": type_masks}

    # --- Making and changing ------------------------------------------------------------------------------------------

    def replacing(self, therapist_ids: NDArray[np.int64], fresh: Columns) -> Columns:
        """These columns without the therapists named, and with those of `fresh` (some of the same) instead."""
        rows = _merging(self.ids, fresh.ids, therapist_ids)
        licenses = _merging(self.licenses.therapist_ids, fresh.licenses.therapist_ids, therapist_ids)
        places = _merging(self.places.therapist_ids, fresh.places.therapist_ids, therapist_ids)
        return replace(
            fresh,
            ids_by_name=self.ids_by_name,
            ids=_merged(self.ids, fresh.ids, rows),
            listed_until=_merged(self.listed_until, fresh.listed_until, rows),
            masks={name: _merged(self.masks[name], fresh.masks[name], rows) for name in MASKS},
            numbers={name: _merged(self.numbers[name], fresh.numbers[name], rows) for name in NUMBERS},
            licenses=Licenses(
                **{
                    column.name: _merged(
                        getattr(self.licenses, column.name), getattr(fresh.licenses, column.name), licenses
                    )
                    for column in fields(Licenses)
                }
            ),
            places=Places(
                **{
                    column.name: _merged(getattr(self.places, column.name), getattr(fresh.places, column.name), places)
                    for column in fields(Places)
                }
            ),
        )

    @classmethod
    def from_records(
        cls, records: Sequence[Mapping[str, Any]], *, codes: Mapping[str, Iterable[str]] | None = None
    ) -> Columns:
        """Columns of invented therapists, for tests without a database.

        A record may have: `id` (else counted from 1), `name`, a list of codes under each vocabulary of schema.WORDS
        (`trained` ⊂ `approaches`, `focus` ⊂ `concerns`; a licence of every type in every jurisdiction, of type "lmft"
        when none is named), `gender`, `accepting` ("yes", "waitlist", "no"),
        `sliding_scale` (bool), `years_in_practice`, `fee_from`, `opening_on` and `listed_until` (dates), `places`
        ([(latitude, longitude)]). What is missing or None is not stated; `listed_until` is then forever.
        `codes` names codes that must be known although no record has them.
        """
        from directory.roster.records import columns_of_records  # it needs this class

        return columns_of_records(records, codes or {})


def _any_bit_by_row(rows: NDArray[np.intp], bits: NDArray[np.int16], length: int) -> NDArray[np.int64]:
    masks = np.zeros(length, dtype=np.int64)
    if len(rows):
        starts = np.nonzero(np.diff(rows, prepend=-1))[0]
        masks[rows[starts]] = np.bitwise_or.reduceat(np.int64(1) << bits.astype(np.int64), starts)
    return masks


def _merging(old: NDArray[np.int64], new: NDArray[np.int64], gone: NDArray[np.int64]) -> NDArray[np.intp]:
    """How to take from old rows followed by new ones, so that those who are gone are out and ids stay sorted."""
    keep = np.ones(len(old), dtype=np.bool_)
    for first, end in zip(np.searchsorted(old, gone), np.searchsorted(old, gone, side="right"), strict=True):
        keep[first:end] = False
    kept = np.nonzero(keep)[0]
    at = np.searchsorted(old[kept], new)
    return np.insert(kept, at, len(old) + np.arange(len(new)))


def _merged(old: NDArray[Any], new: NDArray[Any], taking: NDArray[np.intp]) -> NDArray[Any]:
    return np.concatenate([old, new])[taking]
