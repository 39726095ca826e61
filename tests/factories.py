"""Therapists and friends for tests. A test states only what matters to it; the rest is a plain, listed therapist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory

from directory.models import (
    Approach,
    CompactPrivilege,
    Concern,
    Jurisdiction,
    License,
    LicenseType,
    Partner,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
    ZipCentroid,
)

TODAY = dt.date(2026, 11, 24)
MANY_TO_MANY = ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")


def see_individuals_by_telehealth(therapists: Iterable[Therapist]) -> None:
    """What else it takes to be listed, for therapists that are made in bulk."""
    people = list(therapists)
    for relation, code in (("session_formats", "individual"), ("delivery_methods", "telehealth")):
        field = Therapist._meta.get_field(relation)
        term, through = field.remote_field.model.objects.get(code=code), field.remote_field.through
        column = f"{field.m2m_reverse_field_name()}_id"
        through.objects.bulk_create([through(therapist_id=one.pk, **{column: term.pk}) for one in people])


class PartnerFactory(factory.django.DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Partner {n}")


class LicenseFactory(factory.django.DjangoModelFactory[License]):
    """A current, verified licence; `license_type` and `jurisdiction` are codes."""

    class Meta:
        model = License

    number = factory.Sequence(lambda n: f"{n:06d}")
    license_type = "lmft"
    jurisdiction = "CA"
    expires_on = TODAY + dt.timedelta(days=400)
    verified_on = TODAY - dt.timedelta(days=10)
    source = "Board register"

    @classmethod
    def _create(cls, model_class: type[License], *args: Any, **values: Any) -> License:
        values["license_type"] = LicenseType.objects.get(code=values["license_type"])
        values["jurisdiction"] = Jurisdiction.objects.get(code=values["jurisdiction"])
        return super()._create(model_class, *args, **values)


class TherapistFactory(factory.django.DjangoModelFactory[Therapist]):
    """A listed therapist who sees individuals by telehealth in California.

    Vocabularies are given as codes (`approaches=["gottman"]`, `trained_in=["gottman"]`, `concerns`, `focus_concerns`,
    `populations`, `session_formats`, `delivery_methods`, `languages`, `insurance_plans`); an empty list is "not
    stated". `licenses` is a list of LicenseFactory arguments (`[{"jurisdiction": "NY"}]`), `compact_privileges` a list
    of jurisdiction codes, `zips` a list of office ZIPs.
    """

    class Meta:
        model = Therapist
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Therapist {n}")
    slug = factory.Sequence(lambda n: f"therapist-{n}")
    accepting_clients = "yes"
    life = Therapist.Life.PUBLISHED
    consented_on = TODAY - dt.timedelta(days=30)
    attested_on = TODAY - dt.timedelta(days=5)

    @classmethod
    def _create(cls, model_class: type[Therapist], *args: Any, **values: Any) -> Therapist:
        stated = {
            "session_formats": values.pop("session_formats", ["individual"]),
            "delivery_methods": values.pop("delivery_methods", ["telehealth"]),
            "populations": values.pop("populations", []),
            "languages": values.pop("languages", []),
            "insurance_plans": values.pop("insurance_plans", []),
        }
        approaches, trained_in = values.pop("approaches", []), values.pop("trained_in", [])
        concerns, focus = values.pop("concerns", []), values.pop("focus_concerns", [])
        licenses = values.pop("licenses", [{}])
        privileges, zips = values.pop("compact_privileges", []), values.pop("zips", [])
        therapist: Therapist = super()._create(model_class, *args, **values)
        for relation in MANY_TO_MANY:
            if stated[relation]:
                terms = Therapist._meta.get_field(relation).remote_field.model
                getattr(therapist, relation).set(_terms(terms, stated[relation]))
        for approach in _terms(Approach, [*approaches, *trained_in]):
            TherapistApproach.objects.create(
                therapist=therapist, approach=approach, trained=approach.code in set(trained_in)
            )
        for concern in _terms(Concern, [*concerns, *focus]):
            TherapistConcern.objects.create(therapist=therapist, concern=concern, focus=concern.code in set(focus))
        for license in licenses:
            LicenseFactory(therapist=therapist, **license)
        for code in privileges:
            CompactPrivilege.objects.create(
                therapist=therapist,
                jurisdiction=Jurisdiction.objects.get(code=code),
                verified_on=TODAY,
                source="Compact register",
            )
        for zip in zips:
            centroid = ZipCentroid.objects.get(zip=zip)
            PracticeLocation.objects.create(
                therapist=therapist, zip=zip, latitude=centroid.latitude, longitude=centroid.longitude
            )
        return therapist


def _terms(model: Any, codes: Iterable[str]) -> list[Any]:
    wanted = set(codes)
    found = list(model.objects.filter(code__in=wanted))
    missing = wanted - {term.code for term in found}
    assert not missing, f"unknown {model.__name__} {sorted(missing)}"
    return found
