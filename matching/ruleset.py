"""Ruleset: every number that decides an order, as a dated document that never changes once it is released. Pure.

The formulas that use the numbers are in `matching/fits.py`, the conditions of situations in `matching/evidence.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from matching.evidence import Evidence

#: The keys of a ruleset's document. `summary` says in a sentence what is new about it.
SECTIONS: Final = ("code", "in_force_from", "summary", "evidence", "weights", "fits", "grades", "approaches")
APPROACH_SETS: Final = ("couple", "family", "trauma", "attachment")
MOST_WEIGHT: Final = 1000


class BrokenRuleset(ValueError):
    """The document is no ruleset; `problems` names every place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


@dataclass(frozen=True, kw_only=True)
class Fits:
    """The numbers in the formulas of the fits, between 0 and 1 but for the days.

    `neutral` is what a fact counts that is not stated; `not_listed` an approach that a list of approaches lacks.
    """

    neutral: float
    not_listed: float
    focus: float  # a concern among the five they are best at
    listed: float  # a concern among all they list
    trained: float  # completed training
    ticked: float  # an approach that is listed only
    ticked_format: float  # the same for couples and families, where training shows most
    sliding_scale: float  # a fee above the budget, or not stated, with room to talk
    opening_fades_over: int  # days after which a late opening counts nothing
    distance_at_edge: float  # at exactly the miles that were asked; gone at twice as many


@dataclass(frozen=True, kw_only=True)
class Ruleset:
    """What counts and how much. `weights` are relative, in the order of the criteria; 0 leaves a criterion out.

    `approaches` are those made for "couple" and "family" work, for "trauma", and those built on "attachment" ideas:
    the same for every insecure style, since no style has "its" therapy.
    """

    code: str
    in_force_from: dt.date
    summary: str
    weights: Mapping[str, int]
    fits: Fits
    grades: Mapping[str, float]
    approaches: Mapping[str, tuple[str, ...]]
    edition: str  # of the evidence
    evidence: tuple[Evidence, ...]

    @property
    def neutral(self) -> float:
        return self.fits.neutral

    def with_weights(self, weights: Mapping[str, int]) -> Ruleset:
        """The same rules with some weights changed, as a ruleset that nobody released."""
        return replace(self, code=f"{self.code}*", weights={**self.weights, **weights})


def ruleset_from_json(
    document: Any, *, criteria: Sequence[str], evidence: Mapping[str, tuple[Evidence, ...]]
) -> Ruleset:
    """Read a document. `criteria` are the codes that need a weight, `evidence` the editions that it may name.

    Raises BrokenRuleset.
    """
    problems = tuple(_problems(document, criteria=criteria, editions=evidence))
    if problems:
        raise BrokenRuleset(problems)
    return Ruleset(
        code=document["code"],
        in_force_from=dt.date.fromisoformat(document["in_force_from"]),
        summary=document["summary"],
        weights={code: document["weights"][code] for code in criteria},
        fits=Fits(**document["fits"]),
        grades=document["grades"],
        approaches={name: tuple(document["approaches"][name]) for name in APPROACH_SETS},
        edition=document["evidence"],
        evidence=evidence[document["evidence"]],
    )


def _problems(document: Any, *, criteria: Sequence[str], editions: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(document, dict):
        yield "A ruleset is a JSON object."
        return
    yield from _keys("the ruleset", document, SECTIONS)
    for name in ("code", "summary"):
        if not isinstance(document.get(name, ""), str) or document.get(name) == "":
            yield f"{name}: must be text."
    try:
        dt.date.fromisoformat(document.get("in_force_from", "2000-01-01"))
    except (TypeError, ValueError):
        yield "in_force_from: must be a date, as in 2026-11-24."
    if document.get("evidence", next(iter(editions), "")) not in editions:
        yield f"evidence: there is no edition {document['evidence']!r}. There are: {', '.join(sorted(editions))}."
    for section, keys in (
        ("weights", tuple(criteria)),
        ("fits", tuple(field.name for field in fields(Fits))),
        ("grades", ("A", "B", "C")),
        ("approaches", APPROACH_SETS),
    ):
        values = document.get(section, dict.fromkeys(keys))
        if not isinstance(values, dict):
            yield f"{section}: must be an object."
            continue
        yield from _keys(section, values, keys)
        for key in keys:
            if section in document and key in values and not _is_valid(section, key, values[key]):
                yield f"{section}.{key}: {EXPECTED[section if key != 'opening_fades_over' else key]}"
    yield from _out_of_order(document)
    if isinstance(document.get("weights"), dict) and not any(document["weights"].values()):
        yield "weights: at least one must be more than 0."


#: What must not be more than what: else stating a fact that fits could cost (tests/matching/test_laws.py).
AT_MOST: Final = (
    ("fits", "listed", "focus"),
    ("fits", "ticked", "trained"),
    ("fits", "ticked_format", "trained"),
    ("fits", "not_listed", "neutral"),
    ("grades", "B", "A"),
    ("grades", "C", "B"),
)


def _out_of_order(document: Mapping[str, Any]) -> Iterator[str]:
    for section, less, more in AT_MOST:
        values = document.get(section) or {}
        are_numbers = isinstance(values, dict) and all(_is_valid(section, key, values.get(key)) for key in (less, more))
        if are_numbers and values[less] > values[more]:
            yield f"{section}.{less}: must not be more than {section}.{more}."


EXPECTED: Final = {
    "weights": f"must be a whole number from 0 to {MOST_WEIGHT}.",
    "fits": "must be a number from 0 to 1.",
    "opening_fades_over": "must be a whole number of days from 1 to 365.",
    "grades": "must be a number from 0 to 1.",
    "approaches": "must be a list of codes, each once.",
}


def _is_valid(section: str, key: str, value: Any) -> bool:
    if section == "approaches":
        return (
            isinstance(value, list) and all(isinstance(code, str) for code in value) and len(set(value)) == len(value)
        )
    whole = isinstance(value, int) and not isinstance(value, bool)
    if section == "weights":
        return whole and 0 <= value <= MOST_WEIGHT
    if key == "opening_fades_over":
        return whole and 1 <= value <= 365
    return (whole or isinstance(value, float)) and 0 <= value <= 1


def _keys(place: str, there: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[str]:
    for key in wanted:
        if key not in there:
            yield f"{place}: {key} is missing."
    for key in there:
        if key not in wanted:
            yield f"{place}: {key} is not known."
