"""A profile beside a row of NPPES: what we lack, and what the row says otherwise. Values in, findings out."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from directory.curation.nppes_names import as_written, license_number, same_number, same_person_by_name
from directory.curation.nppes_rows import NppesRow, Slot
from directory.curation.nucc import PEOPLE, license_type_of

ADD, DIFFERS, DEACTIVATED, NOT_FOUND = "add", "differs", "deactivated", "not_found"
NPI, NAME, LICENSE, OFFICE = "npi", "name", "license", "office"
MAY_BE_HOME = "They get their mail there too: it may be their home."
GUESSED_TYPE = "The type is a guess from the NUCC code {code}; the number is as they stated it. Verify it at the board."
NEW_NUMBER = "What was verified is the old number: the new one has to be verified again."


@dataclass(frozen=True, kw_only=True, slots=True)
class OurLicense:
    id: int
    type: str
    number: str
    jurisdiction: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OurOffice:
    id: int
    city: str
    jurisdiction: str
    zip: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What we say about a therapist, as far as NPPES can say it too. `npi` is empty where we have none."""

    id: int
    name: str
    npi: str
    licenses: tuple[OurLicense, ...] = ()
    offices: tuple[OurOffice, ...] = ()

    @property
    def jurisdiction(self) -> str:
        return self.licenses[0].jurisdiction if self.licenses else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One difference. `ours` and `theirs` are for people; `values` holds theirs in parts."""

    kind: str
    field: str
    ours: str = ""
    theirs: str = ""
    jurisdiction: str = ""
    note: str = ""
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def is_the_same_person(profile: Profile, row: NppesRow) -> bool:
    """Whether a row whose NPI we do not have is about this therapist: same name, and same license in one jurisdiction.

    The name alone is never enough, and neither is the number: boards of other professions give the same ones.
    """
    return (
        row.is_person
        and not row.is_deactivated
        and same_person_by_name(profile.name, *row.names)
        and _license_in_common(profile, row)
    )


def compare(profile: Profile, row: NppesRow, *, jurisdictions: Collection[str]) -> list[Finding]:
    """What a row says otherwise than a profile. The row has its NPI, or is_the_same_person().

    `jurisdictions` are the codes that we know. Nothing is compared with the sex, and a license of ours that the row
    does not name is no finding: many have not touched their row since 2007.
    """
    if row.npi != profile.npi:
        found = [_other_npi(profile, row)]
        return found if profile.npi else [*found, *_licenses(profile, row, jurisdictions), *_office(profile, row)]
    if row.is_deactivated:
        return [_deactivated(profile, row)]
    if not row.is_person:
        return [
            Finding(
                kind=DIFFERS, field=NPI, ours=profile.npi, jurisdiction=profile.jurisdiction, values={"npi": ""},
                theirs=f"the NPI of an organization: {row.organization}"[:200],
                note="A person's NPI is another one. Accepting takes this one off the profile.",
            )
        ]  # fmt: skip
    if not same_person_by_name(profile.name, *row.names):
        found = [_name(profile, row)]
        # Neither the name nor a license is theirs: perhaps the NPI is not, either. Then nothing else may be taken over.
        return found if not _license_in_common(profile, row) else [*found, *_licenses(profile, row, jurisdictions)]
    return [*_licenses(profile, row, jurisdictions), *_office(profile, row)]


def not_found(profile: Profile) -> Finding:
    """For a therapist whose NPI a whole file does not have."""
    return Finding(
        kind=NOT_FOUND, field=NPI, ours=profile.npi, jurisdiction=profile.jurisdiction, values={"npi": ""},
        theirs="not in the file", note="Accepting takes the NPI off the profile.",
    )  # fmt: skip


def office_text(city: str, jurisdiction: str, zip: str) -> str:
    """An office as people read it, without the street: `Enfield, CT 06082`."""
    return f"{', '.join(part for part in (city, jurisdiction) if part)} {zip}".strip()


def _other_npi(profile: Profile, row: NppesRow) -> Finding:
    return Finding(
        kind=DIFFERS if profile.npi else ADD, field=NPI, ours=profile.npi, theirs=row.npi,
        jurisdiction=profile.jurisdiction, values={"npi": row.npi}, note=f"The row is of {as_written(row.name)}."[:200],
    )  # fmt: skip


def _deactivated(profile: Profile, row: NppesRow) -> Finding:
    on = row.deactivated_on.isoformat() if row.deactivated_on else "a day that is not told"
    instead = f", replaced by {row.replacement_npi}" if row.replacement_npi else ""
    return Finding(
        kind=DEACTIVATED, field=NPI, ours=profile.npi, theirs=f"deactivated on {on}{instead}"[:200],
        jurisdiction=profile.jurisdiction, note="Accepting suspends a published profile.",
    )  # fmt: skip


def _name(profile: Profile, row: NppesRow) -> Finding:
    name = as_written(row.name)[:120]
    others = "; ".join(as_written(other) for other in row.names[1:])
    return Finding(
        kind=DIFFERS, field=NAME, ours=profile.name, theirs=name, jurisdiction=profile.jurisdiction,
        values={"name": name}, note=(f"Other name: {others}." if others else "Is it the same person?")[:200],
    )  # fmt: skip


def _licenses(profile: Profile, row: NppesRow, jurisdictions: Collection[str]) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()  # several specialties often stand on one license
    for slot in row.slots:
        number = license_number(slot.number)
        if number is None or slot.code not in PEOPLE or slot.jurisdiction not in jurisdictions:
            continue
        there = [license for license in profile.licenses if license.jurisdiction == slot.jurisdiction]
        if any(same_number(number, license_number(license.number)) for license in there):
            continue
        type = license_type_of(slot.code, jurisdiction=slot.jurisdiction, credentials=row.credentials)
        if not type or (slot.jurisdiction, number.core) in told:
            continue
        told.add((slot.jurisdiction, number.core))
        yield _license(slot, type, there, row)


def _license(slot: Slot, type: str, there: list[OurLicense], row: NppesRow) -> Finding:
    stated = slot.number[:40]
    # Ours of the same kind, unless the row names it too: then theirs is a second one.
    other = next((x for x in there if _same_kind(x.type, type) and not _names_it(row, x)), None)
    if other is None:
        return Finding(
            kind=ADD, field=LICENSE, theirs=f"{type.upper()} {stated} ({slot.jurisdiction})",
            jurisdiction=slot.jurisdiction, note=GUESSED_TYPE.format(code=slot.code),
            values={"type": type, "number": stated, "jurisdiction": slot.jurisdiction},
        )  # fmt: skip
    return Finding(
        kind=DIFFERS, field=LICENSE, ours=f"{other.type.upper()} {other.number} ({other.jurisdiction})",
        theirs=f"{other.type.upper()} {stated} ({slot.jurisdiction})", jurisdiction=slot.jurisdiction, note=NEW_NUMBER,
        values={"license": other.id, "old": other.number, "number": stated},
    )  # fmt: skip


def _office(profile: Profile, row: NppesRow) -> Iterator[Finding]:
    there = row.practice
    if not there.zip or any(office.zip == there.zip for office in profile.offices):
        return
    city = as_city(there.city)
    only = profile.offices[0] if len(profile.offices) == 1 else None
    yield Finding(
        kind=DIFFERS if only else ADD, field=OFFICE,
        ours=office_text(only.city, only.jurisdiction, only.zip) if only else "",
        theirs=office_text(city, there.jurisdiction, there.zip)[:200], jurisdiction=there.jurisdiction[:2],
        note=MAY_BE_HOME if row.office_may_be_home else "",
        values={
            "office": only.id if only else None, "street": there.street[:200], "city": city,
            "jurisdiction": there.jurisdiction, "zip": there.zip,
        },
    )  # fmt: skip


def as_city(city: str) -> str:
    """A city in capitals as people write it."""
    return " ".join(word.capitalize() for word in city.split())[:100]


def _license_in_common(profile: Profile, row: NppesRow) -> bool:
    return any(_names_it(row, license) for license in profile.licenses)


def _names_it(row: NppesRow, license: OurLicense) -> bool:
    number = license_number(license.number)
    return any(
        slot.code in PEOPLE
        and slot.jurisdiction == license.jurisdiction
        and same_number(number, license_number(slot.number))
        for slot in row.slots
    )


def _same_kind(ours: str, theirs: str) -> bool:
    counselors = {"lpc", "lmhc", "lcpc", "lpcc"}
    return ours == theirs or ours == "associate" or {ours, theirs} <= counselors
