"""Invented clients who ask the real directory: their intakes, their places on the map, and turns among equals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from directory.demo.loading import zips_by_state
from directory.roster.ordering import rotation
from directory.roster.requirements import Near
from directory.vocabulary import names
from matching.intake import Intake
from matching.matchmaking import profile_of
from matching.needs import Needs, needs_of
from matching.ruleset import Ruleset
from matching.sampling import each_intake


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One intake of a sample. `seed` decides among equals; it follows from the sample and not from the site's secret,
    so that everybody who has the same data gets the same figures."""

    intake: Intake
    near: Near | None
    seed: int

    def needs(self, *, on: dt.date, ruleset: Ruleset) -> Needs:
        """What the search of everybody would make of it."""
        return needs_of(
            self.intake,
            on=on,
            ruleset=ruleset,
            profile=profile_of(self.intake.attachment),
            partner_profile=profile_of(self.intake.partner_attachment),
            near=self.near,
        )


def asking(count: int, *, seed: int, limit: int = 20) -> Iterator[Asked]:
    """The first `count` of a sample. Intakes name only codes and ZIPs that the directory has."""
    places = zips_by_state()
    points = {zip_code: point for areas in places.values() for zip_code, *point in areas}
    zips = {state: [zip_code for zip_code, *_ in areas] for state, areas in places.items()}
    turns = rotation(np.arange(count), seed)
    intakes = each_intake(count, seed=seed, codes=names(fresh=True), zips=zips, limit=limit)
    for intake, turn in zip(intakes, turns, strict=True):
        near = None
        if intake.near is not None:
            latitude, longitude = points[intake.near.zip]
            near = Near(latitude=latitude, longitude=longitude, miles=intake.near.within)
        yield Asked(intake=intake, near=near, seed=int(turn))
