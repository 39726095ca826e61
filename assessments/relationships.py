"""One instrument asked about several relationships: a profile of each, and the global one across them. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Final

from assessments.instruments import SCALES, Instrument, Range
from assessments.scoring import AttachmentProfile, ScaleScore, profile_of, score

LEAST_RELATIONSHIPS: Final = 2
"""A global score needs a score in at least so many relationships: one alone says nothing about the others."""

Responses = Mapping[str, float | None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RelationshipProfiles:
    """Code of the relationship → its profile, in the order of the instrument, and `overall`: the mean across them."""

    each: Mapping[str, AttachmentProfile]
    overall: AttachmentProfile

    def to_json(self) -> dict[str, Any]:
        each = {code: profile.to_json() for code, profile in self.each.items()}
        return {"relationships": each, "global": self.overall.to_json()}


def score_relationships(
    instrument: Instrument, answers: Mapping[str, Responses], *, range: Range | None = None
) -> RelationshipProfiles:
    """Score the responses about each relationship, code to responses, and their mean.

    Each relationship counts the same, as published for the ECR-RS. A scale that too few answers left without a score in
    one relationship is averaged over the others, and a note says so. The standard error takes the errors of the
    relationships as independent: √(sum of squares) / number. Raises `InvalidResponse` like `score`, and `ValueError`
    for a relationship that the instrument is not asked about.
    """
    unknown = answers.keys() - set(instrument.asked_about)
    if unknown:
        raise ValueError(f"{instrument.code} is not asked about {', '.join(sorted(unknown))}.")
    each = {code: score(instrument, answers[code], range=range) for code in instrument.asked_about if code in answers}
    scores: dict[str, ScaleScore | None] = {}
    notes = ["mean_of_relationships", "standard_error_of_independent_relationships"]
    for scale in SCALES:
        known = [found for profile in each.values() if (found := getattr(profile, scale)) is not None]
        scores[scale] = _mean(known)
        if scores[scale] is None:
            notes.append(f"{scale}_too_few_relationships")
        elif len(known) < len(instrument.asked_about):
            notes.append(f"{scale}_without_some_relationships")
    overall = profile_of(
        instrument=instrument.code,
        scores=scores,
        range=range or instrument.range,
        normed=False,  # figures of one relationship say nothing about a mean of several
        percentiles=None,
        notes=[*notes, "not_normed", *(["asked_on_another_range"] if range not in (None, instrument.range) else [])],
    )
    return RelationshipProfiles(each=each, overall=overall)


def _mean(scores: list[ScaleScore]) -> ScaleScore | None:
    """The mean of scores of one scale; answers and items are those of all the relationships that count in it."""
    number = len(scores)
    if number < LEAST_RELATIONSHIPS:
        return None
    return ScaleScore(
        score=math.fsum(one.score for one in scores) / number,
        standard_error=math.hypot(*(one.standard_error for one in scores)) / number,
        answered=sum(one.answered or 0 for one in scores),
        items=sum(one.items or 0 for one in scores),
    )
