"""Random intakes and therapists for the laws of matching, and a search among them without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from assessments.scoring import AttachmentProfile, profile_from_scores
from directory.roster.columns import Columns
from directory.roster.requirements import Near as NearPoint
from directory.roster.selection import Selection
from matching import rulebook
from matching.intake import MUSTS, SIGN_CODES, Intake, Near
from matching.needs import Needs, needs_of
from matching.ranking import Ranked, rank
from tests.factories import TODAY

CODES: Mapping[str, tuple[str, ...]] = {
    "approaches": (
        "attachment-based",
        "cognitive-behavioral",
        "emdr",
        "emotionally-focused",
        "existential",
        "family-systems",
        "gottman",
        "mentalization-based",
        "narrative",
        "trauma-informed",
    ),
    "concerns": (
        "adoption-foster",
        "childhood-trauma",
        "depression",
        "domestic-violence",
        "grief",
        "infidelity",
        "self-harm",
        "trust-and-abandonment",
    ),
    "populations": ("adolescents", "adults", "couples", "veterans"),
    "session_formats": ("individual", "couple", "family", "group"),
    "delivery_methods": ("in_person", "telehealth"),
    "languages": ("en", "es", "zh"),
    "insurance_plans": ("aetna", "cigna", "private-pay"),
    "jurisdictions": ("CA", "NY"),
    "license_types": ("lmft",),
}
GENDERS = ("woman", "man", "nonbinary")
CENTER = (34.0, -118.2)
OFFICES = (CENTER, (34.1, -118.3), (34.6, -118.2), (40.7, -74.0))
RULES = rulebook.in_force(TODAY)
LICENSE = {"license_type": "lmft", "jurisdiction": "CA", "expires_on": "2028-01-31", "verified_on": "2026-11-01"}


def some(vocabulary: str, **bounds: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(CODES[vocabulary]), unique=True, **bounds)


@st.composite
def therapists(draw: st.DrawFn) -> dict[str, Any]:
    """A therapist's facts. Most are licensed, free and flexible, so that something is left to rank."""
    approaches, concerns = draw(some("approaches", max_size=5)), draw(some("concerns", max_size=5))
    return {
        "approaches": approaches,
        "trained": [code for code in approaches if draw(st.booleans())],
        "concerns": concerns,
        "focus": [code for code in concerns if draw(st.booleans())],
        "populations": draw(some("populations")),
        "languages": draw(some("languages")),
        "insurance_plans": draw(some("insurance_plans")),
        "session_formats": draw(some("session_formats", min_size=3)),
        "delivery_methods": draw(some("delivery_methods", min_size=1)),
        "jurisdictions": draw(some("jurisdictions", min_size=1)),
        "license_types": ["lmft"],
        "gender": draw(st.sampled_from([None, *GENDERS])),
        "accepting": draw(st.sampled_from(["yes", "yes", "yes", "waitlist", None])),
        "fee_from": draw(st.none() | st.integers(50, 300)),
        "sliding_scale": draw(st.sampled_from([None, True, False])),
        "opening_on": draw(st.none() | st.integers(-10, 90).map(lambda days: TODAY + dt.timedelta(days=days))),
        "places": draw(st.lists(st.sampled_from(OFFICES), max_size=2, unique=True)),
    }


@st.composite
def intakes(draw: st.DrawFn, *, musts: bool = True) -> Intake:
    """An intake; a must is drawn only for what is given."""
    wishes: dict[str, Any] = {
        "state": draw(st.sampled_from(CODES["jurisdictions"])),
        "delivery": tuple(draw(some("delivery_methods", min_size=1))),
        "session_format": draw(st.sampled_from(CODES["session_formats"])),
        "near": draw(st.sampled_from([None, Near(zip="90012", within=10), Near(zip="90012", within=50)])),
        "populations": tuple(draw(some("populations"))),
        "concerns": draw(st.dictionaries(st.sampled_from(CODES["concerns"]), st.integers(1, 3))),
        "trauma": draw(st.sampled_from([None, True, False])),
        "safe_at_home": draw(st.sampled_from([None, True, False])),
        "signs": draw(st.none() | st.lists(st.sampled_from(SIGN_CODES)).map(tuple)),
        "approaches": tuple(draw(some("approaches", max_size=3))),
        "insurance": tuple(draw(some("insurance_plans", max_size=2))),
        "fee_max": draw(st.none() | st.integers(80, 250)),
        "languages": tuple(draw(some("languages", max_size=2))),
        "genders": tuple(draw(st.lists(st.sampled_from(GENDERS), unique=True, max_size=2))),
        "opening_within_days": draw(st.none() | st.integers(0, 30)),
    }
    given = [name for name in MUSTS if wishes[name]]
    must = draw(st.lists(st.sampled_from(given), unique=True, max_size=2)) if musts and given else []
    return Intake(**wishes, must=tuple(must))


def profiles() -> st.SearchStrategy[AttachmentProfile | None]:
    scores = st.floats(1, 7).map(lambda value: round(value, 1))
    return st.none() | st.builds(
        lambda anxiety, avoidance: profile_from_scores(anxiety=anxiety, avoidance=avoidance, range=(1, 7)),
        scores,
        scores,
    )


def needs(intake: Intake, profile: AttachmentProfile | None = None) -> Needs:
    """What an intake needs today; its ZIP, whichever, is at CENTER."""
    near = intake.near and NearPoint(latitude=CENTER[0], longitude=CENTER[1], miles=intake.near.within)
    return needs_of(intake, on=TODAY, ruleset=RULES, profile=profile, near=near)


def selected(records: Sequence[Mapping[str, Any]], its_needs: Needs) -> Selection:
    return Columns.from_records(records, codes=CODES).select(its_needs.requirements)


def ranked(
    records: Sequence[Mapping[str, Any]], its_needs: Needs, *, seed: int = 1, limit: int = 100
) -> tuple[Ranked, ...]:
    return rank(selected(records, its_needs), its_needs, seed=seed, limit=limit)


def card_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The card that says what a record says. A record may have `licenses` and `as_of` as cards do."""
    opening = record.get("opening_on")
    return {
        "approaches": record.get("approaches", []),
        "trained_in": record.get("trained", []),
        "concerns": record.get("concerns", []),
        "focus_concerns": record.get("focus", []),
        "populations": record.get("populations", []),
        "languages": record.get("languages", []),
        "insurance_plans": record.get("insurance_plans", []),
        "gender": record.get("gender"),
        "fee_min": record.get("fee_from"),
        "fee_max": None,
        "sliding_scale": record.get("sliding_scale"),
        "next_opening_on": opening and opening.isoformat(),
        "licenses": record.get("licenses", [LICENSE]),
        "as_of": record.get("as_of", {"availability": record.get("availability_as_of")}),
        "stale": record.get("stale", []),
    }
