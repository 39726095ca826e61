"""Exposure: which share of the shown places goes to each group, and what share a draw by lot would have given. Pure.

An intake gives its places to the first therapists of its order. Had they been drawn by lot among all who met the
requirements, each group would expect its share of those. The *ranking effect* is the one by the other: 1 is what lots
give, and whatever keeps people from being eligible is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.audit.groups import Attribute
from matching.intake import Intake

Floats = NDArray[np.float64]

REPLICATES: Final = 400  # of the bootstrap
SHUFFLES: Final = 400  # of who is in which group
CHUNK: Final = 250  # intakes that are summed up at once
INTERVAL: Final = (2.5, 97.5)
FEWEST_PLACES: Final = 10  # by lot; with fewer nothing is said about a group


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Places shown over places by lot, and the 95 % interval; None when lots give fewer than FEWEST_PLACES."""

    effect: float | None
    low: float | None
    high: float | None

    @property
    def excludes_one(self) -> bool:
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


@dataclass(frozen=True, kw_only=True)
class GroupFigures:
    """One group: shares of the listed therapists, of the places by lot, and of the places shown.

    `weighted` counts a place at the discount of its rank, `not_asked` only intakes that do not ask for the attribute.
    `chance` is where 95 of 100 groups of the same size lie that are drawn at random from the eligible therapists.
    """

    name: str
    therapists: int
    listed_share: float
    lot_share: float
    shown_share: float
    ranking: Effect
    weighted: Effect
    not_asked: Effect
    chance: tuple[float, float] | None

    @property
    def stands_out(self) -> bool:
        """Neither the luck of which intakes came nor of who happens to be in the group explains it."""
        effect = self.ranking.effect
        if effect is None or self.chance is None:
            return False
        return self.ranking.excludes_one and not self.chance[0] <= effect <= self.chance[1]


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """The figures of one attribute. `asked` counts the intakes that ask for it."""

    code: str
    name: str
    overlapping: bool
    asked: int
    groups: tuple[GroupFigures, ...]


class Counting:
    """Counts places as intakes come, and keeps sums only: its memory does not grow with their number."""

    def __init__(self, attributes: Sequence[Attribute], therapists: int, *, seed: int) -> None:
        self.attributes = tuple(attributes)
        self.members = np.column_stack([one.members for one in attributes]).astype(np.float32)
        self.intakes = 0
        self.shown = np.zeros(therapists, dtype=np.int64)  # places, by therapist
        self.by_lot = np.zeros(therapists)  # expected places
        self._of = np.repeat(np.arange(len(attributes)), [len(one.groups) for one in attributes])
        self._rng = np.random.default_rng([seed, 0, 1])
        self._asked = np.zeros(len(attributes), dtype=np.int64)
        self._sums = np.zeros((1 + REPLICATES, 6 * len(self._of)))
        self._waiting: list[Floats] = []

    def add(self, intake: Intake, eligible: NDArray[np.intp], best: NDArray[np.intp]) -> None:
        """`eligible` are the rows of those who meet the requirements, `best` those who get the places, in order."""
        asked = np.array([one.asked(intake) for one in self.attributes])
        self.intakes += 1
        self._asked += asked
        if len(eligible):
            self.shown[best] += 1
            self.by_lot[eligible] += len(best) / len(eligible)
        theirs = self.members[eligible].sum(axis=0) / max(len(eligible), 1)  # the share of each group
        discounts = discount(len(best))
        places = self.members[best]
        shown, by_lot = places.sum(axis=0), theirs * len(best)
        silent = ~asked[self._of]
        self._waiting.append(
            np.concatenate(
                [shown, by_lot, discounts @ places, theirs * discounts.sum(), shown * silent, by_lot * silent]
            )
        )
        if len(self._waiting) == CHUNK:
            self._sum_up()

    def figures(self) -> tuple[Exposure, ...]:
        self._sum_up()
        shown, by_lot, *rest = np.split(self._sums, 6, axis=1)
        effects = [_effects(*pair) for pair in ((shown, by_lot), rest[:2], rest[2:])]
        chance = self._chance()
        places = max(float(self.shown.sum()), 1.0)
        return tuple(
            Exposure(
                code=one.code,
                name=one.name,
                overlapping=one.overlapping,
                asked=int(self._asked[number]),
                groups=tuple(
                    GroupFigures(
                        name=group,
                        therapists=int(self.members[:, column].sum()),
                        listed_share=float(self.members[:, column].sum()) / max(len(self.members), 1),
                        lot_share=float(by_lot[0, column]) / places,
                        shown_share=float(shown[0, column]) / places,
                        ranking=effects[0][column],
                        weighted=effects[1][column],
                        not_asked=effects[2][column],
                        chance=chance[column],
                    )
                    for group, column in zip(one.groups, np.nonzero(self._of == number)[0], strict=True)
                ),
            )
            for number, one in enumerate(self.attributes)
        )

    def _sum_up(self) -> None:
        # Poisson bootstrap: each intake counts 0, 1, 2 … times, with mean 1; so nothing needs to be kept for later.
        if not self._waiting:
            return
        times = self._rng.poisson(1.0, (REPLICATES, len(self._waiting))).astype(np.float64)
        waiting = np.array(self._waiting)
        self._sums[0] += waiting.sum(axis=0)
        self._sums[1:] += times @ waiting
        self._waiting = []

    def _chance(self) -> list[tuple[float, float] | None]:
        """Where the effect would lie if the groups were drawn from the eligible therapists, whoever they are."""
        able = self.by_lot > 0
        members = np.ascontiguousarray(self.members[able].T)
        counts = np.column_stack([self.shown[able], self.by_lot[able]]).astype(np.float32)
        ratios = np.empty((SHUFFLES, len(members)))
        for number in range(SHUFFLES):
            shown, by_lot = (members @ counts[self._rng.permutation(len(counts))]).T
            ratios[number] = np.where(by_lot > 0, shown / np.where(by_lot > 0, by_lot, 1), np.nan)
        return [None if np.isnan(column).any() else _interval(column) for column in ratios.T]


def discount(places: int) -> Floats:
    """What a place counts by its rank r: 1 / log2(1 + r), as in discounted cumulative gain. The first counts 1."""
    return np.asarray(1 / np.log2(np.arange(places) + 2.0))


def _effects(shown: Floats, by_lot: Floats) -> list[Effect]:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.where(by_lot > 0, shown / by_lot, np.nan)
    found = []
    for column, places in zip(ratios.T, by_lot[0], strict=True):
        if places < FEWEST_PLACES:
            found.append(Effect(effect=None, low=None, high=None))
        else:
            low, high = _interval(column[1:][~np.isnan(column[1:])])
            found.append(Effect(effect=float(column[0]), low=low, high=high))
    return found


def _interval(values: Floats) -> tuple[float, float]:
    low, high = np.percentile(values, INTERVAL)
    return float(low), float(high)
