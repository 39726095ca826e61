"""Therapists with all that hangs on them, many at once: read in a dozen queries, compared with rows of an import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from directory.curation.csv_import import LICENSE, Row
from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.models.taxonomy import VOCABULARIES
from directory.models.therapist import TherapistQuerySet

PLAIN = (
    "name", "pronouns", "gender", "email", "phone", "website", "npi", "years_in_practice", "fee_min", "fee_max",
    "sliding_scale", "accepting_clients", "next_opening_on", "headline", "bio",
)  # fmt: skip
TERM_SETS = ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A vocabulary whose terms a therapist states with a mark: approaches (trained), concerns (focus)."""

    model: type[TherapistApproach] | type[TherapistConcern]
    term: str
    mark: str
    marked_column: str


MARKED = {
    "approaches": Marked(model=TherapistApproach, term="approach", mark="trained", marked_column="trained_in"),
    "concerns": Marked(model=TherapistConcern, term="concern", mark="focus", marked_column="focus_concerns"),
}


class Terms:
    """Ids and codes of every vocabulary, read once."""

    @cached_property
    def ids(self) -> dict[str, dict[str, int]]:
        return {name: dict(model.objects.values_list("code", "id")) for name, model in VOCABULARIES.items()}

    @cached_property
    def codes(self) -> dict[str, dict[int, str]]:
        return {name: {id: code for code, id in ids.items()} for name, ids in self.ids.items()}


@dataclass(kw_only=True)
class Profile:
    """A therapist and what they state, as codes. Rows of their own (licenses, offices) are model instances."""

    therapist: Therapist
    is_new: bool = False
    terms: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in TERM_SETS})
    marked: dict[str, dict[str, bool]] = field(default_factory=lambda: {name: {} for name in MARKED})
    licenses: list[License] = field(default_factory=list)
    privileges: list[CompactPrivilege] = field(default_factory=list)
    locations: list[PracticeLocation] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One column that says something else than the database."""

    column: str
    old: Any
    new: Any


def through(relation: str) -> tuple[type[models.Model], str]:
    """The table between therapist and terms, and the name of its column that holds the term."""
    manager: Any = getattr(Therapist, relation)
    field: Any = Therapist._meta.get_field(relation)
    target = field.remote_field.model
    return manager.through, f"{target._meta.model_name}_id"


def profiles_of(external_ids: Iterable[str], terms: Terms) -> dict[str, Profile]:
    """The profiles that exist under these ids of senders, locked until the transaction ends."""
    profiles = locked_profiles(Therapist.objects.filter(external_id__in=list(external_ids)), terms)
    return {profile.therapist.external_id or "": profile for profile in profiles}


def locked_profiles(asked: TherapistQuerySet, terms: Terms) -> list[Profile]:
    """The profiles of these therapists, locked until the transaction ends."""
    # Locked in one order, so that two imports of the same therapists wait for each other instead of failing.
    return list(profiles_among(asked.select_for_update().defer("search_document").order_by("pk"), terms).values())


def profiles_among(therapists: Iterable[Therapist], terms: Terms) -> dict[int, Profile]:
    """What these therapists state, by their id; the same few queries for any number."""
    profiles = {therapist.pk: Profile(therapist=therapist) for therapist in therapists}
    if profiles:
        for relation in TERM_SETS:
            table, column = through(relation)
            codes = terms.codes[relation]
            for therapist, term in table._default_manager.filter(therapist__in=profiles).values_list(
                "therapist_id", column
            ):
                profiles[therapist].terms[relation].add(codes[term])
        for relation, marked in MARKED.items():
            rows = marked.model.objects.filter(therapist__in=profiles)
            for therapist, term, mark in rows.values_list("therapist_id", f"{marked.term}_id", marked.mark):
                profiles[therapist].marked[relation][terms.codes[relation][term]] = mark
        for license in License.objects.filter(therapist__in=profiles).order_by("id"):
            profiles[license.therapist_id].licenses.append(license)
        for privilege in CompactPrivilege.objects.filter(therapist__in=profiles).order_by("id"):
            profiles[privilege.therapist_id].privileges.append(privilege)
        for location in PracticeLocation.objects.filter(therapist__in=profiles).order_by("id"):
            profiles[location.therapist_id].locations.append(location)
    return profiles


def license_meant(row: Row, profile: Profile, terms: Terms) -> License | None:
    """The therapist's license that the row speaks of: the same one, or the only one of that type and jurisdiction."""
    type_id = terms.ids["license_types"].get(row.values.get("license_type", ""))
    jurisdiction_id = terms.ids["jurisdictions"].get(row.values.get("license_jurisdiction", ""))
    alike = [x for x in profile.licenses if (x.license_type_id, x.jurisdiction_id) == (type_id, jurisdiction_id)]
    same = [x for x in alike if x.number == row.values.get("license_number")]
    return same[0] if same else alike[0] if len(alike) == 1 else None


