"""Fits: how far candidates meet each need, as numbers between 0 and 1, or NaN for what they do not state.

The laws these formulas keep: a stated fact that matches gives at least NEUTRAL, so stating it never costs; a better
fact never gives less. One list of approaches answers five criteria at once. So that the first approach somebody lists
cannot cost more in four of them than it earns in the fifth, an approach that is missing from a list gives NOT_LISTED,
just below NEUTRAL: nobody lists everything they know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import numpy as np

from directory.roster.schema import GENDERS, NOT_STATED, day_number
from matching.candidates import Bools, Candidates, Floats, has_any
from matching.evidence import strengths
from matching.needs import Needs

Wish = TypeVar("Wish")

NEUTRAL: Final = 0.3
NOT_LISTED: Final = 0.25

FOCUS, LISTED = 1.0, 0.8  # a concern among the five they are best at; a concern among all they list
TRAINED, TICKED = 1.0, 0.8  # completed training; a tick
TICKED_FORMAT: Final = 0.6  # couples and families are where training shows most
SLIDING_SCALE: Final = 0.5  # a fee above the budget, or not stated, with room to talk
OPENING_FADES_OVER: Final = 28  # days
DISTANCE_AT_EDGE: Final = 0.5  # fit at exactly the miles that were asked; it is gone at twice as many

FORMAT_APPROACHES: Final[Mapping[str, tuple[str, ...]]] = {
    "couple": ("emotionally-focused", "gottman", "imago", "integrative-behavioral-couple", "discernment"),
    "family": (
        "attachment-based-family",
        "family-systems",
        "structural-family",
        "dyadic-developmental",
        "circle-of-security",
        "parent-child-interaction",
        "child-parent-psychotherapy",
        "theraplay",
    ),
}
TRAUMA_APPROACHES: Final = (
    "trauma-informed",
    "trauma-focused-cbt",
    "cognitive-processing",
    "prolonged-exposure",
    "emdr",
    "sensorimotor",
    "child-parent-psychotherapy",
)
#: Built on attachment theory or its ideas. The same for every insecure style: no style has "its" therapy.
ATTACHMENT_APPROACHES: Final = (
    "attachment-based",
    "attachment-based-family",
    "attachment-compassion",
    "emotionally-focused",
    "gottman",
    "mentalization-based",
    "circle-of-security",
)


def concerns(candidates: Candidates, needs: Needs) -> Floats:
    """The share of what was brought, weighted by how much it matters; a focus counts more than a listed concern."""
    coverage = np.zeros(len(candidates))
    for code, importance in needs.concerns.items():
        listed = candidates.has("concerns", code)
        coverage += importance * np.where(candidates.has("focus", code), FOCUS, np.where(listed, LISTED, 0.0))
    return _where_stated(candidates, "concerns", _matched(coverage / sum(needs.concerns.values())))


def approach_evidence(candidates: Candidates, needs: Needs) -> Floats:
    """The best evidence for these situations among the approaches they use. No row is no proof against: neutral."""
    coverage = np.zeros(len(candidates))
    for strength, approaches in strengths(needs.evidence).items():
        coverage = np.maximum(coverage, strength * _skill(candidates, approaches))
    return _where_stated(candidates, "approaches", _matched(coverage, otherwise=NEUTRAL))


def format_expertise(candidates: Candidates, needs: Needs) -> Floats:
    """Training in couple or family work above a tick, above offering the format only."""
    coverage = _skill(candidates, FORMAT_APPROACHES[needs.session_format], ticked=TICKED_FORMAT)
    return _where_stated(candidates, "approaches", _matched(coverage, otherwise=NOT_LISTED))


def trauma_informed(candidates: Candidates, needs: Needs) -> Floats:
    coverage = _skill(candidates, TRAUMA_APPROACHES)
    return _where_stated(candidates, "approaches", _matched(coverage, otherwise=NOT_LISTED))


def approach_wish(candidates: Candidates, needs: Needs) -> Floats:
    coverage = _skill(candidates, needs.approaches)
    return _where_stated(candidates, "approaches", _matched(coverage, otherwise=NOT_LISTED))


def style_fit(candidates: Candidates, needs: Needs) -> Floats:
    """Attachment-minded approaches for an insecure style, as far as the style is sure. It lifts, and never lowers."""
    coverage = _given(needs.insecurity) * _skill(candidates, ATTACHMENT_APPROACHES)
    return _where_stated(candidates, "approaches", _matched(coverage, otherwise=NEUTRAL))


def population(candidates: Candidates, needs: Needs) -> Floats:
    """The share of the named groups that they work with."""
    coverage = sum((candidates.has("populations", code) for code in needs.populations), np.zeros(len(candidates)))
    return _where_stated(candidates, "populations", _matched(coverage / len(needs.populations)))


def cost(candidates: Candidates, needs: Needs) -> Floats:
    """Lowest fee within the budget; above it, or without a stated fee, a sliding scale counts in part."""
    fee = candidates.numbers("fee_from")
    sliding = candidates.numbers("sliding_scale") == 1
    affordable = (fee != NOT_STATED) & (fee <= _given(needs.fee_max))
    otherwise = np.where(sliding, SLIDING_SCALE, np.where(fee == NOT_STATED, np.nan, 0.0))
    return np.where(affordable, 1.0, otherwise)


def identity(candidates: Candidates, needs: Needs) -> Floats:
    gender = candidates.numbers("gender")
    wanted = np.zeros(len(candidates))
    for code in needs.genders:
        wanted[gender == GENDERS.index(code)] = 1.0
    return np.where(gender == NOT_STATED, np.nan, wanted)


def language(candidates: Candidates, needs: Needs) -> Floats:
    return _any_of(candidates, "languages", needs.languages)


def insurance(candidates: Candidates, needs: Needs) -> Floats:
    return _any_of(candidates, "insurance_plans", needs.insurance)


def opening(candidates: Candidates, needs: Needs) -> Floats:
    """An opening in time; a later one fades out over four weeks. A day that has passed says nothing any more."""
    opening_on = candidates.numbers("opening_on")
    today = day_number(needs.on)
    late = np.maximum(opening_on - (today + _given(needs.opening_within_days)), 0)
    return np.where(opening_on < today, np.nan, np.maximum(1.0 - late / OPENING_FADES_OVER, 0.0))


def distance(candidates: Candidates, needs: Needs) -> Floats:
    """Falls evenly with the miles to the nearest office: a half at the distance asked, nothing at twice as far."""
    near = _given(needs.near)
    return np.maximum(1.0 - DISTANCE_AT_EDGE * candidates.miles(near) / near.miles, 0.0)


def _skill(candidates: Candidates, approaches: tuple[str, ...], *, ticked: float = TICKED) -> Floats:
    """The best of these approaches: trained, ticked, or 0."""
    trained = has_any(candidates, "trained", approaches)
    return np.where(trained, TRAINED, np.where(has_any(candidates, "approaches", approaches), ticked, 0.0))


def _matched(coverage: Floats, *, otherwise: float = 0.0) -> Floats:
    """From a share that is met to a fit: anything met is worth more than saying nothing."""
    return np.where(coverage > 0, NEUTRAL + (1 - NEUTRAL) * coverage, otherwise)


def _where_stated(candidates: Candidates, vocabulary: str, fit: Floats) -> Floats:
    return np.where(candidates.stated(vocabulary), fit, np.nan)


def _any_of(candidates: Candidates, vocabulary: str, codes: tuple[str, ...]) -> Floats:
    met: Bools = has_any(candidates, vocabulary, codes)
    return _where_stated(candidates, vocabulary, met.astype(np.float64))


def _given(wish: Wish | None) -> Wish:
    if wish is None:
        raise ValueError("this criterion was not asked")
    return wish
