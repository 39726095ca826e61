"""Writes the therapist CSV that the import reads: a batch of profiles at a time, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from directory.curation.csv_cells import COLUMNS
from directory.curation.csv_formulas import guarded
from directory.curation.profiles import MARKED, PLAIN, TERM_SETS, Profile, Terms, profiles_among
from directory.models import License, Therapist

BATCH: Final = 1000
#: How to reach somebody: only for those who may write to them.
CONTACT: Final = ("email", "phone")


def export_therapists(ids: Iterable[int], *, on: dt.date, with_contact: bool) -> Iterator[str]:
    """Yield the CSV of these therapists in this order, some lines at a time. Who is gone by then is left out.

    A file speaks of one license and one office of each: the first current license, the first office. Without contact
    the columns are not there, so that such a file, imported again, says nothing about them.
    """
    columns = [name for name in COLUMNS if with_contact or name not in CONTACT]
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(columns)
    terms, ids = Terms(), iter(ids)
    while batch := list(islice(ids, BATCH)):
        therapists = Therapist.objects.defer("search_document").in_bulk(batch)
        profiles = profiles_among(therapists.values(), terms)
        for pk in batch:
            if pk in profiles:
                values = _values(profiles[pk], terms, on=on)
                writer.writerow([guarded(_cell(values[name])) for name in columns])
        yield lines.taken()
    if rest := lines.taken():
        yield rest


class _Lines:
    """What csv writes into: keeps lines until they are taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> int:
        self.lines.append(line)
        return len(line)

    def taken(self) -> str:
        text, self.lines = "".join(self.lines), []
        return text


def _values(profile: Profile, terms: Terms, *, on: dt.date) -> dict[str, Any]:
    therapist = profile.therapist
    values: dict[str, Any] = {name: getattr(therapist, name) for name in ("external_id", "consented_on", *PLAIN)}
    for relation in TERM_SETS:
        values[relation] = sorted(profile.terms[relation])
    for relation, marked in MARKED.items():
        values[relation] = sorted(profile.marked[relation])
        values[marked.marked_column] = sorted(code for code, mark in profile.marked[relation].items() if mark)
    jurisdictions, types = terms.codes["jurisdictions"], terms.codes["license_types"]
    license = _license_shown(profile.licenses, on)
    office = profile.locations[0] if profile.locations else None
    return values | {
        "license_type": license and types[license.license_type_id],
        "license_number": license and license.number,
        "license_jurisdiction": license and jurisdictions[license.jurisdiction_id],
        "license_expires_on": license and license.expires_on,
        "compact_privileges": sorted(jurisdictions[privilege.jurisdiction_id] for privilege in profile.privileges),
        "street": office and office.street,
        "city": office and office.city,
        "state": office and office.jurisdiction_id and jurisdictions[office.jurisdiction_id],
        "zip": office and office.zip,
    }


def _license_shown(licenses: list[License], on: dt.date) -> License | None:
    return min(licenses, key=lambda license: (not license.is_current(on), license.pk), default=None)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ";".join(value)
    return str(value)
