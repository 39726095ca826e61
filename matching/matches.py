"""Matches: the answer to an intake, as page and API show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.scoring import AttachmentProfile
from matching.explanation import Explanation
from matching.family import Family
from matching.needs import Needs
from matching.ranking import Finding, Ranked
from matching.reasons import Card, Reason
from matching.relaxations import Relaxation
from matching.weighing import OrderChange


def finding_to_json(finding: Finding, reason: Reason) -> dict[str, Any]:
    return {
        "criterion": finding.criterion.code,
        "name": finding.criterion.name,
        "weight": finding.weight,
        "fit": finding.fit,
        "stated": finding.stated,
        "points": finding.points / 100,
        "most_points": finding.most_points / 100,
        "reason": reason.text,
        "reason_code": reason.code,
        "as_of": None if reason.as_of is None else reason.as_of.isoformat(),
        "evidence": [row.to_json() for row in reason.evidence] if reason.evidence else [],
    }


@dataclass(frozen=True, kw_only=True)
class Match:
    """One therapist with a place: the arithmetic (`ranked`), the public summary (`card`), and the words."""

    ranked: Ranked
    card: Card
    explanation: Explanation

    @property
    def rank(self) -> int:
        return self.ranked.rank

    @property
    def score(self) -> float:
        """Points of 100; the points of the findings sum to it."""
        return self.ranked.score / 100

    @property
    def confidence(self) -> float:
        return self.ranked.confidence

    @property
    def findings(self) -> tuple[tuple[Finding, Reason], ...]:
        return tuple(zip(self.ranked.findings, self.explanation.findings, strict=True))

    def to_json(self, therapist: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "score": self.score,
            "confidence": self.confidence,
            "therapist": therapist,
            "findings": [finding_to_json(finding, reason) for finding, reason in self.findings],
            "reasons": [reason.text for reason in self.explanation.reasons],
            "cautions": [caution.to_json() for caution in self.explanation.cautions],
            "questions": list(self.explanation.questions),
        }


@dataclass(frozen=True, kw_only=True)
class Matches:
    """The ranked therapists, and all that is needed to understand and to replay the order.

    `removed_by` counts listed therapists that do not meet each requirement, by filter name. `relaxations` are changes
    that would bring more, when few match. `facets` only when the intake asked for them. `order_changes` tell, each with
    a card, who would come first if one criterion counted less or more.
    """

    ruleset: str
    seed: str
    sequence: int
    on: dt.date
    total: int
    needs: Needs
    family: Family | None
    profile: AttachmentProfile | None
    removed_by: Mapping[str, int]
    relaxations: tuple[Relaxation, ...]
    facets: Mapping[str, Mapping[str, int]] | None
    matches: tuple[Match, ...]
    order_changes: tuple[tuple[OrderChange, Card], ...]

    def to_json(self, therapist: Callable[[Card], Mapping[str, Any]] = dict) -> dict[str, Any]:
        """The answer in the contract's shape. `therapist` turns a card into the document of a therapist."""
        return {
            "ruleset": self.ruleset,
            "seed": self.seed,
            "sequence": self.sequence,
            "on": self.on.isoformat(),
            "total": self.total,
            "guidance": self.needs.guidance.to_json(),
            "safety": [note.to_json() for note in self.needs.safety],
            "profile": None if self.profile is None else self.profile.to_json(),
            "pairing": self._pairing(),
            "family": None if self.family is None else self.family.to_json(),
            "session_format": self.needs.session_format,
            "removed_by": dict(self.removed_by),
            "relaxations": [relaxation.to_json() for relaxation in self.relaxations],
            "facets": None if self.facets is None else {name: dict(counts) for name, counts in self.facets.items()},
            "matches": [match.to_json(therapist(match.card)) for match in self.matches],
            "order_changes": [change.to_json(card) for change, card in self.order_changes],
        }

    def _pairing(self) -> dict[str, Any] | None:
        if self.needs.pairing is None:
            return None
        return self.needs.pairing.to_json() | {"evidence": [row.to_json() for row in self.needs.pairing_evidence]}
