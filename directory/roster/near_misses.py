"""Who meets every requirement but one: a facet counts them as well, for it leaves its own filter out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np

from directory.roster.bits import WORD, Chosen, Plane, Rows, places_of


class NearMisses:
    """The therapists whom one requirement alone keeps out, by its name. Nobody is in two of these groups."""

    def __init__(self, meeting: Sequence[Plane], meets: Mapping[str, Plane]) -> None:
        """`meeting[n]` are those listed who meet the first n requirements of `meets`: the last are found."""
        self._places = {name: place for place, name in enumerate(meets)}
        self._planes = np.empty((len(meets), len(meeting[0])), dtype=np.uint64)
        later: Plane | None = None
        for plane, before, its in zip(self._planes[::-1], meeting[-2::-1], [*meets.values()][::-1], strict=True):
            plane[:] = before if later is None else before & later
            later = its if later is None else later & its
        self._planes ^= meeting[-1]  # who meets that one as well is no near miss

        # One pass over all groups: where any of them has a filled word, and how many there are in each.
        self._filled = (self._planes.ravel() != 0).nonzero()[0]
        self._bits = self._planes.ravel().take(self._filled)
        self._starts: list[int] = self._filled.searchsorted(np.arange(len(meets) + 1) * self._planes.shape[1]).tolist()
        until = np.zeros(len(self._bits) + 1, dtype=np.int64)
        np.bitwise_count(self._bits).cumsum(out=until[1:])
        self._until: list[int] = until.take(self._starts).tolist()

    def __contains__(self, name: str) -> bool:
        """Whether this requirement keeps anybody out alone."""
        return name in self._places and self.count(name) > 0

    def count(self, name: str) -> int:
        """How many this requirement alone keeps out."""
        place = self._places[name]
        return self._until[place + 1] - self._until[place]

    def words(self, name: str) -> int:
        """How many words of their plane have anybody."""
        place = self._places[name]
        return self._starts[place + 1] - self._starts[place]

    def chosen(self, name: str) -> Chosen:
        """Those whom this requirement alone keeps out."""
        return Chosen(self._planes[self._places[name]])

    def rows(self, names: Sequence[str]) -> list[Rows]:
        """The rows of those whom each of these requirements keeps out alone."""
        if not names:
            return []
        filled = [self._part(name) for name in names]
        words = np.concatenate([self._filled[part] for part in filled]) % self._planes.shape[1]
        rows = places_of(np.concatenate([self._bits[part] for part in filled]), words * WORD)
        ends = [*accumulate(map(self.count, names), initial=0)]
        return [rows[start:end] for start, end in pairwise(ends)]

    def _part(self, name: str) -> slice:
        place = self._places[name]
        return slice(self._starts[place], self._starts[place + 1])
