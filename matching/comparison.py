"""Why A stands above B: two therapists side by side. The differences of their findings sum to that of their scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from matching.explanation import Explanation
from matching.matches import finding_to_json
from matching.needs import Needs
from matching.problem import Problem
from matching.ranking import Finding
from matching.reasons import Card, Reason
from matching.standings import Standing
from matching.wording import listed

#: What puts one above the other: a requirement that not both meet, the score, of equal scores that more of what was
#: asked is known, or that it is the one's turn today.
DecidedBy = Literal["requirement", "score", "known", "turn"]

MOST_NAMED: Final = 3

#: Requirement, as in `removed_by` → what is so of a therapist who does not meet it.
NOT_MET: Final[Mapping[str, str]] = {
    "state": "may not see clients where you will be",
    "delivery": "does not meet clients in the way you asked for",
    "session_format": "does not offer the kind of session we looked for",
    "accepting": "does not say that there is room for new clients",
    "within": "has no office as near as you asked",
    "insurance": "does not list your insurance",
    "fee_max": "names no fee within your limit",
    "language": "does not list your language",
    "gender": "does not name a gender you asked for",
    "opening_within_days": "names no opening as soon as you asked",
    "approach": "does not list the way of working you asked for",
    "population": "does not list the groups you asked for",
    "concern": "does not list the concerns you named",
}


class CannotCompare(ValueError):
    """Two therapists who cannot be compared; `problems` names each, by its place among the two."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.detail for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two: the arithmetic (`standing`), the public summary (`card`), and the words."""

    standing: Standing
    card: Card
    explanation: Explanation

    @property
    def score(self) -> int:
        """In hundredths of a point."""
        return self.standing.weighed.score

    @property
    def findings(self) -> tuple[tuple[Finding, Reason], ...]:
        return tuple(zip(self.standing.weighed.findings, self.explanation.findings, strict=True))

    def to_json(self, therapist: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "rank": self.standing.rank,
            "score": self.score / 100,
            "confidence": self.standing.weighed.confidence,
            "not_met": list(self.standing.not_met),
            "therapist": dict(therapist),
            "cautions": [caution.to_json() for caution in self.explanation.cautions],
        }


@dataclass(frozen=True, kw_only=True)
class Row:
    """One criterion for both; `difference` in hundredths of a point, above zero where `a` is ahead."""

    a: tuple[Finding, Reason]
    b: tuple[Finding, Reason]

    @property
    def name(self) -> str:
        return self.a[0].criterion.name

    @property
    def difference(self) -> int:
        return self.a[0].points - self.b[0].points

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.a[0].criterion.code,
            "a": finding_to_json(*self.a),
            "b": finding_to_json(*self.b),
            "difference": self.difference / 100,
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two therapists for one intake. Places, scores and findings are those of the matches for the same intake."""

    ruleset: str
    seed: str
    sequence: int
    on: dt.date
    needs: Needs
    a: Side
    b: Side

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(Row(a=a, b=b) for a, b in zip(self.a.findings, self.b.findings, strict=True))

    @property
    def difference(self) -> int:
        """In hundredths of a point; the differences of the rows sum to it."""
        return self.a.score - self.b.score

    @property
    def above(self) -> Side | None:
        """Who stands above the other; None when neither is among the matches."""
        placed = [side for side in (self.a, self.b) if side.standing.rank is not None]
        return min(placed, key=lambda side: side.standing.rank or 0, default=None)

    @property
    def below(self) -> Side | None:
        return None if self.above is None else self.b if self.above is self.a else self.a

    @property
    def decided_by(self) -> DecidedBy:
        if self.a.standing.not_met or self.b.standing.not_met:
            return "requirement"
        if self.difference:
            return "score"
        return "turn" if self.a.standing.weighed.known == self.b.standing.weighed.known else "known"

    @property
    def text(self) -> str:
        """Why one stands above the other, in a few plain sentences."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        above, below = self.above, self.below
        if above is None or below is None:
            yield "Neither is among your matches."
            yield from (self._not_met(side) for side in (self.a, self.b))
            return
        first, second = self._called(above), self._called(below)
        if below.standing.not_met:
            yield f"{first} is among your matches, and {second} is not. {self._not_met(below)}"
            yield "Points do not make up for that."
            return
        points = f"{above.score / 100:.2f} points"
        match self.decided_by:
            case "score":
                yield f"{first} stands above {second} by {abs(self.difference) / 100:.2f} points."
            case "known":
                yield f"Both have {points}. {first} comes first since more of what you asked about is known of them."
            case _:
                yield f"Both have {points}, and as much is known of one as of the other."
                yield f"Equals take turns from day to day. Today {first} comes first."
        sign = 1 if above is self.a else -1
        ahead = {row.name: sign * row.difference for row in self.rows}
        yield from _ahead(first, ahead)
        yield from _ahead(second, {name: -points for name, points in ahead.items()})

    def _not_met(self, side: Side) -> str:
        return f"{self._called(side)} {listed(NOT_MET[name] for name in side.standing.not_met)}."

    def _called(self, side: Side) -> str:
        name = str(side.card["name"])
        if self.a.card["name"] != self.b.card["name"]:
            return name
        return f"{name} (the {'first' if side is self.a else 'second'})"

    def to_json(self, therapist: Callable[[Card], Mapping[str, Any]] = dict) -> dict[str, Any]:
        """The answer of the API. `therapist` turns a card into the document of a therapist."""
        return {
            "ruleset": self.ruleset,
            "seed": self.seed,
            "sequence": self.sequence,
            "on": self.on.isoformat(),
            "safety": [note.to_json() for note in self.needs.safety],
            "session_format": self.needs.session_format,
            "decided_by": self.decided_by,
            "above": None if self.above is None else self.above.card["slug"],
            "text": self.text,
            "a": self.a.to_json(therapist(self.a.card)),
            "b": self.b.to_json(therapist(self.b.card)),
            "findings": [row.to_json() for row in self.rows],
            "difference": self.difference / 100,
        }


def _ahead(name: str, points: Mapping[str, int]) -> Iterator[str]:
    """Where somebody is ahead, the most first, and at most three."""
    most = sorted((row for row in points.items() if row[1] > 0), key=lambda row: -row[1])
    if most:
        named = listed(f"“{criterion}” by {its / 100:.2f}" for criterion, its in most[:MOST_NAMED])
        yield f"{name} is ahead {'most ' if len(most) > MOST_NAMED else ''}on {named}."
