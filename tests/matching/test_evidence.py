"""What research says about the criteria themselves: read from a file, told for and against."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from matching.criteria import CRITERIA
from matching.evidence import CriterionEvidence, criterion_evidence_from_json

SHIPPED = json.loads((settings.FIXTURES / "evidence" / "criteria-2026.1.json").read_text())


def row(criterion: str, grade: str, **values: Any) -> dict[str, Any]:
    text = {
        "finding": "Found.",
        "population": "50 people",
        "citation": "A study",
        "doi": "",
        "checked_on": "2026-11-24",
    }
    return {"criterion": criterion, "grade": grade, **text, **values}


def test_rows_are_read_by_criterion_with_the_strongest_first() -> None:
    found = criterion_evidence_from_json([row("cost", "C"), row("identity", "B"), row("cost", "A", doi="10.1000/x")])

    assert {code: [its.grade for its in rows] for code, rows in found.items()} == {
        "cost": ["A", "C"],
        "identity": ["B"],
    }
    assert found["cost"][0] == CriterionEvidence(
        criterion="cost", grade="A", finding="Found.", population="50 people", citation="A study", doi="10.1000/x"
    )


def test_a_criterion_that_nobody_studied_has_no_rows() -> None:
    assert "distance" not in criterion_evidence_from_json([row("cost", "A")])


def test_the_rows_that_ship_are_about_criteria_that_count() -> None:
    assert criterion_evidence_from_json(SHIPPED).keys() <= {criterion.code for criterion in CRITERIA}
