"""Intake: all that a client told, as frozen values. The form and the serializer both end in one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from matching.attachment import Answers, Attachment, Scores, attachment_from_json, problems_of
from matching.problem import InvalidIntake, Problem

__all__ = [
    "IMPORTANCE",
    "MUSTS",
    "SIGNS",
    "SIGN_CODES",
    "Answers",
    "Attachment",
    "Intake",
    "InvalidIntake",
    "Near",
    "Problem",
    "Scores",
    "Sign",
]

MOST_MATCHES: Final = 100
MOST_MILES: Final = 500
MOST_DOLLARS: Final = 1_000_000
MOST_DAYS: Final = 366


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A sign that attachment work may be worth a thought, as the client reads it."""

    code: str
    sentence: str


SIGNS: Final = (
    Sign(
        code="relationships_the_catalyst",
        sentence="Most of my hard times start with something in a relationship.",
    ),
    Sign(
        code="childhood_shapes_self",
        sentence="The way I grew up still decides how I feel about myself.",
    ),
    Sign(
        code="wants_to_understand_why",
        sentence="I want to find out why I react the way I do, and not only cope better.",
    ),
    Sign(
        code="same_patterns",
        sentence="The partner or friend changes, but the same story comes back.",
    ),
    Sign(
        code="lasting_struggles",
        sentence="Trusting people, being close, or handling strong feelings has been hard for a long time.",
    ),
    Sign(
        code="early_trauma",
        sentence="I was hurt or left alone too much as a child, and it shows in my relationships today.",
    ),
    Sign(
        code="earlier_therapy_missed_root",
        sentence="I have been in therapy before, and it did not get to the root of things.",
    ),
)
SIGN_CODES: Final = tuple(sign.code for sign in SIGNS)

IMPORTANCE: Final = {1: "a little", 2: "quite a bit", 3: "a lot"}

# What a client may turn from a wish into a condition: names of fields of the intake.
MUSTS: Final = (
    "approaches",
    "concerns",
    "fee_max",
    "genders",
    "insurance",
    "languages",
    "near",
    "opening_within_days",
    "populations",
)


@dataclass(frozen=True, kw_only=True)
class Near:
    """At most `within` miles from the middle of a ZIP area."""

    zip: str
    within: int


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the client told. Lists are sorted and free of repeats, so that their order can never matter.

    `concerns` maps a code to how much it matters (1 a little … 3 a lot). None stands for "not asked or not answered":
    `signs=()` says that no sign applies, `signs=None` that the question was skipped. Taxonomy codes are not checked
    here (they live in the database). Raises InvalidIntake naming every place that contradicts itself.
    """

    state: str
    delivery: tuple[str, ...]
    session_format: str
    near: Near | None = None
    populations: tuple[str, ...] = ()
    concerns: Mapping[str, int] = field(default_factory=dict)
    trauma: bool | None = None
    safe_at_home: bool | None = None
    signs: tuple[str, ...] | None = None
    attachment: Attachment | None = None
    partner_attachment: Attachment | None = None
    approaches: tuple[str, ...] = ()
    insurance: tuple[str, ...] = ()
    fee_max: int | None = None
    languages: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    opening_within_days: int | None = None
    must: tuple[str, ...] = ()
    limit: int = 20
    facets: bool = False

    def __post_init__(self) -> None:
        for name in ("delivery", "populations", "approaches", "insurance", "languages", "genders", "must", "signs"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, tuple(sorted(set(values))))
        object.__setattr__(self, "concerns", dict(sorted(self.concerns.items())))
        problems = tuple(self._problems())
        if problems:
            raise InvalidIntake(problems)

    def _problems(self) -> Iterator[Problem]:
        if not self.delivery:
            yield Problem(path=("delivery",), code="required", detail="Say at least one way to meet.")
        for code, importance in self.concerns.items():
            if importance not in IMPORTANCE:
                yield Problem(path=("concerns", code), code="out_of_range", detail="Say 1 (a little), 2 or 3 (a lot).")
        for sign in self.signs or ():
            if sign not in SIGN_CODES:
                yield Problem(path=("signs",), code="unknown_code", detail=f"Unknown sign “{sign}”.")
        for name in self.must:
            if name not in MUSTS:
                detail = f"“{name}” cannot be a must. These can: {', '.join(MUSTS)}."
                yield Problem(path=("must",), code="unknown_code", detail=detail)
            elif getattr(self, name) in (None, (), {}):
                detail = f"“{name}” is a must, but the intake does not give it."
                yield Problem(path=("must",), code="not_given", detail=detail)
        if not 1 <= self.limit <= MOST_MATCHES:
            yield Problem(path=("limit",), code="out_of_range", detail=f"Ask for 1 to {MOST_MATCHES} matches.")
        for name, most in (("fee_max", MOST_DOLLARS), ("opening_within_days", MOST_DAYS)):
            if not 0 <= (getattr(self, name) or 0) <= most:
                yield Problem(path=(name,), code="out_of_range", detail=f"Must be from 0 to {most}.")
        if self.near is not None:
            if not re.fullmatch(r"[0-9]{5}", self.near.zip):
                yield Problem(path=("near", "zip"), code="invalid", detail="A ZIP has five digits.")
            if not 1 <= self.near.within <= MOST_MILES:
                detail = f"Must be from 1 to {MOST_MILES} miles."
                yield Problem(path=("near", "within"), code="out_of_range", detail=detail)
        yield from problems_of(self.attachment, "attachment")
        yield from problems_of(self.partner_attachment, "partner_attachment")

    def to_json(self) -> dict[str, Any]:
        """The intake in the contract's shape, leaving out what was not given."""
        data: dict[str, Any] = {
            "state": self.state,
            "delivery": list(self.delivery),
            "session_format": self.session_format,
            "near": None if self.near is None else {"zip": self.near.zip, "within": self.near.within},
            "populations": list(self.populations),
            "concerns": dict(self.concerns),
            "trauma": self.trauma,
            "safe_at_home": self.safe_at_home,
            "attachment": None if self.attachment is None else self.attachment.to_json(),
            "partner_attachment": None if self.partner_attachment is None else self.partner_attachment.to_json(),
            "approaches": list(self.approaches),
            "insurance": list(self.insurance),
            "fee_max": self.fee_max,
            "languages": list(self.languages),
            "genders": list(self.genders),
            "opening_within_days": self.opening_within_days,
            "must": list(self.must),
            "limit": self.limit,
            "facets": self.facets,
        }
        given = {name: value for name, value in data.items() if value is not None and value != [] and value != {}}
        return given if self.signs is None else given | {"signs": list(self.signs)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Intake:
        """The inverse of `to_json`. Types must already be right (the form or the serializer saw to that)."""
        values = {name: value for name, value in data.items() if value is not None}
        for name in ("delivery", "populations", "signs", "approaches", "insurance", "languages", "genders", "must"):
            if name in values:
                values[name] = tuple(values[name])
        if "near" in values:
            values["near"] = Near(zip=values["near"]["zip"], within=values["near"]["within"])
        for name in ("attachment", "partner_attachment"):
            if name in values:
                values[name] = attachment_from_json(values[name])
        return cls(**values)

    def canonical(self) -> str:
        """The same text for the same wishes: what the seed of the tie-break is made from.

        `limit` and `facets` are left out: they say how much of the answer is wanted, not what was asked. So is the
        partner's profile: the seed is shown to one of two people, who could try scores until it fits, and learn what
        the other did not agree to share.
        """
        without = ("limit", "facets", "partner_attachment")
        wishes = {name: value for name, value in self.to_json().items() if name not in without}
        return json.dumps(wishes, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
