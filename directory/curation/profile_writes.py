"""Writes what an import changes: many therapists in a few statements, with their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone

from directory.curation.bulk_history import CHANGED, CREATED, DELETED, record, record_therapists
from directory.curation.bulk_rows import delete_pairs, insert_rows, update_objects, update_rows
from directory.curation.csv_cells import Lookup
from directory.curation.csv_import import Row
from directory.curation.profiles import (
    MARKED,
    PLAIN,
    TERM_SETS,
    Change,
    Profile,
    Terms,
    license_meant,
    location_meant,
    through,
)
from directory.models import CompactPrivilege, License, PracticeLocation, Therapist, TherapistApproach

# The day on which these facts were last said.
AS_OF = {
    "availability_as_of": ("accepting_clients", "next_opening_on"),
    "fees_as_of": ("fee_min", "fee_max", "sliding_scale"),
    "insurance_as_of": ("insurance_plans",),
    "specialties_as_of": (
        "approaches", "trained_in", "concerns", "focus_concerns", "populations", "session_formats",
        "delivery_methods", "languages",
    ),
}  # fmt: skip
BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A therapist of the file and what it changes about them. A new therapist's changes are the stated facts."""

    row: Row
    profile: Profile
    changes: dict[str, Change]


class Writer:
    """Collects the statements of one batch and runs them together. Call it within a transaction."""

    def __init__(self, *, lookup: Lookup, terms: Terms, by: AbstractBaseUser | str, reason: str) -> None:
        self.lookup, self.terms, self.by, self.reason = lookup, terms, by, reason

    def write(self, differences: Sequence[Difference]) -> None:
        """Bring the database to what the differences say, and the profiles in memory with it."""
        self._therapists(differences)
        for relation in TERM_SETS:
            self._terms(relation, differences)
        for relation in MARKED:
            self._marked(relation, differences)
        self._licenses(differences)
        self._privileges(differences)
        self._locations(differences)
        for is_new, kind in ((True, CREATED), (False, CHANGED)):
            ids = [d.profile.therapist.pk for d in differences if d.profile.is_new is is_new]
            record_therapists(ids, kind, by=self.by, reason=self.reason)

    def _therapists(self, differences: Sequence[Difference]) -> None:
        now = timezone.now()
        new: list[Therapist] = []
        old: list[Therapist] = []
        written = {"updated_at"}  # also when only a license or a term changed: the profile was updated now
        for difference in differences:
            therapist, changes = difference.profile.therapist, difference.changes
            values: dict[str, Any] = {name: changes[name].new for name in PLAIN if name in changes}
            if "consented_on" in changes:
                values["consented_on"] = changes["consented_on"].new
            for as_of, columns in AS_OF.items():
                if any(column in changes for column in columns):
                    stated = any(difference.row.values.get(column) not in (None, "", ()) for column in columns)
                    values[as_of] = self.lookup.on if stated else None
            for name, value in values.items():
                setattr(therapist, name, value)
            if difference.profile.is_new:
                new.append(therapist)
            else:
                therapist.updated_at = now
                old.append(therapist)
                written |= set(values)
        # Their rows are locked since they were read, so that what the others hold in memory is what the database holds.
        update_objects(old, sorted(written))
        Therapist.objects.bulk_create(new, batch_size=BATCH)

    def _terms(self, relation: str, differences: Sequence[Difference]) -> None:
        table, column = through(relation)
        ids = self.terms.ids[relation]
        added: list[tuple[int, int]] = []
        gone: list[tuple[int, int]] = []
        for difference in differences:
            if relation not in difference.changes:
                continue
            profile, wanted = difference.profile, set(difference.changes[relation].new)
            stated, therapist = profile.terms[relation], profile.therapist.pk
            gone += [(therapist, ids[code]) for code in stated - wanted]
            added += [(therapist, ids[code]) for code in sorted(wanted - stated)]
            profile.terms[relation] = wanted
        delete_pairs(table, _columns(("therapist_id", column), gone))
        insert_rows(table, _columns(("therapist_id", column), added))

    def _marked(self, relation: str, differences: Sequence[Difference]) -> None:
        marked = MARKED[relation]
        ids, codes = self.terms.ids[relation], self.terms.codes[relation]
        added: list[tuple[int, int, bool]] = []
        changed: list[tuple[int, bool]] = []
        gone: list[int] = []
        touched = [d for d in differences if relation in d.changes or marked.marked_column in d.changes]
        keys: dict[int, dict[str, int]] = defaultdict(dict)
        rows = marked.model.objects.filter(therapist__in=_old(touched))
        for pk, therapist, term in rows.values_list("pk", "therapist_id", f"{marked.term}_id"):
            keys[therapist][codes[term]] = pk
        for difference in touched:
            profile, values = difference.profile, difference.row.values
            stated = values.get(relation, ())
            old = profile.marked[relation]
            # Without the column of marks, the marks of the terms that stay are kept.
            marks = values.get(marked.marked_column, tuple(code for code, mark in old.items() if mark))
            wanted = {code: code in marks for code in sorted(stated)}
            existing = keys[profile.therapist.pk]
            for code, mark in wanted.items():
                if code not in existing:
                    added.append((profile.therapist.pk, ids[code], mark))
                elif old[code] != mark:
                    changed.append((existing[code], mark))
            gone += [key for code, key in existing.items() if code not in wanted]
            profile.marked[relation] = wanted
        self._delete(marked.model, gone)
        changed_ids = [key for key, _ in changed]
        if relation == "approaches":  # who is no longer said to be trained has no training that could have a name
            _forget_training([key for key, mark in changed if not mark])
        update_rows(marked.model, changed_ids, {marked.mark: [mark for _, mark in changed]})
        self._record(marked.model, changed_ids, CHANGED)
        columns = ("therapist_id", f"{marked.term}_id", marked.mark)
        self._record(marked.model, insert_rows(marked.model, _columns(columns, added)), CREATED)

    def _licenses(self, differences: Sequence[Difference]) -> None:
        added, changed = [], []
        for difference in differences:
            changes, values, profile = difference.changes, difference.row.values, difference.profile
            if not any(name.startswith("license_") for name in changes) or not values.get("license_number"):
                continue
            license = license_meant(difference.row, profile, self.terms)
            if license is None:
                license = License(
                    therapist_id=profile.therapist.pk,
                    license_type_id=self.terms.ids["license_types"][values["license_type"]],
                    jurisdiction_id=self.terms.ids["jurisdictions"][values["license_jurisdiction"]],
                    number=values["license_number"],
                    expires_on=values.get("license_expires_on"),
                )
                profile.licenses.append(license)
                added.append(license)
            else:
                # What was verified is no longer what is stated: somebody has to look again.
                license.number = values["license_number"]
                license.expires_on = values.get("license_expires_on", license.expires_on)
                license.verified_on, license.source, license.method = None, "", ""
                changed.append(license)
        fields = ["number", "expires_on", "verified_on", "source", "method"]
        self._apply(License, added=added, changed=changed, gone=[], fields=fields)

    def _privileges(self, differences: Sequence[Difference]) -> None:
        ids, codes = self.terms.ids["jurisdictions"], self.terms.codes["jurisdictions"]
        added: list[CompactPrivilege] = []
        gone: list[CompactPrivilege] = []
        for difference in differences:
            if "compact_privileges" not in difference.changes:
                continue
            profile, wanted = difference.profile, set(difference.changes["compact_privileges"].new)
            lost = [x for x in profile.privileges if codes[x.jurisdiction_id] not in wanted]
            held = {codes[x.jurisdiction_id] for x in profile.privileges}
            fresh = [
                CompactPrivilege(therapist_id=profile.therapist.pk, jurisdiction_id=ids[code])
                for code in sorted(wanted - held)
            ]
            profile.privileges = [x for x in profile.privileges if x not in lost] + fresh
            gone, added = gone + lost, added + fresh
        self._apply(CompactPrivilege, added=added, changed=[], gone=gone, fields=[])

    def _locations(self, differences: Sequence[Difference]) -> None:
        added: list[PracticeLocation] = []
        changed: list[PracticeLocation] = []
        gone: list[PracticeLocation] = []
        for difference in differences:
            values, profile = difference.row.values, difference.profile
            if not {"street", "city", "state", "zip"} & set(difference.changes):
                continue
            location = location_meant(difference.row, profile)
            if not values.get("zip"):
                gone += profile.locations
                profile.locations = []
                continue
            if location is None:
                location = PracticeLocation(therapist_id=profile.therapist.pk)
                profile.locations.append(location)
                added.append(location)
            else:
                changed.append(location)
            location.zip = values["zip"]
            location.latitude, location.longitude = self.lookup.zips[location.zip]
            location.street = values.get("street", location.street)
            location.city = values.get("city", location.city)
            if "state" in values:
                location.jurisdiction_id = self.terms.ids["jurisdictions"].get(values["state"])
        fields = ["street", "city", "jurisdiction_id", "zip", "latitude", "longitude"]
        self._apply(PracticeLocation, added=added, changed=changed, gone=gone, fields=fields)

    def _apply(
        self,
        model: type[models.Model],
        *,
        added: Sequence[models.Model],
        changed: Sequence[models.Model],
        gone: Sequence[models.Model],
        fields: Sequence[str],
    ) -> None:
        """Delete, update and create rows of one model, each with a history row."""
        self._delete(model, [row.pk for row in gone])
        update_objects(changed, fields)
        self._record(model, [row.pk for row in changed], CHANGED)
        if added:
            model._default_manager.bulk_create(added, batch_size=BATCH)
            self._record(model, [row.pk for row in added], CREATED)

    def _delete(self, model: type[models.Model], ids: Sequence[int]) -> None:
        if ids:
            self._record(model, ids, DELETED)
            rows: Any = model._default_manager.filter(pk__in=ids)
            rows._raw_delete(rows.db)  # nothing hangs on them, and delete() would write a second history row

    def _record(self, model: type[models.Model], ids: Sequence[int], kind: str) -> None:
        record(model, ids, kind, by=self.by, reason=self.reason)


def _forget_training(ids: Sequence[int]) -> None:
    if ids:
        named = TherapistApproach.objects.filter(pk__in=ids).exclude(training="")
        named.update(training="", training_confirmed_on=None, training_source="")


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _old(differences: Iterable[Difference]) -> list[int]:
    return [d.profile.therapist.pk for d in differences if not d.profile.is_new]
