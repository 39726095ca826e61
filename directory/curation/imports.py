"""Brings the directory to what a therapist CSV says: all of it or nothing, and nothing twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.curation.bulk_publish import NotPublished, publish_all
from directory.curation.csv_cells import Lookup
from directory.curation.csv_import import Problem, Problems, Row, each_row
from directory.curation.flags import COLUMNS, refresh_flags, who_taps
from directory.curation.profile_writes import Difference, Writer
from directory.curation.profiles import (
    Profile,
    Terms,
    changes_between,
    license_key,
    license_meant,
    license_owners,
    npi_owners,
    profiles_of,
)
from directory.curation.search_rows import refresh_search_rows, refresh_statistics, triggers_deferred
from directory.models import Therapist

BATCH = 500


class ImportRejected(Exception):
    """The file has problems, so nothing of it was written. `problems` has all that were counted."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(f"{problems.count} problem(s); nothing was imported.")
        self.problems = problems


@dataclass(kw_only=True)
class Report:
    """What an import did, in therapists. `to_verify`: their license says something new and lost its verification."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    flagged: int = 0
    published: int = 0
    to_verify: int = 0
    not_published: int = 0


#: What an import has to say while it runs: a therapist who is new or changes, one who is not published after all, and
#: what is wrong with the file.
News = Difference | NotPublished | Problem


def import_therapists(
    file: BinaryIO,
    *,
    by: AbstractBaseUser | str,
    on: dt.date,
    dry_run: bool = False,
    publish: bool = False,
    verified_by: str = "",
    tell: Callable[[News], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Import a CSV opened in binary, in one transaction. Raises ImportRejected when a row has a problem.

    `publish` needs `verified_by`: who or what confirmed the licenses and facts of the file. They are recorded as
    verified and attested on that day where they are not yet, and every row that meets all conditions is published.
    A dry run does all of it and takes it back. `tell` hears the news as they come, and of a new or changed therapist
    before anything is written about them; `progress` hears of each batch how many rows it had. The memory it takes does
    not grow with the file. Readers never wait for it; who writes about a therapist of the file waits until it is done.
    """
    if publish and not verified_by.strip():
        raise ValueError("To publish, name who verified the licenses and facts.")
    problems, report = Problems(tell=tell), Report()
    lookup, terms = Lookup.load(on=on), Terms()
    writer = Writer(lookup=lookup, terms=terms, by=by, reason="Imported from CSV")
    with transaction.atomic():
        with triggers_deferred():
            for number, batch in enumerate(_batches(each_row(file, lookup=lookup, problems=problems)), start=1):
                profiles = _profiles_for(batch, terms)
                _leave_out_tapping(batch, profiles)
                differences = _compare(batch, profiles, terms, problems)
                if not problems:
                    _tell(differences, tell)
                    _count(differences, len(batch), report)
                    writer.write(differences)
                    touched = {difference.profile.therapist.pk for difference in differences}
                    report.flagged += _screen(differences, on=on)
                    if publish:
                        touched |= _publish(
                            batch,
                            profiles,
                            terms,
                            differences,
                            by=by,
                            source=verified_by.strip(),
                            report=report,
                            tell=tell,
                            on=on,
                        )
                    if touched and number.bit_count() == 1:
                        refresh_statistics()
                    refresh_search_rows(touched)
                if progress:
                    progress(len(batch))
        if problems:
            raise ImportRejected(problems)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _tell(news: Iterable[News], tell: Callable[[News], None] | None) -> None:
    if tell:
        for one in news:
            tell(one)


def _profiles_for(batch: Sequence[Row], terms: Terms) -> dict[str, Profile]:
    """The profile of every row, by external id; a new one where there is none yet."""
    profiles = profiles_of([row.values["external_id"] for row in batch], terms)
    for row in batch:
        external_id = row.values["external_id"]
        if external_id not in profiles:
            therapist = Therapist(external_id=external_id, life=Therapist.Life.DRAFT)
            profiles[external_id] = Profile(therapist=therapist, is_new=True)
    return profiles


