"""How new a replica is follows from what the primary had written at known moments."""

from __future__ import annotations

import math

import pytest

from config.replicas import Positions

NOTED = [(10.0, 500), (10.3, 500), (10.6, 620), (10.9, 700)]  # seconds, position in the primary's log


@pytest.mark.parametrize(
    ("description", "replayed", "as_of"),
    [
        ("all that was written is there", 700, 10.9),
        ("more is there than was written when last asked", 750, 10.9),
        ("the last write is missing", 699, 10.6),
        ("nothing was written for a while, so the later moment counts", 500, 10.3),
        ("something is missing that was there at first", 499, -math.inf),
    ],
)
def test_a_replica_is_as_new_as_the_last_moment_it_has_reached(description: str, replayed: int, as_of: float) -> None:
    positions = Positions()
    for at, position in NOTED:
        positions.note(position, at=at)
    assert positions.as_of(replayed) == as_of, description


def test_it_is_late_only_if_something_old_is_missing() -> None:
    positions = Positions()
    for at, position in NOTED:
        positions.note(position, at=at)
    assert not positions.is_late(500, by=10.5)  # what is missing was written later
    assert positions.is_late(500, by=10.6)


def test_nothing_is_known_before_the_primary_was_asked() -> None:
    assert Positions().as_of(10**9) == -math.inf
    assert not Positions().is_late(0, by=math.inf)
