"""Two rulesets over the same intakes: who moves, and by how much. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.ruleset import Fits, Ruleset

Order = NDArray[np.int64]  # therapist ids, best first

TOPS: Final = (1, 3, 20)
DEPTH: Final = 100  # places that are looked at; whoever is further down counts as standing just behind them
NAMED: Final = 10  # who gain most, and who lose most


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One number or list that the rulesets do not share."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Top:
    """The first `size` places: the share of intakes in which the order, or the people, differ, and mean overlap."""

    size: int
    order_changes: float
    people_change: float
    overlap: float


@dataclass(frozen=True, kw_only=True)
class Mover:
    """A therapist's places among the first 20, in all: `gained` counts place by place, leaving them as place 21."""

    therapist_id: int
    gained: int
    before: int  # times among the first 20
    after: int


@dataclass(frozen=True, kw_only=True)
class RulesetComparison:
    """Over the `choices` intakes of `intakes` with two or more eligible therapists; the others cannot change.

    Moves are those of everybody among the first 20 of either list; nobody moves further than from DEPTH + 1.
    `kendall` is Kendall's tau among those whom both lists have there: 1 the same order, 0 unrelated, -1 reversed; None
    when no intake has two of them.
    """

    before: str
    after: str
    intakes: int
    choices: int
    differences: tuple[Difference, ...]
    tops: tuple[Top, ...]
    mean_move: float
    largest_move: int
    kendall: float | None
    gain: tuple[Mover, ...]
    lose: tuple[Mover, ...]

    def to_json(self, slugs: Mapping[int, str]) -> dict[str, Any]:
        """Plain values, therapists by slug."""
        data = asdict(self)
        for movers in ("gain", "lose"):
            data[movers] = [{"slug": slugs[one.pop("therapist_id")], **one} for one in data[movers]]
        return data


class Comparing:
    """Counts as pairs of orders come."""

    def __init__(self, before: Ruleset, after: Ruleset) -> None:
        self.before, self.after = before, after
        self.intakes = self.choices = 0
        self._order_changes = dict.fromkeys(TOPS, 0)
        self._people_change = dict.fromkeys(TOPS, 0)
        self._overlap = dict.fromkeys(TOPS, 0.0)
        self._moves = self._moved = self._largest = 0
        self._taus: list[float] = []
        self._gained: dict[int, list[int]] = {}

    def add(self, before: Order, after: Order) -> None:
        """The best DEPTH of the same candidates by either ruleset."""
        self.intakes += 1
        if len(before) < 2:
            return
        self.choices += 1
        for size in TOPS:
            one, other = before[:size].tolist(), after[:size].tolist()
            self._order_changes[size] += one != other
            self._people_change[size] += {*one} != {*other}
            self._overlap[size] += len({*one} & {*other}) / len(one)
        self._count_moves(before, after)

    def _count_moves(self, before: Order, after: Order) -> None:
        most = TOPS[-1]
        was, is_now = _places(before), _places(after)
        for therapist in {*before[:most].tolist(), *after[:most].tolist()}:
            old, new = was.get(therapist, DEPTH + 1), is_now.get(therapist, DEPTH + 1)
            self._moves += 1
            self._moved += abs(old - new)
            self._largest = max(self._largest, abs(old - new))
            gained = self._gained.setdefault(therapist, [0, 0, 0])
            gained[0] += min(old, most + 1) - min(new, most + 1)
            gained[1] += old <= most
            gained[2] += new <= most
        common = [therapist for therapist in before[:most].tolist() if is_now.get(therapist, DEPTH + 1) <= most]
        if len(common) > 1:
            self._taus.append(kendall([is_now[therapist] for therapist in common]))

    def outcome(self) -> RulesetComparison:
        choices = max(self.choices, 1)
        movers = sorted(
            (
                Mover(therapist_id=therapist, gained=gained, before=before, after=after)
                for therapist, (gained, before, after) in self._gained.items()
            ),
            key=lambda mover: (-mover.gained, mover.therapist_id),
        )
        return RulesetComparison(
            before=self.before.code,
            after=self.after.code,
            intakes=self.intakes,
            choices=self.choices,
            differences=tuple(differences(self.before, self.after)),
            tops=tuple(
                Top(
                    size=size,
                    order_changes=self._order_changes[size] / choices,
                    people_change=self._people_change[size] / choices,
                    overlap=self._overlap[size] / choices if self.choices else 1.0,
                )
                for size in TOPS
            ),
            mean_move=self._moved / max(self._moves, 1),
            largest_move=self._largest,
            kendall=float(np.mean(self._taus)) if self._taus else None,
            gain=tuple(mover for mover in movers[:NAMED] if mover.gained > 0),
            lose=tuple(mover for mover in movers[::-1][:NAMED] if mover.gained < 0),
        )


def differences(before: Ruleset, after: Ruleset) -> Iterator[Difference]:
    """Every weight, number, grade, list and edition of the evidence that differs, weights first."""
    yield from _differing("weight", before.weights, after.weights)
    numbers = [field.name for field in fields(Fits)]
    yield from _differing("fit", *({name: getattr(one.fits, name) for name in numbers} for one in (before, after)))
    yield from _differing("grade", before.grades, after.grades)
    yield from _differing("approaches for", before.approaches, after.approaches)
    if before.edition != after.edition:
        yield Difference(what="edition of the evidence", before=before.edition, after=after.edition)


def kendall(places: Sequence[int]) -> float:
    """Kendall's tau between the order in which places are listed and the places themselves; no two are equal."""
    listed = np.asarray(places)
    later_is_lower = np.triu(listed[:, None] < listed[None, :], 1).sum()
    pairs = len(listed) * (len(listed) - 1) / 2
    return float(2 * later_is_lower / pairs - 1)


def _places(order: Order) -> dict[int, int]:
    return {therapist: place for place, therapist in enumerate(order.tolist(), 1)}


def _differing(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in before:
        if before[name] != after[name]:
            yield Difference(what=f"{kind} {name}", before=before[name], after=after[name])
