"""What a client told about closeness: answers to an instrument, or scores that somebody else computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from matching.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Responses to an instrument: item id → value, or None for "I'm not sure"."""

    instrument: str
    responses: Mapping[str, float | None]
    range: tuple[float, float] | None = None  # when the items were asked on another scale than the instrument's own

    def __post_init__(self) -> None:
        object.__setattr__(self, "responses", dict(sorted(self.responses.items())))

    def to_json(self) -> dict[str, Any]:
        responses = {item: _number(value) for item, value in self.responses.items()}
        data: dict[str, Any] = {"instrument": self.instrument, "responses": responses}
        return data if self.range is None else data | {"range": [_number(end) for end in self.range]}


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The two dimensions as somebody else measured them; the standard error of "anxiety" and "avoidance" if known."""

    anxiety: float
    avoidance: float
    range: tuple[float, float]
    standard_error: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "standard_error", dict(sorted(self.standard_error.items())))

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "anxiety": _number(self.anxiety),
            "avoidance": _number(self.avoidance),
            "range": [_number(end) for end in self.range],
        }
        errors = {scale: _number(error) for scale, error in self.standard_error.items()}
        return data | {"standard_error": errors} if errors else data


def _number(value: float | None) -> float | None:
    """5.0 and 5 are the same answer, and so the same text."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Attachment = Answers | Scores


def attachment_from_json(data: Mapping[str, Any]) -> Attachment:
    ends = data.get("range")
    if "instrument" in data:
        return Answers(
            instrument=data["instrument"], responses=data["responses"], range=None if ends is None else tuple(ends)
        )
    errors = data.get("standard_error") or {}
    return Scores(
        anxiety=data["anxiety"],
        avoidance=data["avoidance"],
        range=tuple(ends) if ends is not None else (1, 7),
        standard_error={scale: error for scale, error in errors.items() if error is not None},
    )


def problems_of(attachment: Attachment | None, name: str) -> Iterator[Problem]:
    """Bounds that need no instrument; its item ids and values are checked when it is scored."""
    if attachment is None:
        return
    if attachment.range is not None:
        low, high = attachment.range
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            yield Problem(path=(name, "range"), code="out_of_range", detail="The range runs from low to high.")
            return
    if isinstance(attachment, Scores):
        low, high = attachment.range
        for scale, score in (("anxiety", attachment.anxiety), ("avoidance", attachment.avoidance)):
            if not low <= score <= high:
                detail = f"Must lie between {low:g} and {high:g}."
                yield Problem(path=(name, scale), code="out_of_range", detail=detail)
        for scale, error in attachment.standard_error.items():
            if not 0 <= error < math.inf:
                yield Problem(path=(name, "standard_error", scale), code="out_of_range", detail="Must be 0 or more.")
