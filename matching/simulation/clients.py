"""The clients of an invented world, in the order in which they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from assessments.scoring import AttachmentProfile, profile_from_scores
from directory.roster.requirements import Near
from matching.attachment import Attachment, Scores
from matching.intake import Intake
from matching.needs import Needs, needs_of
from matching.sampling import sample_intakes
from matching.simulation.assumptions import STATES, Assumptions, Ground, luck

ANY_ZIP_MILES: Final = 25  # for clients who name no place: only to know where they live


@dataclass(frozen=True, kw_only=True)
class Client:
    """Somebody who comes in a week and stays for some. `seed` is theirs alone, `home` where they live."""

    intake: Intake
    needs: Needs
    home: Near
    seed: int
    week: int
    stay: int


def draw_clients(assumptions: Assumptions, ground: Ground, *, seed: int) -> Iterator[Client]:
    """They come evenly over the weeks, with intakes of the mix in matching/clientele.py."""
    rng = luck(seed, 3)
    spots = {zip_code: spot for state in STATES for zip_code, *spot in ground.zips.get(state, ())}
    zips = {state: [zip_code for zip_code, *_ in ground.zips.get(state, ())] for state in STATES}
    codes = {**ground.codes, "jurisdictions": STATES}
    stays = rng.geometric(1 / assumptions.stay, assumptions.clients).tolist()
    seeds = rng.integers(0, 2**63, assumptions.clients).tolist()
    homes = rng.random(assumptions.clients).tolist()
    for number, intake in enumerate(sample_intakes(assumptions.clients, seed=seed, codes=codes, zips=zips)):
        miles: float = ANY_ZIP_MILES if intake.near is None else intake.near.within
        their_zips = zips[intake.state]
        zip_code = their_zips[int(homes[number] * len(their_zips))] if intake.near is None else intake.near.zip
        home = Near(latitude=spots[zip_code][0], longitude=spots[zip_code][1], miles=miles)
        yield Client(
            intake=intake,
            needs=needs_of(
                intake,
                on=ground.on,
                ruleset=ground.ruleset,
                profile=_profile(intake.attachment),
                partner_profile=_profile(intake.partner_attachment),
                near=None if intake.near is None else home,
            ),
            home=home,
            seed=seeds[number],
            week=number * assumptions.weeks // assumptions.clients,
            stay=stays[number],
        )


def _profile(attachment: Attachment | None) -> AttachmentProfile | None:
    if not isinstance(attachment, Scores):
        return None
    limits: Any = attachment.range
    return profile_from_scores(
        anxiety=attachment.anxiety,
        avoidance=attachment.avoidance,
        range=limits,
        standard_error=attachment.standard_error,
    )
