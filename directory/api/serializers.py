"""The documents of the directory's API, as partners see them. Not stated is null, or an empty list.

A list holds cards (rendered by the database, `SearchCard`); `CardSerializer` describes them. A profile groups the facts
that share a date: `availability`, `fees`, `insurance`, `specialties`, each with its `as_of`.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.urls import get_script_prefix
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from directory.boards import register_url
from directory.lifetimes import AGING, AVAILABILITY, FEES, INSURANCE, SPECIALTIES, Lifetime
from directory.models import License, Method, Therapist

ACCEPTING = [*Therapist.Accepting.values]
GENDERS = [*Therapist.Gender.values]


class Stated(serializers.CharField):
    """A text in which empty means not stated: null outside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: str) -> Any:
        return value or None


class StatedChoice(serializers.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: str) -> Any:
        return value or None


def codes(help_text: str = "") -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


# --- Taxonomy ---------------------------------------------------------------------------------------------------------
class TermSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Public code; it never changes.")
    name = serializers.CharField()
    synonyms = serializers.ListField(
        child=serializers.CharField(), help_text="Other words for it. Filters and the CSV import understand them too."
    )
    summary = serializers.CharField(help_text="One or two plain sentences.")


class EvidenceSerializer(serializers.Serializer[Any]):
    situation = serializers.CharField(help_text="Code of the situation that was studied.")
    grade = serializers.ChoiceField(
        choices=["A", "B", "C"],
        help_text="A: tested directly in this situation. B: works for the group it belongs to. C: thin or mixed.",
    )
    finding = serializers.CharField()
    kind = serializers.ChoiceField(
        ["result", "no_effect", "link", "plan"],
        help_text="Only a result lifts; a link tested nothing, a plan is to come.",
    )
    population = serializers.CharField(help_text="Who was studied.")
    citation = serializers.CharField()
    doi = serializers.CharField(help_text="Without https://doi.org/; empty when the source has none.")
    checked_on = serializers.DateField(help_text="When we last looked at the source.")


class ApproachSerializer(TermSerializer):
    evidence = EvidenceSerializer(many=True)


class TaxonomySerializer(serializers.Serializer[Any]):
    approaches = ApproachSerializer(many=True)
    concerns = TermSerializer(many=True)
    populations = TermSerializer(many=True)
    session_formats = TermSerializer(many=True)
    delivery_methods = TermSerializer(many=True)
    languages = TermSerializer(many=True)
    insurance_plans = TermSerializer(many=True)
    license_types = TermSerializer(many=True)
    jurisdictions = TermSerializer(many=True)


# --- Cards ------------------------------------------------------------------------------------------------------------
class CardLicenseSerializer(serializers.Serializer[Any]):
    license_type = serializers.CharField()
    jurisdiction = serializers.CharField()
    expires_on = serializers.DateField(help_text="Last day on which it is valid.")
    verified_on = serializers.DateField()
    source = serializers.CharField(help_text="Where it was checked.")  # type: ignore[assignment]


class CardPrivilegeSerializer(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True, help_text="Null: as long as a license at home is current.")
    verified_on = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]


class CardPlaceSerializer(serializers.Serializer[Any]):
    city = Stated()
    jurisdiction = Stated()
    zip = serializers.CharField()


class CardDatesSerializer(serializers.Serializer[Any]):
    availability = serializers.DateField(allow_null=True, help_text="Accepting clients and next opening.")
    fees = serializers.DateField(allow_null=True, help_text="Fees and sliding scale.")
    insurance = serializers.DateField(allow_null=True)
    specialties = serializers.DateField(
        allow_null=True, help_text="Approaches, concerns, populations, formats, delivery and languages."
    )
    attested = serializers.DateField(help_text="All facts were last confirmed on that day.")
    consented = serializers.DateField(help_text="The therapist agreed to be listed on that day.")


class CardSerializer(serializers.Serializer[Any]):
    """A therapist in a list. Facts are codes; `as_of` dates them by group."""

    slug = serializers.CharField()
    url = serializers.URLField(help_text="The profile on our site.")
    api_url = serializers.URLField(help_text="The profile in this API.")
    name = serializers.CharField()
    pronouns = Stated()
    gender = serializers.ChoiceField(choices=GENDERS, allow_null=True)
    credentials = serializers.CharField(help_text='Behind the name: "LMFT, LPC".')
    headline = Stated()
    accepting_clients = serializers.ChoiceField(choices=ACCEPTING, allow_null=True)
    next_opening_on = serializers.DateField(allow_null=True)
    fee_min = serializers.IntegerField(allow_null=True, help_text="Whole US dollars a session.")
    fee_max = serializers.IntegerField(allow_null=True)
    sliding_scale = serializers.BooleanField(allow_null=True)
    session_formats = codes()
    delivery_methods = codes()
    approaches = codes()
    trained_in = codes("The approaches with completed training or certification.")
    concerns = codes()
    focus_concerns = codes("The concerns, at most five, that the therapist is best at.")
    populations = codes()
    languages = codes("BCP 47 tags.")
    insurance_plans = codes()
    licenses = CardLicenseSerializer(many=True)
    compact_privileges = CardPrivilegeSerializer(many=True)
    places = CardPlaceSerializer(many=True)
    years_in_practice = serializers.IntegerField(allow_null=True)
    as_of = CardDatesSerializer()
    stale = serializers.ListField(
        child=serializers.ChoiceField(choices=[lifetime.code for lifetime in AGING]),
        help_text="Groups of `as_of` that were confirmed too long ago to count: their facts are given as not stated.",
    )


