"""Policies: the orders that a simulation compares, all among therapists who meet the same requirements.

A policy is given a question and nothing else, and what is true about skill is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.columns import Columns
from directory.roster.ordering import first, rotation
from directory.roster.requirements import Near
from directory.roster.selection import Selection
from matching.needs import Needs
from matching.ranking import rank
from matching.ruleset import Ruleset

Ids = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a directory knows when a client asks: its columns, who meets the requirements, the needs, the address."""

    columns: Columns
    selection: Selection
    needs: Needs
    home: Near
    seed: int
    limit: int


Policy = Callable[[Question], Ids]


def at_random(question: Question) -> Ids:
    return _in_order(question, np.zeros(len(question.selection)))


def alphabetical(question: Question) -> Ids:
    return question.selection.page("name", limit=question.limit)


def nearest(question: Question) -> Ids:
    """By miles to the nearest office, as the crow flies; who has none comes last."""
    return _in_order(question, np.nan_to_num(question.selection.miles(question.home), nan=np.inf))


def most_boxes(question: Question) -> Ids:
    """Who lists the most concerns and approaches, whatever was asked."""
    day, ids = question.needs.on, question.selection.ids
    rows = np.searchsorted(question.columns.facts.ids, ids)
    ticked = np.zeros(len(rows))
    for vocabulary in ("concerns", "approaches"):
        for word in question.columns.facts.words(vocabulary, day):
            ticked += np.bitwise_count(word[rows])
    return _in_order(question, -ticked)


def matching_boxes(question: Question) -> Ids:
    """Who lists the most of what the client named: concerns, groups, approaches, languages, plans."""
    needs, selection = question.needs, question.selection
    ticked = np.zeros(len(selection))
    for vocabulary, codes in (
        ("concerns", needs.concerns),
        ("populations", needs.populations),
        ("approaches", needs.approaches),
        ("languages", needs.languages),
        ("insurance_plans", needs.insurance),
    ):
        for code in codes:
            ticked += selection.has(vocabulary, code)
    return _in_order(question, -ticked)


def ours(question: Question) -> Ids:
    """The ranking of the site, by the rules that the needs were read with."""
    ranked = rank(question.selection, question.needs, seed=question.seed, limit=question.limit)
    return np.array([place.therapist_id for place in ranked], dtype=np.int64)


def ours_by(ruleset: Ruleset) -> Policy:
    """The ranking of the site, had these rules been in force."""

    def policy(question: Question) -> Ids:
        return ours(replace(question, needs=replace(question.needs, ruleset=ruleset)))

    return policy


def _in_order(question: Question, key: NDArray[np.float64]) -> Ids:
    ids = question.selection.ids
    return ids[first(key, rotation(ids, question.seed), question.limit)]


POLICIES: Final[Mapping[str, Policy]] = {
    "ours": ours,
    "matching boxes": matching_boxes,
    "most boxes": most_boxes,
    "nearest": nearest,
    "alphabetical": alphabetical,
    "random": at_random,
}
