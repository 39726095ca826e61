"""The facets: how many therapists match for each code of each filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import A_COUNT, Bits, Chosen, from_planes, from_rows
from directory.roster.facts import Codes
from directory.roster.near_misses import NearMisses
from directory.roster.schema import ACCEPTING, GENDERS
from directory.roster.stated import Stated

if TYPE_CHECKING:
    from directory.roster.columns import Columns
    from directory.roster.store import Day

#: The filters that have facets by code → the vocabulary that is counted.
VOCABULARY_FACETS: Final[dict[str, str]] = {
    "approach": "approaches",
    "concern": "concerns",
    "population": "populations",
    "session_format": "session_formats",
    "delivery": "delivery_methods",
    "state": "jurisdictions",
    "insurance": "insurance_plans",
    "language": "languages",
    "license_type": "license_types",
}
#: The facets of other filters: which of their values are counted, and the names of these.
VALUE_FACETS: Final[dict[str, tuple[tuple[str, ...], tuple[int, ...]]]] = {
    "gender": (GENDERS, (0, 1, 2)),
    "accepting": (("true",), (ACCEPTING.index("yes"),)),
    "sliding_scale": (("true",), (1,)),
}


class Counted(NamedTuple):
    """A facet: its vocabulary, the code and place of each fact counted (all places below `size`), codes without one."""

    vocabulary: str
    codes: tuple[str, ...]
    places: tuple[int, ...]
    size: int
    unplaced: dict[str, int]

    def by_code(self, by_place: Sequence[int]) -> dict[str, int]:
        """The counts of all codes, from those of the places."""
        return {**dict(zip(self.codes, map(by_place.__getitem__, self.places), strict=True)), **self.unplaced}


def facets_of(codes: Codes, room: Mapping[str, int]) -> dict[str, Counted]:
    """What is counted for each facet, when each vocabulary has room for so many codes. New codes may be beyond it."""
    facets = {}
    for name, vocabulary in VOCABULARY_FACETS.items():
        placed = {code: bit for code, bit in codes[vocabulary].items() if bit < room[vocabulary]}
        unplaced = dict.fromkeys(codes[vocabulary].keys() - placed.keys(), 0)
        size = max(placed.values(), default=-1) + 1
        facets[name] = Counted(vocabulary, tuple(placed), tuple(placed.values()), size, unplaced)
    for name, (values, places) in VALUE_FACETS.items():
        facets[name] = Counted(name, values, places, max(places) + 1, {})
    return facets


def count_facets(columns: Columns, day: Day, found: Chosen, near_misses: NearMisses) -> dict[str, dict[str, int]]:
    """Exact counts for each code of each facet: of those found, and of those whom only the facet's own filter lost."""
    by_bits: dict[Bits | Stated, dict[str, range]] = {}
    for name, facet in columns.facets.items():
        bits = columns.bits(facet.vocabulary, day)
        by_bits.setdefault(bits, {})[name] = bits.layout.facts(facet.vocabulary, facet.size)
    counts = {
        name: its for bits, facets in by_bits.items() for name, its in _counts(bits, facets, found, near_misses).items()
    }
    return {name: facet.by_code(counts[name].tolist()) for name, facet in columns.facets.items()}


def _counts(
    bits: Bits | Stated, facets: Mapping[str, range], found: Chosen, near_misses: NearMisses
) -> dict[str, NDArray[np.int64]]:
    """How many state each of the facts of these facets."""
    everything = bits.layout.all_facts
    missing = [name for name in facets if name in near_misses]
    few = [
        name
        for name in missing
        if from_rows(near_misses.count(name), everything)
        <= from_planes(near_misses.words(name), facets[name]) + A_COUNT
    ]
    parts = near_misses.rows(few)
    if from_rows(found.count, everything) <= from_planes(len(found.words), everything):
        # All their facts at once cost no more than those of one vocabulary.
        whole, *by_name = bits.counts_of_parts([found.rows, *parts], everything)
        counts = {name: whole[facts.start : facts.stop] for name, facts in facets.items()}
    else:
        by_name = bits.counts_of_parts(parts, everything) if parts else []
        counts = {name: bits.counts(found, facts) for name, facts in facets.items()}
    for name, its in zip(few, by_name, strict=True):
        counts[name] = counts[name] + its[facets[name].start : facets[name].stop]
    for name in missing:
        if name not in few:
            counts[name] = counts[name] + bits.counts(near_misses.chosen(name), facets[name])
    return counts