class CardPageSerializer(serializers.Serializer[Any]):
    results = CardSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    total = serializers.IntegerField(help_text="Exact number of therapists that meet the filters.")
    facets = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        required=False,
        help_text="Only with `facets=true`: filter → code → exact count, each filter counted with itself left out.",
    )


@functools.lru_cache(maxsize=8)  # a proxy may say the prefix
def _paths(script_prefix: str) -> tuple[str, ...]:
    """Where the pages and the API's profiles of all therapists stand: what comes before their slugs."""
    names = ("directory:therapist", "api-therapist")
    return tuple(reverse(name, kwargs={"slug": "-"}).removesuffix("-/") for name in names)


def card_documents(request: Any) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Gives a card of the database its two addresses, as they are for this request."""
    # Looked up once: an answer has up to a hundred cards.
    pages, api = (request.build_absolute_uri(path) for path in _paths(get_script_prefix()))

    def document(card: Mapping[str, Any]) -> dict[str, Any]:
        slug = card["slug"]
        return {"slug": slug, "url": f"{pages}{slug}/", "api_url": f"{api}{slug}/", **card}

    return document


# --- Profile ----------------------------------------------------------------------------------------------------------
class NamedCodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class StatedApproachSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="approach.code")
    name = serializers.CharField(source="approach.name")
    trained = serializers.BooleanField(help_text="Completed training or certification, not just a tick.")
    training = Stated(help_text="Name of the training, as the therapist gives it. Null: not named.")
    training_confirmed_on = serializers.DateField(
        allow_null=True, help_text="Day on which the source confirmed it. Null: nobody has checked."
    )
    training_source = Stated(help_text="Who or what confirmed it.")


class StatedConcernSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="concern.code")
    name = serializers.CharField(source="concern.name")
    focus = serializers.BooleanField(help_text="One of the at most five that the therapist is best at.")


class SupervisorSerializer(serializers.Serializer[License]):
    name = serializers.CharField(source="supervisor_name")
    license = Stated(source="supervisor_license", help_text="Type, number and state, in words.")


class LicenseSerializer(serializers.Serializer[Any]):
    license_type = NamedCodeSerializer()
    number = serializers.CharField()
    jurisdiction = NamedCodeSerializer()
    expires_on = serializers.DateField(help_text="Last day on which it is valid.")
    verified_on = serializers.DateField()
    source = serializers.CharField(help_text="Where it was checked.")  # type: ignore[assignment]
    method = StatedChoice(choices=[*Method.values], help_text="How it was checked. Null: not noted.")
    register_url = serializers.SerializerMethodField(
        help_text="The board's public register, where anybody can look. Null: not known."
    )
    supervised = serializers.BooleanField(source="is_supervised", help_text="An associate, under supervision.")
    supervisor = serializers.SerializerMethodField(help_text="Null: there is none, or it is not stated.")
    as_of = serializers.DateField(source="verified_on", help_text="All of this license was checked on that day.")

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_register_url(self, license: License) -> str | None:
        return register_url(license.jurisdiction.code, license.license_type.code) or None

    @extend_schema_field(SupervisorSerializer(allow_null=True))
    def get_supervisor(self, license: License) -> Any:
        return SupervisorSerializer(license).data if license.is_supervised and license.supervisor_name else None


class CompactSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    meaning = serializers.CharField(help_text="One plain sentence.")
    register_url = Stated(help_text="Where anybody can look a privilege up.")


class PrivilegeSerializer(serializers.Serializer[Any]):
    jurisdiction = NamedCodeSerializer()
    compact = CompactSerializer(allow_null=True, help_text="Null: not stated.")
    expires_on = serializers.DateField(allow_null=True, help_text="Null: as long as a license at home is current.")
    verified_on = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]
    method = StatedChoice(choices=[*Method.values], help_text="How it was checked. Null: not noted.")
    as_of = serializers.DateField(source="verified_on")


class PlaceSerializer(serializers.Serializer[Any]):
    city = Stated()
    jurisdiction = NamedCodeSerializer(allow_null=True)
    zip = serializers.CharField()


class ContactSerializer(serializers.Serializer[Therapist]):
    website = Stated()
    phone = Stated()
    email = Stated()


class AgingSerializer(serializers.Serializer[Therapist]):
    """Facts that share a date. Past their lifetime they are given as not stated; `as_of` tells when they were said."""

    lifetime: Lifetime

    def to_representation(self, instance: Therapist) -> dict[str, Any]:
        facts: dict[str, Any] = super().to_representation(instance)
        facts["counts"] = self.lifetime.counts(instance.said_on(self.lifetime), on=self.context["on"])
        if facts["counts"]:
            return facts
        return {name: ([] if isinstance(value, list) else None) for name, value in facts.items()} | {
            "as_of": facts["as_of"],
            "counts": False,
        }


def counts() -> serializers.BooleanField:
    return serializers.BooleanField(
        read_only=True, source="*", help_text="False: confirmed too long ago, so the facts are given as not stated."
    )


class AvailabilitySerializer(AgingSerializer):
    lifetime = AVAILABILITY
    accepting_clients = StatedChoice(choices=ACCEPTING)
    next_opening_on = serializers.DateField(allow_null=True)
    as_of = serializers.DateField(source="availability_as_of", allow_null=True)
    counts = counts()


class FeesSerializer(AgingSerializer):
    lifetime = FEES
    fee_min = serializers.IntegerField(allow_null=True, help_text="Whole US dollars a session.")
    fee_max = serializers.IntegerField(allow_null=True)
    sliding_scale = serializers.BooleanField(allow_null=True)
    as_of = serializers.DateField(source="fees_as_of", allow_null=True)
    counts = counts()


class InsuranceSerializer(AgingSerializer):
    lifetime = INSURANCE
    insurance_plans = NamedCodeSerializer(many=True)
    as_of = serializers.DateField(source="insurance_as_of", allow_null=True)
    counts = counts()


class SpecialtiesSerializer(AgingSerializer):
    lifetime = SPECIALTIES
    approaches = StatedApproachSerializer(source="stated_approaches", many=True)
    concerns = StatedConcernSerializer(source="stated_concerns", many=True)
    populations = NamedCodeSerializer(many=True)
    session_formats = NamedCodeSerializer(many=True)
    delivery_methods = NamedCodeSerializer(many=True)
    languages = NamedCodeSerializer(many=True)
    as_of = serializers.DateField(source="specialties_as_of", allow_null=True)
    counts = counts()


class TherapistProfileSerializer(serializers.Serializer[Therapist]):
    """The whole public profile on the day `on` of the context. Facts that share a date stand in one group."""

    slug = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="The profile on our site.")
    name = serializers.CharField()
    pronouns = Stated()
    gender = StatedChoice(choices=GENDERS)
    credentials = serializers.SerializerMethodField(help_text='Behind the name: "LMFT, LPC".')
    headline = Stated()
    bio = Stated()
    picture = serializers.SerializerMethodField(
        help_text="Address of a square WebP of 400 pixels, on our site. Another picture has another address."
    )
    years_in_practice = serializers.IntegerField(allow_null=True)
    contact = ContactSerializer(source="*")
    licenses = serializers.SerializerMethodField(help_text="Verified and current; others are not shown.")
    compact_privileges = serializers.SerializerMethodField(help_text="Further places where clients may sit.")
    places = PlaceSerializer(source="locations", many=True)
    availability = AvailabilitySerializer(source="*")
    fees = FeesSerializer(source="*")
    insurance = InsuranceSerializer(source="*")
    specialties = SpecialtiesSerializer(source="*")
    attested_on = serializers.DateField(help_text="All facts were last confirmed on that day.")
    consented_on = serializers.DateField(help_text="The therapist agreed to be listed on that day.")

    @property
    def on(self) -> dt.date:
        day: dt.date = self.context["on"]
        return day

    def get_url(self, therapist: Therapist) -> str:
        address: str = reverse("directory:therapist", kwargs={"slug": therapist.slug}, request=self.context["request"])
        return address

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_picture(self, therapist: Therapist) -> str | None:
        picture = getattr(therapist, "picture", None)
        return None if picture is None else self.context["request"].build_absolute_uri(picture.get_absolute_url())

    def get_credentials(self, therapist: Therapist) -> str:
        current = (license for license in therapist.licenses.all() if license.is_current(self.on))
        return ", ".join(sorted({license.license_type.abbreviation for license in current}))

    @extend_schema_field(LicenseSerializer(many=True))
    def get_licenses(self, therapist: Therapist) -> Any:
        return LicenseSerializer([one for one in therapist.licenses.all() if one.is_current(self.on)], many=True).data

    @extend_schema_field(PrivilegeSerializer(many=True))
    def get_compact_privileges(self, therapist: Therapist) -> Any:
        current = [privilege for privilege in therapist.compact_privileges.all() if privilege.is_current(self.on)]
        return PrivilegeSerializer(current, many=True).data
