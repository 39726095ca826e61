"""A file of NPPES against all our therapists: read once, whatever its size, and written down as proposals.

Never publishes, never verifies, and changes no profile. In memory are our NPIs and license numbers, and the rows of one
batch; of the file, one row.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Prefetch

from directory.curation import nppes_comparison as comparison
from directory.curation.npi import is_npi
from directory.curation.nppes_comparison import Finding, OurLicense, OurOffice, Profile
from directory.curation.nppes_names import license_number
from directory.curation.nppes_rows import ORGANIZATION, PERSON, NppesRow, Rows
from directory.models import Jurisdiction, License, NppesProposal, PracticeLocation, Therapist

BATCH = 500  # rows that are looked up in the database together
TELL_EVERY = 2_000  # rows
MANY = 100  # NPIs that a whole file lacks, from which on half of ours is too many

Kind = NppesProposal.Kind
Key = tuple[str, str, str, str]


class NotAWholeFile(Exception):
    """More than half of our NPIs are not in a file that was called complete: it is not."""

    def __init__(self, *, missing: int, ours: int) -> None:
        super().__init__(
            f"{missing:,} of our {ours:,} NPIs are not in the file. That is no complete file, so nobody is proposed as"
            " not found. Run it without --complete."
        )


@dataclass(frozen=True, kw_only=True)
class Source:
    """Which file it is: its name, its day, and whether everybody in NPPES is in it."""

    name: str
    date: dt.date
    complete: bool = False


@dataclass(kw_only=True)
class Report:
    """What was in the file, and what came of it. `new` counts proposals by kind."""

    rows: int = 0
    people: int = 0
    organizations: int = 0
    deactivated: int = 0
    wrong_npis: int = 0
    matched: int = 0
    ours: int = 0
    older: int = 0
    known: int = 0
    refreshed: int = 0
    replaced: int = 0
    new: Counter[str] = field(default_factory=Counter)


class Ours:
    """Our therapists by what NPPES can be asked for: NPI, and jurisdiction with license number; names stay out.

    About 130 bytes for each NPI and 160 for each license; see docs/nppes.md.
    """

    def __init__(self) -> None:
        self.by_npi: dict[str, int] = {}
        self._by_license: dict[str, int | list[int]] = {}

    @classmethod
    def loaded(cls) -> Ours:
        """Everybody but the archived."""
        ours, people = cls(), Therapist.objects.exclude(life=Therapist.Life.ARCHIVED)
        with_npi = people.filter(npi__isnull=False).values_list("npi", "id")
        ours.by_npi.update((npi, pk) for npi, pk in with_npi.iterator(chunk_size=10_000) if npi)
        licenses = License.objects.exclude(therapist__life=Therapist.Life.ARCHIVED)
        found = licenses.order_by("pk").values_list("jurisdiction__code", "number", "therapist_id")
        for jurisdiction, number, therapist in found.iterator(chunk_size=10_000):
            ours._add(jurisdiction, number, therapist)
        return ours

    def with_license(self, jurisdiction: str, number: str) -> Iterable[int]:
        """Who may have this license: the core of the number is the same."""
        key = _license_key(jurisdiction, number)
        found = self._by_license.get(key, ()) if key else ()
        return (found,) if isinstance(found, int) else found

    def _add(self, jurisdiction: str, number: str, therapist: int) -> None:
        key = _license_key(jurisdiction, number)
        if not key:
            return
        before = self._by_license.get(key)
        if before is None:
            self._by_license[key] = therapist
        elif isinstance(before, list):
            before.append(therapist)
        else:
            self._by_license[key] = [before, therapist]


def match_file(
    lines: Iterable[bytes], *, source: Source, progress: Callable[[int, int], None] = lambda rows, read: None
) -> Report:
    """Read a file of providers once and write down what it proposes. `progress(rows, bytes)` is told how far it is.

    Each batch is a transaction of its own: a run that breaks off keeps what it found, and the next one goes on from it.
    Raises ColumnsMissing and RowBroken, NotAWholeFile after everything else was written.
    """
    rows, report, ours = Rows(lines), Report(), Ours.loaded()
    report.ours = len(ours.by_npi)
    writer = Writer(source, report)
    writer.forget_what_is_settled()
    seen: set[str] = set()
    batch: list[tuple[NppesRow, list[int]]] = []
    for cells in rows:
        report.rows += 1
        if report.rows % TELL_EVERY == 0:
            progress(report.rows, rows.read)
        npi = rows.layout.npi(cells).removesuffix(".0")
        entity = rows.layout.entity(cells).removesuffix(".0")
        found: set[int] = set()
        if entity == PERSON:
            report.people += 1
            for jurisdiction, number in rows.layout.licenses(cells):
                found.update(ours.with_license(jurisdiction, number))
        elif entity == ORGANIZATION:
            report.organizations += 1
        else:
            report.deactivated += 1
        if (holder := ours.by_npi.get(npi)) is not None:
            seen.add(npi)
            found.add(holder)
        if found:
            if not is_npi(npi):
                report.wrong_npis += 1
                continue
            batch.append((rows.layout.read(cells), sorted(found)))
            if len(batch) == BATCH:
                writer.write(batch)
                batch = []
    writer.write(batch)
    progress(report.rows, rows.read)
    if source.complete:
        missing = [pk for npi, pk in ours.by_npi.items() if npi not in seen]
        if len(missing) > MANY and len(missing) > len(ours.by_npi) / 2:
            raise NotAWholeFile(missing=len(missing), ours=len(ours.by_npi))
        writer.write_not_found(missing)
    return report


class Writer:
    """Writes findings as proposals: none twice, none that was decided, a newer file's instead of an older's."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report
        self.jurisdictions = frozenset(Jurisdiction.objects.values_list("code", flat=True))

    def forget_what_is_settled(self) -> None:
        """Take open proposals away that no longer ask anything: the profile was archived, or got an NPI by hand."""
        waiting = NppesProposal.objects.waiting()
        waiting.filter(therapist__life=Therapist.Life.ARCHIVED).delete()
        waiting.filter(kind=Kind.ADD, field=NppesProposal.Field.NPI, therapist__npi__isnull=False).delete()

    @transaction.atomic
    def write(self, batch: list[tuple[NppesRow, list[int]]]) -> None:
        profiles = _profiles({pk for _, found in batch for pk in found})
        before = _proposals(profiles)
        for row, found in batch:
            for pk in found:
                profile = profiles.get(pk)
                if profile is None or not (profile.npi == row.npi or comparison.is_the_same_person(profile, row)):
                    continue
                self.report.matched += 1
                findings = comparison.compare(profile, row, jurisdictions=self.jurisdictions)
                self._settle(profile, row.npi, row.updated_on, findings, before.get((pk, row.npi), {}))

    def write_not_found(self, missing: list[int]) -> None:
        """Propose those whose NPI a whole file did not have, and take away what only an older file said."""
        for start in range(0, len(missing), BATCH):
            with transaction.atomic():
                profiles = _profiles(missing[start : start + BATCH])
                before = _proposals(profiles)
                for profile in profiles.values():
                    findings = [comparison.not_found(profile)] if is_npi(profile.npi) else []
                    self._settle(profile, profile.npi, None, findings, before.get((profile.id, profile.npi), {}))
        untouched = NppesProposal.objects.waiting().filter(file_date__lt=self.source.date)
        self.report.replaced += untouched.delete()[0]

    def _settle(
        self,
        profile: Profile,
        npi: str,
        updated_on: dt.date | None,
        findings: list[Finding],
        before: dict[Key, NppesProposal],
    ) -> None:
        """Make the open proposals from one row those that are found now."""
        if any(proposal.file_date > self.source.date for proposal in before.values()):
            self.report.older += 1  # a newer file has spoken of this row already
            return
        facts = {"file_name": self.source.name, "file_date": self.source.date, "row_updated_on": updated_on}
        fresh, found = [], {_key(finding): finding for finding in findings}
        for key, finding in found.items():
            known = before.get(key)
            if known is None:
                kind, name, ours, theirs = key
                fresh.append(
                    NppesProposal(
                        therapist_id=profile.id, npi=npi, kind=kind, field=name, ours=ours, theirs=theirs,
                        jurisdiction=finding.jurisdiction, note=finding.note, values=finding.values, **facts,
                    )
                )  # fmt: skip
                self.report.new[kind] += 1
            elif known.decision == NppesProposal.Decision.OPEN and known.file_date < self.source.date:
                facts_now = {**facts, "note": finding.note, "values": finding.values}
                NppesProposal.objects.filter(pk=known.pk).update(**facts_now)
                self.report.refreshed += 1
            else:
                self.report.known += 1
        NppesProposal.objects.bulk_create(fresh, ignore_conflicts=True)  # the same file at the same time, twice
        gone = [p.pk for key, p in before.items() if key not in found and p.decision == NppesProposal.Decision.OPEN]
        if gone:
            self.report.replaced += NppesProposal.objects.filter(pk__in=gone).delete()[0]


