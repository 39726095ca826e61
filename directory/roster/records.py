"""Columns from plain records: therapists of an earlier day, and invented ones without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.roster.columns import Columns
from directory.roster.facts import Codes, Facts, Licenses, Offices
from directory.roster.schema import (
    ACCEPTING,
    BY_LICENSE,
    CODES_OF,
    CODES_PER_WORD,
    FOREVER,
    GENDERS,
    NOT_STATED,
    UNTIL,
    WORDS,
    day_number,
)

Record = Mapping[str, Any]


def columns_of_records(records: Sequence[Record], known: Mapping[str, Iterable[str]]) -> Columns:
    """See Columns.from_records."""
    people = [_with_rights({"id": place, **record}) for place, record in enumerate(records, start=1)]
    codes = {vocabulary: _bits(vocabulary, people, known) for vocabulary in WORDS if vocabulary not in CODES_OF}
    by_name = sorted(people, key=lambda one: (str(one.get("name", "")).casefold(), one["id"]))
    in_order = np.array([one["id"] for one in by_name], dtype=np.int64)
    return Columns(
        facts_with_codes(people, codes),
        first_by_name=lambda ids, count: in_order[np.isin(in_order, ids)][:count],
    )


def facts_with_codes(records: Iterable[Record], codes: Codes) -> Facts:
    """Facts whose codes have these bits, in any order of records.

    As Columns.from_records, but every record has an `id` and, instead of `jurisdictions` and `license_types`, `rights`:
    tuples of jurisdiction, type of licence (None for a compact privilege) and last day (None for no end).
    """
    people = sorted(records, key=lambda one: one["id"])
    return Facts(
        codes=codes,
        ids=np.array([one["id"] for one in people], dtype=np.int64),
        listed_until=np.array([_day(one.get("listed_until"), FOREVER) for one in people], dtype=np.int32),
        masks=_masks(people, codes),
        numbers={
            "gender": _indexes(people, "gender", GENDERS),
            "accepting": _indexes(people, "accepting", ACCEPTING),
            "sliding_scale": _whole(people, "sliding_scale"),
            "years_in_practice": _whole(people, "years_in_practice"),
            "opening_on": np.array([_day(one.get("opening_on"), NOT_STATED) for one in people], dtype=np.int32),
            "fee_from": _whole(people, "fee_from"),
            **{until: np.array([_day(one.get(until), FOREVER) for one in people], dtype=np.int32) for until in UNTIL},
        },
        licenses=_licenses(people, codes),
        offices=_offices(people),
    )


def _with_rights(record: Record) -> Record:
    license_types = record.get("license_types") or ["lmft"]
    rights = [(place, kind, None) for place in record.get("jurisdictions") or () for kind in license_types]
    return {**record, "license_types": license_types, "rights": rights}


def _bits(vocabulary: str, people: Sequence[Record], known: Mapping[str, Iterable[str]]) -> dict[str, int]:
    named = set(known.get(vocabulary, ()))
    for part in [vocabulary, *(part for part, whole in CODES_OF.items() if whole == vocabulary)]:
        named.update(code for one in people for code in one.get(part) or ())
    return {code: bit for bit, code in enumerate(sorted(named))}


def _masks(people: Sequence[Record], codes: Codes) -> dict[str, NDArray[np.int64]]:
    masks = {}
    for vocabulary in [name for name in WORDS if name not in BY_LICENSE]:
        bits = codes[CODES_OF.get(vocabulary, vocabulary)]
        for word in range(WORDS[vocabulary]):
            masks[f"{vocabulary}_{word}"] = np.array(
                [_mask((bits[code] for code in one.get(vocabulary) or ()), word) for one in people], dtype=np.int64
            )
    return masks


def _mask(bits: Iterable[int], word: int) -> int:
    return sum(1 << bit % CODES_PER_WORD for bit in set(bits) if bit // CODES_PER_WORD == word)


def _licenses(people: Sequence[Record], codes: Codes) -> Licenses:
    held = [
        (
            row,
            codes["jurisdictions"][jurisdiction],
            NOT_STATED if license_type is None else codes["license_types"][license_type],
            _day(until, FOREVER),
        )
        for row, one in enumerate(people)
        for jurisdiction, license_type, until in one["rights"]
    ]
    return Licenses(
        rows=np.array([row for row, *_ in held], dtype=np.int32),
        jurisdictions=np.array([jurisdiction for _, jurisdiction, _, _ in held], dtype=np.int8),
        types=np.array([license_type for _, _, license_type, _ in held], dtype=np.int8),
        until=np.array([until for *_, until in held], dtype=np.int32),
    )


def _offices(people: Sequence[Record]) -> Offices:
    offices = [(row, *place) for row, one in enumerate(people) for place in one.get("places") or ()]
    return Offices(
        rows=np.array([row for row, _, _ in offices], dtype=np.int32),
        latitudes=np.array([latitude for _, latitude, _ in offices], dtype=np.float64),
        longitudes=np.array([longitude for _, _, longitude in offices], dtype=np.float64),
    )


def _whole(people: Sequence[Record], column: str) -> NDArray[np.int32]:
    values = [one.get(column) for one in people]
    return np.array([NOT_STATED if value is None else int(value) for value in values], dtype=np.int32)


def _indexes(people: Sequence[Record], column: str, codes: tuple[str, ...]) -> NDArray[np.int32]:
    values = [one.get(column) for one in people]
    return np.array([codes.index(value) if value else NOT_STATED for value in values], dtype=np.int32)


def _day(value: dt.date | None, otherwise: int) -> int:
    return otherwise if value is None else day_number(value)
