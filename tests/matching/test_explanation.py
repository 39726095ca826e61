"""The words of a match: reasons, cautions, questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from directory.roster import store
from matching import reasons
from matching.explanation import MOST_REASONS, explain
from matching.intake import Intake, Near
from matching.matches import Match
from matching.needs import Needs
from matching.questions import ATTACHMENT, PATTERNS
from matching.reasons import NOT_STATED, REASONS
from matching.wording import Wording, listed
from tests.factories import TODAY
from tests.matching.drawing import CENTER, LICENSE, card_of, needs, ranked

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
COUPLE = replace(PLAIN, session_format="couple")
NAMES = {
    "approaches": {"emotionally-focused": "Emotionally focused therapy", "gottman": "Gottman method", "emdr": "EMDR"},
    "concerns": {"trust-and-abandonment": "Trust and fear of being left", "grief": "Grief and loss", "ptsd": "PTSD"},
    "populations": {"adults": "Adults", "lgbtq": "LGBTQ+ people"},
    "languages": {"es": "Spanish"},
    "insurance_plans": {"aetna": "Aetna", "cigna": "Cigna"},
}


def match_of(its_needs: Needs, **facts: Any) -> Match:
    """A match of one therapist: the columns and the card say the same."""
    record = {
        "jurisdictions": ["CA"],
        "delivery_methods": ["telehealth"],
        "session_formats": ["individual", "couple", "family"],
        "accepting": "yes",
        **facts,
    }
    card = card_of(facts)
    [place] = ranked([record], its_needs)
    return Match(ranked=place, card=card, explanation=explain(place, card, its_needs, Wording(NAMES)))


def reason(its_needs: Needs, criterion: str, **facts: Any) -> tuple[str, str]:
    [found] = [
        its_reason
        for finding, its_reason in match_of(its_needs, **facts).findings
        if finding.criterion.code == criterion
    ]
    return found.code, found.text


GRIEF_AND_TRUST = needs(replace(PLAIN, concerns={"trust-and-abandonment": 3, "grief": 1}))
BUDGET = needs(replace(PLAIN, fee_max=150))
SOON = needs(replace(PLAIN, opening_within_days=14))
NEARBY = needs(replace(PLAIN, near=Near(zip="90012", within=20)))
WISH = needs(replace(PLAIN, approaches=("emdr", "gottman")))


@pytest.mark.parametrize(
    ("criterion", "its_needs", "facts", "code", "text"),
    [
        (
            "concerns",
            GRIEF_AND_TRUST,
            {"concerns": ["grief", "trust-and-abandonment"], "focus": ["trust-and-abandonment"]},
            "concerns_covered",
            "Names trust and fear of being left among what they are best at. Also works with grief and loss.",
        ),
        (
            "concerns",
            GRIEF_AND_TRUST,
            {"concerns": ["grief"]},
            "concerns_in_part",
            "Works with grief and loss. Does not list trust and fear of being left.",
        ),
        (
            "concerns",
            GRIEF_AND_TRUST,
            {"concerns": ["ptsd"]},
            "concerns_not_listed",
            "Does not list trust and fear of being left or grief and loss.",
        ),
        ("concerns", GRIEF_AND_TRUST, {}, "not_stated_concerns", "Does not say which concerns they work with."),
        ("cost", BUDGET, {"stale": ["fees"]}, "too_old_fees", "What they said about fees is too old to count."),
        (
            "approach_evidence",
            needs(COUPLE),
            {"approaches": ["emotionally-focused"], "trained": ["emotionally-focused"]},
            "evidence_a",
            "Completed training in emotionally focused therapy: good studies support it for couples in distress.",
        ),
        (
            "approach_evidence",
            needs(COUPLE),
            {"approaches": ["emdr"]},
            "no_evidence_listed",
            "No study listed here has looked at their approaches in your situation. That is no proof against them.",
        ),
        (
            "format_expertise",
            needs(COUPLE),
            {"approaches": ["gottman"]},
            "format_listed",
            "Lists an approach made for couples (Gottman method), without saying that training was completed.",
        ),
        (
            "format_expertise",
            needs(COUPLE),
            {"approaches": ["emdr"]},
            "format_not_listed",
            "Offers sessions for couples, and lists no approach made for couples.",
        ),
        (
            "trauma_informed",
            needs(replace(PLAIN, trauma=True)),
            {"approaches": ["emdr"], "trained": ["emdr"]},
            "trauma_trained",
            "Completed training in work with trauma: EMDR.",
        ),
        (
            "trauma_informed",
            needs(replace(PLAIN, trauma=True)),
            {"approaches": ["gottman"]},
            "trauma_not_listed",
            "Lists approaches, and none that is made for trauma.",
        ),
        (
            "approach_wish",
            WISH,
            {"approaches": ["gottman"], "trained": ["gottman"]},
            "wish_trained",
            "You asked for Gottman method, and they completed training in it.",
        ),
        (
            "approach_wish",
            WISH,
            {"approaches": ["emotionally-focused"]},
            "wish_not_listed",
            "Does not list EMDR or Gottman method.",
        ),
        (
            "population",
            needs(replace(PLAIN, populations=("adults", "lgbtq"))),
            {"populations": ["lgbtq"]},
            "populations_in_part",
            "Works with LGBTQ+ people.",
        ),
        ("cost", BUDGET, {"fee_from": 120}, "fee_in_budget", "Sessions from $120, within your $150."),
        ("cost", BUDGET, {"fee_from": 0}, "fee_in_budget", "Sessions from $0, within your $150."),
        ("cost", BUDGET, {"fee_from": 200}, "fee_above_budget", "Sessions from $200, above your $150."),
        (
            "cost",
            BUDGET,
            {"fee_from": 200, "sliding_scale": True},
            "sliding_scale",
            "Sessions from $200, above your $150, and offers a sliding scale: ask what you would pay.",
        ),
        (
            "cost",
            BUDGET,
            {"sliding_scale": True},
            "sliding_scale",
            "Does not say what a session costs, and offers a sliding scale: ask what you would pay.",
        ),
        (
            "identity",
            needs(replace(PLAIN, genders=("woman",))),
            {"gender": "man"},
            "other_gender",
            "Is a man, which you did not name.",
        ),
        (
            "language",
            needs(replace(PLAIN, languages=("es",))),
            {"languages": ["en"]},
            "language_not_listed",
            "Does not list Spanish as a language.",
        ),
        (
            "insurance",
            needs(replace(PLAIN, insurance=("aetna", "cigna"))),
            {"insurance_plans": ["cigna"]},
            "insurance_taken",
            "Takes Cigna.",
        ),
        (
            "opening",
            SOON,
            {"opening_on": TODAY + dt.timedelta(days=7)},
            "opening_in_time",
            "Next opening on Dec. 1, 2026.",
        ),
        (
            "opening",
            SOON,
            {"opening_on": TODAY + dt.timedelta(days=15)},
            "opening_later",
            "Next opening on Dec. 9, 2026, 1 day later than you wished.",
        ),
        ("distance", NEARBY, {"places": [CENTER]}, "near", "Has an office less than a mile away."),
        ("distance", NEARBY, {"places": [(34.1, -118.2)]}, "near", "Has an office about 7 miles away."),
        (
            "distance",
            NEARBY,
            {"places": [(34.6, -118.2)]},
            "far",
            "The nearest office is about 41 miles away, farther than you wished.",
        ),
    ],
)
def test_reason(criterion: str, its_needs: Needs, facts: dict[str, Any], code: str, text: str) -> None:
    assert reason(its_needs, criterion, **facts) == (code, text)


def test_evidence_stands_beside_the_approach_it_is_about() -> None:
    match = match_of(needs(COUPLE), approaches=["emotionally-focused", "emdr"])
    [evidence] = [its.evidence for finding, its in match.findings if finding.criterion.code == "approach_evidence"]
    assert {row.approach for row in evidence} == {"emotionally-focused"}
    assert [row.grade for row in evidence] == sorted(row.grade for row in evidence)
    assert len({row.citation for row in evidence}) == len(evidence)


def test_a_fact_that_is_not_stated_is_a_caution_said_once() -> None:
    everything = needs(
        replace(
            COUPLE,
            concerns={"ptsd": 1},
            approaches=("emdr",),
            populations=("adults",),
            fee_max=100,
            genders=("man",),
            languages=("es",),
            opening_within_days=3,
            insurance=("aetna",),
            near=Near(zip="90012", within=5),
        )
    )
    match = match_of(everything)
    codes = [caution.code for caution in match.explanation.cautions]
    assert len(codes) == len(set(codes))
    assert codes == ["little_known", "not_stated_concerns", "not_stated_approaches", "not_stated_populations"]
    reasons = {its.code for _, its in match.findings}
    assert reasons == {its.code for its in NOT_STATED.values()}
    assert match.explanation.reasons == ()
    assert match.confidence == 0


def test_every_criterion_has_words() -> None:
    from matching.criteria import CRITERIA

    codes = {criterion.code for criterion in CRITERIA}
    assert codes == set(REASONS) == set(NOT_STATED)


def test_at_most_four_reasons_the_strongest_first() -> None:
    match = match_of(
        needs(replace(COUPLE, concerns={"grief": 1}, fee_max=200, genders=("woman",), languages=("es",))),
        concerns=["grief"],
        approaches=["emotionally-focused"],
        trained=["emotionally-focused"],
        fee_from=100,
        gender="woman",
        languages=["es"],
    )
    assert len(match.explanation.reasons) == MOST_REASONS
    assert match.explanation.reasons[0].code == "concerns_covered"
    assert not match.explanation.cautions


@pytest.mark.parametrize(
    ("description", "facts", "code"),
    [
        ("on the way to a license", {"licenses": [LICENSE | {"license_type": "associate"}]}, "supervised"),
        ("a license that ends", {"licenses": [LICENSE | {"expires_on": "2026-12-24"}]}, "license_ends_soon"),
        ("old news", {"availability_as_of": "2026-09-01"}, "old_availability"),
    ],
)
def test_what_a_client_should_know_about_a_person(description: str, facts: dict[str, Any], code: str) -> None:
    known = {"approaches": ["emdr"]}
    assert [caution.code for caution in match_of(BUDGET, fee_from=100, **known).explanation.cautions] == [
        "no_evidence_listed"
    ]
    cautions = match_of(BUDGET, fee_from=100, **known, **facts).explanation.cautions
    assert [caution.code for caution in cautions] == [code, "no_evidence_listed"], description


def test_a_license_elsewhere_is_nobody_s_worry_here() -> None:
    there = LICENSE | {"jurisdiction": "NY", "license_type": "associate", "expires_on": "2026-12-01"}
    codes = {caution.code for caution in match_of(BUDGET, fee_from=1, licenses=[LICENSE, there]).explanation.cautions}
    assert not codes & {"supervised", "license_ends_soon"}


@pytest.mark.parametrize(
    ("description", "intake", "facts", "question"),
    [
        (
            "a concern that is not listed",
            replace(PLAIN, concerns={"grief": 3}),
            {"concerns": ["ptsd"]},
            "How much have you worked with grief and loss?",
        ),
        ("trauma, nothing stated", replace(PLAIN, trauma=True), {}, "What training do you have in work with trauma?"),
        (
            "couple work, only a tick",
            COUPLE,
            {"approaches": ["gottman"]},
            "What training do you have in work with couples?",
        ),
        (
            "a plan that is not stated",
            replace(PLAIN, insurance=("aetna",)),
            {},
            "Do you take Aetna, and what would I pay myself?",
        ),
        (
            "a language that is not stated",
            replace(PLAIN, languages=("es",)),
            {},
            "Can we hold our sessions in Spanish?",
        ),
        ("signs of attachment", replace(PLAIN, signs=("relationships_the_catalyst", "same_patterns")), {}, ATTACHMENT),
        ("trust", replace(PLAIN, concerns={"trust-and-abandonment": 1}), {}, PATTERNS),
        ("a couple", COUPLE, {}, "How do you make sure that both of us are heard?"),
    ],
)
def test_questions_follow_from_what_is_unknown_and_what_matters(
    description: str, intake: Intake, facts: dict[str, Any], question: str
) -> None:
    questions = match_of(needs(intake), **facts).explanation.questions
    assert question in questions, description
    assert 3 <= len(questions) <= 5
    assert len(set(questions)) == len(questions)


def test_a_card_that_is_newer_than_the_columns_breaks_nothing() -> None:
    its_needs = needs(
        replace(PLAIN, genders=("man",), opening_within_days=3, near=Near(zip="90012", within=5), fee_max=100)
    )
    match = match_of(its_needs, gender="man", opening_on=TODAY, places=[CENTER], fee_from=50, approaches=["emdr"])
    emptied = {**match.card, "gender": None, "next_opening_on": None, "fee_min": None, "approaches": []}
    after = explain(replace(match.ranked, miles=None), emptied, its_needs, Wording(NAMES))
    codes = {its.code for its in after.findings}
    assert {"not_stated_gender", "not_stated_opening", "not_stated_office"} <= codes


@pytest.mark.parametrize(("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert Wording({}).names("approaches", ("emotionally-focused", "gottman")) == "emotionally-focused and gottman"


NO_DAYS = {"availability": None, "specialties": None}


@pytest.mark.parametrize(
    ("description", "its_needs", "facts", "criterion", "day"),
    [
        ("a concern", GRIEF_AND_TRUST, {"concerns": ["grief"]}, "concerns", dt.date(2026, 6, 1)),
        ("a fee", BUDGET, {"fee_from": 90}, "cost", dt.date(2026, 11, 2)),
        ("an opening", SOON, {"opening_on": TODAY}, "opening", dt.date(2026, 11, 20)),
        ("a fee that is not stated has no day", BUDGET, {}, "cost", None),
        ("a fee said too long ago", BUDGET, {"stale": ["fees"]}, "cost", dt.date(2026, 11, 2)),
        (
            "a fact confirmed at no known day",
            WISH,
            {"approaches": ["emdr"], "as_of": {"availability": None}},
            "approach_wish",
            None,
        ),
    ],
)
def test_a_finding_says_when_its_fact_was_confirmed(
    description: str, its_needs: Needs, facts: dict[str, Any], criterion: str, day: dt.date | None
) -> None:
    days = {"specialties": "2026-06-01", "fees": "2026-11-02", "availability": "2026-11-20"}
    match = match_of(its_needs, **{"as_of": days} | facts)
    assert [its.as_of for finding, its in match.findings if finding.criterion.code == criterion] == [day], description


def test_of_who_ticks_everything_it_is_said_that_a_tick_tells_little(monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (store.MOST_TICKS, reasons.MOST_TICKS):
        monkeypatch.setitem(most, "concerns", 1)
    match = match_of(GRIEF_AND_TRUST, concerns=["grief", "ptsd"])
    [its] = [its for finding, its in match.findings if finding.criterion.code == "concerns"]
    assert (its.code, its.text) == ("sweeping_concerns", "Lists so many concerns that one tells us little.")
    assert its.caution
