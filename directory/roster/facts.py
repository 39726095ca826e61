"""What is known of therapists, as plain arrays with a row for each: how it comes from the database and from records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.roster.schema import BY_LICENSE, MASKS, NOT_STATED, NUMBERS, WORDS, day_number

Codes = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Licenses:
    """Verified rights to practise, sorted by row. A compact privilege has no type of licence: -1."""

    rows: NDArray[np.int32]
    jurisdictions: NDArray[np.int8]  # bits
    types: NDArray[np.int8]  # bits
    until: NDArray[np.int32]  # last day, as day number


@dataclass(frozen=True, kw_only=True, eq=False)
class Offices:
    """Where they see clients, sorted by row; degrees."""

    rows: NDArray[np.int32]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """Therapists who may be listed, one row each; who is listed depends on the day that is asked.

    `codes` gives the bit of every code: {vocabulary: {code: bit}}. `masks` and `numbers` have one array per column of
    schema.MASKS and schema.NUMBERS.
    """

    codes: Codes
    ids: NDArray[np.int64]
    listed_until: NDArray[np.int32]
    masks: Mapping[str, NDArray[np.int64]]
    numbers: Mapping[str, NDArray[np.int32]]
    licenses: Licenses
    offices: Offices

    def __len__(self) -> int:
        return len(self.ids)

    def words(self, vocabulary: str, on: dt.date) -> list[NDArray[np.int64]]:
        """The masks of a vocabulary, one array per word of 63 codes. KeyError for an unknown vocabulary."""
        if vocabulary in BY_LICENSE:
            return [rights_masks(self.licenses, day_number(on), len(self))[vocabulary]]
        return [self.masks[f"{vocabulary}_{word}"] for word in range(WORDS[vocabulary])]

    def taken(self, rows: NDArray[np.intp]) -> Facts:
        """These rows in this order."""
        return Facts(
            codes=self.codes,
            ids=self.ids[rows],
            listed_until=self.listed_until[rows],
            masks={name: self.masks[name][rows] for name in MASKS},
            numbers={name: self.numbers[name][rows] for name in NUMBERS},
            licenses=_taken(self.licenses, rows, len(self)),
            offices=_taken(self.offices, rows, len(self)),
        )

    def followed_by(self, others: Facts) -> Facts:
        """These and then the others, with the codes of the others."""
        return Facts(
            codes=others.codes,
            ids=np.concatenate([self.ids, others.ids]),
            listed_until=np.concatenate([self.listed_until, others.listed_until]),
            masks={name: np.concatenate([self.masks[name], others.masks[name]]) for name in MASKS},
            numbers={name: np.concatenate([self.numbers[name], others.numbers[name]]) for name in NUMBERS},
            licenses=_joined(self.licenses, others.licenses, len(self)),
            offices=_joined(self.offices, others.offices, len(self)),
        )

    def in_order_of_id(self) -> Facts:
        return self.taken(np.argsort(self.ids))

    def order_of_states(self) -> NDArray[np.intp]:
        """An order in which those who may practise in the same states stand together."""
        masks = np.zeros(len(self), dtype=np.int64)
        np.bitwise_or.at(masks, self.licenses.rows, np.int64(1) << self.licenses.jurisdictions.astype(np.int64))
        return np.lexsort((self.ids, masks))


def _taken(part: Any, rows: NDArray[np.intp], length: int) -> Any:
    """Licences or offices of these rows, which from now on are rows 0, 1, …"""
    places = np.full(length, -1, dtype=np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    now = places[part.rows]
    order = np.argsort(now, kind="stable")
    order = order[np.searchsorted(now[order], 0) :]
    columns = {name: column[order] for name, column in vars(part).items()}
    return type(part)(**columns | {"rows": now[order]})


def _joined(part: Any, other: Any, length: int) -> Any:
    columns = {name: np.concatenate([column, getattr(other, name)]) for name, column in vars(part).items()}
    columns["rows"][len(part.rows) :] += np.int32(length)
    return type(part)(**columns)


def rights_masks(licenses: Licenses, day: int, length: int) -> dict[str, NDArray[np.int64]]:
    """Where each row may practise on a day, and by which types of licence: masks, by vocabulary."""
    current = licenses.until >= day
    rows, jurisdictions, types = licenses.rows[current], licenses.jurisdictions[current], licenses.types[current]
    licensed = types != NOT_STATED
    # A compact privilege holds only while a licence is current; whoever is listed on that day has one.
    return {
        "jurisdictions": _any_bit_by_row(rows, jurisdictions, length),
        "license_types": _any_bit_by_row(rows[licensed], types[licensed], length),
    }


def _any_bit_by_row(rows: NDArray[np.int32], bits: NDArray[np.int8], length: int) -> NDArray[np.int64]:
    masks = np.zeros(length, dtype=np.int64)
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        masks[rows[starts]] = np.bitwise_or.reduceat(np.int64(1) << bits.astype(np.int64), starts)
    return masks
