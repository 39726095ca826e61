"""The CSV import: what a file may look like, what is refused and where, and that nothing happens twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.actions import verify_license, verify_privilege
from directory.curation.bulk_publish import NotPublished
from directory.curation.csv_cells import COLUMNS, plain_text
from directory.curation.csv_import import read_rows
from directory.curation.imports import ImportRejected, News, Report, import_therapists
from directory.models import Change, CompactPrivilege, License, PracticeLocation, ScreeningFlag, SearchCard, Therapist
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

ADA = {
    "external_id": "a1",
    "name": "Ada Larkspur",
    "pronouns": "she/her",
    "gender": "woman",
    "email": "ada@example.org",
    "phone": "(555) 555-0101",
    "website": "https://example.org/ada",
    "npi": "1234567893",
    "license_type": "lmft",
    "license_number": "99001",
    "license_jurisdiction": "CA",
    "license_expires_on": "2028-01-31",
    "compact_privileges": "AZ;NV",
    "years_in_practice": "12",
    "approaches": "emotionally-focused;gottman",
    "trained_in": "gottman",
    "concerns": "anxiety;trust-and-abandonment",
    "focus_concerns": "trust-and-abandonment",
    "populations": "couples",
    "session_formats": "couple;individual",
    "delivery_methods": "telehealth",
    "languages": "en;es",
    "insurance_plans": "aetna",
    "fee_min": "120",
    "fee_max": "180",
    "sliding_scale": "yes",
    "accepting_clients": "yes",
    "next_opening_on": "2026-12-01",
    "street": "1 Example Street",
    "city": "Los Angeles",
    "state": "CA",
    "zip": "90012",
    "headline": "A calm place to talk",
    "bio": "I like to listen.",
    "consented_on": "2026-11-01",
}
BEN = {
    **ADA,
    "external_id": "b1",
    "name": "Ben Heron",
    "npi": "",
    "license_number": "99002",
    "email": "ben@example.org",
}


def csv_of(*rows: dict[str, str], columns: list[str] | None = None, newline: str = "\n") -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, columns or list(rows[0]), lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def load(content: bytes, **options: Any) -> Report:
    return import_therapists(BytesIO(content), by="Cora", on=options.pop("on", TODAY), **options)


def publish(content: bytes, **options: Any) -> Report:
    return load(content, publish=True, verified_by="BreEZe", **options)


def publish_and_hear(content: bytes) -> tuple[Report, list[NotPublished]]:
    """Also who was not published, and why."""
    news: list[News] = []
    report = publish(content, tell=news.append)
    refused = [one for one in news if isinstance(one, NotPublished)]
    assert len(refused) == report.not_published
    return report, refused


def problems(content: bytes) -> list[tuple[int, str, str]]:
    """What the import objects to; and that it wrote nothing."""
    before = written()
    with pytest.raises(ImportRejected) as rejected:
        load(content)
    assert written() == before
    return [(problem.line, problem.column, problem.message) for problem in rejected.value.problems.shown]


def written() -> tuple[Any, ...]:
    """Everything that must not move when nothing changes."""
    histories = [
        model.history.count()
        for model in (
            Therapist,
            License,
            PracticeLocation,
            *(Therapist._meta.get_field(name).remote_field.through for name in ("approaches", "concerns")),
        )
    ]
    return (
        list(Therapist.objects.order_by("id").values_list("id", "life", "updated_at", "attested_on", "slug")),
        list(License.objects.order_by("id").values()),
        histories,
        Change.objects.count(),
        ScreeningFlag.objects.count(),
    )


# --- A good file ------------------------------------------------------------------------------------------------------


def test_every_column_arrives() -> None:
    report = load(csv_of(ADA))
    assert (report.created, report.changed, report.unchanged) == (1, 0, 0)
    ada = Therapist.objects.get()
    for name in ("external_id", "name", "pronouns", "gender", "email", "phone", "website", "npi", "headline", "bio"):
        assert getattr(ada, name) == ADA[name]
    assert (ada.years_in_practice, ada.fee_min, ada.fee_max, ada.sliding_scale) == (12, 120, 180, True)
    assert (ada.accepting_clients, ada.next_opening_on, ada.consented_on) == (
        "yes",
        dt.date(2026, 12, 1),
        dt.date(2026, 11, 1),
    )
    assert dict(ada.stated_approaches.values_list("approach__code", "trained")) == {
        "emotionally-focused": False,
        "gottman": True,
    }
    assert dict(ada.stated_concerns.values_list("concern__code", "focus")) == {
        "anxiety": False,
        "trust-and-abandonment": True,
    }
    for relation in ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans"):
        assert ";".join(sorted(getattr(ada, relation).values_list("code", flat=True))) == ADA[relation]
    license = ada.licenses.get()
    assert (license.license_type.code, license.number, license.jurisdiction.code) == ("lmft", "99001", "CA")
    assert (license.expires_on, license.verified_on) == (dt.date(2028, 1, 31), None)
    assert sorted(ada.compact_privileges.values_list("jurisdiction__code", flat=True)) == ["AZ", "NV"]
    office = ada.locations.get()
    assert (office.street, office.city, office.jurisdiction.code, office.zip) == (
        "1 Example Street",
        "Los Angeles",
        "CA",
        "90012",
    )
    assert round(office.latitude) == 34
    assert {ada.availability_as_of, ada.fees_as_of, ada.insurance_as_of, ada.specialties_as_of} == {TODAY}


def test_only_id_and_name_are_required() -> None:
    load(b"external_id,name\nx1,Mei Lin\n")
    mei = Therapist.objects.get()
    assert (mei.name, mei.life, mei.gender, mei.fee_min, mei.sliding_scale) == ("Mei Lin", "draft", "", None, None)
    assert (mei.availability_as_of, mei.fees_as_of, mei.insurance_as_of, mei.specialties_as_of) == (None,) * 4
    assert not mei.licenses.exists()


@pytest.mark.parametrize(
    ("description", "change"),
    [
        ("a byte order mark", lambda content: b"\xef\xbb\xbf" + content),
        ("Windows line ends", lambda content: content.replace(b"\n", b"\r\n")),
        ("no line end at the end", lambda content: content.rstrip(b"\n")),
        ("empty rows of a spreadsheet", lambda content: content + b"\n" + b"," * 34 + b"\n\n"),
        ("spaces around cells", lambda content: content.replace(b"Ada Larkspur", b"  Ada  Larkspur ")),
        ("spaces around column names", lambda content: content.replace(b",pronouns,", b", pronouns ,")),
        ("other cases of codes", lambda content: content.replace(b",lmft,", b",LMFT,").replace(b"gottman", b"Gottman")),
        ("a synonym", lambda content: content.replace(b"emotionally-focused;", b"Emotionally focused therapy;")),
        ("names of languages", lambda content: content.replace(b"en;es", b"English; Spanish;")),
        ("the same code twice", lambda content: content.replace(b"en;es", b"en;es;English")),
        ("a ZIP with four more digits", lambda content: content.replace(b"90012", b"90012-1234")),
        ("true for yes", lambda content: content.replace(b"180,yes", b"180,TRUE")),
        ("markup", lambda content: content.replace(b"I like to listen.", b"<p>I like to <b>listen</b>.</p>")),
    ],
)
def test_the_same_file_in_other_clothes(description: str, change: Callable[[bytes], bytes]) -> None:
    load(csv_of(ADA))
    report = load(change(csv_of(ADA)))
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1), description


def test_quoted_newlines_stay_and_lines_are_still_counted() -> None:
    longer = {**ADA, "bio": 'First.\n\nHe said "yes".\r\nThird.'}
    load(csv_of(longer))
    assert Therapist.objects.get().bio == 'First.\n\nHe said "yes".\nThird.'
    assert problems(csv_of(longer, {**BEN, "gender": "w"}))[0][:2] == (6, "gender")


def test_bare_eft_is_emotionally_focused_and_asks() -> None:
    load(csv_of({**ADA, "approaches": "EFT;gottman"}))
    assert Therapist.objects.get().stated_approaches.filter(approach__code="emotionally-focused").exists()
    assert list(ScreeningFlag.objects.values_list("field", "tier", "term")) == [("approaches", "ask", "EFT")]


def test_eft_spelled_out_does_not_ask() -> None:
    load(csv_of({**ADA, "approaches": "EFT;emotionally focused therapy;gottman"}))
    assert not ScreeningFlag.objects.exists()


def test_texts_are_screened() -> None:
    report, (refused,) = publish_and_hear(csv_of({**ADA, "bio": "I offer rebirthing."}, BEN))
    assert report.flagged == 1
    assert report.published == 1
    assert refused.external_id == "a1"
    assert refused.reasons == ("A term of the harmful-practice screen waits for a decision: “rebirthing” in bio.",)


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "column", "cell", "message"),
    [
        ("an unknown code", "approaches", "gotman;gottman", "not a known approach. Did you mean “gottman”?"),
        ("an unknown code like nothing", "populations", "qqqq", "“qqqq” is not a known population."),
        ("an unknown jurisdiction", "license_jurisdiction", "ZZ", "“ZZ” is not a known jurisdiction"),
        ("an unknown privilege", "compact_privileges", "AZ;ZZ", "“ZZ” is not a known jurisdiction"),
        ("an unknown license type", "license_type", "wizard", "“wizard” is not a known license type."),
        ("a bad date", "next_opening_on", "12/01/2026", "“12/01/2026” is not a date. Write it as year-month-day"),
        ("a day that is none", "license_expires_on", "2026-02-30", "“2026-02-30” is not a date."),
        ("a date of weeks", "license_expires_on", "2026-W05-1", "is not a date."),
        ("a consent in the future", "consented_on", "2026-11-25", "2026-11-25 lies in the future."),
        ("a wrong check digit", "npi", "1234567890", "1234567890 is not an NPI: its check digit is wrong."),
        ("an NPI that is too short", "npi", "123", "An NPI has ten digits."),
        ("an unknown ZIP", "zip", "00000", "00000 is not a ZIP code that we know."),
        ("a ZIP without its zero", "zip", "2139", "“2139” is not a ZIP: five digits. Did a spreadsheet drop"),
        ("an email that is none", "email", "ada at example.org", "“ada at example.org” is not an email address."),
        ("a script as a website", "website", "javascript:alert(1)", "is not a web address that starts with https://"),
        ("a website by FTP", "website", "ftp://example.org", "is not a web address that starts with https://"),
        ("a phone that is none", "phone", "call me", "“call me” is not a phone number."),
        ("a fee with cents", "fee_min", "120.50", "“120.50” is not a fee in whole dollars."),
        ("a negative fee", "fee_min", "-5", "“-5” is not a fee in whole dollars."),
        ("a fee of millions", "fee_max", "5000000", "5000000 is too large: at most 10000."),
        ("ninety years in practice", "years_in_practice", "90", "90 is too large: at most 80."),
        ("perhaps", "sliding_scale", "perhaps", "“perhaps” is neither yes nor no."),
        ("a mistyped gender", "gender", "womn", "“womn” is none of woman, man, nonbinary. Did you mean “woman”?"),
        ("accepting maybe", "accepting_clients", "maybe", "“maybe” is none of yes, waitlist, no."),
        ("no name", "name", " ", "The cell is empty."),
        ("a name of markup only", "name", "<b></b>", "Nothing is left of this name"),
        ("no id", "external_id", "", "The cell is empty."),
        ("training in what is not stated", "trained_in", "emdr", "emdr: name it in approaches as well."),
        ("focus on what is not stated", "focus_concerns", "grief", "grief: name it in concerns as well."),
        ("the lowest fee above the highest", "fee_min", "200", "The lowest fee (200) is above the highest (180)."),
        ("a license without its number", "license_number", "", "A license needs its type, number and jurisdiction"),
        ("a license without its type", "license_type", "", "A license needs its type, number and jurisdiction"),
        ("an address without a ZIP", "zip", "", "An address needs its ZIP."),
        ("a long name", "name", "x" * 121, "The cell has 121 characters; at most 120 fit."),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(description: str, column: str, cell: str, message: str) -> None:
    (found,) = problems(csv_of(BEN, {**ADA, column: cell}))
    assert found[:2] == (3, column), description
    assert message in found[2], description


def test_a_cell_of_a_million_characters() -> None:
    (found,) = problems(csv_of({**ADA, "bio": "word " * 200_000}))
    assert found == (2, "bio", "The cell has 999,999 characters; at most 4,000 fit.")


def test_a_list_of_a_million_characters() -> None:
    (found,) = problems(csv_of({**ADA, "populations": "adults;" * 150_000}))
    assert found[:2] == (2, "populations")


def test_six_focus_concerns() -> None:
    six = "anxiety;depression;grief;stress;ocd;panic"
    assert problems(csv_of({**ADA, "concerns": six, "focus_concerns": six})) == [
        (2, "focus_concerns", "6 are named; at most 5.")
    ]


def test_every_error_is_collected() -> None:
    found = problems(csv_of({**ADA, "npi": "1", "zip": "x", "fee_min": "y"}, {**BEN, "gender": "z"}))
    assert [(line, column) for line, column, _ in found] == [(2, "npi"), (2, "fee_min"), (2, "zip"), (3, "gender")]


def test_thousands_of_errors_are_counted_and_two_hundred_kept() -> None:
    rows = [{**BEN, "external_id": f"x{i}", "license_number": f"{i}", "gender": "z"} for i in range(700)]
    with pytest.raises(ImportRejected) as rejected:
        load(csv_of(*rows))
    assert rejected.value.problems.count == 700
    assert len(rejected.value.problems.shown) == 200


@pytest.mark.parametrize(
    ("description", "content", "line", "column", "message"),
    [
        ("an empty file", b"", 1, "", "The file is empty."),
        ("an unknown column", b"external_id,name,ofice\n", 1, "ofice", "There is no column of this name."),
        ("a column that was meant", b"external_id,name,Gender\n", 1, "Gender", "Did you mean “gender”?"),
        ("a column twice", b"external_id,name,name\n", 1, "name", "The column is there twice."),
        ("a column without a name", b"external_id,name,\n", 1, "", "Column 3 has no name."),
        ("a required column missing", b"external_id,gender\n", 1, "name", "The column is missing."),
        ("training without approaches", b"external_id,name,trained_in\n", 1, "trained_in", "needs the column app"),
        ("a city without a ZIP", b"external_id,name,city\n", 1, "city", "needs the column zip"),
        ("semicolons between columns", b"external_id;name\nx;y\n", 1, "", "The columns are not separated by commas."),
        ("a row that is too short", b"external_id,name,gender\nx,y\n", 2, "", "The row has 2 cells, the header 3."),
        ("a row that is too long", b"external_id,name\nx,y,z\n", 2, "", "The row has 3 cells, the header 2."),
        ("a NUL byte", b"external_id,name\nx,A\0da\n", 2, "", "The line holds a NUL byte."),
        ("Latin-1", "external_id,name\nx,Zoë\n".encode("latin-1"), 2, "", "Byte 5 of this line is not UTF-8."),
        ("UTF-16", "external_id,name\nx,y\n".encode("utf-16"), 1, "", "The file is UTF-16."),
        ("a quote that is never closed", b'external_id,name\nx,"Ada\ny,Ben\n', 2, "", "A quote is opened and never"),
        ("a quote that is closed too early", b'external_id,name\nx,"Ada" B\n', 2, "", "goes on after its closing"),
        ("bare carriage returns", b"external_id,name\rx,Ada\r", 1, "", "bare carriage returns"),
    ],
)  # fmt: skip
def test_a_bad_file_is_named(description: str, content: bytes, line: int, column: str, message: str) -> None:
    (found,) = problems(content)
    assert found[:2] == (line, column), description
    assert message in found[2], description


@pytest.mark.parametrize(
    ("description", "second", "column", "message"),
    [
        ("an id twice", {"external_id": "a1"}, "external_id", "The same id stands on line 2."),
        ("an NPI twice", {"npi": "1234567893"}, "npi", "The same NPI stands on line 2."),
        ("a license twice", {"license_number": "99001"}, "license_number", "The same license stands on line 2."),
    ],
)
def test_what_may_be_there_once_in_a_file(description: str, second: dict[str, str], column: str, message: str) -> None:
    assert problems(csv_of(ADA, {**BEN, **second})) == [(3, column, message)], description


def test_a_license_of_somebody_in_the_directory() -> None:
    TherapistFactory(name="Cy Maple", external_id="c9", licenses=[{"number": "99001", "license_type": "lmft"}])
    assert problems(csv_of(ADA)) == [
        (2, "license_number", "It belongs to Cy Maple (id c9), who is in the directory already.")
    ]


def test_the_same_number_in_another_state_is_another_license() -> None:
    TherapistFactory(licenses=[{"number": "99001", "license_type": "lmft", "jurisdiction": "NY"}])
    assert load(csv_of(ADA)).created == 1


def test_an_npi_of_somebody_in_the_directory() -> None:
    TherapistFactory(name="Cy Maple", npi="1234567893")
    assert problems(csv_of(ADA)) == [(2, "npi", "It belongs to Cy Maple, who is in the directory already.")]


def test_a_fee_meets_the_other_one_in_the_database() -> None:
    load(csv_of(ADA))
    assert problems(csv_of({"external_id": "a1", "name": "Ada Larkspur", "fee_min": "200"})) == [
        (2, "fee_min", "The lowest fee (200) is above the highest (180) of this therapist.")
    ]


def test_one_bad_row_keeps_out_a_thousand_good_ones() -> None:
    good = [{**BEN, "external_id": f"x{i}", "license_number": f"{i}"} for i in range(600)]
    assert len(problems(csv_of(*good, {**ADA, "gender": "z"}))) == 1
    assert not Therapist.objects.exists()


# --- Nothing twice ----------------------------------------------------------------------------------------------------


def test_running_it_again_changes_nothing() -> None:
    load(csv_of(ADA, BEN))
    before = written()
    report = load(csv_of(ADA, BEN), on=TODAY + dt.timedelta(days=1))
    assert (report.created, report.changed, report.unchanged) == (0, 0, 2)
    assert written() == before


def test_publishing_again_changes_nothing() -> None:
    publish(csv_of(ADA, BEN))
    before = written()
    report = publish(csv_of(ADA, BEN), on=TODAY + dt.timedelta(days=1))
    assert (report.unchanged, report.published, report.not_published) == (2, 0, 0)
    assert written() == before


def test_a_change_touches_that_therapist_only() -> None:
    publish(csv_of(ADA, BEN))
    Change.objects.all().delete()
    ben = Therapist.objects.get(external_id="b1")
    histories = ben.history.count()
    report = load(csv_of({**ADA, "fee_max": "190", "approaches": "gottman", "insurance_plans": ""}, BEN))
    assert (report.changed, report.unchanged) == (1, 1)
    ada = Therapist.objects.get(external_id="a1")
    assert ada.fee_max == 190
    assert list(ada.stated_approaches.values_list("approach__code", "trained")) == [("gottman", True)]
    assert not ada.insurance_plans.exists()
    assert ada.insurance_as_of is None
    assert list(Change.objects.values_list("therapist_id", "kind")) == [(ada.pk, "updated")]
    assert SearchCard.objects.get(therapist_id=ada.pk).card["fee_max"] == 190
    assert ben.history.count() == histories


def test_history_holds_what_was_before_with_its_terms() -> None:
    load(csv_of(ADA))
    load(csv_of({**ADA, "fee_max": "190", "languages": "en"}))
    new, old = Therapist.objects.get().history.all()
    assert (old.history_type, old.fee_max, new.history_type, new.fee_max) == ("+", 180, "~", 190)
    assert sorted(row.language.code for row in old.languages.all()) == ["en", "es"]
    assert [row.language.code for row in new.languages.all()] == ["en"]
    assert new.history_change_reason == "Cora: Imported from CSV"
    assert [change.field for change in new.diff_against(old).changes] == ["fee_max", "languages"]


def test_a_column_that_is_not_in_the_file_says_nothing() -> None:
    load(csv_of(ADA))
    report = load(b"external_id,name\na1,Ada Larkspur\n")
    assert report.unchanged == 1
    assert Therapist.objects.get().fee_max == 180


def test_an_empty_cell_takes_back_a_fact_but_no_license_and_no_consent() -> None:
    load(csv_of(ADA))
    bare = dict.fromkeys(ADA, "") | {"external_id": "a1", "name": "Ada Larkspur"}
    assert load(csv_of(bare)).changed == 1
    ada = Therapist.objects.get()
    assert (ada.gender, ada.npi, ada.fee_min, ada.sliding_scale, ada.accepting_clients) == ("", None, None, None, "")
    assert not ada.concerns.exists()
    assert not ada.locations.exists()
    assert ada.licenses.count() == 1
    assert ada.consented_on == dt.date(2026, 11, 1)
    assert load(csv_of(bare)).unchanged == 1


def test_a_renewed_license_must_be_verified_again() -> None:
    publish(csv_of(ADA))
    report = load(csv_of({**ADA, "license_expires_on": "2030-01-31"}))
    assert report.to_verify == 1
    license = License.objects.get()
    assert (license.expires_on, license.verified_on, license.source) == (dt.date(2030, 1, 31), None, "")
    assert not Therapist.objects.published(on=TODAY).exists()
    publish(csv_of({**ADA, "license_expires_on": "2030-01-31"}))
    assert Therapist.objects.published(on=TODAY).exists()


def test_a_second_license_stands_beside_the_first() -> None:
    load(csv_of(ADA))
    load(csv_of({**ADA, "license_jurisdiction": "NY", "license_number": "7"}))
    assert License.objects.count() == 2


def test_a_moved_office_is_still_one_office() -> None:
    load(csv_of(ADA))
    load(csv_of({**ADA, "street": "2 Example Street", "zip": "94103", "city": "San Francisco"}))
    office = PracticeLocation.objects.get()
    assert (office.zip, office.city, round(office.latitude)) == ("94103", "San Francisco", 38)


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_publishing_verifies_attests_and_lists() -> None:
    report = publish(csv_of(ADA, BEN))
    assert (report.published, report.not_published) == (2, 0)
    assert Therapist.objects.published(on=TODAY).count() == 2
    ada = Therapist.objects.get(external_id="a1")
    assert (ada.slug, ada.attested_on) == ("ada-larkspur", TODAY)
    assert set(ada.licenses.values_list("verified_on", "source")) == {(TODAY, "BreEZe")}
    assert set(ada.compact_privileges.values_list("verified_on", "source")) == {(TODAY, "BreEZe")}
    assert sorted(Change.objects.values_list("kind", flat=True)) == ["published", "published"]
    assert [row.life for row in ada.history.all()] == ["published", "draft"]


def test_publishing_says_why_not() -> None:
    report, (refused,) = publish_and_hear(
        csv_of(ADA, {**BEN, "consented_on": "", "license_expires_on": "2026-01-01", "session_formats": ""})
    )
    assert report.published == 1
    assert (refused.external_id, refused.reasons) == (
        "b1",
        (
            "The consent to be listed is not on record.",
            "The verified license expired on 2026-01-01.",
            "No session format is stated (individual, couple, family or group).",
        ),
    )
    assert Therapist.objects.get(external_id="b1").life == "in_review"


def test_an_import_never_brings_back_what_a_curator_took_down() -> None:
    publish(csv_of(ADA))
    Therapist.objects.update(life="suspended", life_reason="Board complaint open")
    report, (refused,) = publish_and_hear(csv_of(ADA))
    assert report.published == 0
    assert refused.reasons == ("A curator made the profile suspended: Board complaint open.",)


def test_only_the_license_of_the_file_is_verified() -> None:
    load(csv_of(ADA))
    ada = Therapist.objects.get()
    load(csv_of({**ADA, "license_jurisdiction": "NY", "license_number": "7"}))
    publish(csv_of(ADA))
    assert dict(ada.licenses.values_list("jurisdiction__code", "verified_on")) == {"CA": TODAY, "NY": None}


def test_what_a_check_did_not_confirm_is_not_verified_by_the_same_file_again() -> None:
    publish(csv_of(ADA, BEN))
    license, right = License.objects.get(number="99001"), CompactPrivilege.objects.filter(jurisdiction__code="AZ")[0]
    verify_license(license=license, by="Cora", source="BreEZe", on=TODAY, result="not_found")
    verify_privilege(privilege=right, by="Cora", source="The register", on=TODAY, result="differs")
    renamed = {**ADA, "headline": "A calm place"}  # says something new, but nothing of the license
    for content in (csv_of(ADA, BEN), csv_of(renamed, BEN)):
        publish(content, on=TODAY + dt.timedelta(days=1))
        for checked in (license, right):
            checked.refresh_from_db()
            assert checked.verified_on is None
    assert list(Therapist.objects.published(on=TODAY).values_list("external_id", flat=True)) == ["b1"]

    publish(csv_of({**renamed, "license_number": "99011"}), on=TODAY + dt.timedelta(days=2))
    license.refresh_from_db()
    assert license.verified_on == TODAY + dt.timedelta(days=2)
    assert Therapist.objects.published(on=TODAY).count() == 2


def test_a_file_verifies_only_the_privileges_that_it_names() -> None:
    load(csv_of(ADA))
    publish(csv_of({name: cell for name, cell in ADA.items() if name != "compact_privileges"}))
    assert set(CompactPrivilege.objects.values_list("verified_on", flat=True)) == {None}
    publish(csv_of(ADA))
    assert set(CompactPrivilege.objects.values_list("verified_on", flat=True)) == {TODAY}


def test_people_of_one_name_get_slugs_of_their_own() -> None:
    TherapistFactory(slug="ada-larkspur")
    publish(csv_of(ADA, {**BEN, "name": "Ada Larkspur"}))
    assert sorted(Therapist.objects.values_list("slug", flat=True)) == [
        "ada-larkspur",
        "ada-larkspur-2",
        "ada-larkspur-3",
    ]


def test_a_number_that_is_taken_though_the_plain_slug_is_free_is_passed_over() -> None:
    TherapistFactory(slug="ada-larkspur-2")
    publish(csv_of(ADA, {**BEN, "name": "Ada Larkspur"}))
    assert sorted(Therapist.objects.values_list("slug", flat=True)) == [
        "ada-larkspur",
        "ada-larkspur-2",
        "ada-larkspur-3",
    ]


def test_publishing_needs_to_know_who_verified() -> None:
    with pytest.raises(ValueError, match="who verified"):
        load(csv_of(ADA), publish=True)


def test_triggers_work_again_after_an_import() -> None:
    publish(csv_of(ADA))
    Change.objects.all().delete()
    Therapist.objects.filter(external_id="a1").update(fee_max=185)
    assert Change.objects.count() == 1


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    def run(content: bytes, *options: str) -> str:
        path = tmp_path / "therapists.csv"
        path.write_bytes(content)
        out = StringIO()
        with time_machine.travel(dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC), tick=False):
            call_command("import_therapists", str(path), *options, stdout=out, stderr=out)
        return out.getvalue()

    return run


def test_a_dry_run_shows_the_difference_and_writes_nothing(run: Callable[..., str]) -> None:
    run(csv_of(ADA), "--publish", "--verified-by", "BreEZe")
    before = written()
    out = run(csv_of({**ADA, "fee_max": "190", "languages": "en;de", "headline": ""}, BEN), "--dry-run")
    assert out == (
        "~ a1  Ada Larkspur\n"
        "    languages: en; es → de; en\n"
        "    fee_max: 180 → 190\n"
        "    headline: A calm place to talk → not stated\n"
        "+ b1  Ben Heron (new)\n"
        "1 new, 1 changed, 0 unchanged.\n"
        "This was a dry run: nothing was written.\n"
    )
    assert written() == before


def test_a_dry_run_says_who_would_be_published(run: Callable[..., str]) -> None:
    out = run(csv_of(ADA, {**BEN, "consented_on": ""}), "--dry-run", "--publish", "--verified-by", "BreEZe")
    assert "Not published: b1  Ben Heron\n    The consent to be listed is not on record.\n" in out
    assert "1 published, 1 not." in out
    assert not Therapist.objects.exists()


def test_the_command_shows_every_error_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(csv_of({**ADA, "npi": "1", "zip": "x"}))
    err = StringIO()
    with pytest.raises(CommandError, match=r"bad\.csv: 2 problems\. Nothing was imported\."):
        call_command("import_therapists", str(path), stderr=err)
    assert err.getvalue().splitlines() == [
        "line 2, npi: An NPI has ten digits.",
        "line 2, zip: “x” is not a ZIP: five digits. Did a spreadsheet drop a leading zero?",
    ]


@pytest.mark.parametrize(
    ("description", "options", "message"),
    [
        ("publishing without a name", ["--publish"], "--publish needs --verified-by"),
        ("publishing with an empty name", ["--publish", "--verified-by", " "], "--publish needs --verified-by"),
        ("a name without publishing", ["--verified-by", "BreEZe"], "goes with --publish"),
    ],
)
def test_what_the_command_refuses(description: str, options: list[str], message: str, run: Callable[..., str]) -> None:
    with pytest.raises(CommandError, match=message):
        run(csv_of(ADA), *options)
    assert not Therapist.objects.exists(), description


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_therapists", "/nowhere/therapists.csv")


# --- Laws -------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    parsed = read_rows(BytesIO(b"external_id,name,bio\n" + content), on=TODAY)
    assert len(parsed.errors) == min(parsed.error_count, 200)
    for row in parsed.rows:
        assert set(row.values) == {"external_id", "name", "bio"}


@given(st.text(alphabet=st.sampled_from("ab <>&;/\"'=lt#x\n\u202e\0"), max_size=60))
def test_plain_text_is_plain_for_good(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert "<b" not in once
    assert "\u202e" not in once


def test_columns_are_those_of_the_contract() -> None:
    assert list(COLUMNS) == list(ADA)
