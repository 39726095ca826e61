"""Bits by therapist and bits by fact are one set of facts: however they are added, and from whichever one counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from directory.roster import bits as roster_bits
from directory.roster.bits import WORD, Bits, Chosen, Layout, from_planes, from_rows, plane_at, plane_of, words_for

sizes = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 130), min_size=1, max_size=5)


def facts_at_random(layout: Layout, rows: int, seed: int) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 2**63, (rows, layout.words), dtype=np.uint64) * np.uint64(2)


def as_bools(rows: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little").astype(np.bool_)


@given(sizes)
def test_every_vocabulary_has_its_own_bits_and_a_small_one_lies_within_a_word(sizes: dict[str, int]) -> None:
    layout = Layout(sizes)
    taken = [fact for name, size in sizes.items() for fact in layout.facts(name, size)]
    assert len(taken) == len(set(taken))
    assert max(taken) < layout.words * WORD
    for name, size in sizes.items():
        assert layout.room[name] >= size
        assert len(layout.masks(name, range(size))) == words_for(size)


def test_a_place_beyond_the_room_is_nobodys() -> None:
    layout = Layout({"plans": 3, "states": 4})
    assert layout.masks("plans", [4, 70]) == []
    assert not Bits(layout, 64).any_of("plans", [4, 70]).any()


@given(st.lists(st.integers(0, 150), min_size=1, max_size=4), st.integers(0, 2**32))
def test_rows_added_bit_by_bit_are_the_planes_of_all(portions: list[int], seed: int) -> None:
    layout, rows = Layout({"a": 70, "b": 5}), sum(portions)
    wanted, bits, start = facts_at_random(layout, rows, seed), Bits(layout, words_for(rows + 3) * WORD), 0
    for portion in portions:
        bits.write(start, wanted[start : start + portion])
        start += portion
    assert np.array_equal(bits.by_row[:rows], wanted)
    for fact, column in enumerate(as_bools(wanted).T):
        assert np.array_equal(bits.by_fact[fact], plane_of(column, bits.by_fact.shape[1]))


def test_facts_that_are_read_by_row_only_have_no_planes() -> None:
    bits = Bits(Layout({"a": 64, "b": 64}), 64, rows_only=["b"])
    bits.write(0, np.full((2, 2), 2**64 - 1, dtype=np.uint64))
    assert bits.any_of("a", [3])[0] == 0b11
    assert bits.any_of("b", [3])[0] == 0


@given(st.integers(0, 700), st.floats(0, 1), st.integers(0, 2**32))
def test_counts_are_the_same_whichever_way_they_are_counted(rows: int, share: float, seed: int) -> None:
    layout = Layout({"a": 70, "b": 5})
    facts, bits = facts_at_random(layout, rows, seed), Bits(layout, words_for(rows + 1) * WORD)
    bits.write(0, facts)
    picked = np.random.default_rng(seed).random(rows) < share
    chosen = Chosen(plane_of(picked, bits.by_fact.shape[1]))
    assert chosen.count == picked.sum()
    assert np.array_equal(chosen.rows, np.flatnonzero(picked))
    for some in (layout.facts("a", 70), layout.facts("b", 5), layout.all_facts):
        expected = as_bools(facts)[picked].sum(axis=0)[some.start : some.stop].tolist()
        assert bits.counts(chosen, some).tolist() == expected
        assert bits._counts_from_planes(chosen, some).tolist() == expected
        filled = bits._filled_words(some)
        if filled.are_few:
            assert filled.counts(chosen, len(some)).tolist() == expected


@given(st.lists(st.integers(0, 600), min_size=1, max_size=4), st.integers(0, 2**32))
def test_parts_are_counted_each_by_itself(sizes: list[int], seed: int) -> None:
    layout, rows = Layout({"a": 70, "b": 5}), sum(sizes)
    facts, bits = facts_at_random(layout, rows, seed), Bits(layout, words_for(rows + 1) * WORD)
    bits.write(0, facts)
    parts = np.split(np.random.default_rng(seed).permutation(rows), np.cumsum(sizes)[:-1])
    for some in (layout.facts("b", 5), layout.all_facts):
        expected = [as_bools(facts)[part].sum(axis=0)[some.start : some.stop].tolist() for part in parts]
        assert [counts.tolist() for counts in bits.counts_of_parts(parts, some)] == expected


def test_the_cheapest_way_of_counting_is_taken() -> None:
    few, many = Chosen(plane_at(np.arange(0, 6400, 64), 100)), Chosen(plane_at(np.arange(6400), 100))
    facts = range(64)
    assert from_rows(few.count, facts) < from_planes(len(few.words), facts)
    assert from_rows(many.count, facts) > from_planes(len(many.words), facts)


def test_planes_are_counted_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_bits, "BLOCK", 5)
    layout = Layout({"a": 64})
    facts, bits = facts_at_random(layout, 300, 1), Bits(layout, 320)
    bits.write(0, facts)
    everybody = Chosen(plane_of(np.ones(300, dtype=np.bool_), 5))
    assert bits._counts_from_planes(everybody, range(64)).tolist() == as_bools(facts).sum(axis=0).tolist()


def test_rows_added_later_are_counted_too() -> None:
    """People of each of 64 states stand together, so that the filled words of the planes are few."""
    layout, rows = Layout({"states": 64}), 64 * 320
    facts = (np.uint64(1) << (np.arange(rows, dtype=np.uint64) // np.uint64(320))).reshape(-1, 1)
    bits = Bits(layout, rows)
    for portion in (slice(0, rows - 90), slice(rows - 90, rows - 9), slice(rows - 9, rows)):
        bits.write(portion.start, facts[portion])
        chosen = Chosen(plane_at(np.arange(portion.stop)[::3], words_for(rows)))
        expected = as_bools(facts)[: portion.stop : 3].sum(axis=0).tolist()
        filled = bits._filled_words(layout.all_facts)
        assert filled.are_few
        assert filled.counts(chosen, 64).tolist() == expected
        assert bits.counts(chosen, layout.all_facts).tolist() == expected


def test_no_copy_is_kept_of_planes_that_are_full() -> None:
    layout = Layout({"a": 64})
    bits = Bits(layout, 320)
    bits.write(0, facts_at_random(layout, 320, 1))
    filled = bits._filled_words(layout.all_facts)
    assert not filled.are_few
    assert not len(filled.words)
