"""What counts on a day of all that was ever stated: facts past their lifetime are left out, as if never said.

Nothing is copied: a small number per row tells which kinds of its facts are stale, a plane per kind whose still count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import WORD, Bits, Chosen, Plane, Rows, counted, plane_of, words_for
from directory.roster.schema import AGES, NOT_STATED, UNTIL

STALE: Final = {until: np.uint8(1 << place) for place, until in enumerate(UNTIL)}


class Stated:
    """Bits as they count on one day. Asked like Bits."""

    def __init__(self, bits: Bits, day: int) -> None:
        self.layout = bits.layout
        self._bits, self._day = bits, day
        capacity = len(bits.by_row)
        self._stale = np.zeros(capacity, dtype=np.uint8)  # which of UNTIL are past, a bit for each
        self._fresh = {until: np.zeros(words_for(capacity), dtype=np.uint64) for until in UNTIL}
        self._some_are_stale = dict.fromkeys(UNTIL, False)
        self._kept = _kept(bits)
        self._ages = {first: AGES.get(name) for name, first in bits.layout.first.items()}

    def add(self, start: int, stop: int, numbers: Mapping[str, NDArray[Any]]) -> None:
        """Take in the rows from `start` until `stop`, with these columns."""
        for until, fresh in self._fresh.items():
            counts = np.zeros(stop, dtype=np.bool_)
            counts[start:] = numbers[until][start:stop] >= self._day
            fresh |= plane_of(counts, len(fresh))
            stale = ~counts[start:]
            self._stale[start:stop] |= stale * STALE[until]
            self._some_are_stale[until] |= bool(stale.any())

    def counting(self, fact: str) -> Plane | None:
        """Whose fact counts, of whoever states it; None: everybody's."""
        until = AGES.get(fact)
        return self._fresh[until] if until is not None and self._some_are_stale[until] else None

    def numbers(self, column: str, values: NDArray[np.int32], rows: Rows) -> NDArray[np.int32]:
        """The values that these rows have in a column, -1 where they no longer count."""
        until = AGES.get(column)
        if until is None or not self._some_are_stale[until]:
            return values
        return np.where(self._stale.take(rows) & STALE[until], np.int32(NOT_STATED), values)

    def any_of(self, vocabulary: str, bits: Iterable[int]) -> Plane:
        """The plane of those who state at least one fact at these places of a vocabulary."""
        plane, counting = self._bits.any_of(vocabulary, bits), self.counting(vocabulary)
        return plane if counting is None else plane & counting

    def taken(self, rows: Rows) -> NDArray[np.uint64]:
        """The words of these rows."""
        words = self._bits.taken(rows)
        if any(self._some_are_stale.values()):
            stale = self._stale.take(rows)
            if stale.any():
                words &= self._kept.take(stale, axis=0)
        return words

    def counts(self, chosen: Chosen, facts: range) -> NDArray[np.int64]:
        """How many of the rows chosen state each of these facts of one vocabulary (by number: see `Layout.facts`)."""
        until = self._ages[facts.start]
        if until is not None and self._some_are_stale[until]:
            chosen = Chosen(chosen.plane & self._fresh[until])
        return self._bits.counts(chosen, facts)

    def counts_of_parts(self, parts: Sequence[Rows], facts: range) -> list[NDArray[np.int64]]:
        """How many of the rows of each part state each of these facts: cheap for a few rows in several parts."""
        return counted(self.taken(np.concatenate(parts)), parts, facts)


def _kept(bits: Bits) -> NDArray[np.uint64]:
    """For each set of stale kinds, as a number, the bits of a row that still count."""
    kept = np.full((1 << len(UNTIL), bits.layout.words), ~np.uint64(0))
    for name, until in AGES.items():
        if name not in bits.layout.first:
            continue
        for fact in bits.layout.facts(name, bits.layout.room[name]):
            word, place = divmod(fact, WORD)
            kept[(np.arange(len(kept)) & STALE[until]) != 0, word] &= ~np.uint64(1 << place)
    return kept
