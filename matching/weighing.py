"""Weighing: who would come first if one thing counted half or twice as much. Worked out over everybody, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.candidates import Ints
from matching.criteria import Criterion, most_points
from matching.ranking import Scored, in_order, known_weight, points_by_criterion
from matching.reasons import Card

Counting = Literal["half", "twice"]
Weights = tuple[int, ...]
IN_WORDS: Final[dict[Counting, str]] = {"half": "half as much", "twice": "twice as much"}
#: Rounding moves the difference of two scores by less than this many hundredths for each criterion: half a hundredth
#: for each of the two, and one for the most points, which are rounded too.
MOST_ROUNDING: Final = 2


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


def order_changes(scored: Scored, best: NDArray[np.intp], *, seed: int) -> tuple[OrderChange, ...]:
    """Every change of one weight to a half or to double that puts somebody else first, in the order of the criteria.

    `best` is who is first now, as `scored.best` gives it by that seed: alone, or before others.
    """
    if not len(best) or len(scored.criteria) < 2:
        return ()
    first = best[0]
    return tuple(
        OrderChange(criterion=scored.criteria[place], counts=counts, therapist_id=other)
        for place, counts, weights, rows in _rivals(scored, first)
        if (other := _first(scored, rows, weights, seed=seed)) != scored.candidates.ids[first]
    )


def _rivals(scored: Scored, first: np.intp) -> Iterator[tuple[int, Counting, Weights, NDArray[np.intp]]]:
    """Each changed weight by which somebody might come first, with all who might, among them who is first now.

    Worked out without rounding, for all changes and everybody within reach by one product of matrices.
    """
    rows = _within_reach(scored, first)
    shares = scored.shares(np.append(rows, first))
    ahead = shares[:, :-1] - shares[:, -1:]
    changes = list(_changed_weights(scored.weights))
    weights = np.array([its_weights for _, _, its_weights in changes], dtype=np.float64)
    rounding = MOST_ROUNDING * len(scored.criteria) * weights.sum(axis=1, keepdims=True)
    might = weights @ ahead > -rounding
    for (place, counts, its_weights), who in zip(changes, might, strict=True):
        if np.count_nonzero(who) > 1:
            yield place, counts, its_weights, rows[who]


def _changed_weights(weights: Weights) -> Iterator[tuple[int, Counting, Weights]]:
    for place in range(len(weights)):
        # Weights are relative and whole: to halve one is to double the others.
        yield place, "half", tuple(weight if number == place else 2 * weight for number, weight in enumerate(weights))
        yield place, "twice", tuple(2 * weight if number == place else weight for number, weight in enumerate(weights))


def _first(scored: Scored, rows: NDArray[np.intp], weights: Weights, *, seed: int) -> int:
    fits, ids = scored.fits(rows), scored.candidates.ids[rows]
    points = points_by_criterion(fits, most_points(weights), neutral=scored.needs.ruleset.neutral)
    scores: Ints = points.sum(axis=0, dtype=np.int32)
    leading = np.flatnonzero(scores == scores.max())
    if len(leading) > 1:  # seldom, and only then it matters what is known of them, and whose turn it is
        known = known_weight(fits[:, leading], weights)
        leading = leading[in_order(scores[leading], known, ids[leading], seed=seed, limit=1)]
    return int(ids[leading[0]])


def _within_reach(scored: Scored, first: np.intp) -> NDArray[np.intp]:
    """Everybody whom some change could put first, and some more: of a million therapists that is few.

    When a criterion counts half, the first loses at most half of what they have by it; when it counts twice, another
    gains at most what the first is short of. Whoever is farther behind than that stays behind.
    """
    its_points = scored.points(np.array([first]))[:, 0]
    margin = np.maximum(its_points / 2, np.array(scored.most) - its_points).max()
    # Rounded before the change and after it, where the scale may be twice as large; and so is the margin.
    reach = scored.scores[first] - margin - 4 * MOST_ROUNDING * len(scored.criteria)
    return np.flatnonzero(scored.scores >= reach)
