"""Export of a filtered list: safe to open, complete to import again, on record, and only for whom it is."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from directory.curation.csv_cells import COLUMNS
from directory.curation.csv_export import export_therapists
from directory.curation.csv_formulas import guarded, unguarded
from directory.curation.imports import import_therapists
from directory.models import Therapist
from tests.directory.admin_people import signed_in
from tests.factories import TODAY, TherapistFactory

URL = "/admin/directory/therapist/export/"
HOSTILE = [
    '=HYPERLINK("https://evil.example")',
    "+1-2",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1+1",
    "'=1",
    "＝1",
    "''-1",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_run_as_a_formula(name: str) -> None:
    assert guarded(name).startswith("'")
    assert unguarded(guarded(name)) == name


@given(st.text(alphabet="'=+-@ ab\t\r", max_size=6))
def test_what_is_guarded_is_read_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("harmless", ["", "Ana", "O'Neil", "'tis", "a=b", "https://example.org", "2026-11-24", "120"])
def test_a_harmless_cell_stays_as_it_is(harmless: str) -> None:
    assert guarded(harmless) == unguarded(harmless) == harmless


def staff(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return signed_in(user)


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.post(URL + query)
    assert response.status_code == 200
    assert response.streaming
    body = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(body)))


@pytest.fixture
def people() -> list[Therapist]:
    full = {
        "pronouns": "she/her", "gender": "woman", "email": "ana@example.org", "phone": "+1 213 555 0100",
        "website": "https://example.org", "npi": "1234567893", "years_in_practice": 9, "fee_min": 90, "fee_max": 150,
        "sliding_scale": True, "next_opening_on": TODAY, "headline": "=1+1 is what I say", "bio": "- calm\n+ kind",
        "approaches": ["emdr"], "trained_in": ["gottman"], "concerns": ["grief"], "focus_concerns": ["intimacy"],
        "populations": ["adults"], "languages": ["en", "es"], "compact_privileges": ["TX"], "zips": ["90012"],
    }  # fmt: skip
    return [
        TherapistFactory(
            name="=Ana", external_id="d1", licenses=[{"expires_on": TODAY}, {"jurisdiction": "NY"}], **full
        ),
        TherapistFactory(name="Bo Demo", external_id="d2", life="draft", slug=None, licenses=[]),
        TherapistFactory(name="Cy Demo", external_id="d3", email="cy@example.org"),
    ]


@pytest.mark.django_db
def test_the_file_has_the_columns_of_the_import_and_says_what_is_so(people: list[Therapist]) -> None:
    rows = exported(staff("curator"))
    assert list(rows[0]) == list(COLUMNS)
    ana = next(row for row in rows if row["external_id"] == "d1")
    assert (ana["name"], ana["phone"], ana["headline"]) == ("'=Ana", "'+1 213 555 0100", "'=1+1 is what I say")
    assert (ana["approaches"], ana["trained_in"], ana["languages"]) == ("emdr;gottman", "gottman", "en;es")
    assert (ana["sliding_scale"], ana["zip"], ana["compact_privileges"]) == ("yes", "90012", "TX")


@pytest.mark.django_db
def test_an_exported_file_that_is_imported_again_changes_nothing(people: list[Therapist]) -> None:
    body = "".join(export_therapists([person.pk for person in people], on=TODAY, with_contact=True))
    report = import_therapists(BytesIO(body.encode()), by="Ada", on=TODAY)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 3)


@pytest.mark.django_db
def test_an_export_follows_the_filters_and_the_search_of_the_list(people: list[Therapist]) -> None:
    client = staff("curator")
    assert [row["name"] for row in exported(client, "?life__exact=draft")] == ["Bo Demo"]
    assert [row["name"] for row in exported(client, "?q=demo&life__exact=published")] == ["Cy Demo"]
    assert "1 profile," in client.get(URL + "?life__exact=draft").content.decode()
    assert client.post(URL + "?nonsense=1").status_code == 302


@pytest.mark.django_db
def test_whoever_only_reads_takes_no_contact_data_along(people: list[Therapist]) -> None:
    rows = exported(staff("auditor"))
    assert set(COLUMNS) - set(rows[0]) == {"email", "phone"}
    assert "example.org" not in str([row for row in rows if row["external_id"] == "d3"])


@pytest.mark.django_db
def test_who_exported_what_is_on_record(people: list[Therapist]) -> None:
    exported(staff("lead"), "?life__exact=draft")
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_repr) == ("lead", "1 profiles")
    assert entry.change_message == "Exported as CSV, with contact data: life__exact=draft"


@pytest.mark.django_db
def test_looking_at_the_page_exports_nothing(people: list[Therapist]) -> None:
    assert staff("lead").get(URL).status_code == 200
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_a_batch_asks_the_same_number_of_questions_for_any_length(
    people: list[Therapist], django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        TherapistFactory(zips=["90012"], approaches=["emdr"])
    ids = list(Therapist.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(25):  # vocabularies once, then a dozen a batch
        lines = "".join(export_therapists(ids, on=TODAY, with_contact=True))
    assert len(list(csv.reader(StringIO(lines)))) == 24
