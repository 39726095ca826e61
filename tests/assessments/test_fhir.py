"""Exported instruments and results: valid FHIR for readers that others wrote, and unchanged when read back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fhirkit
import pydantic
import pytest
from django.core.management import CommandError, call_command
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from assessments.extensions import KEYING, PROFILE, SCORING, extension, scoring_in
from assessments.fhir import questionnaire_of, response_of
from assessments.instruments import BrokenInstrument, Instrument, parse
from assessments.scoring import InvalidResponse, score
from tests.assessments.test_import_instrument import file_with
from tests.assessments.test_instruments import CODES, packs, shipped, with_texts

INSTRUMENTS = {code: parse(shipped(code)) for code in CODES}
WORDED = [INSTRUMENTS["closeness-12"], *(parse(with_texts(code), packs()) for code in packs())]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WITH_AND_WITHOUT_WORDS = [
    *(pytest.param(instrument, id=f"{instrument.code} with its words") for instrument in WORDED),
    *(pytest.param(instrument, id=f"{code} without") for code, instrument in packs().items()),
]
READERS = {"Questionnaire": Questionnaire, "QuestionnaireResponse": QuestionnaireResponse}


def problems(document: dict[str, Any]) -> list[str]:
    """What the two readers say, each under its name."""
    document = json.loads(json.dumps(document))
    found = [f"fhirkit: {issue}" for issue in fhirkit.validate(document)]
    try:
        READERS[document["resourceType"]].model_validate(document)
    except pydantic.ValidationError as error:
        found += [f"fhir.resources: {problem['msg']}" for problem in error.errors()]
    return found


@pytest.mark.parametrize("instrument", WITH_AND_WITHOUT_WORDS)
def test_every_instrument_is_a_questionnaire_for_both_readers(instrument: Instrument) -> None:
    document = questionnaire_of(instrument)
    assert problems(document) == []
    assert fhirkit.parse(json.dumps(document)).resource_type == "Questionnaire"
    assert fhirkit.parse(json.dumps(document)).id == instrument.code
    # Neither reader knows the codes of these elements.
    assert document["status"] == "active"
    assert {item["type"] for item in document["item"]} == {"choice"}
    assert len({item["linkId"] for item in document["item"]}) == len(instrument.items)


@pytest.mark.parametrize("instrument", WITH_AND_WITHOUT_WORDS)
def test_every_result_is_a_response_for_both_readers(instrument: Instrument) -> None:
    answers: dict[str, float | None] = {item.id: 2.0 for item in instrument.items}
    for responses in (answers, {**answers, instrument.items[0].id: None}, {instrument.items[1].id: 5}, {}):
        for limits in (None, (1, 5)):
            assert problems(response_of(instrument, responses, range=limits, authored=NOON)) == []


def alter(change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def apply(document: dict[str, Any]) -> dict[str, Any]:
        altered = copy.deepcopy(document)
        change(altered)
        return altered

    return apply


@pytest.mark.parametrize(
    ("description", "broken", "readers"),
    [
        ("no status", alter(lambda q: q.pop("status")), {"fhirkit", "fhir.resources"}),
        ("our block as an element", alter(lambda q: q.update(scoring={})), {"fhirkit", "fhir.resources"}),
        ("no linkId", alter(lambda q: q["item"][0].pop("linkId")), {"fhirkit", "fhir.resources"}),
        ("an extension without url", alter(lambda q: q["extension"][0].pop("url")), {"fhirkit", "fhir.resources"}),
        (
            "two kinds of value",
            alter(lambda q: q["item"][0]["answerOption"][0].update(valueInteger=1)),
            {"fhirkit", "fhir.resources"},
        ),
        ("an empty list", alter(lambda q: q.update(item=[])), {"fhirkit"}),
        ("text where true or false belongs", alter(lambda q: q["item"][0].update(required="no")), {"fhirkit"}),
    ],
)
def test_readers_are_sharp(description: str, broken: Callable[..., dict[str, Any]], readers: set[str]) -> None:
    found = problems(broken(questionnaire_of(INSTRUMENTS["closeness-12"])))
    assert {problem.partition(":")[0] for problem in found} == readers


@pytest.mark.parametrize("code", CODES)
def test_exported_instrument_is_the_same_when_read_back(code: str) -> None:
    document = json.loads(json.dumps(questionnaire_of(INSTRUMENTS[code])))
    assert parse(document) == INSTRUMENTS[code]


@pytest.mark.parametrize("instrument", WORDED, ids=lambda instrument: instrument.code)
def test_exported_wording_is_the_same_when_read_back_beside_the_packs(instrument: Instrument) -> None:
    document = json.loads(json.dumps(questionnaire_of(instrument)))
    assert parse(document, packs()) == instrument


def test_key_of_a_pack_holds_against_an_exported_one() -> None:
    document = questionnaire_of(parse(with_texts("ecr-s"), packs()))
    document["item"][1]["extension"] = [extension(KEYING, {"scale": "anxiety", "reverse_keyed": True})]
    with pytest.raises(BrokenInstrument, match="keyed otherwise than in the published key of ecr-s"):
        parse(document, packs())


@pytest.mark.parametrize(
    ("description", "broken", "message"),
    [
        ("scoring is a text", alter(lambda q: q.update(extension=[extension(SCORING, "x")])), "no scoring block"),
        ("extensions are no list", alter(lambda q: q.update(extension={"url": SCORING})), "no scoring block"),
        (
            "one item without keying",
            alter(lambda q: q["item"][2].pop("extension")),
            "Item '3' is not in scoring.keying",
        ),
        (
            "keying is a text",
            alter(lambda q: q["item"][2].update(extension=[extension(KEYING, "anxiety")])),
            "Item '3' is not in scoring.keying",
        ),
        (
            "scoring is empty but for the range",
            alter(lambda q: q.update(extension=[extension(SCORING, {"range": {"low": 1}})])),
            "scoring.range must be two whole numbers",
        ),
        ("an item is a text", alter(lambda q: q["item"].insert(0, "x")), "Item 1 of the questionnaire has no linkId"),
        ("there are no items", alter(lambda q: q.pop("item")), "The questionnaire has no items"),
    ],
)
def test_broken_extension_is_told_like_a_broken_block(
    description: str, broken: Callable[..., dict[str, Any]], message: str
) -> None:
    with pytest.raises(BrokenInstrument, match=message):
        parse(broken(questionnaire_of(INSTRUMENTS["closeness-12"])))


def test_block_beside_the_questionnaire_comes_before_its_extensions() -> None:
    document = shipped("closeness-12")
    document["questionnaire"] = questionnaire_of(INSTRUMENTS["closeness-12"])
    document["scoring"]["citation"] = "Another"
    assert parse(document).citation == "Another"


def test_value_without_a_place_in_fhir_is_refused() -> None:
    with pytest.raises(TypeError):
        extension(SCORING, {"range": [1, 5]})


def test_result_carries_answers_and_profile() -> None:
    closeness = INSTRUMENTS["closeness-12"]
    responses: dict[str, float | None] = {item.id: 6 for item in closeness.items} | {"1": None}
    del responses["2"]
    document = response_of(closeness, responses, authored=NOON)
    assert document["questionnaire"] == "urn:therapist-directory:instrument:closeness-12|1.0.0"
    assert document["authored"] == "2026-11-24T12:00:00+00:00"
    assert document["status"] == "completed"
    assert "contained" not in document
    assert set(document) & {"subject", "author", "source", "id"} == set()
    assert [item["linkId"] for item in document["item"]] == ["1", *(str(n) for n in range(3, 13))]
    asked_not_answered, answered, *_ = document["item"]
    assert "answer" not in asked_not_answered
    assert answered["text"] == closeness.items[2].text
    (answer,) = answered["answer"]
    assert (answer["valueCoding"]["code"], answer["valueCoding"]["display"]) == ("6", "Agree")
    profile = score(closeness, responses).to_json()
    carried = {part["url"]: part for part in document["extension"][0]["extension"]}
    assert document["extension"][0]["url"] == PROFILE
    assert carried["style"]["valueString"] == profile["style"]
    assert {part["url"]: part["valueDecimal"] for part in carried["styles"]["extension"]} == profile["styles"]
    anxiety = {part["url"]: part for part in carried["anxiety"]["extension"]}
    assert anxiety["score"]["valueDecimal"] == profile["anxiety"]["score"]
    assert anxiety["answered"]["valueInteger"] == profile["anxiety"]["answered"]
    assert [part["valueString"] for part in carried["notes"]["extension"]] == profile["notes"]


def test_result_on_another_range_contains_what_was_asked() -> None:
    ecr = INSTRUMENTS["ecr"]
    document = response_of(ecr, {str(n): 5 for n in range(1, 37)}, range=(1, 5))
    (contained,) = document["contained"]
    assert document["questionnaire"] == "#ecr"
    assert parse(contained).range == (1, 5)
    codings = [option["valueCoding"] for option in contained["item"][0]["answerOption"]]
    assert [coding["code"] for coding in codings] == ["1", "2", "3", "4", "5"]
    assert all("display" not in coding for coding in codings)  # the words belong to 1 to 7


def test_result_that_cannot_be_scored_is_not_exported() -> None:
    with pytest.raises(InvalidResponse):
        response_of(INSTRUMENTS["ecr"], {"1": 8})
    with pytest.raises(ValueError, match="zone"):
        response_of(INSTRUMENTS["ecr"], {"1": 7}, authored=datetime(2026, 11, 24))


@pytest.mark.django_db
def test_command_prints_what_can_be_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_instrument", file_with(tmp_path, with_texts("ecr-12")))
    capsys.readouterr()
    call_command("export_instrument", "ecr-12")
    printed = capsys.readouterr().out
    assert problems(json.loads(printed)) == []
    assert scoring_in(json.loads(printed))["keying"]["6"] == {"scale": "avoidance", "reverse_keyed": True}
    call_command("import_instrument", file_with(tmp_path, printed))
    assert "ecr-12: 12 items, wording imported." in capsys.readouterr().out


@pytest.mark.django_db
def test_command_prints_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    responses = file_with(tmp_path, {"responses": {str(n): 5 for n in range(1, 37)}})
    call_command("export_instrument", "ecr", "--responses", str(responses), "--range", "1,5")
    document = json.loads(capsys.readouterr().out)
    assert document["resourceType"] == "QuestionnaireResponse"
    assert problems(document) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "arguments", "document", "message"),
    [
        ("an unknown code", ["nothing"], None, "There are: closeness-12, ecr, ecr-12, ecr-r, ecr-rs, ecr-s."),
        ("a range without responses", ["ecr", "--range", "1,5"], None, "--range goes with --responses"),
        ("a range upside down", ["ecr", "--range", "5,1"], {}, "must be low,high with the lower first"),
        ("no JSON", ["ecr"], "{", "is not JSON"),
        ("no responses", ["ecr"], {}, "must hold"),
        ("a list", ["ecr"], [1], "must hold"),
        ("an answer outside the range", ["ecr"], {"responses": {"1": 8}}, "Item 1 must be a whole number from 1 to 7"),
    ],
)
def test_command_says_what_is_wrong(
    tmp_path: Path, description: str, arguments: list[str], document: Any, message: str
) -> None:
    given = arguments if document is None else [*arguments, "--responses", str(file_with(tmp_path, document))]
    with pytest.raises(CommandError, match=message):
        call_command("export_instrument", *given)


@pytest.mark.django_db
def test_command_says_that_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("export_instrument", "ecr", "--responses", str(tmp_path / "nothing.json"))
