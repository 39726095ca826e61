"""The ways to answer a question: the roster's, the ORM's, and the one most Django projects begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict

from directory.api.filters import TherapistFilter
from directory.models import CompactPrivilege, License, Therapist
from directory.models.therapist import TherapistQuerySet
from directory.roster.columns import Columns
from directory.roster.current import current
from directory.roster.facets import VOCABULARY_FACETS
from directory.roster.requirements import Requirements
from matching import rulebook
from matching.matches import Matches
from matching.matchmaking import find_matches, seed_of
from matching.needs import Needs
from matching.ranking import Ranked, rank
from tests.benchmarks.joins import joined
from tests.benchmarks.questions import Parameters, Question

SHOWN = 20
Facets = dict[str, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, read and checked: what follows is work that every way has to do by itself."""

    question: Question
    on: dt.date
    filters: TherapistFilter
    requirements: Requirements
    needs: Needs
    seed: int

    def found(self, *, without: str = "") -> TherapistQuerySet:
        """Who meets the question, or the question without one parameter, by joins."""
        parameters = {name: value for name, value in self.question.parameters.items() if name != without}
        return joined(parameters, self.requirements.near, self.on)

    def counted(self, facet: str) -> TherapistQuerySet:
        """Whom a facet counts, each once: those who meet the question with the facet's own filter left out."""
        return Therapist.objects.filter(pk__in=self.found(without=facet).values("pk"))


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


# --- Ours -------------------------------------------------------------------------------------------------------------


def ranked_by_roster(asked: Asked) -> tuple[int, tuple[Ranked, ...]]:
    """Poll, select, total, the first 20 with findings."""
    selection = current().select(asked.requirements)
    return selection.total, rank(selection, asked.needs, seed=asked.seed, limit=SHOWN)


def answer_by_roster(asked: Asked) -> tuple[int, tuple[Ranked, ...], Facets]:
    """The same with all facets."""
    selection = current().select(asked.requirements)
    return selection.total, rank(selection, asked.needs, seed=asked.seed, limit=SHOWN), selection.facets()


def matches(asked: Asked) -> Matches:
    """From the intake to the answer of page and API: facets, cards, sentences, guidance, removed_by as well."""
    return find_matches(asked.question.intake, on=asked.on)


# --- The ORM's --------------------------------------------------------------------------------------------------------


def page_by_orm(asked: Asked) -> tuple[int, list[Therapist]]:
    """Total and some 20 profiles, in no order of merit."""
    found = asked.found()
    return found.count(), list(found.with_profile().order_by("pk")[:SHOWN])


def facets_by_orm(asked: Asked) -> Facets:
    """Exact counts, each facet with its own filter left out. Codes that nobody states are missing."""
    relations = {name: relation for name, relation in VOCABULARY_FACETS.items() if name not in BY_LICENSE}
    facets = {
        name: _counts(asked.counted(name).values_list(f"{relation}__code").annotate(Count("pk")))
        for name, relation in relations.items()
    }
    current_licenses = License.objects.current(on=asked.on)
    theirs = current_licenses.filter(therapist__in=asked.found(without="license_type").values("pk"))
    facets["license_type"] = _counts(
        theirs.values_list("license_type__code").annotate(Count("therapist", distinct=True))
    )
    facets["state"] = _states_by_orm(asked)
    facets["gender"] = _counts(asked.counted("gender").values_list("gender").annotate(Count("pk")))
    facets["accepting"] = {"true": asked.counted("accepting").accepting_clients().count()}
    facets["sliding_scale"] = {"true": asked.counted("sliding_scale").with_sliding_scale(True).count()}
    return facets


BY_LICENSE = ("state", "license_type")


def _states_by_orm(asked: Asked) -> dict[str, int]:
    found = asked.found(without="state").values("pk")
    current_licenses = License.objects.current(on=asked.on)
    licensed_there = current_licenses.filter(therapist=OuterRef("therapist"), jurisdiction=OuterRef("jurisdiction"))
    only_privileged = CompactPrivilege.objects.filter(
        ~Exists(licensed_there),
        Q(expires_on__isnull=True) | Q(expires_on__gte=asked.on),
        verified_on__isnull=False,
        therapist__in=found,
    )
    by_license, by_privilege = (
        _counts(rights.values_list("jurisdiction__code").annotate(Count("therapist", distinct=True)))
        for rights in (current_licenses.filter(therapist__in=found), only_privileged)
    )
    return {
        code: by_license.get(code, 0) + by_privilege.get(code, 0) for code in by_license.keys() | by_privilege.keys()
    }


def _counts(pairs: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    return {code: count for code, count in pairs if code}


# --- As most begin ----------------------------------------------------------------------------------------------------


def ranked_from_objects(asked: Asked) -> tuple[int, tuple[Ranked, ...]]:
    """Load everyone who matches with what the criteria read, and rank them in Python: the same criteria, so the same
    scores. The criteria run over columns made from the objects, which costs less than a loop over objects would."""
    found = asked.found().prefetch_related(
        "stated_approaches__approach", "stated_concerns__concern", "populations", "languages", "insurance_plans",
        "locations",
    )  # fmt: skip
    columns = Columns.from_records([_record(therapist) for therapist in found])
    everyone = columns.select(Requirements(on=asked.on))
    return everyone.total, rank(everyone, asked.needs, seed=asked.seed, limit=SHOWN)


def _record(therapist: Therapist) -> dict[str, Any]:
    approaches, concerns = therapist.stated_approaches.all(), therapist.stated_concerns.all()
    return {
        "id": therapist.pk,
        "approaches": [stated.approach.code for stated in approaches],
        "trained": [stated.approach.code for stated in approaches if stated.trained],
        "concerns": [stated.concern.code for stated in concerns],
        "focus": [stated.concern.code for stated in concerns if stated.focus],
        "populations": [term.code for term in therapist.populations.all()],
        "languages": [term.code for term in therapist.languages.all()],
        "insurance_plans": [term.code for term in therapist.insurance_plans.all()],
        "gender": therapist.gender,
        "fee_from": therapist.fee_max if therapist.fee_min is None else therapist.fee_min,
        "sliding_scale": therapist.sliding_scale,
        "opening_on": therapist.next_opening_on,
        "places": [(place.latitude, place.longitude) for place in therapist.locations.all()],
    }
