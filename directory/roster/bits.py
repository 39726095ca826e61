"""Yes-or-no facts of many therapists, held twice: a row of bits for each therapist, and a plane for each fact.

A plane has one bit per therapist, 64 to a word, the lowest bit first. Combining requirements is a few operations on
planes: a million therapists are 125 kB. What is told about the few who remain is read from their rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint64]
Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]
Masks = list[tuple[int, np.uint64]]  # which word of a row, and which of its bits

WORD: Final = 64
BLOCK: Final = 1 << 15  # words of planes that are counted at once: 256 kB, so that they stay in the processor's cache
# Nanoseconds, measured: what counting costs once, from rows for each row and each of its facts, from planes for each
# word. They only choose the cheapest of three ways to the same numbers.
A_COUNT: Final = 20_000.0
A_ROW: Final = 45.0
A_FACT_OF_A_ROW: Final = 0.25
A_WORD: Final = 2.0
A_FILLED_WORD: Final = 4.0
WORTH_A_THOUGHT: Final = 50_000.0  # less is counted before one has thought
MOSTLY_EMPTY: Final = 4  # of so many words one is filled, at most


def words_for(rows: int) -> int:
    """How many words a plane of so many rows has."""
    return -(-rows // WORD)


def plane_of(chosen: Bools, words: int) -> Plane:
    """The plane, of so many words, of rows chosen by a column that may be shorter."""
    plane = np.zeros(words * 8, dtype=np.uint8)
    octets = np.packbits(chosen, bitorder="little")
    plane[: len(octets)] = octets
    return plane.view("<u8")


def plane_at(rows: NDArray[np.integer[Any]], words: int) -> Plane:
    """The plane, of so many words, of these rows."""
    chosen = np.zeros(words * WORD, dtype=np.bool_)
    chosen[rows] = True
    return plane_of(chosen, words)


class Chosen:
    """Some of the rows: as a plane, as row numbers in ascending order, and how many."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        #: Which words of the plane have any row.
        self.words: Rows = (plane != 0).nonzero()[0]
        self._bits = plane.take(self.words)
        self.count = int(np.bitwise_count(self._bits).sum())
        self._rows: Rows | None = None

    @property
    def rows(self) -> Rows:
        if self._rows is None:
            self._rows = places_of(self._bits, self.words * WORD)
        return self._rows


def places_of(words: Plane, starts: Rows) -> Rows:
    """Where bits are set in these words, each of which begins at the place that `starts` gives for it."""
    [at] = np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_).nonzero()
    return starts.take(at >> 6) + (at & (WORD - 1))


