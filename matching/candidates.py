"""Candidates: the eligible therapists as the ranking sees them, and the only columns that it may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from directory.roster.requirements import Near

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
#: A vocabulary and codes of it, any of which is asked for; None for any at all.
Question = tuple[str, tuple[str, ...] | None]

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

    def has_each(self, vocabulary: str, groups: Iterable[Iterable[str]]) -> Bools:
        """A row for each of these groups of codes: who states at least one of them."""

    def has_any(self, vocabulary: str, codes: Iterable[str]) -> Bools:
        """Who states at least one of these codes."""

    def stated(self, vocabulary: str) -> Bools:
        """Who states any code of the vocabulary."""

    def sweeping(self, vocabulary: str) -> Bools:
        """Who ticks so much of a vocabulary (concerns or approaches) that a tick says nothing."""

    def numbers(self, column: str) -> Ints:
        """A column of whole numbers: gender, fee_from (dollars), sliding_scale (0 or 1), opening_on (day number)."""

    def miles(self, near: Near) -> Floats:
        """Miles from a point to the nearest office; NaN for no office."""


class Eligible(Candidates, Protocol):
    """Candidates of whom many things can be asked at once, which is quicker where they are many."""

    def answers(self, questions: Sequence[Question]) -> Iterator[tuple[slice, list[Bools]]]:
        """Some thousand candidates at a time: which ones, and for each question who answers it with yes."""


class Remembering:
    """Candidates that work out once what several criteria ask for."""

    def __init__(self, candidates: Eligible) -> None:
        self.ids: NDArray[np.int64] = candidates.ids
        self.has_each, self.has_any, self.numbers = candidates.has_each, candidates.has_any, candidates.numbers
        self.answers = candidates.answers
        self._candidates = candidates
        self._stated: dict[str, Bools] = {}
        self._sweeping: dict[str, Bools] = {}
        self._miles: dict[Near, Floats] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def stated(self, vocabulary: str) -> Bools:
        if vocabulary not in self._stated:
            self._stated[vocabulary] = self._candidates.stated(vocabulary)
        return self._stated[vocabulary]

    def sweeping(self, vocabulary: str) -> Bools:
        if vocabulary not in self._sweeping:
            self._sweeping[vocabulary] = self._candidates.sweeping(vocabulary)
        return self._sweeping[vocabulary]

    def miles(self, near: Near) -> Floats:
        if near not in self._miles:
            self._miles[near] = self._candidates.miles(near)
        return self._miles[near]
