"""NPPES on all real rows we have: what is in the files, and what they propose for therapists made from their rows.

Figures of ../shared/reference/standards.md 1.4, with what exactly was counted. Two of them needed a word:
 - "221 of 2,733 hold licences in two states or more" counts the states named; one of them gives no number with one.
 - the 132 "people" of mental_health_subset.csv are 132 rows, three of which are organizations; and it leaves out 11
   people of the two files whom the NUCC codes make psychiatric nurses, so that by code there are 140 people.
And 14 of the 3,000 NPIs are in both files.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from directory.curation.npi import is_npi
from directory.curation.nppes_match import Report, Source, match_file
from directory.curation.nppes_names import as_written, credentials_of, license_number, same_person_by_name
from directory.curation.nppes_rows import NppesRow, Rows
from directory.curation.nucc import PEOPLE, license_type_of
from directory.models import Jurisdiction, NppesProposal, Therapist
from tests.factories import TherapistFactory

FOLDER = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "nppes"
OF_2018 = "sample-nppes-practitioner_20181204-data.csv"
OF_2025 = "nppes_sample_jwhyteBNA_2025.csv"
SUBSET = "mental_health_subset.csv"
DAY = dt.date(2025, 4, 13)


def read(name: str) -> list[NppesRow]:
    path = FOLDER / name
    assert path.is_file(), f"{path} is missing: set SHARED_DATA to the folder of the shared data"
    with path.open("rb") as file:
        rows = Rows(file)
        found = [rows.layout.read(cells) for cells in rows]
        assert rows.read == path.stat().st_size
        return found


@pytest.fixture(scope="module")
def of_2018() -> list[NppesRow]:
    return read(OF_2018)


@pytest.fixture(scope="module")
def of_2025() -> list[NppesRow]:
    return read(OF_2025)


@pytest.fixture(scope="module")
def people(of_2018: list[NppesRow], of_2025: list[NppesRow]) -> list[NppesRow]:
    return [row for row in [*of_2018, *of_2025] if row.is_person]


@pytest.fixture(scope="module")
def subset() -> list[NppesRow]:
    return read(SUBSET)


# --- What is in the files ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "rows", "people", "organizations", "deactivated"),
    [(OF_2018, 2000, 2000, 0, 0), (OF_2025, 1000, 733, 188, 79), (SUBSET, 132, 129, 3, 0)],
)
def test_every_row_is_a_person_an_organization_or_given_up(
    name: str, rows: int, people: int, organizations: int, deactivated: int
) -> None:
    found = read(name)
    assert len(found) == rows
    assert sum(row.is_person for row in found) == people
    assert sum(row.entity == "2" for row in found) == organizations
    assert sum(row.is_deactivated for row in found) == deactivated
    assert all(not row.name.last and not row.slots and row.deactivated_on for row in found if row.is_deactivated)


def test_every_npi_has_its_check_digit(of_2018: list[NppesRow], of_2025: list[NppesRow]) -> None:
    assert all(is_npi(row.npi) for row in [*of_2018, *of_2025])
    assert len({row.npi for row in of_2018} & {row.npi for row in of_2025}) == 14


def test_npis_that_were_taken_back_are_no_deactivated_ones(people: list[NppesRow]) -> None:
    assert sum(row.deactivated_on is not None for row in people) == 59
    assert not any(row.is_deactivated for row in people)


def test_the_primary_specialty_is_often_not_the_first(people: list[NppesRow]) -> None:
    with_primary = [row for row in people if row.primary]
    assert (len(people), len(with_primary)) == (2733, 2697)
    assert sum(row.primary != row.slots[0] for row in with_primary) == 346
    assert len(people) - len(with_primary) == 36


def test_many_name_licenses_in_two_states(people: list[NppesRow]) -> None:
    assert sum(len(row.jurisdictions) >= 2 for row in people) == 221
    with_number = ({slot.jurisdiction for slot in row.slots if slot.number and slot.jurisdiction} for row in people)
    assert sum(len(states) >= 2 for states in with_number) == 220


def test_mental_health_is_found_by_nucc_code(people: list[NppesRow], subset: list[NppesRow]) -> None:
    everybody = {row.npi for row in people if row.is_mental_health}
    given = {row.npi for row in subset if row.is_person}
    assert all(row.is_mental_health for row in subset)
    assert given <= everybody
    beside = [row for row in people if row.npi in everybody - given]
    assert (len(everybody), len(given), len(beside)) == (140, 129, 11)
    assert all({"363LP0808X", "364SP0809X"} & {slot.code for slot in row.slots} for row in beside)


def test_credentials_of_every_spelling_become_words(subset: list[NppesRow]) -> None:
    with (FOLDER / SUBSET).open(newline="") as file:
        spellings = {row["Provider Credential Text"] for row in csv.DictReader(file)}
    assert len(spellings) == 31  # none at all is one of them
    assert {word for text in spellings for word in credentials_of(text)} == {
        "APRN", "BCD", "CEAP", "DO", "EDD", "HSPP", "LADC", "LCSW", "LICSW", "LMFT", "LMHC", "LPC", "LRSW", "LSATP",
        "MA", "MD", "MPH", "MSSS", "MSW", "PCNS", "PHD", "PSYD", "RN",
    }  # fmt: skip


def test_the_office_is_often_where_the_mail_goes(subset: list[NppesRow]) -> None:
    assert sum(row.office_may_be_home for row in subset) == 75


def test_rows_are_old_and_say_so(subset: list[NppesRow]) -> None:
    assert sum(row.updated_on is not None and row.updated_on.year == 2007 for row in subset) == 56


def test_every_person_has_an_office_with_a_zip_of_five_digits(people: list[NppesRow]) -> None:
    assert all(len(row.practice.zip) == 5 for row in people if row.practice.country in ("US", "UM"))


def test_both_names_of_the_column_for_sex_are_read(of_2018: list[NppesRow], of_2025: list[NppesRow]) -> None:
    assert (sum(row.sex == "F" for row in of_2018), sum(row.sex == "F" for row in of_2025)) == (677, 198)


def test_certification_dates_are_read_where_there_are_any(of_2018: list[NppesRow], of_2025: list[NppesRow]) -> None:
    assert (sum(bool(row.certified_on) for row in of_2018), sum(bool(row.certified_on) for row in of_2025)) == (0, 247)


def test_every_person_is_found_by_their_own_names(people: list[NppesRow]) -> None:
    strangers = [row.npi for row in people if not same_person_by_name(as_written(row.name), row.name)]
    assert strangers == []
    renamed = [row for row in people if row.other_name.last and len(row.names) == 2]
    assert len(renamed) > 80
    assert all(same_person_by_name(as_written(row.names[1]), *row.names) for row in renamed)


# --- What they propose ------------------------------------------------------------------------------------------------
def usable(rows: list[NppesRow]) -> Iterator[tuple[NppesRow, dict[str, str]]]:
    """Rows of people with a license that a profile can hold, and that license."""
    known, taken = set(Jurisdiction.objects.values_list("code", flat=True)), set()
    for row in rows:
        for slot in row.slots:
            type = license_type_of(slot.code, jurisdiction=slot.jurisdiction, credentials=row.credentials)
            key = (slot.jurisdiction, type, slot.number)
            held = row.is_person and slot.code in PEOPLE and type and slot.jurisdiction in known
            if held and license_number(slot.number) and key not in taken:
                taken.add(key)
                yield row, {"license_type": type, "jurisdiction": slot.jurisdiction, "number": slot.number}
                break


def matched(name: str, *, complete: bool = False) -> Report:
    with (FOLDER / name).open("rb") as file:
        return match_file(file, source=Source(name=name, date=DAY, complete=complete))


def planted(name: str) -> list[tuple[NppesRow, Therapist]]:
    """A therapist of ours for every usable person of a file: without an NPI, license and name as people write them."""
    return [
        (row, TherapistFactory(name=as_written(row.name), slug=None, life="draft", npi=None, licenses=[license]))
        for row, license in usable(read(name))
    ]


@pytest.mark.django_db
def test_everybody_made_from_a_real_row_is_proposed_that_very_npi() -> None:
    ours = planted(SUBSET)
    report = matched(SUBSET)
    assert len(ours) == 129
    numbers = NppesProposal.objects.filter(kind="add", field="npi").values_list("therapist_id", "theirs")
    assert dict(numbers) == {therapist.pk: row.npi for row, therapist in ours}
    assert len(numbers) == len(ours), "nobody is proposed two"
    assert report.matched == len(ours)
    assert not NppesProposal.objects.with_rivals().filter(has_rivals=True).exists()
    assert matched(SUBSET).new.total() == 0


@pytest.mark.django_db
def test_each_kind_of_proposal_comes_right_from_a_real_row(of_2025: list[NppesRow]) -> None:
    rows = [(row, license) for row, license in usable(of_2025) if row.practice.zip]
    (one, license), (two, second), (three, _), (four, fourth) = rows[:4]
    gone = next(row for row in of_2025 if row.is_deactivated)
    clinic = next(row for row in of_2025 if row.entity == "2")
    renumbered = TherapistFactory(
        name=as_written(one.name), npi=one.npi, licenses=[{**license, "number": "9999991"}], zips=[one.practice.zip]
    )
    moved = TherapistFactory(name=as_written(two.name), npi=two.npi, licenses=[second], zips=["90012"])
    stranger = TherapistFactory(name="Zed Nobody", npi=three.npi, licenses=[], zips=[])
    wrong = TherapistFactory(name=as_written(four.name), npi="1234567893", licenses=[fourth], zips=[four.practice.zip])
    retired = TherapistFactory(name="Ana Lopez", npi=gone.npi)
    mistaken = TherapistFactory(name="Bo Katz", npi=clinic.npi)
    nowhere = TherapistFactory(name="Cy Maple", npi="1003000126")
    matched(OF_2025, complete=True)

    def said(therapist: Therapist) -> set[tuple[str, str]]:
        return {(p.kind, p.field) for p in NppesProposal.objects.filter(therapist=therapist)}

    assert ("differs", "license") in said(renumbered)
    assert said(moved) >= {("differs", "office")}
    assert said(stranger) == {("differs", "name")}
    assert said(wrong) == {("differs", "npi"), ("not_found", "npi")}
    assert said(retired) == {("deactivated", "npi")}
    assert said(mistaken) == {("differs", "npi")}
    assert said(nowhere) == {("not_found", "npi")}
    assert NppesProposal.objects.get(therapist=retired).theirs == f"deactivated on {gone.deactivated_on}"
    assert Therapist.objects.filter(life="published").count() == 7, "nothing is written but proposals"


@pytest.mark.django_db
@pytest.mark.parametrize("name", [OF_2018, OF_2025])
def test_nobody_is_taken_for_somebody_else(name: str) -> None:
    """Every name of the file, with the license of the person in the next row: nobody may be found."""
    rows = list(usable(read(name)))
    for (row, _), (_, license) in zip(rows, [*rows[1:], rows[0]], strict=True):
        TherapistFactory(name=as_written(row.name), slug=None, life="draft", licenses=[license])
    report = matched(name)
    assert (report.matched, NppesProposal.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_file_whose_lines_are_all_ours_is_read_in_one_go() -> None:
    text = (FOLDER / OF_2018).read_bytes()
    report = match_file(io.BytesIO(text), source=Source(name=OF_2018, date=DAY))
    assert (report.rows, report.people, report.organizations, report.wrong_npis) == (2000, 2000, 0, 0)
