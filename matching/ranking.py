"""Ranking: the criteria over all candidates, and the best of them in a total, fair order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.ordering import first, rotation
from matching.candidates import Candidates, Floats, Ints, Remembering
from matching.criteria import NEUTRAL, Criterion, asked_criteria, most_points
from matching.needs import Needs

#: Fits are whole ten-thousandths before they become points, so that anybody can redo the arithmetic of an answer.
FINEST_FIT: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One criterion for one therapist. Points are in hundredths; `fit` is None for what is not stated."""

    criterion: Criterion
    fit: float | None
    points: int
    most_points: int

    @property
    def stated(self) -> bool:
        return self.fit is not None


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A therapist with a place. `score` is in hundredths of a point, and the sum of the findings' points.

    `confidence` is the share of the asked weight for which the therapist states a fact. `miles` to the nearest office
    when a place was given and there is an office.
    """

    therapist_id: int
    rank: int
    score: int
    confidence: float
    miles: float | None
    findings: tuple[Finding, ...]


def rank(candidates: Candidates, needs: Needs, *, seed: int, limit: int) -> tuple[Ranked, ...]:
    """The best `limit` candidates, best first.

    Equal scores take turns by a shuffle of the seed, in which no two therapists are equal; the order in which
    candidates arrive and `limit` never change who stands before whom.
    """
    candidates = Remembering(candidates)
    criteria = asked_criteria(needs)
    most = most_points(criteria)
    fits = [criterion.fit(candidates, needs) for criterion in criteria]
    points = [points_of(fit, most=its_most) for fit, its_most in zip(fits, most, strict=True)]
    scores: Ints = np.asarray(np.sum(points, axis=0), dtype=np.int32)
    best = first(-scores, rotation(candidates.ids, seed), limit)
    miles = None if needs.near is None or not len(best) else candidates.miles(needs.near)[best]
    weights = np.array([criterion.weight for criterion in criteria])
    stated = np.array([~np.isnan(fit[best]) for fit in fits])
    confidence = weights @ stated / weights.sum()
    return tuple(
        Ranked(
            therapist_id=int(candidates.ids[row]),
            rank=place + 1,
            score=int(scores[row]),
            confidence=round(float(confidence[place]), 2),
            miles=None if miles is None or np.isnan(miles[place]) else float(miles[place]),
            findings=tuple(
                Finding(
                    criterion=criterion,
                    fit=None if np.isnan(fit[row]) else float(np.rint(fit[row] * FINEST_FIT)) / FINEST_FIT,
                    points=int(its_points[row]),
                    most_points=its_most,
                )
                for criterion, fit, its_points, its_most in zip(criteria, fits, points, most, strict=True)
            ),
        )
        for place, row in enumerate(best)
    )


def points_of(fit: Floats, *, most: int) -> Ints:
    """Hundredths of a point for each fit: most * fit, rounded half up, in whole numbers. NaN counts as NEUTRAL."""
    shares = np.rint(np.where(np.isnan(fit), NEUTRAL, fit) * FINEST_FIT).astype(np.int64)
    points: NDArray[np.int64] = (most * shares + FINEST_FIT // 2) // FINEST_FIT
    return points.astype(np.int32)
