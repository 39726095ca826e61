"""Fits: how far candidates meet each need, as numbers between 0 and 1, or NaN for what they do not state.

The formulas are here, their numbers in the ruleset. The laws they keep: a stated fact that matches gives at least
`neutral`, so stating it never costs; a better fact never gives less. One list of approaches answers five criteria at
once. So that the first approach somebody lists cannot cost more in four of them than it earns in the fifth, an approach
that is missing from a list gives `not_listed`, just below `neutral`: nobody lists everything they know.

And nobody does everything: of who ticks most of a vocabulary (directory/specialties.py) a plain tick counts as not
stated. What they mark as focus, and training, count as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from directory.roster.schema import GENDERS, NOT_STATED, day_number
from matching.candidates import Candidates, Floats
from matching.needs import Needs

Wish = TypeVar("Wish")
Share = TypeVar("Share", float, Floats)


def concerns(candidates: Candidates, needs: Needs) -> Floats:
    """The share of what was brought, weighted by how much it matters; a focus counts more than a listed concern."""
    rules, named = needs.ruleset.fits, _each(needs.concerns)
    listed, focus = candidates.has_each("concerns", named), candidates.has_each("focus", named)
    coverage, meant = np.zeros(len(candidates)), ~candidates.sweeping("concerns")
    # One after the other: many concerns times many candidates would be much memory.
    for importance, is_listed, is_focus in zip(needs.concerns.values(), listed, focus, strict=True):
        coverage += importance * np.where(is_focus, rules.focus, np.where(is_listed & meant, rules.listed, 0.0))
    fit = _matched(coverage / sum(needs.concerns.values()), needs)
    return _where_stated(candidates, "concerns", np.where((coverage > 0) | meant, fit, np.nan))


def approach_evidence(candidates: Candidates, needs: Needs) -> Floats:
    """The best evidence for these situations among the approaches they use. No row is no proof against: neutral."""
    rules, approaches = needs.ruleset.fits, needs.strengths.values()
    meant = ~candidates.sweeping("approaches")
    listed = np.where(candidates.has_each("approaches", approaches) & meant, rules.ticked, 0.0)
    skills = np.where(candidates.has_each("trained", approaches), rules.trained, listed)
    coverage = np.maximum.reduce(skills * np.array([*needs.strengths])[:, None], initial=0.0)
    fit = _matched(coverage, needs, otherwise=rules.neutral)
    return _where_stated(candidates, "approaches", np.where((coverage > 0) | meant, fit, np.nan))


def format_expertise(candidates: Candidates, needs: Needs) -> Floats:
    """Training in couple or family work above a tick, above offering the format only."""
    rules = needs.ruleset.fits
    return _one_of(candidates, needs.ruleset.approaches[needs.session_format], needs, ticked=rules.ticked_format)


def trauma_informed(candidates: Candidates, needs: Needs) -> Floats:
    return _one_of(candidates, needs.ruleset.approaches["trauma"], needs)


def approach_wish(candidates: Candidates, needs: Needs) -> Floats:
    return _one_of(candidates, needs.approaches, needs)


def style_fit(candidates: Candidates, needs: Needs) -> Floats:
    """Attachment-minded approaches for an insecure style, as far as the style is sure. It lifts, and never lowers."""
    rules, sure = needs.ruleset, _given(needs.insecurity)
    return _one_of(candidates, rules.approaches["attachment"], needs, sure=sure, otherwise=rules.fits.neutral)


def population(candidates: Candidates, needs: Needs) -> Floats:
    """The share of the named groups that they work with."""
    coverage = candidates.has_each("populations", _each(needs.populations)).sum(axis=0) / len(needs.populations)
    return _where_stated(candidates, "populations", _matched(coverage, needs))


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


def _one_of(
    candidates: Candidates,
    approaches: tuple[str, ...],
    needs: Needs,
    *,
    ticked: float | None = None,
    sure: float = 1.0,
    otherwise: float | None = None,
) -> Floats:
    """The best of these approaches: trained, ticked, or `otherwise`."""
    rules = needs.ruleset.fits
    shares = (sure * rules.trained, sure * (rules.ticked if ticked is None else ticked))
    neither = rules.not_listed if otherwise is None else otherwise
    if_trained, if_ticked = (_lifted(share, needs) if share > 0 else neither for share in shares)
    listed = np.where(candidates.has_any("approaches", approaches), if_ticked, neither)
    listed = np.where(candidates.sweeping("approaches"), np.nan, listed)
    fit = np.where(candidates.has_any("trained", approaches), if_trained, listed)
    return _where_stated(candidates, "approaches", fit)


def _matched(coverage: Floats, needs: Needs, *, otherwise: float = 0.0) -> Floats:
    return np.where(coverage > 0, _lifted(coverage, needs), otherwise)


def _lifted(share: Share, needs: Needs) -> Share:
    """From a share that is met to a fit: anything met is worth more than saying nothing."""
    neutral = needs.ruleset.fits.neutral
    return neutral + (1 - neutral) * share


def _where_stated(candidates: Candidates, vocabulary: str, fit: Floats) -> Floats:
    return np.where(candidates.stated(vocabulary), fit, np.nan)


def _each(codes: Iterable[str]) -> list[tuple[str]]:
    return [(code,) for code in codes]


def _any_of(candidates: Candidates, vocabulary: str, codes: tuple[str, ...]) -> Floats:
    return _where_stated(candidates, vocabulary, candidates.has_any(vocabulary, codes).astype(np.float64))


def _given(wish: Wish | None) -> Wish:
    if wish is None:
        raise ValueError("this criterion was not asked")
    return wish
