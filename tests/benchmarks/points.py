"""What each fact is worth to one question: tables of points, made by asking our own criteria about invented people.

The peers score by these tables. So they know every weight and every rule without a copy of a formula, and the tables
are made before any time counts. Points are hundredths, as in the findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from directory.models import ZipCentroid
from directory.roster.columns import Columns
from directory.roster.distance import miles_between
from directory.roster.requirements import Near, Requirements
from directory.roster.schema import GENDERS, NOT_STATED, day_number
from directory.vocabulary import names
from matching.criteria import asked_criteria
from matching.needs import Needs
from matching.ranking import Finding, Scored

Fact = tuple[str, str]  # a vocabulary of the roster, or "zip", and a code
LATEST: Final = 120  # days from now on that an opening can count something
FIRST, LAST = -(10**6), 10**6  # no number of a therapist lies outside


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best of the facts that one states; `otherwise` for other facts only, `unstated` for none."""

    vocabulary: str
    facts: Mapping[Fact, float]
    otherwise: float
    unstated: float


@dataclass(frozen=True, kw_only=True)
class Sum:
    """`base` and what each stated fact adds; `otherwise` for other facts only, `unstated` for none.

    Our points of such a criterion are rounded after the sum, so a sum of these may differ by a hundredth or so.
    """

    vocabulary: str
    facts: Mapping[Fact, float]
    base: float
    otherwise: float
    unstated: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """A column of whole numbers between two ends, both included."""

    column: str
    low: int
    high: int
    points: float


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The first step that holds, or `otherwise`."""

    steps: tuple[Step, ...]
    otherwise: float


Table = Best | Sum | Steps


def tables_of(needs: Needs) -> dict[str, Table]:
    """A table for each criterion that is asked, by its code."""
    people = _invented(needs)
    findings = _findings(needs, people)
    return {
        criterion.code: _table(criterion.code, criterion.reads, needs, findings[criterion.code])
        for criterion in asked_criteria(needs)
    }


def zips_within(near: Near) -> dict[str, tuple[float, float]]:
    """The ZIP areas whose middle lies within the distance. An office stands in the middle of its area."""
    codes, latitudes, longitudes = _zips()
    inside = np.flatnonzero(miles_between(near.latitude, near.longitude, latitudes, longitudes) <= near.miles)
    return {codes[place]: (float(latitudes[place]), float(longitudes[place])) for place in inside}


def _table(code: str, reads: tuple[str, ...], needs: Needs, found: Mapping[Fact, Finding]) -> Table:
    points = {fact: finding.points for fact, finding in found.items()}
    unstated = points["", ""]
    if code == "cost":
        assert needs.fee_max is not None
        fee, sliding = ("fee_from", str(needs.fee_max)), ("sliding_scale", "1")
        return Steps(
            steps=(
                Step(column="fee_from", low=0, high=needs.fee_max, points=points[fee]),
                Step(column="sliding_scale", low=1, high=1, points=points[sliding]),
                Step(column="fee_from", low=NOT_STATED, high=NOT_STATED, points=unstated),
            ),
            otherwise=points["fee_from", str(needs.fee_max + 1)],
        )
    if code == "identity":
        numbers = {GENDERS.index(gender): points["gender", gender] for gender in GENDERS}
        return _steps("gender", {NOT_STATED: unstated, **numbers}, otherwise=0.0)
    if code == "opening":
        today = day_number(needs.on)
        days = {today + late: points["opening_on", str(late)] for late in range(LATEST)}
        past = Step(column="opening_on", low=FIRST, high=today - 1, points=unstated)
        return Steps(steps=(past, *_steps("opening_on", days, otherwise=0.0).steps), otherwise=0.0)
    vocabulary = "zip" if reads == ("miles",) else reads[0]
    mine = {fact: its for fact, its in points.items() if fact[0] in (("zip",) if vocabulary == "zip" else reads)}
    otherwise = min(mine.values()) if vocabulary != "zip" else 0.0
    worth = {fact: its for fact, its in mine.items() if its > otherwise}
    if code not in ("concerns", "population"):
        return Best(vocabulary=vocabulary, facts=worth, otherwise=otherwise, unstated=unstated)
    base = needs.ruleset.neutral * found["", ""].most_points
    alone = {fact: found[fact].fit * found[fact].most_points - base for fact in worth}  # type: ignore[operator]
    marks = {("focus", term): its - alone[vocabulary, term] for (mark, term), its in alone.items() if mark == "focus"}
    return Sum(vocabulary=vocabulary, facts=alone | marks, base=base, otherwise=otherwise, unstated=unstated)


def _steps(column: str, points: Mapping[int, float], *, otherwise: float) -> Steps:
    """Runs of numbers that are worth the same."""
    steps: list[Step] = []
    for number, its in sorted(points.items()):
        if steps and steps[-1].points == its and steps[-1].high == number - 1:
            steps[-1] = Step(column=column, low=steps[-1].low, high=number, points=its)
        else:
            steps.append(Step(column=column, low=number, high=number, points=its))
    return Steps(steps=tuple(step for step in steps if step.points != otherwise), otherwise=otherwise)


def _invented(needs: Needs) -> dict[Fact, dict[str, Any]]:
    """Somebody for each fact who states nothing but this, and somebody who states nothing."""
    people: dict[Fact, dict[str, Any]] = {("", ""): {}}
    asked = {
        "concerns": needs.concerns,
        "populations": needs.populations,
        "languages": needs.languages,
        "insurance_plans": needs.insurance,
        "approaches": _codes()["approaches"],
    }
    for vocabulary, wanted in asked.items():
        others = [code for code in _codes()[vocabulary] if code not in wanted][:1]
        people |= {(vocabulary, code): {vocabulary: [code]} for code in [*wanted, *others]}
    people |= {("focus", code): {"concerns": [code], "focus": [code]} for code in needs.concerns}
    people |= {("trained", code): {"approaches": [code], "trained": [code]} for code in asked["approaches"]}
    people |= {("gender", gender): {"gender": gender} for gender in GENDERS}
    people["sliding_scale", "1"] = {"sliding_scale": True}
    if needs.fee_max is not None:
        people |= {("fee_from", str(fee)): {"fee_from": fee} for fee in (needs.fee_max, needs.fee_max + 1)}
    for late in range(LATEST):
        people["opening_on", str(late)] = {"opening_on": needs.on + dt.timedelta(days=late)}
    if needs.near is not None:
        people |= {("zip", code): {"places": [place]} for code, place in zips_within(needs.near).items()}
    return people


def _findings(needs: Needs, people: Mapping[Fact, dict[str, Any]]) -> dict[str, dict[Fact, Finding]]:
    facts = list(people)
    columns = Columns.from_records([{"id": place, **people[fact]} for place, fact in enumerate(facts)], codes=_codes())
    scored = Scored(columns.select(Requirements(on=needs.on)), needs)
    found: dict[str, dict[Fact, Finding]] = {criterion.code: {} for criterion in asked_criteria(needs)}
    for ranked in scored.ranked(scored.best(len(facts), seed=0)):
        for finding in ranked.findings:
            found[finding.criterion.code][facts[ranked.therapist_id]] = finding
    return found


@cache
def _codes() -> dict[str, list[str]]:
    return {vocabulary: sorted(codes) for vocabulary, codes in names().items()}


@cache
def _zips() -> tuple[list[str], np.ndarray, np.ndarray]:
    rows: Iterable[tuple[str, float, float]] = ZipCentroid.objects.values_list("zip", "latitude", "longitude")
    codes, latitudes, longitudes = zip(*rows, strict=True)
    return list(codes), np.array(latitudes), np.array(longitudes)
