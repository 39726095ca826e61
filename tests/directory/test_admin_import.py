"""Import in the admin: upload, preview, confirm, by the same rules as the command."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from directory.admin import importing
from directory.models import ScreeningFlag, Therapist
from tests.directory.admin_people import curator, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/directory/therapist/import/"
CONFIRM = "/admin/directory/therapist/process_import/"
HEADER = "external_id,name,approaches,trained_in,fee_min,bio"
TWO = f"{HEADER}\nd1,Ana Demo,Gottman Method; CBT,Gottman Method,120,Warm.\nd2,Bo Demo,CBT,,,\n"


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def upload(desk: Client, text: str | bytes) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return desk.post(PAGE, {"import_file": SimpleUploadedFile("people.csv", content), "format": "0", "resource": "0"})


def confirm(desk: Client, preview: Any, **changes: str) -> Any:
    form = preview.context["confirm_form"]
    return desk.post(CONFIRM, {**{name: form[name].value() for name in form.fields}, **changes}, follow=True)


def test_preview_shows_what_would_change_and_writes_nothing(desk: Client) -> None:
    text = upload(desk, TWO).content.decode()
    assert "2 new, 0 changed, 0 unchanged" in text
    assert "Ana Demo (d1)" in text
    assert "cognitive-behavioral, gottman" in text
    assert not Therapist.objects.exists()
    assert not Therapist.history.exists()


def test_the_page_finds_the_same_problems_as_the_command(desk: Client, tmp_path: Path) -> None:
    bad = "external_id,name,npi,zip,fee_min,hobby\n"
    rows = "external_id,name,npi,zip,fee_min\nd1,Ana,123,00000,x\nd1,,1234567890,,9\n"
    for text in (bad, rows):
        file = tmp_path / "people.csv"
        file.write_text(text)
        said = StringIO()
        with pytest.raises(CommandError):
            call_command("import_therapists", str(file), "--dry-run", stdout=said, stderr=said)
        shown = upload(desk, text).context["problems"].shown
        assert shown
        for problem in shown:
            assert problem.message in said.getvalue()


def test_confirming_imports_what_was_previewed(desk: Client) -> None:
    response = confirm(desk, upload(desk, TWO))
    assert "Imported: 2 new, 0 changed, 0 unchanged." in response.content.decode()
    ana = Therapist.objects.get(external_id="d1")
    assert (ana.name, ana.fee_min, ana.life) == ("Ana Demo", 120, "draft")
    assert ana.history.latest().history_user.username == "cora"


def test_a_second_upload_shows_only_the_differences(desk: Client) -> None:
    confirm(desk, upload(desk, TWO))
    again = upload(desk, TWO)
    assert "There is nothing to import" in again.content.decode()
    assert "confirm_form" not in again.context

    text = upload(desk, TWO.replace("120", "130")).content.decode()
    assert "0 new, 1 changed, 1 unchanged" in text
    assert re.search(r"<del>120</del>\s*&rarr;\s*<ins>130</ins>", text)


@pytest.mark.parametrize(
    ("description", "file", "line", "column", "message"),
    [
        ("an unknown code", f"{HEADER}\nd1,Ana,Bananas,,,\n", 2, "approaches", "is not a known approach"),
        ("an unknown column", "external_id,name,hobby\nd1,Ana,chess\n", 1, "hobby", "no column of this name"),
        ("the same id twice", f"{HEADER}\nd1,Ana,,,,\nd1,Bo,,,,\n", 3, "external_id", "stands on line 2"),
        ("an empty file", "", 1, "", ""),
        ("no UTF-8", HEADER.encode() + b"\nd1,Jos\xe9,,,,\n", 2, "", "is not UTF-8"),
    ],
)
def test_problems_carry_line_and_column_and_stop_everything(
    desk: Client, description: str, file: str | bytes, line: int, column: str, message: str
) -> None:
    response = upload(desk, file)
    assert "confirm_form" not in response.context
    if file:
        [problem, *_] = response.context["problems"].shown
        assert (problem.line, problem.column) == (line, column)
        assert message in response.content.decode()
    else:
        assert "The submitted file is empty." in response.content.decode()
    assert not Therapist.objects.exists()


def test_one_bad_row_keeps_the_good_ones_out(desk: Client) -> None:
    assert upload(desk, TWO + "d3,Cleo,Bananas,,,\n").context["problems"].count == 1
    assert not Therapist.objects.exists()


def test_names_in_a_file_are_shown_as_text(desk: Client) -> None:
    text = upload(desk, f"{HEADER}\nd1,Ana & <i>Bo</i>,,,,<script>alert(1)</script>\n").content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "<i>Bo</i>" not in text


def test_an_import_that_raises_questions_says_so(desk: Client) -> None:
    preview = upload(desk, f"{HEADER}\nd1,Ana,,,,I offer rebirthing therapy to children.\n")
    assert "1 sentence would be flagged" in preview.content.decode()
    assert not ScreeningFlag.objects.exists()
    assert "asks about 1 sentences" in confirm(desk, preview).content.decode()
    assert ScreeningFlag.objects.count() == 1


def test_a_changed_or_old_preview_is_not_imported(desk: Client, monkeypatch: Any) -> None:
    preview = upload(desk, TWO)
    assert "was changed" in confirm(desk, preview, import_file_name="tampered").content.decode()
    monkeypatch.setattr(importing, "KEPT_FOR", -1)
    assert "older than an hour" in confirm(desk, preview).content.decode()
    assert not Therapist.objects.exists()


def test_a_file_that_became_wrong_meanwhile_is_not_imported(desk: Client) -> None:
    preview = upload(desk, "external_id,name,npi\nd1,Ana Demo,1234567893\n")
    Therapist.objects.create(name="Bo Demo", npi="1234567893")
    response = confirm(desk, preview)
    assert "It belongs to Bo Demo" in response.content.decode()
    assert not Therapist.objects.filter(external_id="d1").exists()


def test_a_file_that_is_too_large_is_sent_to_the_command(desk: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(importing, "LARGEST_FILE", 10)
    assert "manage.py import_therapists" in upload(desk, TWO).content.decode()


def test_list_of_therapists_leads_to_the_import(desk: Client) -> None:
    assert PAGE in desk.get(reverse("admin:directory_therapist_changelist")).content.decode()
