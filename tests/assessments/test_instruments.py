"""Reading instruments: every fault is named, and the shipped documents are sound."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessments.instruments import BrokenInstrument, Instrument, parse
from assessments.questionnaire import HIGHEST, LOWEST

FIXTURES = Path(__file__).parents[2] / "fixtures" / "instruments"
CODES = ["closeness-12", "ecr", "ecr-12", "ecr-r", "ecr-rs", "ecr-s"]


def shipped(code: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FIXTURES / f"{code}.json").read_text())
    return document


def packs() -> dict[str, Instrument]:
    return {code: parse(shipped(code)) for code in CODES if code != "closeness-12"}


def with_texts(code: str) -> dict[str, Any]:
    """The plain Questionnaire that an operator with permission would import."""
    questionnaire: dict[str, Any] = copy.deepcopy(shipped(code)["questionnaire"])
    for item in questionnaire["item"]:
        item["text"] = f"Statement {item['linkId']}"
    return questionnaire


def scale_of(instrument: Instrument, code: str) -> list[str]:
    return [item.id for item in instrument.items if item.scale == code]


def reversed_of(instrument: Instrument) -> list[str]:
    return [item.id for item in instrument.items if item.reverse_keyed]


def test_folder_holds_exactly_the_instruments_of_the_contract() -> None:
    assert sorted(path.stem for path in FIXTURES.glob("*.json")) == CODES


def test_closeness_12_is_ours_and_says_that_it_has_no_norms() -> None:
    instrument = parse(shipped("closeness-12"))
    assert instrument.range == (1, 7)
    assert instrument.wording == "included"
    assert instrument.can_be_asked
    assert not instrument.normed
    assert "Not yet normed" in instrument.citation
    assert sorted(instrument.anchors) == list(range(1, 8))
    for scale in instrument.scales:
        assert scale.length == 6
        assert sum(item.reverse_keyed for item in scale.items) == 3
    assert all("this person" in (item.text or "") for item in instrument.items)


@pytest.mark.parametrize(
    ("code", "anxiety", "avoidance", "reverse"),
    [
        ("ecr", 18, 18, "3 15 19 22 25 27 29 31 33 35"),
        ("ecr-r", 18, 18, "9 11 20 22 26 27 28 29 30 31 33 34 35 36"),
        ("ecr-rs", 3, 6, "1 2 3 4"),
        ("ecr-s", 6, 6, "1 5 8 9"),
        ("ecr-12", 6, 6, "6 9 10 11 12"),
    ],
)
def test_published_packs_have_their_keys_and_no_wording(code: str, anxiety: int, avoidance: int, reverse: str) -> None:
    instrument = parse(shipped(code))
    assert instrument.code == code
    assert instrument.range == (1, 7)
    assert instrument.wording == "import"
    assert not instrument.can_be_asked
    assert {item.text for item in instrument.items} == {None}
    assert [item.id for item in instrument.items] == [str(n + 1) for n in range(anxiety + avoidance)]
    assert len(scale_of(instrument, "anxiety")) == anxiety
    assert len(scale_of(instrument, "avoidance")) == avoidance
    assert reversed_of(instrument) == reverse.split()


@pytest.mark.parametrize(("code", "normed"), [("ecr", True), ("ecr-s", True), ("ecr-12", True), ("ecr-r", False)])
def test_only_packs_with_figures_of_a_named_sample_are_normed(code: str, normed: bool) -> None:
    instrument = parse(shipped(code))
    assert instrument.normed is normed
    for scale in instrument.scales:
        assert (scale.reliability is not None) is normed
        assert scale.reliability is None or "46,610" in scale.reliability.sample


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set (or with Ellipsis remove) what is at a dotted path."""

    def apply(document: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        place: Any = document
        for name in parents:
            place = place[int(name)] if isinstance(place, list) else place[name]
        key: Any = int(last) if isinstance(place, list) else last
        if value is ...:
            del place[key]
        else:
            place[key] = value

    return apply


FAULTS = [
    # description, what is changed in closeness-12, the message
    ("not a questionnaire", change("questionnaire.resourceType", "Patient"), "must hold a FHIR Questionnaire"),
    ("no code", change("questionnaire.id", ...), "questionnaire.id is missing."),
    ("a code with capitals", change("questionnaire.id", "Closeness"), "questionnaire.id must be a code"),
    ("no title", change("questionnaire.title", " "), "questionnaire.title is missing."),
    ("no version", change("questionnaire.version", ...), "questionnaire.version is missing."),
    ("no items", change("questionnaire.item", []), "The questionnaire has no items."),
    ("an item without id", change("questionnaire.item.0.linkId", ...), "Item 1 of the questionnaire has no linkId."),
    ("an id twice", change("questionnaire.item.1.linkId", "1"), "Item '1' occurs 2 times."),
    ("a group", change("questionnaire.item.0.item", [{"linkId": "1.1"}]), "Item '1' holds further items"),
    ("no text", change("questionnaire.item.4.text", ...), "Item '5' has no text."),
    ("no citation", change("scoring.citation", ...), "scoring.citation is missing."),
    ("no license", change("scoring.license", ...), "scoring.license is missing."),
    ("a DOI that is an address", change("scoring.doi", "https://doi.org/10.1/2"), "scoring.doi must be a DOI"),
    ("a range upside down", change("scoring.range", [7, 1]), "scoring.range must be two whole numbers"),
    ("a range of text", change("scoring.range", "17"), "scoring.range must be two whole numbers"),
    ("an unknown wording", change("scoring.wording", "maybe"), 'scoring.wording must be "included" or "import".'),
    ("an item without key", change("scoring.keying.3", ...), "Item '3' is not in scoring.keying."),
    (
        "a key without item",
        change("scoring.keying.13", {"scale": "anxiety", "reverse_keyed": False}),
        "scoring.keying names the item '13', which is not there.",
    ),
    ("an unknown scale", change("scoring.keying.3.scale", "trust"), "Item '3' has the unknown scale 'trust'."),
    ("no direction", change("scoring.keying.3.reverse_keyed", "no"), "Item '3' needs reverse_keyed"),
    ("keying that is a list", change("scoring.keying", []), "scoring.keying must be a JSON object"),
    ("scales that are a list", change("scoring.scales", []), "scoring.scales must be a JSON object"),
    ("an unknown scale block", change("scoring.scales.trust", {}), "scoring.scales names the unknown scale 'trust'."),
    ("no scale block", change("scoring.scales.anxiety", ...), "scoring.scales lacks 'anxiety'."),
    ("one relationship only", change("scoring.asked_about", ["mother"]), "scoring.asked_about must list two or more"),
    ("a relationship twice", change("scoring.asked_about", ["a", "a"]), "scoring.asked_about must list two or more"),
    ("relationships as text", change("scoring.asked_about", "mother"), "scoring.asked_about must list two or more"),
    ("a name for a code", change("scoring.asked_about", ["Mum", "Dad"]), "scoring.asked_about must list two or more"),
    ("a minimum of none", change("scoring.scales.anxiety.minimum_answered", 0), "minimum_answered must be 1 to 6."),
    ("a minimum too high", change("scoring.scales.anxiety.minimum_answered", 7), "minimum_answered must be 1 to 6."),
    (
        "reliability that is a word",
        change("scoring.scales.anxiety.reliability", "good"),
        "must be a JSON object or null",
    ),
    (
        "an alpha above 1",
        change(
            "scoring.scales.anxiety.reliability",
            {"alpha": 1.2, "mean": 3, "sd": 1, "range": [1, 5], "sample": "People"},
        ),
        "reliability needs alpha between 0 and 1",
    ),
    (
        "an answer outside the range",
        change("questionnaire.item.2.answerOption.0", {"valueInteger": 9}),
        "Item '3' has the answer 9, outside the range 1 to 7.",
    ),
    (
        "a least value below the range",
        change("questionnaire.item.2", {"linkId": "3", "text": "x", "extension": [{"url": LOWEST, "valueInteger": 0}]}),
        "Item '3' takes answers from 0, outside the range 1 to 7.",
    ),
    (
        "a greatest value inside the range, on which nobody would be scored right",
        change(
            "questionnaire.item.2", {"linkId": "3", "text": "x", "extension": [{"url": HIGHEST, "valueDecimal": 5}]}
        ),
        "Item '3' takes answers up to 5, outside the range 1 to 7.",
    ),
    ("an answer missing", change("questionnaire.item.2.answerOption.0", ...), "Item '3' does not offer every answer"),
    (
        "an answer twice",
        change("questionnaire.item.2.answerOption.0", {"valueInteger": 2}),
        "Item '3' has the same answer twice.",
    ),
    (
        "an answer in words alone",
        change("questionnaire.item.2.answerOption.0", {"valueString": "No"}),
        "Item '3' has an answer option without a whole number.",
    ),
    (
        "an infinite answer",
        change("questionnaire.item.2.answerOption.0.valueCoding.extension.0.valueDecimal", float("inf")),
        "Item '3' has an answer option without a whole number.",
    ),
]


@pytest.mark.parametrize(("apply", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_fault_is_named(apply: Callable[[dict[str, Any]], None], message: str) -> None:
    document = shipped("closeness-12")
    apply(document)
    with pytest.raises(BrokenInstrument) as broken:
        parse(document)
    assert any(message in problem for problem in broken.value.problems), broken.value.problems


def test_scale_without_items_is_named() -> None:
    document = shipped("closeness-12")
    for key in document["scoring"]["keying"].values():
        key["scale"] = "avoidance"
    with pytest.raises(BrokenInstrument, match="Scale 'anxiety' has no items"):
        parse(document)


def test_all_faults_are_told_at_once() -> None:
    document = shipped("closeness-12")
    change("questionnaire.title", ...)(document)
    change("scoring.keying.3", ...)(document)
    with pytest.raises(BrokenInstrument) as broken:
        parse(document)
    assert len(broken.value.problems) == 2


@pytest.mark.parametrize("document", [None, [], "text", 3, {}, {"questionnaire": []}], ids=repr)
def test_what_is_no_document_is_told_so(document: Any) -> None:
    with pytest.raises(BrokenInstrument, match="must"):
        parse(document)


@pytest.mark.parametrize(
    ("description", "wrap"),
    [
        ("the id names the pack", lambda q: q),
        (
            "the address names the pack",
            lambda q: {**q, "id": "my-copy", "url": "https://example.org/Questionnaire/ecr-s"},
        ),
        (
            "the scoring block names the pack",
            lambda q: {"questionnaire": {**q, "id": "x"}, "scoring": {"key": "ecr-s"}},
        ),
        ("the whole key is repeated", lambda q: {"questionnaire": q, "scoring": shipped("ecr-s")["scoring"]}),
    ],
)
def test_wording_joins_the_shipped_key(description: str, wrap: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    instrument = parse(wrap(with_texts("ecr-s")), packs())
    assert instrument.code == "ecr-s"
    assert instrument.can_be_asked
    assert instrument.wording == "import"
    assert instrument.items[2].text == "Statement 3"
    assert instrument.scales[1].items[0].text == "Statement 1"
    assert reversed_of(instrument) == ["1", "5", "8", "9"]


def test_wording_must_be_complete_and_fit_the_key() -> None:
    questionnaire = with_texts("ecr-s")
    questionnaire["item"][0]["linkId"] = "13"
    questionnaire["item"][1]["text"] = ""
    questionnaire["item"][2]["answerOption"] = [{"valueInteger": 8}]
    with pytest.raises(BrokenInstrument) as broken:
        parse(questionnaire, packs())
    assert broken.value.problems == (
        "Item '13' is not an item of ecr-s.",
        "Item '2' has no text.",
        "Item '3' has the answer 8, outside the range 1 to 7.",
        "Item '1' of ecr-s is missing.",
    )


def test_own_key_for_a_published_code_must_agree_with_the_published_one() -> None:
    document = {"questionnaire": with_texts("ecr-s"), "scoring": shipped("ecr-s")["scoring"]}
    change("scoring.keying.1.reverse_keyed", False)(document)
    change("scoring.range", [1, 5])(document)
    for item in document["questionnaire"]["item"]:
        del item["extension"]  # it says 1 to 7
    with pytest.raises(BrokenInstrument) as broken:
        parse({**document, "scoring": {**document["scoring"], "anchors": {}}}, packs())
    assert broken.value.problems == (
        "Item '1' is keyed otherwise than in the published key of ecr-s.",
        "The range differs from that of ecr-s, 1 to 7.",
    )


def test_questionnaire_that_names_no_key_is_told_the_known_ones() -> None:
    with pytest.raises(BrokenInstrument, match="Known keys: ecr, ecr-12, ecr-r, ecr-rs, ecr-s"):
        parse({**with_texts("ecr-s"), "id": "other", "url": "urn:other"}, packs())
