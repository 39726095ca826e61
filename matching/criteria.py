"""The criteria: what orders therapists, and when it is asked. How much each weighs is in the ruleset.

This is the whole of it. The page /how-matching-works/ shows this table, and the ranking uses it; no criterion, and
nothing about a therapist, exists outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from matching import fits
from matching.candidates import Candidates, Floats
from matching.needs import Needs

#: A full score, in hundredths of a point: whole numbers add up exactly (docs/decisions/0004-scores-in-hundredths.md).
WHOLE: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing that orders. `fit` reads the columns in `reads` only, and gives NaN for what is not stated."""

    code: str
    name: str
    counts: str
    asked_when: str
    reads: tuple[str, ...]
    asked: Callable[[Needs], bool]
    fit: Callable[[Candidates, Needs], Floats]


CRITERIA: Final = (
    Criterion(
        code="concerns",
        name="What brings you",
        counts=(
            "How much of what you bring the therapist works with. What matters more to you counts more, and so does a "
            "concern that the therapist names as one of the few they are best at."
        ),
        asked_when="You named at least one concern.",
        reads=("concerns", "focus"),
        asked=lambda needs: bool(needs.concerns),
        fit=fits.concerns,
    ),
    Criterion(
        code="approach_evidence",
        name="Evidence for the approach",
        counts=(
            "The approach of the therapist that research supports best in your situation. Stronger studies count more, "
            "and studies that found little count too. Completed training counts more than a tick."
        ),
        asked_when="Always.",
        reads=("approaches", "trained"),
        asked=lambda needs: True,
        fit=fits.approach_evidence,
    ),
    Criterion(
        code="format_expertise",
        name="Training in couple or family work",
        counts="Completed training in an approach made for couples or families, above a tick, above the mere offer.",
        asked_when="You look for couple or family sessions.",
        reads=("approaches", "trained"),
        asked=lambda needs: needs.session_format in ("couple", "family"),
        fit=fits.format_expertise,
    ),
    Criterion(
        code="trauma_informed",
        name="Trauma-informed work",
        counts="Completed training in trauma-informed or trauma-focused work, above a tick.",
        asked_when="Trauma is part of it, or one of the concerns you named is about being hurt.",
        reads=("approaches", "trained"),
        asked=lambda needs: needs.trauma,
        fit=fits.trauma_informed,
    ),
    Criterion(
        code="approach_wish",
        name="The approach you wish for",
        counts="The therapist uses an approach that you asked for; completed training counts more than a tick.",
        asked_when="You named an approach.",
        reads=("approaches", "trained"),
        asked=lambda needs: bool(needs.approaches),
        fit=fits.approach_wish,
    ),
    Criterion(
        code="style_fit",
        name="Work with attachment patterns",
        counts=(
            "Approaches built on attachment ideas, for any pattern that is not secure, as far as your answers make the "
            "pattern sure. It can lift a therapist a little and never lowers one: research supports no more than that."
        ),
        asked_when="Your answers show a clear pattern that is not secure.",
        reads=("approaches", "trained"),
        asked=lambda needs: needs.insecurity is not None,
        fit=fits.style_fit,
    ),
    Criterion(
        code="population",
        name="People like you",
        counts="How many of the groups you named the therapist works with.",
        asked_when="You named at least one group.",
        reads=("populations",),
        asked=lambda needs: bool(needs.populations),
        fit=fits.population,
    ),
    Criterion(
        code="cost",
        name="Cost",
        counts="The lowest fee is within your budget. Above it, a sliding scale counts by half.",
        asked_when="You gave a budget for a session.",
        reads=("fee_from", "sliding_scale"),
        asked=lambda needs: needs.fee_max is not None,
        fit=fits.cost,
    ),
    Criterion(
        code="identity",
        name="Gender of the therapist",
        counts="The therapist's gender is one that you feel at ease with.",
        asked_when="You named a gender.",
        reads=("gender",),
        asked=lambda needs: bool(needs.genders),
        fit=fits.identity,
    ),
    Criterion(
        code="language",
        name="Language",
        counts="Sessions in a language that you named.",
        asked_when="You named a language.",
        reads=("languages",),
        asked=lambda needs: bool(needs.languages),
        fit=fits.language,
    ),
    Criterion(
        code="opening",
        name="Next opening",
        counts="A free place within the days you gave. A later one counts less each day, and nothing after four weeks.",
        asked_when="You said how soon you want to begin.",
        reads=("opening_on",),
        asked=lambda needs: needs.opening_within_days is not None,
        fit=fits.opening,
    ),
    Criterion(
        code="insurance",
        name="Insurance",
        counts="The therapist takes a plan that you named.",
        asked_when="You named a plan.",
        reads=("insurance_plans",),
        asked=lambda needs: bool(needs.insurance),
        fit=fits.insurance,
    ),
    Criterion(
        code="distance",
        name="Distance",
        counts="The nearer the office the better: half at the distance you gave, nothing at twice that.",
        asked_when="You gave a ZIP code and a distance.",
        reads=("miles",),
        asked=lambda needs: needs.near is not None,
        fit=fits.distance,
    ),
)


def asked_criteria(needs: Needs) -> tuple[Criterion, ...]:
    """The criteria that these needs ask about and that weigh something, in their order."""
    return tuple(
        criterion for criterion in CRITERIA if needs.ruleset.weights[criterion.code] and criterion.asked(needs)
    )


def most_points(weights: Iterable[int]) -> tuple[int, ...]:
    """What criteria of these weights can give at most, in hundredths: the weights, scaled to sum to WHOLE exactly.

    The largest remainders get the hundredths that rounding down leaves over; equal ones in their order.
    """
    weights = tuple(weights)
    total = sum(weights)
    points = [WHOLE * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(WHOLE * weights[place] % total))
    for place in by_remainder[: WHOLE - sum(points)]:
        points[place] += 1
    return tuple(points)
