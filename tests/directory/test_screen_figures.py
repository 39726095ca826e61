"""The promises of the harmful-practice screen, on whole corpora. The figures stand in docs/screening.md."""

from __future__ import annotations

from collections import Counter

import pytest

from directory.curation.coercive_terms import HOLD, tiers
from tests.directory.screen_figures import (
    benign_sentences,
    hold_variants,
    never_variants,
    stances,
    tiers_of,
)


def test_every_disguise_of_every_hold_term_is_held() -> None:
    variants = list(hold_variants())
    assert len(variants) >= 300
    assert {term for term, _, _ in variants} == set(tiers()[HOLD])
    assert [row for row in variants if HOLD not in tiers_of(row[2])] == []


def test_at_least_nineteen_of_twenty_benign_sentences_are_left_alone() -> None:
    sentences = benign_sentences()
    assert len(sentences) == len(set(sentences)) >= 500
    found = Counter(bool(tiers_of(sentence)) for sentence in sentences)
    assert found[False] / len(sentences) >= 0.95


def test_at_least_ninety_nine_of_a_hundred_benign_sentences_are_not_held() -> None:
    sentences = benign_sentences()
    held = [sentence for sentence in sentences if HOLD in tiers_of(sentence)]
    assert len(held) / len(sentences) <= 0.01, held


def test_no_phrase_of_the_never_flag_list_is_flagged_anywhere() -> None:
    sentences = list(never_variants())
    assert len(sentences) >= 200
    assert [sentence for sentence in sentences if tiers_of(sentence)] == []


def test_there_are_enough_stances_of_both_kinds() -> None:
    kinds = Counter(tier for tier, _ in stances())
    assert kinds["context"] >= 60
    assert kinds["hold"] >= 30


@pytest.mark.parametrize(("tier", "sentence"), stances())
def test_denial_history_and_quotation_are_context_and_owning_it_is_hold(tier: str, sentence: str) -> None:
    assert tiers_of(sentence) == {tier}
