"""Texts of the fixtures: whole, honest, and with a source. Their grade and words are held by tests/test_texts.py."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.conf import settings

from matching.evidence import SITUATIONS
from tests.factories import TODAY

WITH_SUMMARY = ["approaches", "concerns", "populations", "session_formats", "delivery_methods", "license_types"]

# Approaches for which a study is listed. For all others the page says that none is, and hides nothing.
STUDIED = """
    attachment-based emotionally-focused gottman attachment-based-family attachment-compassion cognitive-behavioral
    interpersonal psychodynamic mentalization-based dialectical-behavior circle-of-security dyadic-developmental
    cognitive-processing trauma-focused-cbt emdr prolonged-exposure integrative-behavioral-couple
    acceptance-commitment mindfulness-based compassion-focused solution-focused person-centered humanistic
    exposure-response motivational-interviewing parent-child-interaction child-parent-psychotherapy family-systems
"""


def fixture(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((settings.FIXTURES / name).read_text(encoding="utf-8"))
    return entries


def summaries() -> list[tuple[str, str]]:
    return [
        (f"{vocabulary}/{term['code']}", term["summary"])
        for vocabulary in WITH_SUMMARY
        for term in fixture(f"taxonomy/{vocabulary}.json")
    ]


@pytest.mark.parametrize(("where", "summary"), summaries(), ids=[where for where, _ in summaries()])
def test_a_summary_is_a_few_short_whole_sentences(where: str, summary: str) -> None:
    sentences = re.split(r"(?<=[.!?])\s+", summary)

    assert 1 <= len(sentences) <= 3
    assert summary.endswith(".")
    assert all(len(sentence.split()) <= 28 for sentence in sentences)


# --- Evidence ---------------------------------------------------------------------------------------------------------
def test_every_studied_approach_has_evidence() -> None:
    assert {row["approach"] for row in fixture("evidence/2026.1.json")} == set(STUDIED.split())


def test_evidence_speaks_of_situations_that_matching_knows() -> None:
    rows = fixture("evidence/2026.1.json")

    assert {row["situation"] for row in rows} <= SITUATIONS.keys()  # a row about another one would never be used
    assert len({(row["situation"], row["situation_name"]) for row in rows}) == len({row["situation"] for row in rows})


def test_most_evidence_has_a_doi_and_all_of_it_a_citation() -> None:
    rows = fixture("evidence/2026.1.json")

    assert all(row["citation"] for row in rows)
    assert all(re.fullmatch(r"(10\.\d{4,9}/\S+)?", row["doi"]) for row in rows)
    assert sum(bool(row["doi"]) for row in rows) >= 0.8 * len(rows)


def test_contradictions_are_told() -> None:
    rows = {row["code"]: row for row in fixture("evidence/2026.1.json")}
    trial = rows["attachment-based-family-adolescent-suicidal-trial-2019"]

    assert (trial["grade"], "no better" in trial["finding"]) == ("C", True)
    assert "69.1% v 62.3%" in rows["attachment-based-family-adolescent-suicidal"]["finding"]
    assert rows["circle-of-security-parenting-young-child"]["grade"] == "C"


def test_every_row_says_who_was_studied() -> None:
    for row in [*fixture("evidence/2026.1.json"), *fixture("evidence/criteria-2026.1.json")]:
        assert row["population"], row
        assert not row["population"].endswith("."), row


@pytest.mark.parametrize(
    "doi",
    [
        "10.1136/bmjopen-2019-029909",
        "10.3389/fpsyg.2023.1185445",
        "10.1016/j.paid.2019.04.037",
        "10.4081/ripppo.2023.703",
    ],
)
def test_a_plan_of_a_trial_or_a_mere_link_is_no_proof(doi: str) -> None:
    rows = [row for row in fixture("evidence/2026.1.json") if row["doi"] == doi]

    assert rows
    assert {row["grade"] for row in rows} == {"C"}
    assert all(
        re.search("only the plan of a trial|a link. It does not show that a therapy helps", row["finding"])
        for row in rows
    )


def test_evidence_was_checked_and_not_in_the_future() -> None:
    for name in ("evidence/2026.1.json", "evidence/criteria-2026.1.json"):
        assert all(dt.date.fromisoformat(row["checked_on"]) <= TODAY for row in fixture(name))


def test_what_research_says_about_a_criterion_tells_what_speaks_against_it() -> None:
    rows = fixture("evidence/criteria-2026.1.json")

    assert {row["grade"] for row in rows} == set("ABC")
    assert all(re.fullmatch(r"(10\.\d{4,9}/\S+)?", row["doi"]) and row["citation"] for row in rows)
    found = {row["doi"]: row["finding"] for row in rows}
    assert "no better than chance" in found["10.1037/ccp0000813"]  # what therapists say they are good at
    assert "almost no effect (.09)" in found["10.1037/a0025266"]
    assert any("1.79" in row["finding"] for row in rows if row["criterion"] == "approach_wish")


# --- Coercive terms ---------------------------------------------------------------------------------------------------
def test_no_approach_is_named_by_a_term_of_the_harmful_practice_screen() -> None:
    terms = json.loads((settings.FIXTURES / "coercive_terms.json").read_text(encoding="utf-8"))
    hold = {term.lower() for term in terms["hold"]}
    words = {
        word.lower()
        for term in fixture("taxonomy/approaches.json")
        for word in (term["code"], term["name"], *term["synonyms"])
    }

    assert not hold & words
    assert terms["sources"]
