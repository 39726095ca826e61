"""Fits: how far candidates meet each need, as numbers between 0 and 1, or NaN for what they do not state.

The formulas are here, their numbers in the ruleset. The laws they keep: a stated fact that matches gives at least
`neutral`, so stating it never costs; a better fact never gives less. One list of approaches answers five criteria at
once. So that the first approach somebody lists cannot cost more in four of them than it earns in the fifth, an approach
that is missing from a list gives `not_listed`, just below `neutral`: nobody lists everything they know.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from directory.roster.schema import GENDERS, NOT_STATED, day_number
from matching.candidates import Candidates, Floats
from matching.needs import Needs

Wish = TypeVar("Wish")


def concerns(candidates: Candidates, needs: Needs) -> Floats:
    """The share of what was brought, weighted by how much it matters; a focus counts more than a listed concern."""
    rules = needs.ruleset.fits
    coverage = np.zeros(len(candidates))
    for code, importance in needs.concerns.items():
        listed = np.where(candidates.has("concerns", code), rules.listed, 0.0)
        coverage += importance * np.where(candidates.has("focus", code), rules.focus, listed)
    return _where_stated(candidates, "concerns", _matched(coverage / sum(needs.concerns.values()), needs))


def approach_evidence(candidates: Candidates, needs: Needs) -> Floats:
    """The best evidence for these situations among the approaches they use. No row is no proof against: neutral."""
    coverage = np.zeros(len(candidates))
    for strength, approaches in needs.strengths.items():
        coverage = np.maximum(coverage, strength * _skill(candidates, approaches, needs))
    return _where_stated(candidates, "approaches", _matched(coverage, needs, otherwise=needs.ruleset.fits.neutral))


def format_expertise(candidates: Candidates, needs: Needs) -> Floats:
    """Training in couple or family work above a tick, above offering the format only."""
    approaches = needs.ruleset.approaches[needs.session_format]
    coverage = _skill(candidates, approaches, needs, ticked=needs.ruleset.fits.ticked_format)
    return _where_stated(candidates, "approaches", _matched(coverage, needs, otherwise=needs.ruleset.fits.not_listed))


def trauma_informed(candidates: Candidates, needs: Needs) -> Floats:
    return _one_of(candidates, needs.ruleset.approaches["trauma"], needs)


def approach_wish(candidates: Candidates, needs: Needs) -> Floats:
    return _one_of(candidates, needs.approaches, needs)


def style_fit(candidates: Candidates, needs: Needs) -> Floats:
    """Attachment-minded approaches for an insecure style, as far as the style is sure. It lifts, and never lowers."""
    skill = _skill(candidates, needs.ruleset.approaches["attachment"], needs)
    fit = _matched(_given(needs.insecurity) * skill, needs, otherwise=needs.ruleset.fits.neutral)
    return _where_stated(candidates, "approaches", fit)


def population(candidates: Candidates, needs: Needs) -> Floats:
    """The share of the named groups that they work with."""
    coverage = sum((candidates.has("populations", code) for code in needs.populations), np.zeros(len(candidates)))
    return _where_stated(candidates, "populations", _matched(coverage / len(needs.populations), needs))


def cost(candidates: Candidates, needs: Needs) -> Floats:
    """Lowest fee within the budget; above it, or without a stated fee, a sliding scale counts in part."""
    fee = candidates.numbers("fee_from")
    sliding = candidates.numbers("sliding_scale") == 1
    affordable = (fee != NOT_STATED) & (fee <= _given(needs.fee_max))
    sliding_scale = needs.ruleset.fits.sliding_scale
    otherwise = np.where(sliding, sliding_scale, np.where(fee == NOT_STATED, np.nan, 0.0))
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
    """An opening in time; a later one fades out over some weeks. A day that has passed says nothing any more."""
    opening_on = candidates.numbers("opening_on")
    today = day_number(needs.on)
    late = np.maximum(opening_on - (today + _given(needs.opening_within_days)), 0)
    return np.where(opening_on < today, np.nan, np.maximum(1.0 - late / needs.ruleset.fits.opening_fades_over, 0.0))


def distance(candidates: Candidates, needs: Needs) -> Floats:
    """Falls evenly with the miles to the nearest office: what the ruleset says at the distance asked, then on to 0."""
    near = _given(needs.near)
    lost = (1.0 - needs.ruleset.fits.distance_at_edge) * candidates.miles(near) / near.miles
    return np.maximum(1.0 - lost, 0.0)


def _skill(candidates: Candidates, approaches: tuple[str, ...], needs: Needs, *, ticked: float | None = None) -> Floats:
    """The best of these approaches: trained, ticked, or 0."""
    rules = needs.ruleset.fits
    listed = np.where(candidates.has_any("approaches", approaches), rules.ticked if ticked is None else ticked, 0.0)
    return np.where(candidates.has_any("trained", approaches), rules.trained, listed)


def _one_of(candidates: Candidates, approaches: tuple[str, ...], needs: Needs) -> Floats:
    fit = _matched(_skill(candidates, approaches, needs), needs, otherwise=needs.ruleset.fits.not_listed)
    return _where_stated(candidates, "approaches", fit)


def _matched(coverage: Floats, needs: Needs, *, otherwise: float = 0.0) -> Floats:
    """From a share that is met to a fit: anything met is worth more than saying nothing."""
    neutral = needs.ruleset.fits.neutral
    return np.where(coverage > 0, neutral + (1 - neutral) * coverage, otherwise)


def _where_stated(candidates: Candidates, vocabulary: str, fit: Floats) -> Floats:
    return np.where(candidates.stated(vocabulary), fit, np.nan)


def _any_of(candidates: Candidates, vocabulary: str, codes: tuple[str, ...]) -> Floats:
    return _where_stated(candidates, vocabulary, candidates.has_any(vocabulary, codes).astype(np.float64))


def _given(wish: Wish | None) -> Wish:
    if wish is None:
        raise ValueError("this criterion was not asked")
    return wish