class Layout:
    """Which bits of a row tell which facts: `first` is the number of each vocabulary's first fact, `room` how many fit.

    A vocabulary of up to 64 facts lies within one word, so that one operation asks for any of several codes.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.room = {name: _room(size) for name, size in sizes.items()}
        self.first: dict[str, int] = {}
        at = 0
        for name in sorted(self.room, key=lambda name: -self.room[name]):
            self.first[name] = at
            at += self.room[name]
        self.words = words_for(at)
        self.all_facts = range(self.words * WORD)
        self._each: list[Masks] = [[(fact // WORD, np.uint64(1 << fact % WORD))] for fact in self.all_facts]
        self._everything = {name: self._any_of(self.facts(name, room)) for name, room in self.room.items()}

    def facts(self, vocabulary: str, size: int) -> range:
        """The numbers of the first so many facts of a vocabulary."""
        return range(self.first[vocabulary], self.first[vocabulary] + size)

    def masks(self, vocabulary: str, bits: Iterable[int] | None = None) -> Masks:
        """Word and mask for the facts at these places of a vocabulary, or at all. Beyond its room is nobody."""
        if bits is None:
            return self._everything[vocabulary]
        first, room = self.first[vocabulary], self.room[vocabulary]
        facts = [first + bit for bit in bits if bit < room]
        return self._each[facts[0]] if len(facts) == 1 else self._any_of(facts)

    @staticmethod
    def _any_of(facts: Iterable[int]) -> Masks:
        masks: dict[int, int] = {}
        for fact in facts:
            word, place = divmod(fact, WORD)
            masks[word] = masks.get(word, 0) | 1 << place
        return [(word, np.uint64(mask)) for word, mask in masks.items()]


def _room(size: int) -> int:
    return -(-size // WORD) * WORD if size > WORD else 1 << max(size - 1, 0).bit_length()


class Bits:
    """The facts of up to `capacity` therapists, by row and by plane. Rows are written once, and only added.

    `by_row` has a row of words per therapist, `by_fact` a plane per fact. Vocabularies in `rows_only` have no planes.
    """

    def __init__(self, layout: Layout, capacity: int, *, rows_only: Iterable[str] = ()) -> None:
        self.layout = layout
        self.by_row = np.zeros((capacity, layout.words), dtype="<u8")
        self.by_fact = np.zeros((layout.words * WORD, words_for(capacity)), dtype="<u8")
        self.length = 0
        self._filled: dict[range, Filled] = {}
        without = {layout.first[name] + bit for name in rows_only for bit in range(layout.room[name])}
        self._octets = [octet for octet in range(layout.words * 8) if not without.issuperset(_facts_of(octet))]

    def write(self, start: int, rows: NDArray[np.uint64]) -> None:
        """Add the facts of the therapists from row `start` on."""
        self.by_row[start : start + len(rows)] = rows
        self._write_planes(start, rows)
        self.length = start + len(rows)

    def _write_planes(self, start: int, rows: NDArray[np.uint64]) -> None:
        first, offset = divmod(start, WORD)
        words = words_for(offset + len(rows))
        octets = rows.view(np.uint8)
        column = np.zeros(words * WORD, dtype=np.uint8)
        for octet in self._octets:
            column[offset : offset + len(rows)] = octets[:, octet]
            if column.any():
                for fact in _facts_of(octet):
                    plane = np.packbits(column & np.uint8(1 << fact % 8), bitorder="little")
                    self.by_fact[fact, first : first + words] |= plane.view("<u8")

    def any_of(self, vocabulary: str, bits: Iterable[int]) -> Plane:
        """The plane of those who state at least one fact at these places of a vocabulary."""
        first, room = self.layout.first[vocabulary], self.layout.room[vocabulary]
        planes = [self.by_fact[first + bit] for bit in bits if bit < room]
        if not planes:
            return np.zeros(self.by_fact.shape[1], dtype=np.uint64)
        any_of: Plane = planes[0] if len(planes) == 1 else np.bitwise_or.reduce(planes)
        return any_of

    def counts(self, chosen: Chosen, facts: range) -> NDArray[np.int64]:
        """How many of the rows chosen state each of these facts (by number: see `Layout.facts`)."""
        by_rows, by_planes = from_rows(chosen.count, facts), from_planes(len(chosen.words), facts)
        if min(by_rows, by_planes) > WORTH_A_THOUGHT:
            filled = self._filled_words(facts)
            if filled.are_few and len(filled.words) * A_FILLED_WORD < min(by_rows, by_planes):
                return filled.counts(chosen, len(facts))
        if by_rows > by_planes:
            return self._counts_from_planes(chosen, facts)
        [counts] = self.counts_of_parts([chosen.rows], facts)
        return counts

    def counts_of_parts(self, parts: Sequence[Rows], facts: range) -> list[NDArray[np.int64]]:
        """How many of the rows of each part state each of these facts: cheap for a few rows in several parts."""
        return counted(self.taken(np.concatenate(parts)), parts, facts)

    def taken(self, rows: Rows) -> NDArray[np.uint64]:
        """The words of these rows."""
        return self.by_row.take(rows, axis=0)

    def _counts_from_planes(self, chosen: Chosen, facts: range) -> NDArray[np.int64]:
        some = len(chosen.words) < len(chosen.plane) / 2
        plane = chosen.plane.take(chosen.words) if some else chosen.plane
        counts = np.zeros(len(facts), dtype=np.int64)
        step = max(BLOCK // max(len(plane), 1), 1)
        for start in range(facts.start, facts.stop, step):
            planes = self.by_fact[start : min(start + step, facts.stop)]
            here = planes.take(chosen.words, axis=1) if some else planes
            counts[start - facts.start :][: len(here)] = np.bitwise_count(here & plane).sum(axis=1)
        return counts

    def _filled_words(self, facts: range) -> Filled:
        """Kept until rows are added."""
        filled = self._filled.get(facts)
        if filled is None or filled.length != self.length:
            filled = self._filled[facts] = Filled(self.by_fact[facts.start : facts.stop], self.length)
        return filled


class Filled:
    """The words of planes in which there is any row. Rows of a state stand together, so its plane is mostly empty."""

    def __init__(self, planes: NDArray[np.uint64], length: int) -> None:
        self.length = length
        self.are_few = bool(np.count_nonzero(planes) < planes.size / MOSTLY_EMPTY)
        if not self.are_few:  # a copy of most of the planes would cost as much memory as they do
            planes = planes[:0]
        facts, self.words = (planes != 0).nonzero()
        self._bits = planes[facts, self.words]
        self._starts = np.diff(facts, prepend=-1).nonzero()[0]
        self._facts = facts.take(self._starts)

    def counts(self, chosen: Chosen, facts: int) -> NDArray[np.int64]:
        """How many of the rows chosen each plane has."""
        counts = np.zeros(facts, dtype=np.int64)
        if len(self._starts):
            here = np.bitwise_count(chosen.plane.take(self.words) & self._bits)
            counts[self._facts] = np.add.reduceat(here, self._starts, dtype=np.int64)
        return counts


def counted(words: NDArray[np.uint64], parts: Sequence[Rows], facts: range) -> list[NDArray[np.int64]]:
    """How many rows of each part state each of these facts, from the words of all parts one after the other."""
    start, end = facts.start // 8, -(-facts.stop // 8)
    octets = words.view(np.uint8)[:, start:end]
    bits = np.unpackbits(octets, axis=1, bitorder="little")[:, facts.start - start * 8 :][:, : len(facts)]
    ends = [*accumulate(len(part) for part in parts)]
    return [_sums(bits[start:end]) for start, end in pairwise([0, *ends])]


def from_rows(rows: int, facts: range) -> float:
    """What it costs to count these facts from so many rows, in nanoseconds."""
    return rows * (A_ROW + A_FACT_OF_A_ROW * len(facts))


def from_planes(words: int, facts: range) -> float:
    """What it costs to count these facts from so many words of their planes, in nanoseconds."""
    return words * A_WORD * len(facts)


def _sums(bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    # Sums of up to 255 fit a byte, which numpy adds eight times faster than wider numbers.
    whole = len(bits) // 255
    counts: NDArray[np.int64] = np.add.reduce(bits[whole * 255 :], axis=0, dtype=np.uint8).astype(np.int64)
    if whole:
        blocks = bits[: whole * 255].reshape(whole, 255, bits.shape[1])
        counts += np.add.reduce(blocks, axis=1, dtype=np.uint8).sum(axis=0, dtype=np.int64)
    return counts


def _facts_of(octet: int) -> range:
    return range(octet * 8, octet * 8 + 8)