def _license_key(jurisdiction: str, number: str) -> str:
    parts = license_number(number)
    return f"{jurisdiction}{parts.core}" if parts else ""


def _key(finding: Finding) -> Key:
    return (finding.kind, finding.field, finding.ours, finding.theirs)


def _profiles(ids: Iterable[int]) -> dict[int, Profile]:
    licenses = License.objects.select_related("license_type", "jurisdiction").order_by("id")
    offices = PracticeLocation.objects.select_related("jurisdiction").order_by("id")
    people = Therapist.objects.filter(pk__in=list(ids)).only("id", "name", "npi")
    people = people.prefetch_related(Prefetch("licenses", licenses), Prefetch("locations", offices))
    return {person.pk: profile_of(person) for person in people}


def profile_of(therapist: Therapist) -> Profile:
    """What we say about a therapist, for the comparison."""
    return Profile(
        id=therapist.pk,
        name=therapist.name,
        npi=therapist.npi or "",
        licenses=tuple(
            OurLicense(id=x.pk, type=x.license_type.code, number=x.number, jurisdiction=x.jurisdiction.code)
            for x in therapist.licenses.all()
        ),
        offices=tuple(
            OurOffice(id=x.pk, city=x.city, jurisdiction=x.jurisdiction.code if x.jurisdiction else "", zip=x.zip)
            for x in therapist.locations.all()
        ),
    )


def _proposals(profiles: Iterable[int]) -> dict[tuple[int, str], dict[Key, NppesProposal]]:
    found: dict[tuple[int, str], dict[Key, NppesProposal]] = {}
    for proposal in NppesProposal.objects.filter(therapist__in=list(profiles)).iterator():
        key = (proposal.kind, proposal.field, proposal.ours, proposal.theirs)
        found.setdefault((proposal.therapist_id, proposal.npi), {})[key] = proposal
    return found
