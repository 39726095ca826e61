"""Importing wording: all of it or nothing, and every fault told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments import catalogue
from assessments.models import StoredInstrument
from assessments.questionnaire import HIGHEST
from tests.assessments.test_instruments import CODES, shipped, with_texts

pytestmark = pytest.mark.django_db


def file_with(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "instrument.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_catalogue_lists_the_shipped_instruments() -> None:
    assert [instrument.code for instrument in catalogue.all()] == CODES
    with pytest.raises(catalogue.UnknownInstrument):
        catalogue.get("nothing")


def test_own_questionnaire_needs_no_query(django_assert_num_queries: Any) -> None:
    catalogue.shipped()
    with django_assert_num_queries(0):
        assert catalogue.get("closeness-12").can_be_asked


def test_wording_of_a_pack_is_imported_and_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = with_texts("ecr-s")
    call_command("import_instrument", file_with(tmp_path, document))
    assert "ecr-s: 12 items, wording imported." in capsys.readouterr().out
    assert catalogue.get("ecr-s").items[0].text == "Statement 1"
    document["item"][0]["text"] = "Better words"
    call_command("import_instrument", file_with(tmp_path, document))
    assert catalogue.get("ecr-s").items[0].text == "Better words"
    assert StoredInstrument.objects.count() == 1
    assert [instrument.code for instrument in catalogue.all()] == CODES


def test_instrument_of_the_operator_is_added(tmp_path: Path) -> None:
    document = shipped("closeness-12")
    document["questionnaire"]["id"] = "my-measure"
    call_command("import_instrument", file_with(tmp_path, document))
    assert catalogue.get("my-measure").can_be_asked
    assert "my-measure" in [instrument.code for instrument in catalogue.all()]


@pytest.mark.parametrize(
    ("description", "document", "message"),
    [
        ("not JSON", "{", "is not JSON in UTF-8"),
        ("a list", [], "must be a JSON object"),
        ("our own wording", shipped("closeness-12"), "closeness-12 ships with its wording and cannot be replaced"),
        ("an unknown key", {**with_texts("ecr-s"), "id": "x", "url": "urn:x"}, "no known key is named"),
        (
            "one item keyed twice",
            '{"questionnaire": {}, "scoring": {"keying": {"1": {"scale": "anxiety"}, "1": {"scale": "avoidance"}}}}',
            "The key '1' occurs 2 times",
        ),
        ("a number without end", {**with_texts("ecr-s"), "publisher": float("inf")}, "a number without end"),
        ("a NUL", {**with_texts("ecr-s"), "publisher": "\0"}, "NUL character"),
    ],
)
def test_fault_saves_nothing(tmp_path: Path, description: str, document: Any, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("import_instrument", file_with(tmp_path, document))
    assert not StoredInstrument.objects.exists()


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_instrument", tmp_path / "nothing.json")


def test_all_faults_of_a_file_are_listed(tmp_path: Path) -> None:
    document = with_texts("ecr-s")
    del document["item"][3]
    document["item"][0]["text"] = None
    with pytest.raises(CommandError) as error:
        call_command("import_instrument", file_with(tmp_path, document))
    assert "- Item '1' has no text." in str(error.value)
    assert "- Item '4' of ecr-s is missing." in str(error.value)


def test_pack_may_be_asked_on_fewer_answers_and_never_on_more(tmp_path: Path) -> None:
    document = with_texts("ecr-s")
    document["item"][0]["extension"] = [{"url": HIGHEST, "valueInteger": 5}]
    call_command("import_instrument", file_with(tmp_path, document))
    document["item"][0]["extension"] = [{"url": HIGHEST, "valueInteger": 9}]
    with pytest.raises(CommandError, match="Item '1' takes answers up to 9, outside the range 1 to 7"):
        call_command("import_instrument", file_with(tmp_path, document))
