"""What a client requires of a therapist, in codes: the question that the roster answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

#: The public name of every requirement, as in the API's filters, `removed_by` and facets → its field of Requirements.
FILTERS: Final[dict[str, str]] = {
    "approach": "approaches",
    "concern": "concerns",
    "population": "populations",
    "session_format": "session_formats",
    "delivery": "delivery_methods",
    "state": "jurisdictions",
    "insurance": "insurance_plans",
    "language": "languages",
    "gender": "genders",
    "license_type": "license_types",
    "within": "near",
    "fee_max": "fee_max",
    "sliding_scale": "sliding_scale",
    "accepting": "accepting",
    "opening_within_days": "opening_within_days",
    "q": "text_ids",
}


class UnknownCode(ValueError):
    """A code that its vocabulary does not have."""

    def __init__(self, vocabulary: str, code: str) -> None:
        super().__init__(f"{code!r} is not one of the {vocabulary.replace('_', ' ')}")
        self.vocabulary = vocabulary
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Near:
    """Within `miles` (great circle) of a point, in degrees."""

    latitude: float
    longitude: float
    miles: float


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """All that must hold on the day `on`. Several codes of one field: any of them. Empty or None: not asked."""

    on: dt.date
    approaches: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    session_formats: tuple[str, ...] = ()
    delivery_methods: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()  # may see clients who sit there
    insurance_plans: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    license_types: tuple[str, ...] = ()
    near: Near | None = None
    near_unless: tuple[str, ...] = ()  # delivery methods with which the distance does not matter
    fee_max: int | None = None
    sliding_scale: bool | None = None
    accepting: bool = False
    opening_within_days: int | None = None
    text_ids: frozenset[int] | None = None  # the answer of a text search, as therapist ids
