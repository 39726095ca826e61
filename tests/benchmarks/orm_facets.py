"""The facets by the ORM: GROUP BY over the relations, each with its own filter left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from directory.models import CompactPrivilege, License, Therapist
from directory.models.therapist import TherapistQuerySet
from directory.roster.facets import VOCABULARY_FACETS
from tests.benchmarks.answers import Asked, Facets
from tests.benchmarks.joins import found

BY_LICENSE = ("state", "license_type")


FEW = 2_000  # matches that are told by their ids, which PostgreSQL then need not find again for each facet


def matching(asked: Asked) -> Any:
    """Who meets the question, for `pk__in`: the ids of a few, the query for more."""
    ids = list(found(asked).values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else found(asked).values("pk")


def facets_by_orm(asked: Asked, everyone: Any) -> Facets:
    """Exact counts; `everyone` are those of `matching`. Codes that nobody states are missing."""

    def counting(facet: str) -> Any:
        """Whom a facet counts: everyone, or more when its own filter was asked."""
        return found(asked, without=facet).values("pk") if facet in asked.parameters else everyone

    def therapists(facet: str) -> TherapistQuerySet:
        return Therapist.objects.filter(pk__in=counting(facet))

    relations = {name: relation for name, relation in VOCABULARY_FACETS.items() if name not in BY_LICENSE}
    facets = {
        name: _counts(therapists(name).values_list(f"{relation}__code").annotate(Count("pk")))
        for name, relation in relations.items()
    }
    current_licenses = License.objects.current(on=asked.on)
    theirs = current_licenses.filter(therapist__in=counting("license_type"))
    facets["license_type"] = _counts(
        theirs.values_list("license_type__code").annotate(Count("therapist", distinct=True))
    )
    facets["state"] = _states(asked, counting("state"))
    facets["gender"] = _counts(therapists("gender").values_list("gender").annotate(Count("pk")))
    facets["accepting"] = {"true": therapists("accepting").accepting_clients(on=asked.on).count()}
    facets["sliding_scale"] = {"true": therapists("sliding_scale").with_sliding_scale(True, on=asked.on).count()}
    return facets


def _states(asked: Asked, theirs: Any) -> dict[str, int]:
    current_licenses = License.objects.current(on=asked.on)
    licensed_there = current_licenses.filter(therapist=OuterRef("therapist"), jurisdiction=OuterRef("jurisdiction"))
    only_privileged = CompactPrivilege.objects.filter(
        ~Exists(licensed_there),
        Q(expires_on__isnull=True) | Q(expires_on__gte=asked.on),
        verified_on__isnull=False,
        therapist__in=theirs,
    )
    by_license, by_privilege = (
        _counts(rights.values_list("jurisdiction__code").annotate(Count("therapist", distinct=True)))
        for rights in (current_licenses.filter(therapist__in=theirs), only_privileged)
    )
    return {
        code: by_license.get(code, 0) + by_privilege.get(code, 0) for code in by_license.keys() | by_privilege.keys()
    }


def _counts(pairs: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    return {code: count for code, count in pairs if code}
