"""Near misses: whom one requirement alone keeps out, however the requirements overlap."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from directory.roster.bits import plane_of, words_for
from directory.roster.near_misses import NearMisses


def near_misses(listed: NDArray[np.bool_], meets: dict[str, NDArray[np.bool_]]) -> NearMisses:
    words = words_for(len(listed))
    planes = {name: plane_of(column, words) for name, column in meets.items()}
    return NearMisses([*accumulate([plane_of(listed, words), *planes.values()], np.bitwise_and)], planes)


@given(st.integers(1, 300), st.integers(0, 5), st.floats(0.3, 1), st.integers(0, 2**32))
def test_each_group_is_who_meets_all_but_that_requirement(rows: int, asked: int, share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    listed = random.random(rows) < 0.9
    meets = {name: random.random(rows) < share for name in "abcde"[:asked]}
    found = near_misses(listed, meets)

    broken = sum((~column).astype(int) for column in meets.values())
    expected = {name: np.flatnonzero(listed & ~column & (broken == 1)) for name, column in meets.items()}
    for name, its in expected.items():
        assert found.count(name) == len(its)
        assert found.words(name) == len(np.unique(its // 64))
        assert found.chosen(name).rows.tolist() == its.tolist()
        assert (name in found) == bool(len(its))
    for some in ([], [*meets], [*meets][::-2]):
        assert [part.tolist() for part in found.rows(some)] == [expected[name].tolist() for name in some]


@pytest.mark.parametrize("name", ["a", "another"])
def test_nobody_is_missed_without_requirements(name: str) -> None:
    assert name not in near_misses(np.ones(70, dtype=np.bool_), {})