def _leave_out_tapping(batch: Sequence[Row], profiles: dict[str, Profile]) -> None:
    """Take emotionally focused therapy from the rows that say "EFT" where a curator knows that it means tapping."""
    asking = [row for row in batch if any(hit.term == "EFT" for _, hit in row.questions)]
    asked = [profiles[row.values["external_id"]].therapist.pk for row in asking]
    tapping = who_taps([pk for pk in asked if pk is not None]) if any(asked) else set()
    for row in asking:
        if profiles[row.values["external_id"]].therapist.pk in tapping:
            for column in ("approaches", "trained_in"):
                if column in row.values:
                    row.values[column] = tuple(x for x in row.values[column] if x != "emotionally-focused")


def _compare(batch: Sequence[Row], profiles: dict[str, Profile], terms: Terms, problems: Problems) -> list[Difference]:
    """What each row changes; rows that change nothing are left out. Adds what the database objects to."""
    licenses, npis = license_owners(batch, terms), npi_owners(batch)
    differences = []
    for row in batch:
        profile = profiles[row.values["external_id"]]
        for column, owner in (
            ("license_number", licenses.get(license_key(row))),
            ("npi", npis.get(row.values.get("npi") or "")),
        ):
            if owner is not None and owner.pk != profile.therapist.pk:
                known_as = f"{owner.name} (id {owner.external_id})" if owner.external_id else owner.name
                problems.add(row.line, column, f"It belongs to {known_as}, who is in the directory already.")
        _check_fees(row, profile, problems)
        changes = {change.column: change for change in changes_between(row, profile, terms)}
        if changes or profile.is_new:
            differences.append(Difference(row=row, profile=profile, changes=changes))
    return differences


def _check_fees(row: Row, profile: Profile, problems: Problems) -> None:
    """A file with one of the two fees meets the other in the database."""
    low = row.values.get("fee_min", profile.therapist.fee_min)
    high = row.values.get("fee_max", profile.therapist.fee_max)
    if low is not None and high is not None and low > high:
        column = "fee_min" if "fee_min" in row.values else "fee_max"
        problems.add(row.line, column, f"The lowest fee ({low}) is above the highest ({high}) of this therapist.")


def _count(differences: Iterable[Difference], rows: int, report: Report) -> None:
    differences = list(differences)
    report.created += sum(d.profile.is_new for d in differences)
    report.changed += sum(not d.profile.is_new for d in differences)
    report.unchanged += rows - len(differences)
    report.to_verify += sum(
        any(x.verified_on for x in d.profile.licenses) and any(name.startswith("license_") for name in d.changes)
        for d in differences
    )


def _publish(
    batch: Sequence[Row],
    profiles: dict[str, Profile],
    terms: Terms,
    differences: Sequence[Difference],
    *,
    by: AbstractBaseUser | str,
    source: str,
    report: Report,
    tell: Callable[[News], None] | None,
    on: dt.date,
) -> set[int]:
    """Verify, attest and publish the batch; return the ids of the therapists whose rows were written."""
    chosen = [profiles[row.values["external_id"]] for row in batch]
    named = [license_meant(row, profiles[row.values["external_id"]], terms) for row in batch]
    restated = {d.profile.therapist.pk for d in differences if any(name.startswith("license_") for name in d.changes)}
    codes = terms.codes["jurisdictions"]
    outcome = publish_all(
        [profile.therapist for profile in chosen],
        licenses=[license for license in named if license is not None],
        privileges=[
            privilege
            for row, profile in zip(batch, chosen, strict=True)
            for privilege in profile.privileges
            if codes[privilege.jurisdiction_id] in row.values.get("compact_privileges", ())
        ],
        changed={d.profile.therapist.pk for d in differences},
        restated={license.pk for license in named if license is not None and license.therapist_id in restated},
        by=by,
        source=source,
        on=on,
    )
    report.published += outcome.published
    report.not_published += len(outcome.refused)
    _tell(outcome.refused, tell)
    return outcome.touched


def _screen(differences: Sequence[Difference], *, on: dt.date) -> int:
    """Screen the texts that are new or changed, and write the questions that cells raised."""
    touched = [d for d in differences if d.profile.is_new or COLUMNS & set(d.changes)]
    also = {d.profile.therapist.pk: d.row.questions for d in touched}
    return refresh_flags([d.profile.therapist for d in touched], on=on, also=also)
