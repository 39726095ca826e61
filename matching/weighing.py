"""Weighing: who would come first if one thing counted half or twice as much. Worked out over everybody, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.candidates import Ints
from matching.criteria import Criterion
from matching.ranking import Scored, in_order, known_weight, points_by_criterion
from matching.reasons import Card

Counting = Literal["half", "twice"]
IN_WORDS: Final[dict[Counting, str]] = {"half": "half as much", "twice": "twice as much"}
#: Rounding moves the difference of two scores by less than this many hundredths for each criterion: half a hundredth
#: for each of the two and one for the most points, before the change and, in the same scale, after it.
MOST_ROUNDING: Final = 8


@dataclass(frozen=True, kw_only=True)
class OrderChange:
    """With this criterion counting half or twice as much, all else as it is, this therapist would come first."""

    criterion: Criterion
    counts: Counting
    therapist_id: int

    @property
    def condition(self) -> str:
        return f"“{self.criterion.name}” counted {IN_WORDS[self.counts]}"

    def to_json(self, card: Card) -> dict[str, Any]:
        """The change in words too; `card` is that therapist's."""
        return {
            "criterion": self.criterion.code,
            "counts": self.counts,
            "first": {"slug": card["slug"], "name": card["name"]},
            "text": f"If {self.condition}, {card['name']} would come first.",
        }


def order_changes(scored: Scored, *, seed: int) -> tuple[OrderChange, ...]:
    """Every change of one weight to a half or to double that puts somebody else first, in the order of the criteria."""
    best = scored.best(1, seed=seed)
    if not len(best) or len(scored.criteria) < 2:
        return ()
    [first] = best
    rows = _could_come_first(scored, first)
    return tuple(
        OrderChange(criterion=scored.criteria[place], counts=counts, therapist_id=other)
        for place, counts, weights in _changed_weights(scored.weights)
        if (other := _first(scored, rows, weights, seed=seed)) != scored.candidates.ids[first]
    )


def _changed_weights(weights: tuple[int, ...]) -> Iterator[tuple[int, Counting, tuple[int, ...]]]:
    for place in range(len(weights)):
        # Weights are relative and whole: to halve one is to double the others.
        yield place, "half", tuple(weight if number == place else 2 * weight for number, weight in enumerate(weights))
        yield place, "twice", tuple(2 * weight if number == place else weight for number, weight in enumerate(weights))


def _first(scored: Scored, rows: NDArray[np.intp], weights: tuple[int, ...], *, seed: int) -> int:
    fits, ids = [fit[rows] for fit in scored.fits], scored.candidates.ids[rows]
    points = points_by_criterion(fits, weights, neutral=scored.needs.ruleset.neutral)
    scores: Ints = np.sum(points, axis=0, dtype=np.int32)
    [first] = in_order(scores, known_weight(fits, weights), ids, seed=seed, limit=1)
    return int(ids[first])


def _could_come_first(scored: Scored, first: np.intp) -> NDArray[np.intp]:
    """Everybody whom some change could put first; over a million therapists that is few of them.

    When a criterion counts half, the first loses at most half of what they have by it; when it counts twice, another
    gains at most what the first is short of. Whoever is farther behind than that stays behind.
    """
    margin = max(
        max(points[first] / 2, most - points[first]) for points, most in zip(scored.points, scored.most, strict=True)
    )
    reach = scored.scores[first] - margin - MOST_ROUNDING * len(scored.criteria)
    return np.nonzero(scored.scores >= reach)[0]
