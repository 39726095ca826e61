"""Where the facts of a worker's therapists lie. Rows are only ever added, so that what was read yesterday still holds.

A therapist who changes gets a new row; the old one stays, and no longer lives in newer versions of the directory
(columns.py). Adding changes bits of planes beyond the rows that older versions know, which they mask out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import WORD, Bits, Layout, Rows, plane_of, words_for
from directory.roster.facts import Codes, Facts, Licenses, Offices, rights_masks
from directory.roster.memory import give_back_free_memory
from directory.roster.offices import OfficeIndex
from directory.roster.schema import (
    ACCEPTING,
    BY_LICENSE,
    CODES_OF,
    CODES_PER_WORD,
    GENDERS,
    MASKS,
    NUMBERS,
    SWEEPING,
    WORDS,
)
from directory.roster.stated import Stated
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS

ROWS_AT_ONCE: Final = 1 << 16
#: Facts that are kept as numbers and asked for like codes.
ENUMERATED: Final = {"gender": len(GENDERS), "accepting": len(ACCEPTING), "sliding_scale": 2}
SMALL: Final = {"gender": np.int8, "accepting": np.int8, "sliding_scale": np.int8, "years_in_practice": np.int16}
MOST_TICKS: Final = {"concerns": MOST_CONCERNS, "approaches": MOST_APPROACHES}
ROWS_ONLY: Final = (*CODES_OF, "sweeping")  # no filter asks for them


class Day:
    """What depends on the day that is asked: who is listed, which facts count, what they may do by licence."""

    def __init__(self, store: Store, day: int) -> None:
        self.number = day
        self.listed = np.zeros(store.words, dtype=np.uint64)
        self.stated = Stated(store.bits, day)
        self.rights = Bits(store.rights_layout, store.capacity)
        self.add(store, 0, slice(0, store.held))

    def add(self, store: Store, start: int, licenses: slice) -> None:
        """Take in the rows from `start` on, which have these of the licences."""
        rows = slice(start, store.length)
        listed = np.zeros(store.length, dtype=np.bool_)
        listed[rows] = store.listed_until[rows] >= self.number
        self.listed |= plane_of(listed, store.words)
        self.stated.add(start, store.length, store.numbers)
        held = Licenses(
            rows=store.licenses.rows[licenses] - np.int32(start),
            jurisdictions=store.licenses.jurisdictions[licenses],
            types=store.licenses.types[licenses],
            until=store.licenses.until[licenses],
        )
        masks = rights_masks(held, self.number, store.length - start)
        self.rights.write(start, _packed(store.rights_layout, {name: [masks[name]] for name in BY_LICENSE}))


class Store:
    """The facts of all rows ever added, up to `capacity`. Reading needs no lock; adding and new days take one."""

    def __init__(self, facts: Facts, order: Rows) -> None:
        spare = max(len(facts) // 16, WORD)
        self.capacity = words_for(len(facts) + spare) * WORD
        self.words = words_for(self.capacity)
        sizes = {name: max(codes.values(), default=0) + 1 for name, codes in facts.codes.items()}
        plain = [name for name in WORDS if name not in BY_LICENSE]
        self.layout = Layout({name: sizes[CODES_OF.get(name, name)] for name in plain} | ENUMERATED | {"sweeping": 2})
        self.rights_layout = Layout({name: sizes[name] for name in BY_LICENSE})
        self.room = self.layout.room | self.rights_layout.room

        self.length = 0  # rows
        self.ids = np.zeros(self.capacity, dtype=np.int64)
        self.listed_until = np.zeros(self.capacity, dtype=np.int32)
        self.numbers = {name: np.zeros(self.capacity, dtype=SMALL.get(name, np.int32)) for name in NUMBERS}
        self.bits = Bits(self.layout, self.capacity, rows_only=ROWS_ONLY)
        self.held = 0  # licences
        self.licenses = _room_for(Licenses, facts.licenses)
        self.offices = OfficeIndex(_room_for(Offices, facts.offices), self.capacity)
        self._days: dict[int, Day] = {}
        self._lock = threading.Lock()
        for start in range(0, len(order), ROWS_AT_ONCE):  # a copy of a part at a time
            self.add(facts.taken(order[start : start + ROWS_AT_ONCE]))
        self.offices.sort()
        self.first_length = self.length

    def _has_room_for(self, facts: Facts) -> bool:
        """Rows, licences, offices, and codes within the bits laid out for them."""
        return (
            self.length + len(facts) <= self.capacity
            and self.held + len(facts.licenses.rows) <= len(self.licenses.rows)
            and self.offices.has_room_for(facts.offices)
            and all(max(codes.values(), default=0) < self.room[name] for name, codes in facts.codes.items())
        )

    @property
    def used(self) -> float:
        """The share of the spare room for rows that is used up."""
        spare = self.capacity - self.first_length
        return (self.length - self.first_length) / spare

    def add(self, facts: Facts) -> range | None:
        """Add these as rows, and say which; None, and nothing is added, when there is no room for all."""
        with self._lock:
            if not self._has_room_for(facts):
                return None
            start, end = self.length, self.length + len(facts)
            self.ids[start:end] = facts.ids
            self.listed_until[start:end] = facts.listed_until
            for name, column in self.numbers.items():
                column[start:end] = facts.numbers[name]
            self.bits.write(start, _packed(self.layout, _words(facts)))
            licenses = slice(self.held, self.held + len(facts.licenses.rows))
            for name, held in vars(self.licenses).items():
                held[licenses] = getattr(facts.licenses, name)
            self.licenses.rows[licenses] += np.int32(start)
            self.offices.add(start, facts.offices)
            self.length, self.held = end, licenses.stop
            for day in self._days.values():
                day.add(self, start, licenses)
        return range(start, end)

    def day(self, number: int) -> Day:
        """What holds on a day. Kept until another day is asked."""
        day = self._days.get(number)
        if day is None:
            with self._lock:
                day = self._days.get(number)  # another thread may have been quicker
                if day is None:
                    day = Day(self, number)
                    self._days = {number: day}
                    give_back_free_memory()
        return day

    def rows_of(self, ids: NDArray[np.int64]) -> Rows:
        """All rows of these therapists, of whatever version."""
        mine = self.ids[: self.length]
        return np.flatnonzero(mine == ids[0] if len(ids) == 1 else np.isin(mine, ids))

    def facts(self, rows: Rows, codes: Codes) -> Facts:
        """What was added as these rows."""
        whole = Facts(
            codes=codes,
            ids=self.ids[: self.length],
            listed_until=self.listed_until[: self.length],
            masks={name: _mask(self.bits, name, self.length) for name in MASKS},
            numbers={name: column[: self.length].astype(np.int32) for name, column in self.numbers.items()},
            licenses=Licenses(**{name: held[: self.held] for name, held in vars(self.licenses).items()}),
            offices=self.offices.offices(),
        )
        return whole.taken(rows)


def _room_for(kind: type[Any], part: Any) -> Any:
    return kind(
        **{
            name: np.zeros(len(column) + len(column) // 16 + 4 * WORD, dtype=column.dtype)
            for name, column in vars(part).items()
        }
    )


def _words(facts: Facts) -> dict[str, list[NDArray[np.int64]]]:
    words: dict[str, list[NDArray[np.int64]]] = {name: [] for name in WORDS if name not in BY_LICENSE}
    for name in MASKS:
        words[name.rpartition("_")[0]].append(facts.masks[name])
    for name in ENUMERATED:
        number = facts.numbers[name].astype(np.int64)
        words[name] = [np.where(number < 0, 0, np.int64(1) << np.maximum(number, 0))]
    words["sweeping"] = [np.zeros(len(facts), dtype=np.int64)]
    for vocabulary, place in SWEEPING.items():
        ticks = np.sum([np.bitwise_count(mask) for mask in words[vocabulary]], axis=0)
        words["sweeping"][0] |= np.int64(1 << place) * (ticks > MOST_TICKS[vocabulary])
    return words


def _packed(layout: Layout, words: Mapping[str, Iterable[NDArray[np.int64]]]) -> NDArray[np.uint64]:
    """Masks of 63 codes a word, as the database has them, laid out in rows of bits without gaps."""
    some = next(iter(next(iter(words.values()))))
    rows = np.zeros((len(some), layout.words), dtype="<u8")
    for name, masks in words.items():
        for number, mask in enumerate(masks):
            word, offset = divmod(layout.first[name] + number * CODES_PER_WORD, WORD)
            if word < layout.words:
                rows[:, word] |= mask.astype(np.uint64) << np.uint64(offset)
            if offset > 1 and word + 1 < layout.words and layout.room[name] > WORD:
                rows[:, word + 1] |= mask.astype(np.uint64) >> np.uint64(WORD - offset)
    return rows


def _mask(bits: Bits, name: str, length: int) -> NDArray[np.int64]:
    """One of the database's masks, from the rows of bits."""
    vocabulary, _, number = name.rpartition("_")
    start = int(number) * CODES_PER_WORD
    size = min(bits.layout.room[vocabulary] - start, CODES_PER_WORD)
    mask = np.zeros(length, dtype=np.uint64)
    if size > 0:
        word, offset = divmod(bits.layout.first[vocabulary] + start, WORD)
        mask |= bits.by_row[:length, word] >> np.uint64(offset)
        if offset + size > WORD:
            mask |= bits.by_row[:length, word + 1] << np.uint64(WORD - offset)
        mask &= np.uint64((1 << size) - 1)
    return mask.astype(np.int64)
