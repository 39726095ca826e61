"""Concentration: how evenly the places fall on the therapists who could have had them, and who never had one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.facts import Facts
from directory.roster.schema import ACCEPTING

Counts = NDArray[np.int64]

LOTTERIES: Final = 20
MOST_SHOWN: Final = 0.1  # the tenth of the eligible who are shown most


@dataclass(frozen=True, kw_only=True)
class ByLot:
    """What the same figure is when lots decide: the mean of LOTTERIES draws, the lowest and the highest."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """Over everybody who was eligible at least once. `gini` is 0 when all have the same, near 1 when few have all.

    `top_share` is the share of the places that the tenth shown most has. `loads` and `lot_loads` are the places of
    each of them, as ranked and in one draw by lot. `spared` were eligible and never shown.
    """

    eligible: int
    gini: float
    gini_by_lot: ByLot
    top_share: float
    top_share_by_lot: ByLot
    spared: int
    spared_by_lot: ByLot
    loads: Counts
    lot_loads: Counts


class Lotteries:
    """Gives the places of each intake by lot, LOTTERIES times, to those who met the requirements."""

    def __init__(self, therapists: int, *, seed: int) -> None:
        self.places = np.zeros((LOTTERIES, therapists), dtype=np.int32)
        self.eligible = np.zeros(therapists, dtype=np.int64)  # how often
        self._rng = np.random.default_rng([seed, 0, 2])

    def add(self, eligible: NDArray[np.intp], places: int) -> None:
        self.eligible[eligible] += 1
        for drawn in self.places if places else ():
            drawn[self._rng.choice(eligible, places, replace=False, shuffle=False)] += 1


def concentration(shown: Counts, lotteries: Lotteries) -> Concentration:
    able = lotteries.eligible > 0
    loads, drawn = shown[able], lotteries.places[:, able].astype(np.int64)
    return Concentration(
        eligible=len(loads),
        gini=gini(loads),
        gini_by_lot=_by_lot(gini(draw) for draw in drawn),
        top_share=_top_share(loads),
        top_share_by_lot=_by_lot(_top_share(draw) for draw in drawn),
        spared=int(np.count_nonzero(loads == 0)),
        spared_by_lot=_by_lot(float(np.count_nonzero(draw == 0)) for draw in drawn),
        loads=loads,
        lot_loads=drawn[0],
    )


def gini(loads: NDArray[Any]) -> float:
    """The Gini coefficient: half the mean difference of two loads, over the mean load. 0 when nobody has any."""
    total = float(loads.sum())
    if total == 0:
        return 0.0
    places = np.arange(1, len(loads) + 1)
    return float((2 * places - len(loads) - 1) @ np.sort(loads) / (len(loads) * total))


def why_never_eligible(facts: Facts, listed: NDArray[np.bool_], asked: Mapping[str, int]) -> Iterator[str]:
    """For each listed therapist the first reason why no intake could have had them, were they never eligible.

    `asked` has a mask for "jurisdictions", "session_formats" and "delivery_methods": what any intake asked for.
    """
    accepting = facts.numbers["accepting"][listed]
    masks = {name: facts.masks[f"{name}_0"][listed] for name in ("session_formats", "delivery_methods")}
    reasons: list[tuple[NDArray[np.bool_], str]] = [
        (accepting == ACCEPTING.index("no"), "takes no new clients"),
        (accepting == ACCEPTING.index("waitlist"), "has a waiting list only"),
        (accepting < 0, "does not say whether there is a free place"),
        (masks["session_formats"] == 0, "states no kind of session"),
        (masks["delivery_methods"] == 0, "states no way to meet"),
        (
            masks["session_formats"] & np.int64(asked["session_formats"]) == 0,
            "offers no kind of session that was asked",
        ),
        (masks["delivery_methods"] & np.int64(asked["delivery_methods"]) == 0, "meets in no way that was asked"),
    ]
    found = np.select([broken for broken, _ in reasons], [reason for _, reason in reasons], OTHERWISE)
    yield from found.tolist()


OTHERWISE: Final = "could have been eligible, but no intake of the sample fit (state, distance or a must)"


def _top_share(loads: NDArray[Any]) -> float:
    most = np.sort(loads)[::-1][: max(round(len(loads) * MOST_SHOWN), 1)]
    return float(most.sum() / max(loads.sum(), 1))


def _by_lot(values: Iterator[float]) -> ByLot:
    drawn = [*values]
    return ByLot(mean=sum(drawn) / len(drawn), low=min(drawn), high=max(drawn))
