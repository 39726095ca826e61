"""What an audit found, as frozen values and as JSON. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from matching.audit.concentration import Concentration
from matching.audit.exposure import Exposure
from matching.audit.supply import Gap


@dataclass(frozen=True, kw_only=True)
class MostShown:
    slug: str
    places: int
    places_by_lot: float


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What came out. `sequence` is the last change of the directory that was known, `listed` who was published.

    `none` and `few` count intakes with nobody, or fewer than ten, to choose from; `no_choice` those that show all who
    are eligible. `helped` counts, of the `few`, those who would have ten without the one requirement.
    `never_eligible` counts listed therapists by the reason.
    """

    on: dt.date
    seed: int
    intakes: int
    places: int
    ruleset: str
    sequence: int
    listed: int
    places_given: int
    none: int
    few: int
    no_choice: int
    helped: Mapping[str, int]
    gaps: tuple[Gap, ...]
    exposure: tuple[Exposure, ...]
    concentration: Concentration
    never_eligible: Mapping[str, int]
    most_shown: tuple[MostShown, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values. Therapists are named by slug only, and only those who are shown most."""
        data = asdict(self) | {"on": self.on.isoformat()}
        for loads in ("loads", "lot_loads"):
            del data["concentration"][loads]
        for attribute, its_data in zip(self.exposure, data["exposure"], strict=True):
            for group, its_group in zip(attribute.groups, its_data["groups"], strict=True):
                its_group["stands_out"] = group.stands_out
        return data
