"""A question made ready, and our own answers to it: what all other ways are held to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import QueryDict

from directory.api.filters import TherapistFilter
from directory.roster.current import current
from directory.roster.requirements import Requirements
from directory.roster.selection import Selection
from matching import rulebook
from matching.matches import Matches
from matching.matchmaking import find_matches, seed_of
from matching.needs import Needs
from matching.ranking import Ranked, Scored
from tests.benchmarks.points import Table, tables_of
from tests.benchmarks.questions import Parameters, Question

SHOWN = 20
Facets = dict[str, dict[str, int]]
Top = list[tuple[int, float]]  # therapist ids with their scores in hundredths of a point, best first
Answer = tuple[int, Top, Facets]  # what every peer gives: exact total, the first 20, all facets


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, read and checked: what follows is work that every way has to do by itself."""

    question: Question
    on: dt.date
    filters: TherapistFilter
    requirements: Requirements
    needs: Needs
    seed: int

    @property
    def parameters(self) -> Parameters:
        return self.question.parameters

    @cached_property
    def tables(self) -> dict[str, Table]:
        """What each fact is worth, for the peers."""
        return tables_of(self.needs)

    @cached_property
    def ours(self) -> tuple[int, tuple[Ranked, ...], Facets]:
        """Our answer, which the others are held to."""
        return answer_by_roster(self)


def ask(question: Question, on: dt.date) -> Asked:
    filters = filterset(question.parameters, on)
    requirements = filters.to_requirements(on)
    return Asked(
        question=question,
        on=on,
        filters=filters,
        requirements=requirements,
        needs=replace(find_matches(question.intake, on=on).needs, requirements=requirements),
        seed=int(seed_of(question.intake, on=on, ruleset=rulebook.in_force(on)), 16),
    )


def filterset(parameters: Parameters, on: dt.date) -> TherapistFilter:
    query = QueryDict(mutable=True)
    query.update(parameters)
    filters = TherapistFilter(query, on=on)
    if not filters.is_valid():
        raise ValueError(filters.errors.as_json())
    return filters


def answer_by_roster(asked: Asked) -> tuple[int, tuple[Ranked, ...], Facets]:
    """Poll, select, total, the first 20 with findings, all facets."""
    selection = current().select(asked.requirements)
    return selection.total, ranked(selection, asked), selection.facets()


def ranked(selection: Selection, asked: Asked) -> tuple[Ranked, ...]:
    scored = Scored(selection, asked.needs)
    return scored.ranked(scored.best(SHOWN, seed=asked.seed))


def matches(asked: Asked) -> Matches:
    """From the intake to the answer of page and API: facets, cards, sentences, guidance, removed_by as well."""
    return find_matches(asked.question.intake, on=asked.on)
