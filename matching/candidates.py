"""Candidates: the eligible therapists as the ranking sees them, and the only columns that it may read."""

from __future__ import annotations

import functools
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from directory.roster.requirements import Near

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: All that may ever influence a score. A name, a date of joining, a payment or a long text is not among them.
CANDIDATE_COLUMNS: Final = (
    "approaches",
    "trained",
    "concerns",
    "focus",
    "populations",
    "languages",
    "insurance_plans",
    "gender",
    "fee_from",
    "sliding_scale",
    "opening_on",
    "miles",
)


class Candidates(Protocol):
    """One array element per therapist, always in the same order. A number of -1 and a NaN mean "not stated"."""

    def __len__(self) -> int: ...

    @property
    def ids(self) -> NDArray[np.int64]:
        """Who they are: read for the order of equals and the answer, never by a criterion."""

    def has(self, vocabulary: str, code: str) -> Bools:
        """Who states this code."""

    def has_any(self, vocabulary: str, codes: tuple[str, ...]) -> Bools:
        """Who states at least one of these codes."""

    def stated(self, vocabulary: str) -> Bools:
        """Who states any code of the vocabulary."""

    def numbers(self, column: str) -> Ints:
        """A column of whole numbers: gender, fee_from (dollars), sliding_scale (0 or 1), opening_on (day number)."""

    def miles(self, near: Near) -> Floats:
        """Miles from a point to the nearest office; NaN for no office."""


class Remembering:
    """Candidates that work out each column once: several criteria ask for the same ones."""

    def __init__(self, candidates: Candidates) -> None:
        self.ids: NDArray[np.int64] = candidates.ids
        self.has = functools.cache(candidates.has)
        self.has_any = functools.cache(candidates.has_any)
        self.stated = functools.cache(candidates.stated)
        self.numbers = functools.cache(candidates.numbers)
        self.miles = functools.cache(candidates.miles)

    def __len__(self) -> int:
        return len(self.ids)
