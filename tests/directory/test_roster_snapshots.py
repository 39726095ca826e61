"""What a look saw, as arithmetic: nothing that was not seen counts as seen."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from directory.roster.snapshot import Snapshot

snapshots = st.builds(
    lambda end, running: Snapshot(end, frozenset(x for x in running if x < end)),
    st.integers(3, 12),
    st.frozensets(st.integers(3, 11)),
)


@given(snapshots)
def test_it_is_written_as_postgresql_writes_it(snapshot: Snapshot) -> None:
    assert Snapshot.parse(str(snapshot)) == snapshot


@given(snapshots, snapshots)
def test_one_sees_all_of_another_when_every_transaction_seen_there_is_seen_here(one: Snapshot, other: Snapshot) -> None:
    assert one.sees_all_of(other) == all(one.sees(number) for number in range(15) if other.sees(number))


@given(snapshots, st.none() | st.integers(3, 15))
def test_without_a_transaction_its_work_is_not_seen(snapshot: Snapshot, number: int | None) -> None:
    without = snapshot.without(number)
    assert [without.sees(n) for n in range(20)] == [snapshot.sees(n) and n != number for n in range(20)]
    assert str(Snapshot.parse(str(without))) == str(without)


@pytest.mark.usefixtures("committed")
@given(st.lists(snapshots, min_size=1, max_size=3))
def test_postgresql_reads_and_judges_it_the_same(some: list[Snapshot]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for snapshot in some:
            cursor.execute(
                "SELECT %s::pg_snapshot::text,"
                " array_agg(pg_visible_in_snapshot(n::text::xid8, %s::pg_snapshot) ORDER BY n)"
                " FROM generate_series(3, 15) n",
                [str(snapshot), str(snapshot)],
            )
            text, seen = cursor.fetchone()
            assert text == str(snapshot)
            assert seen == [snapshot.sees(number) for number in range(3, 16)]
