"""Rulesets: released ones never change, drafts are read strictly, and the one in force follows from the day."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from matching import rulebook
from matching.criteria import CRITERIA
from matching.ruleset import BrokenRuleset, Fits, Ruleset, ruleset_from_json
from tests.factories import TODAY

#: What was released stays as it was, to the byte. A change is a new file with a new date, and a new line here.
RELEASED = {
    "evidence/2026.1.json": "0f3aa7b7a66bd6c5ef6c900ddd851b6d8a3dad92d26a4bfda12616f91b7b031c",
    "evidence/criteria-2026.1.json": "d7d7a12b3e86f37a75448ec7ac4580bb7c298ca231ed1a6441426f7be907c6d4",
    "rulesets/2026.1.json": "027e9e58ea809cdca06dc7ac742f9e7ea1c7c8add1e05d10fc0a4b84bddf4449",
}
CODES = [criterion.code for criterion in CRITERIA]
DOCUMENT = json.loads((settings.FIXTURES / "rulesets" / "2026.1.json").read_text())


def read(document: Any) -> Ruleset:
    return ruleset_from_json(document, criteria=CODES, evidence={"2026.1": ()})


@pytest.mark.parametrize("path", sorted((settings.FIXTURES / "rulesets").glob("*.json")), ids=lambda path: path.stem)
def test_a_file_is_named_like_its_ruleset(path: Path) -> None:
    assert rulebook.get(path.stem).code == path.stem


def test_the_ruleset_in_force_is_the_newest_one_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = read(DOCUMENT), read(DOCUMENT | {"code": "2027.1", "in_force_from": "2027-03-01"})
    monkeypatch.setattr(rulebook, "released", lambda: {"2027.1": second, "2026.1": first})
    assert rulebook.in_force(TODAY) is first
    assert rulebook.in_force(dt.date(2027, 2, 28)) is first
    assert rulebook.in_force(dt.date(2027, 3, 1)) is second
    assert rulebook.in_force(dt.date(2020, 1, 1)) is first


def test_an_unknown_ruleset_is_refused_by_name() -> None:
    with pytest.raises(rulebook.UnknownRuleset, match=r"'1999\.9'.*2026\.1"):
        rulebook.get("1999.9")


def test_all_codes_of_approaches_are_in_the_taxonomy() -> None:
    taxonomy = json.loads((settings.FIXTURES / "taxonomy" / "approaches.json").read_text())
    known = {approach["code"] for approach in taxonomy}
    for ruleset in rulebook.released().values():
        for approaches in ruleset.approaches.values():
            assert set(approaches) <= known
        assert {row.approach for row in ruleset.evidence} <= known


def changed(*place: str, to: Any) -> Any:
    document = copy.deepcopy(DOCUMENT)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = to
    return document


def without(*place: str) -> Any:
    document = copy.deepcopy(DOCUMENT)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return document


@pytest.mark.parametrize(
    ("description", "document", "problem"),
    [
        ("no object", [], "A ruleset is a JSON object."),
        ("an unknown section", changed("price", to=1), "the ruleset: price is not known."),
        ("a missing section", without("grades"), "the ruleset: grades is missing."),
        ("a section that is no object", changed("fits", to=[]), "fits: must be an object."),
        ("a code that is no text", changed("code", to=2026.1), "code: must be text."),
        ("no date", changed("in_force_from", to="soon"), "in_force_from: must be a date, as in 2026-11-24."),
        ("an edition that is not there", changed("evidence", to="1999.1"), "evidence: there is no edition '1999.1'"),
        ("a criterion without a weight", without("weights", "cost"), "weights: cost is missing."),
        ("a weight for no criterion", changed("weights", "payment", to=5), "weights: payment is not known."),
        ("a negative weight", changed("weights", "cost", to=-1), "weights.cost: must be a whole number"),
        ("a weight of true", changed("weights", "cost", to=True), "weights.cost: must be a whole number"),
        (
            "no weight at all",
            changed("weights", to=dict.fromkeys(CODES, 0)),
            "weights: at least one",
        ),
        ("a fit above 1", changed("fits", "focus", to=1.2), "fits.focus: must be a number from 0 to 1."),
        (
            "no days",
            changed("fits", "opening_fades_over", to=0),
            "fits.opening_fades_over: must be",
        ),
        (
            "a tick above training",
            changed("fits", "trained", to=0.1),
            "fits.ticked: must not be more",
        ),
        ("C above B", changed("grades", "C", to=0.9), "grades.C: must not be more than grades.B."),
        ("an approach twice", changed("approaches", "couple", to=["imago"] * 2), "approaches.couple: must be a list"),
    ],
)
def test_a_broken_ruleset_is_refused_and_the_place_is_named(description: str, document: Any, problem: str) -> None:
    with pytest.raises(BrokenRuleset) as refused:
        read(document)
    assert any(found.startswith(problem) for found in refused.value.problems), (description, refused.value.problems)


def test_a_file_that_cannot_be_read_is_a_broken_ruleset(tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text("{")
    for name in ("draft.json", "missing.json"):
        with pytest.raises(BrokenRuleset, match=name):
            rulebook.read(tmp_path / name)


def test_every_number_of_the_formulas_is_in_the_document() -> None:
    assert list(DOCUMENT["fits"]) == [field.name for field in fields(Fits)]
    assert list(DOCUMENT["weights"]) == CODES


def test_changed_weights_leave_all_else_and_have_a_code_of_their_own() -> None:
    ruleset = read(DOCUMENT)
    changed_ruleset = ruleset.with_weights({"cost": 0})
    assert changed_ruleset.weights == {**ruleset.weights, "cost": 0}
    assert changed_ruleset.fits == ruleset.fits
    assert changed_ruleset.code != ruleset.code


def test_released_rulesets_and_editions_of_evidence_never_change() -> None:
    files = [path for folder in ("rulesets", "evidence") for path in (settings.FIXTURES / folder).glob("*.json")]
    found = {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert found == RELEASED
