"""The facets: how many therapists match for each code of each filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import Bits, Chosen, costs
from directory.roster.schema import ACCEPTING, GENDERS

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


COUNTED_AT_ONCE: Final = 300  # facts, about: whether so few are found that their rows are read
#: The facets of other filters: which of their values are counted, and the names of these.
VALUE_FACETS: Final[dict[str, tuple[tuple[str, ...], tuple[int, ...]]]] = {
    "gender": (GENDERS, (0, 1, 2)),
    "accepting": (("true",), (ACCEPTING.index("yes"),)),
    "sliding_scale": (("true",), (1,)),
}


def count_facets(
    columns: Columns, day: Day, found: Chosen, without: Callable[[str], Chosen]
) -> dict[str, dict[str, int]]:
    """Exact counts for each code of each facet, among those whom `without` gives for it: often those found."""
    from_rows, from_planes = costs(found, range(COUNTED_AT_ONCE))
    few = from_rows <= from_planes
    whole: dict[Bits, NDArray[np.int64]] = {}

    def counts(name: str, vocabulary: str, size: int) -> NDArray[np.int64]:
        bits = columns.bits(vocabulary, day)
        facts, among = bits.layout.facts(vocabulary, size), without(name)
        if among is not found or not few:
            return bits.counts(among, facts)
        if bits not in whole:  # all their facts at once cost no more than those of one vocabulary
            whole[bits] = bits.counts(found, bits.layout.all_facts)
        return whole[bits][facts.start : facts.stop]

    counted = {}
    for name, vocabulary in VOCABULARY_FACETS.items():
        placed = columns.placed_codes[vocabulary]
        by_place = counts(name, vocabulary, placed.size).take(placed.places).tolist()
        counted[name] = dict(zip(placed.codes, by_place, strict=True)) | placed.unplaced
    for name, (codes, values) in VALUE_FACETS.items():
        counted[name] = dict(zip(codes, counts(name, name, max(values) + 1).take(values).tolist(), strict=True))
    return counted
