"""Orders of a list of therapists: total, fair among equals, the same for everyone who asks on the same day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.roster.schema import day_number


def rotation(ids: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A number per id that looks random and depends on the seed: splitmix64 of `id ^ seed`. No two ids share one."""
    # Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    mixed = ids.astype(np.uint64) ^ np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
    mixed = mixed + np.uint64(0x9E37_79B9_7F4A_7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return mixed ^ (mixed >> np.uint64(31))


def seed_of_day(day: dt.date) -> int:
    """The seed of the daily rotation."""
    return int(rotation(np.array([day_number(day)], dtype=np.int64), 0)[0])


def contenders(key: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Positions of the `count` smallest keys and of all that equal the largest of them, in no order."""
    if count <= 0 or not len(key):
        return np.zeros(0, dtype=np.intp)
    if count >= len(key):
        return np.arange(len(key))
    return np.nonzero(key <= np.partition(key, count - 1)[count - 1])[0]


def first(key: NDArray[Any], tie_break: NDArray[Any], count: int, *, turn: int = 0) -> NDArray[np.intp]:
    """Positions of the `count` smallest keys in order; equal keys by the tie-break, in which no two are equal.

    The equals of one key stand in a circle in the order of the tie-break, and begin `turn` places on.
    """
    near = contenders(key, count)
    order = near[np.lexsort((tie_break[near], key[near]))]
    if turn and len(order):
        starts = np.flatnonzero(np.diff(key[order], prepend=np.nan) != 0)
        sizes = np.diff(starts, append=len(order))
        start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
        order = order[start + (np.arange(len(order)) - start + turn) % size]
    return np.asarray(order[:count], dtype=np.intp)
