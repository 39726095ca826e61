"""Every fit, by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from directory.roster import store
from directory.roster.columns import Columns
from directory.roster.requirements import Near
from matching.criteria import CRITERIA, asked_criteria, most_points
from matching.evidence import Evidence
from matching.intake import Intake
from matching.needs import Needs
from matching.ranking import points_of
from tests.factories import TODAY
from tests.matching.drawing import CENTER, CODES, RULES, needs

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
STATED_NOTHING: dict[str, Any] = {}
NEUTRAL = RULES.neutral


def evidence(approach: str, grade: str, situation: str = "couple-distress", kind: str = "result") -> Evidence:
    return Evidence(
        approach=approach,
        situation=situation,
        situation_name="couples",
        grade=grade,
        finding="Found.",
        kind=kind,
        population="24 couples",
        citation=f"Study of {approach} {grade}",
        doi="",
    )


def fit(code: str, its_needs: Needs, facts: dict[str, Any]) -> float | None:
    [criterion] = [criterion for criterion in CRITERIA if criterion.code == code]
    listed = {"jurisdictions": ["CA"], "delivery_methods": ["telehealth"], "accepting": "yes"}
    open_needs = replace(its_needs.requirements, near=None)
    record = {**listed, "session_formats": ["individual", "couple", "family"], **facts}
    candidates = Columns.from_records([record], codes=CODES).select(open_needs)
    [value] = criterion.fit(candidates, its_needs).tolist()
    return None if np.isnan(value) else round(value, 4)


CONCERNS = replace(PLAIN, concerns={"trust-and-abandonment": 3, "grief": 1})
COUPLE = replace(PLAIN, session_format="couple", approaches=("emotionally-focused", "imago"))
GRADED = replace(
    needs(COUPLE), evidence=(evidence("gottman", "A"), evidence("imago", "B"), evidence("discernment", "C"))
)
PLANNED = replace(needs(COUPLE), evidence=(evidence("gottman", "B"), evidence("gottman", "C", kind="plan")))
CONTRADICTED = replace(needs(COUPLE), evidence=(evidence("gottman", "B"), evidence("gottman", "C")))
BUDGET = needs(replace(PLAIN, fee_max=150))
SOON = needs(replace(PLAIN, opening_within_days=14))
NEARBY = replace(needs(PLAIN), near=Near(latitude=CENTER[0], longitude=CENTER[1], miles=20))
INSECURE = replace(needs(PLAIN), insecurity=0.8)
GROUPS = needs(replace(PLAIN, populations=("adults", "veterans")))
WOMAN = needs(replace(PLAIN, genders=("woman", "nonbinary")))
SPANISH = needs(replace(PLAIN, languages=("es",)))
PLANS = needs(replace(PLAIN, insurance=("aetna", "cigna")))
TRAUMA = needs(replace(PLAIN, trauma=True))


@pytest.mark.parametrize(
    ("description", "code", "its_needs", "facts", "expected"),
    [
        (
            "both are what they are best at",
            "concerns",
            needs(CONCERNS),
            {"focus": ["grief", "trust-and-abandonment"], "concerns": ["grief", "trust-and-abandonment"]},
            1.0,
        ),
        (
            "both listed: .3 + .7 x .8",
            "concerns",
            needs(CONCERNS),
            {"concerns": ["grief", "trust-and-abandonment"]},
            0.86,
        ),
        (
            "the one that matters: .3 + .7 x 3/4",
            "concerns",
            needs(CONCERNS),
            {"focus": ["trust-and-abandonment"], "concerns": ["trust-and-abandonment"]},
            0.825,
        ),
        ("the one that matters less: .3 + .7 x .8/4", "concerns", needs(CONCERNS), {"concerns": ["grief"]}, 0.44),
        ("neither", "concerns", needs(CONCERNS), {"concerns": ["depression"]}, 0.0),
        ("does not say", "concerns", needs(CONCERNS), STATED_NOTHING, None),
        ("trained, grade A", "approach_evidence", GRADED, {"approaches": ["gottman"], "trained": ["gottman"]}, 1.0),
        ("listed, grade A: .3 + .7 x .8", "approach_evidence", GRADED, {"approaches": ["gottman"]}, 0.86),
        (
            "trained, grade B: .3 + .7 x .8",
            "approach_evidence",
            GRADED,
            {"approaches": ["imago"], "trained": ["imago"]},
            0.86,
        ),
        ("listed, grade C: .3 + .7 x .5 x .8", "approach_evidence", GRADED, {"approaches": ["discernment"]}, 0.58),
        ("the best one counts", "approach_evidence", GRADED, {"approaches": ["discernment", "gottman"]}, 0.86),
        (
            "B and a study that found less: .3 + .7 x .65",
            "approach_evidence",
            CONTRADICTED,
            {"approaches": ["gottman"], "trained": ["gottman"]},
            0.755,
        ),
        (
            "a plan of a trial speaks against nothing: .3 + .7 x .8 x .8",
            "approach_evidence",
            PLANNED,
            {"approaches": ["gottman"]},
            0.748,
        ),
        ("nobody looked", "approach_evidence", GRADED, {"approaches": ["existential"]}, NEUTRAL),
        ("does not say", "approach_evidence", GRADED, STATED_NOTHING, None),
        ("trained for couples", "format_expertise", GRADED, {"approaches": ["imago"], "trained": ["imago"]}, 1.0),
        ("ticked: .3 + .7 x .5", "format_expertise", GRADED, {"approaches": ["imago"]}, 0.65),
        ("only the format", "format_expertise", GRADED, {"approaches": ["emdr"]}, 0.25),
        ("does not say", "format_expertise", GRADED, STATED_NOTHING, None),
        ("trained for trauma", "trauma_informed", TRAUMA, {"approaches": ["emdr"], "trained": ["emdr"]}, 1.0),
        ("ticked", "trauma_informed", TRAUMA, {"approaches": ["trauma-informed"]}, 0.86),
        ("not among their approaches", "trauma_informed", TRAUMA, {"approaches": ["gottman"]}, 0.25),
        ("does not say", "trauma_informed", TRAUMA, STATED_NOTHING, None),
        ("trained in one of the wishes", "approach_wish", GRADED, {"approaches": ["imago"], "trained": ["imago"]}, 1.0),
        ("lists one of the wishes", "approach_wish", GRADED, {"approaches": ["imago"]}, 0.86),
        ("another approach", "approach_wish", GRADED, {"approaches": ["emdr"]}, 0.25),
        ("does not say", "approach_wish", GRADED, STATED_NOTHING, None),
        (
            "attachment-minded: .3 + .7 x .8",
            "style_fit",
            INSECURE,
            {"approaches": ["attachment-based"], "trained": ["attachment-based"]},
            0.86,
        ),
        ("attachment-minded, ticked", "style_fit", INSECURE, {"approaches": ["attachment-based"]}, 0.748),
        ("another approach costs nothing", "style_fit", INSECURE, {"approaches": ["emdr"]}, NEUTRAL),
        ("does not say", "style_fit", INSECURE, STATED_NOTHING, None),
        ("all groups", "population", GROUPS, {"populations": ["adults", "veterans"]}, 1.0),
        ("half of them: .3 + .7 / 2", "population", GROUPS, {"populations": ["adults", "couples"]}, 0.65),
        ("none of them", "population", GROUPS, {"populations": ["couples"]}, 0.0),
        ("does not say", "population", GROUPS, STATED_NOTHING, None),
        ("in budget", "cost", BUDGET, {"fee_from": 150}, 1.0),
        ("in budget, no sliding scale", "cost", BUDGET, {"fee_from": 100, "sliding_scale": False}, 1.0),
        ("above", "cost", BUDGET, {"fee_from": 151}, 0.0),
        ("above, sliding", "cost", BUDGET, {"fee_from": 300, "sliding_scale": True}, 0.5),
        ("no fee, sliding", "cost", BUDGET, {"sliding_scale": True}, 0.5),
        ("no fee, not sliding", "cost", BUDGET, {"sliding_scale": False}, None),
        ("does not say", "cost", BUDGET, STATED_NOTHING, None),
        ("free of charge", "cost", BUDGET, {"fee_from": 0}, 1.0),
        ("as wished", "identity", WOMAN, {"gender": "nonbinary"}, 1.0),
        ("not as wished", "identity", WOMAN, {"gender": "man"}, 0.0),
        ("does not say", "identity", WOMAN, STATED_NOTHING, None),
        ("speaks it", "language", SPANISH, {"languages": ["en", "es"]}, 1.0),
        ("speaks others", "language", SPANISH, {"languages": ["en"]}, 0.0),
        ("does not say", "language", SPANISH, STATED_NOTHING, None),
        ("takes one of the plans", "insurance", PLANS, {"insurance_plans": ["cigna"]}, 1.0),
        ("takes none", "insurance", PLANS, {"insurance_plans": ["private-pay"]}, 0.0),
        ("does not say", "insurance", PLANS, STATED_NOTHING, None),
        ("today", "opening", SOON, {"opening_on": TODAY}, 1.0),
        ("on the last day", "opening", SOON, {"opening_on": TODAY + dt.timedelta(days=14)}, 1.0),
        ("two weeks late", "opening", SOON, {"opening_on": TODAY + dt.timedelta(days=28)}, 0.5),
        ("four weeks late", "opening", SOON, {"opening_on": TODAY + dt.timedelta(days=42)}, 0.0),
        ("a year late", "opening", SOON, {"opening_on": TODAY + dt.timedelta(days=365)}, 0.0),
        ("a day that has passed", "opening", SOON, {"opening_on": TODAY - dt.timedelta(days=1)}, None),
        ("does not say", "opening", SOON, STATED_NOTHING, None),
        ("next door", "distance", NEARBY, {"places": [CENTER]}, 1.0),
        ("the nearest office counts", "distance", NEARBY, {"places": [(40.7, -74.0), CENTER]}, 1.0),
        ("across the country", "distance", NEARBY, {"places": [(40.7, -74.0)]}, 0.0),
        ("no office", "distance", NEARBY, STATED_NOTHING, None),
    ],
)
def test_fit(description: str, code: str, its_needs: Needs, facts: dict[str, Any], expected: float | None) -> None:
    assert fit(code, its_needs, facts) == expected, description


def test_distance_is_a_half_at_the_edge() -> None:
    degree = 69.09  # miles of a degree of latitude on this sphere
    edge = (CENTER[0] + 20 / degree, CENTER[1])
    assert fit("distance", NEARBY, {"places": [edge]}) == pytest.approx(0.5, abs=0.001)


def test_one_fee_below_never_fits_less() -> None:
    fits_by_fee = [fit("cost", BUDGET, {"fee_from": fee, "sliding_scale": True}) for fee in range(100, 200, 10)]
    assert fits_by_fee == sorted(fits_by_fee, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("description", "fit", "most", "points"),
    [
        ("full", 1.0, 3333, 3333),
        ("nothing", 0.0, 3333, 0),
        ("not stated", np.nan, 1000, 300),
        ("rounded half up", 0.5, 3333, 1667),
        ("rounded down", 0.1, 3333, 333),
    ],
)
def test_points(description: str, fit: float, most: int, points: int) -> None:
    assert points_of(np.array([fit]), most=most, neutral=NEUTRAL).tolist() == [points], description


def test_most_points_of_one_and_of_three() -> None:
    assert most_points([20]) == (10_000,)
    # 30, 20 and 15 of 65: 4615.38, 3076.92, 2307.69; the two largest remainders get the two hundredths left over.
    assert most_points([30, 20, 15]) == (4615, 3077, 2308)


def test_the_ruleset_is_the_published_one() -> None:
    assert [criterion.code for criterion in CRITERIA] == list(RULES.weights)
    assert RULES.weights == {
        "concerns": 30,
        "approach_evidence": 20,
        "format_expertise": 15,
        "trauma_informed": 15,
        "approach_wish": 10,
        "style_fit": 8,
        "population": 8,
        "cost": 8,
        "identity": 6,
        "language": 6,
        "opening": 6,
        "insurance": 6,
        "distance": 4,
    }


@pytest.mark.parametrize(
    ("description", "change", "asked"),
    [
        ("nothing beyond the required", {}, set()),
        ("concerns", {"concerns": {"grief": 1}}, {"concerns"}),
        ("a trauma concern", {"concerns": {"ptsd": 1}}, {"concerns", "trauma_informed"}),
        ("trauma", {"trauma": True}, {"trauma_informed"}),
        ("no trauma", {"trauma": False}, set()),
        ("a couple", {"session_format": "couple"}, {"format_expertise"}),
        ("a family", {"session_format": "family"}, {"format_expertise"}),
        ("a group", {"session_format": "group"}, set()),
        ("a free session", {"fee_max": 0}, {"cost"}),
        ("today", {"opening_within_days": 0}, {"opening"}),
        (
            "all wishes",
            {
                "approaches": ("emdr",),
                "populations": ("adults",),
                "genders": ("man",),
                "languages": ("es",),
                "insurance": ("aetna",),
            },
            {"approach_wish", "population", "identity", "language", "insurance"},
        ),
    ],
)
def test_only_what_was_asked_counts(description: str, change: dict[str, Any], asked: set[str]) -> None:
    found = {criterion.code for criterion in asked_criteria(needs(replace(PLAIN, **change)))}
    assert found == {"approach_evidence", *asked}, description


@pytest.mark.parametrize(
    ("description", "code", "its_needs", "facts", "expected"),
    [
        ("a tick says nothing", "concerns", needs(CONCERNS), {"concerns": ["grief", "anxiety"]}, None),
        (
            "what they are best at counts, and the tick beside it does not: .3 + .7 x 1/4",
            "concerns",
            needs(CONCERNS),
            {"concerns": ["grief", "trust-and-abandonment"], "focus": ["grief"]},
            0.475,
        ),
        ("nor does a missing one", "concerns", needs(CONCERNS), {"concerns": ["anxiety", "depression"]}, None),
        ("an approach they tick", "approach_wish", needs(COUPLE), {"approaches": ["imago", "gottman"]}, None),
        (
            "an approach they trained in",
            "approach_wish",
            needs(COUPLE),
            {"approaches": ["imago", "gottman"], "trained": ["imago"]},
            1.0,
        ),
        ("evidence for what they tick", "approach_evidence", GRADED, {"approaches": ["imago", "gottman"]}, None),
        ("training for couples that is a tick", "format_expertise", GRADED, {"approaches": ["imago", "gottman"]}, None),
    ],
)
def test_of_who_ticks_everything(
    description: str,
    code: str,
    its_needs: Needs,
    facts: dict[str, Any],
    expected: float | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for vocabulary in store.MOST_TICKS:
        monkeypatch.setitem(store.MOST_TICKS, vocabulary, 1)
    assert fit(code, its_needs, facts) == expected, description
