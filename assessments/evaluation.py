"""How an instrument measures a group of real people: means, reliability, styles, and how often no style is clear.

Pure, but for numpy. Formulas: Cronbach's alpha; the Spearman-Brown formula for halves and other lengths.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assessments.instruments import Instrument, Range, Scale
from assessments.scoring import STYLES, AttachmentProfile, score

Responses = Mapping[str, float | None]
Array = npt.NDArray[np.float64]

FEWEST = 10
"""Complete sets of answers below which nothing is computed: the figures would be noise."""


class CannotEvaluate(ValueError):
    """There are too few answers, or answers that never differ."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScaleFigures:
    """One scale. Mean and SD are those of everybody with a score, the reliabilities of those who answered every item.

    `standard_error` is SD * sqrt(1 - alpha). `halves` is the correlation of the 1st, 3rd, 5th … with the 2nd, 4th …
    item of the scale, `split_half` the reliability of the whole that follows. `alpha_by_length` is the alpha of the
    first 2, 3, … items.
    """

    code: str
    items: int
    scored: int
    complete: int
    mean: float
    sd: float
    alpha: float
    standard_error: float
    halves: float
    split_half: float
    alpha_by_length: Mapping[int, float]

    def predicted_alpha(self, length: int) -> float:
        """The alpha that the Spearman-Brown formula expects of `length` items like these."""
        return lengthened(self.alpha, length / self.items)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The figures of a group. Shares are of those with both scores and sum to 1.

    `quadrants` goes by the scores alone, `styles` by the word that a person would read, with "unclear". `crossing` is
    the share whose 95 % interval of some score holds the midpoint. `same_quadrant` is, of the people who answered
    everything, the share whom both halves of the items put into one quadrant. `points` has a row of anxiety and
    avoidance for each person with both.
    """

    instrument: str
    range: Range
    people: int
    complete: int
    scored: int
    scales: tuple[ScaleFigures, ...]
    correlation: float
    quadrants: Mapping[str, float]
    styles: Mapping[str, float]
    crossing: float
    same_quadrant: float
    points: Array


def evaluate(instrument: Instrument, people: Sequence[Responses], *, range: Range) -> Evaluation:
    """Score everybody and sum up. Raises `InvalidResponse` like `score`, and `CannotEvaluate`."""
    profiles = [score(instrument, responses, range=range) for responses in people]
    answers = {scale.code: _complete(scale, people, range) for scale in instrument.scales}
    everything = [all(one.get(item.id) is not None for item in instrument.items) for one in people]
    if min(sum(everything), *(len(array) for array in answers.values())) < FEWEST:
        raise CannotEvaluate(f"Fewer than {FEWEST} people answered every item.")
    both = [profile for profile in profiles if profile.anxiety is not None and profile.avoidance is not None]
    points = np.array([[profile.anxiety.score, profile.avoidance.score] for profile in both])  # type: ignore[union-attr]
    figures = tuple(_figures(scale, profiles, answers[scale.code]) for scale in instrument.scales)
    return Evaluation(
        instrument=instrument.code,
        range=range,
        people=len(people),
        complete=sum(everything),
        scored=len(both),
        scales=figures,
        correlation=_correlation(points[:, 0], points[:, 1]),
        quadrants=_shares([profile.quadrant for profile in both], STYLES),
        styles=_shares([profile.style for profile in both], (*STYLES, "unclear")),
        crossing=sum(_crosses(profile) for profile in both) / len(both),
        same_quadrant=_same_quadrant(
            instrument, [one for one, whole in zip(people, everything, strict=True) if whole], range
        ),
        points=points,
    )


def cronbach_alpha(answers: Array) -> float:
    """Alpha of keyed answers, a row per person and a column per item. Raises `CannotEvaluate` without any spread."""
    items = answers.shape[1]
    whole = float(answers.sum(axis=1).var(ddof=1))
    if whole == 0:
        raise CannotEvaluate("Everybody has the same score.")
    return float(items / (items - 1) * (1 - answers.var(axis=0, ddof=1).sum() / whole))


def lengthened(reliability: float, factor: float) -> float:
    """The Spearman-Brown formula: the reliability of a scale that is `factor` times as long."""
    return factor * reliability / (1 + (factor - 1) * reliability)


def _complete(scale: Scale, people: Sequence[Responses], limits: Range) -> Array:
    """The keyed answers of those who answered every item of the scale, a column per item."""
    given = np.array([[one.get(item.id) for item in scale.items] for one in people], dtype=np.float64)  # None is NaN
    given = given.reshape(-1, scale.length)
    reverse_keyed = np.array([item.reverse_keyed for item in scale.items])
    keyed = np.where(reverse_keyed, sum(limits) - given, given)
    whole: Array = keyed[~np.isnan(keyed).any(axis=1)]
    return whole


def _figures(scale: Scale, profiles: Sequence[AttachmentProfile], answers: Array) -> ScaleFigures:
    results = [profile.anxiety if scale.code == "anxiety" else profile.avoidance for profile in profiles]
    scores = np.array([result.score for result in results if result is not None])
    alpha, sd = cronbach_alpha(answers), float(scores.std(ddof=1))
    halves = _correlation(answers[:, ::2].mean(axis=1), answers[:, 1::2].mean(axis=1))
    return ScaleFigures(
        code=scale.code,
        items=scale.length,
        scored=len(scores),
        complete=len(answers),
        mean=float(scores.mean()),
        sd=sd,
        alpha=alpha,
        standard_error=sd * math.sqrt(1 - alpha),
        halves=halves,
        split_half=lengthened(halves, 2),
        alpha_by_length={length: cronbach_alpha(answers[:, :length]) for length in range(2, scale.length + 1)},
    )


def _correlation(one: Array, other: Array) -> float:
    if one.std() == 0 or other.std() == 0:
        raise CannotEvaluate("Everybody has the same score.")
    return float(np.corrcoef(one, other)[0, 1])


def _shares(found: Sequence[str | None], codes: Sequence[str]) -> dict[str, float]:
    return {code: found.count(code) / len(found) for code in codes}


def _crosses(profile: AttachmentProfile) -> bool:
    return any(
        abs(result.score - profile.midpoint) < 1.96 * result.standard_error
        for result in (profile.anxiety, profile.avoidance)
        if result is not None
    )


def _same_quadrant(instrument: Instrument, complete: Sequence[Responses], limits: Range) -> float:
    """The share that both halves of the items put into one quadrant, a mean on the midpoint counting as low."""
    midpoint = sum(limits) / 2
    same = np.ones(len(complete), dtype=bool)
    for scale in instrument.scales:
        answers = _complete(scale, complete, limits)
        same &= (answers[:, ::2].mean(axis=1) > midpoint) == (answers[:, 1::2].mean(axis=1) > midpoint)
    return float(same.mean())