def location_meant(row: Row, profile: Profile) -> PracticeLocation | None:
    """The office that the row speaks of: the one at that ZIP and street, or the only one there is."""
    address = (row.values.get("street", ""), row.values.get("zip"))
    same = [x for x in profile.locations if (x.street, x.zip) == address]
    return same[0] if same else profile.locations[0] if len(profile.locations) == 1 else None


def changes_between(row: Row, profile: Profile, terms: Terms) -> list[Change]:
    """What the row says that the database does not, in the order of the columns; a missing column says nothing.

    A row speaks of one license, and an empty cell takes none away; nor does it withdraw consent. An empty address
    takes away the only office, and leaves several alone: those a curator entered.
    """
    current = _current_values(row, profile, terms)
    changes = []
    for column, new in row.values.items():
        if column not in current:
            continue
        old = current[column]
        if isinstance(new, tuple):
            new = tuple(sorted(new))
        if new != old:
            changes.append(Change(column=column, old=old, new=new))
    return changes


def _current_values(row: Row, profile: Profile, terms: Terms) -> dict[str, Any]:
    therapist = profile.therapist
    current: dict[str, Any] = {name: getattr(therapist, name) for name in PLAIN}
    for relation in TERM_SETS:
        current[relation] = tuple(sorted(profile.terms[relation]))
    for relation, marked in MARKED.items():
        stated = profile.marked[relation]
        current[relation] = tuple(sorted(stated))
        current[marked.marked_column] = tuple(sorted(code for code, mark in stated.items() if mark))
    jurisdictions = terms.codes["jurisdictions"]
    current["compact_privileges"] = tuple(sorted(jurisdictions[x.jurisdiction_id] for x in profile.privileges))
    if row.values.get("consented_on"):
        current["consented_on"] = therapist.consented_on
    if row.values.get("license_number"):
        license = license_meant(row, profile, terms)
        current["license_type"] = terms.codes["license_types"][license.license_type_id] if license else ""
        current["license_jurisdiction"] = jurisdictions[license.jurisdiction_id] if license else ""
        current["license_number"] = license.number if license else ""
        current["license_expires_on"] = license.expires_on if license else None
    if row.values.get("zip") or len(profile.locations) == 1:
        location = location_meant(row, profile)
        current["street"] = location.street if location else ""
        current["city"] = location.city if location else ""
        current["state"] = jurisdictions[location.jurisdiction_id] if location and location.jurisdiction_id else ""
        current["zip"] = location.zip if location else ""
    return current


def license_owners(rows: Iterable[Row], terms: Terms) -> dict[tuple[str, ...], Therapist]:
    """Who holds the licenses that these rows name, by type, number and jurisdiction."""
    numbers = [row.values["license_number"] for row in rows if row.values.get("license_number")]
    held = License.objects.filter(number__in=numbers).select_related("therapist").defer("therapist__search_document")
    owners: dict[tuple[str, ...], Therapist] = {}
    for x in held:
        type_code = terms.codes["license_types"][x.license_type_id]
        owners[type_code, x.number, terms.codes["jurisdictions"][x.jurisdiction_id]] = x.therapist
    return owners


def license_key(row: Row) -> tuple[str, ...]:
    return tuple(row.values.get(name, "") for name in LICENSE)


def npi_owners(rows: Iterable[Row]) -> dict[str, Therapist]:
    """Who holds the NPIs that these rows name."""
    npis = [row.values["npi"] for row in rows if row.values.get("npi")]
    return {t.npi: t for t in Therapist.objects.defer("search_document").filter(npi__in=npis) if t.npi}
