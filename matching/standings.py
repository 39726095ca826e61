"""Where chosen therapists stand: their findings, and their places among all who meet every requirement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from directory.roster.requirements import Requirements
from directory.roster.selection import Selection
from matching.needs import Needs
from matching.ranking import Scored, Weighed


class Roster(Protocol):
    def select(self, requirements: Requirements, /) -> Selection: ...


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A therapist with all findings, and the place among all who meet every requirement.

    Who does not meet one has no `rank`; `not_met` names them as `removed_by` does.
    """

    weighed: Weighed
    rank: int | None
    not_met: tuple[str, ...]


def standings(roster: Roster, therapist_ids: Iterable[int], needs: Needs, *, seed: int) -> dict[int, Standing]:
    """Those of these therapists who are listed, with the places and findings that `rank` gives them with this seed."""
    chosen = Requirements(on=needs.on, text_ids=frozenset(therapist_ids))
    those = Scored(roster.select(chosen), needs)
    selection = roster.select(needs.requirements)
    everybody = Scored(selection, needs)
    return {
        weighed.therapist_id: Standing(
            weighed=weighed,
            rank=everybody.place_of(weighed.therapist_id, seed=seed),
            not_met=selection.not_met_by(weighed.therapist_id),
        )
        for weighed in those.weighed(np.arange(len(those.candidates)))
    }
