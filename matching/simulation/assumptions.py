"""What a simulation takes for granted, and the files that its worlds stand on. Argued in docs/matching.md.

Nothing here was chosen by looking at results.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.ruleset import Ruleset

#: One state, so that a small directory offers a choice. Who lives elsewhere is left out.
STATES: Final = ("CA",)


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What is taken for granted. Skill of each therapist in each concern and approach is normal, with SD 1.

    `noise` is what boxes lose of what they could say. Without noise, the correlation of skill with the wish to tick,
    to mark a focus and to complete a training is `ticks`, `focus` and `training`; noise 1 makes all of them 0.
    """

    therapists: int = 400
    clients: int = 3000
    weeks: int = 52
    noise: float = 0.5
    ticks: float = 0.6
    focus: float = 0.8  # a choice of five compares a person with themselves
    training: float = 1.0  # takes years and is examined
    eagerness: float = 0.6  # share of a tick's noise (as SD) that is the person: some tick nearly all, some little
    general: float = 0.25  # share of the variance of skill that is the person
    domain: float = 0.25  # … and that a field shares: couples, families, trauma, children, severe states, all else
    evidence_holds: float = 0.0  # share of a need that the best supported approach meets, by how well it is done
    tightness: float = 0.7  # weeks of therapy asked for, over weeks that there are places for
    stay: float = 12.0  # mean weeks that a client stays
    contacts: int = 5  # therapists whom a client writes to
    patience: int = 8  # weeks until a client gives up


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What every world stands on: the vocabularies, the ZIPs of each state with latitude and longitude, the day."""

    codes: Mapping[str, Sequence[str]]
    zips: Mapping[str, Sequence[tuple[str, float, float]]]
    on: dt.date
    ruleset: Ruleset


def luck(seed: int, number: int) -> np.random.Generator:
    """The random numbers of one part of a world: worlds that differ in an assumption share the luck of all the rest."""
    return np.random.default_rng([seed, 0, number])  # three numbers: the demo and the sample of intakes use two
