"""Where therapists see clients: who has an office within some miles, and how far the nearest one is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from directory.roster.bits import Rows
from directory.roster.distance import bounding_box, miles_between
from directory.roster.facts import Offices
from directory.roster.requirements import Near


class OfficeIndex:
    """Offices by row, and those there at the beginning also by latitude. Offices are only ever added."""

    def __init__(self, room: Offices, rows: int) -> None:
        self._room = room
        self._length = 0
        self._first = np.zeros(rows, dtype=np.int32)  # the place of each row's first office
        self._count = np.zeros(rows, dtype=np.int16)
        self._by_latitude: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._latitudes: NDArray[np.float64] = np.zeros(0)

    def has_room_for(self, offices: Offices) -> bool:
        return self._length + len(offices.rows) <= len(self._room.rows)

    def add(self, start: int, offices: Offices) -> None:
        """Add the offices of new rows, which begin at `start`."""
        here = slice(self._length, self._length + len(offices.rows))
        self._room.rows[here] = offices.rows + np.int32(start)
        self._room.latitudes[here], self._room.longitudes[here] = offices.latitudes, offices.longitudes
        rows, first, counts = np.unique(offices.rows, return_index=True, return_counts=True)
        self._first[rows + start], self._count[rows + start] = first + here.start, counts
        self._length = here.stop

    def sort(self) -> None:
        """Sort by latitude what is there. What is added later is looked through one by one: it is little."""
        latitudes = self._room.latitudes[: self._length]
        self._by_latitude = np.argsort(latitudes).astype(np.int32)
        self._latitudes = latitudes[self._by_latitude]

    def offices(self) -> Offices:
        return Offices(**{name: column[: self._length] for name, column in vars(self._room).items()})

    def rows_within(self, near: Near) -> NDArray[np.int32]:
        """The rows with an office within the miles asked; one may come twice."""
        south, north, west, east = bounding_box(near.latitude, near.longitude, near.miles)
        start = self._latitudes.searchsorted(south)
        end = self._latitudes.searchsorted(north, side="right")
        added = np.arange(len(self._latitudes), self._length, dtype=np.int32)
        offices = np.concatenate([self._by_latitude[start:end], added])
        longitudes = self._room.longitudes.take(offices)
        offices = offices[(longitudes >= west) & (longitudes <= east)]
        miles = miles_between(
            near.latitude, near.longitude, self._room.latitudes.take(offices), self._room.longitudes.take(offices)
        )
        return self._room.rows.take(offices[miles <= near.miles])

    def miles(self, near: Near, rows: Rows) -> NDArray[np.float64]:
        """Miles from a point to the nearest office of each row; NaN without an office."""
        counts = self._count.take(rows)
        having = np.flatnonzero(counts)
        nearest = np.full(len(rows), np.nan)
        if len(having):
            counts = counts.take(having).astype(np.intp)
            starts = np.cumsum(counts) - counts
            offices = np.repeat(self._first.take(rows.take(having)) - starts, counts) + np.arange(counts.sum())
            miles = miles_between(
                near.latitude, near.longitude, self._room.latitudes.take(offices), self._room.longitudes.take(offices)
            )
            nearest[having] = np.minimum.reduceat(miles, starts)
        return nearest
