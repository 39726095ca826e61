"""An invented world whose truth we know: therapists with hidden skill, boxes that say some of it, clients who come.

Nothing here was chosen by looking at results. docs/matching.md argues each assumption; the same seed draws the same
world, and worlds that differ in one assumption share the luck of all the rest.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assessments.scoring import AttachmentProfile, profile_from_scores
from directory.demo.people import People, draw, world
from directory.roster.columns import Columns
from directory.roster.requirements import Near
from matching.attachment import Attachment, Scores
from matching.candidates import Bools, Floats
from matching.intake import Intake
from matching.needs import Needs, needs_of
from matching.ruleset import Ruleset
from matching.sampling import sample_intakes

#: One state, so that a small directory offers a choice. Who lives elsewhere is left out.
STATES: Final = ("CA",)
RARE: Final = {"concerns": 0.03, "approaches": 0.01}  # how many tick what the demo's world does not name
ANY_ZIP_MILES: Final = 25  # for clients who name no place: only to know where they live


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


@dataclass(frozen=True, kw_only=True)
class Client:
    """Somebody who comes in a week and stays for some. `seed` is theirs alone, `home` where they live."""

    intake: Intake
    needs: Needs
    home: Near
    seed: int
    week: int
    stay: int


@dataclass(frozen=True, kw_only=True)
class World:
    """Therapists as the directory has them, what it does not have, and the clients in the order in which they come.

    `skill` and `ability` (the same as ranks, 0 to 1) have a row per therapist and a column per code of `codes`;
    therapist number i has the id i + 1. `places` are free places for clients from here.
    """

    columns: Columns
    codes: Mapping[str, Sequence[str]]
    skill: Mapping[str, Floats]
    ability: Mapping[str, Floats]
    places: NDArray[np.int64]
    clients: Sequence[Client]


def draw_world(assumptions: Assumptions, ground: Ground, *, seed: int) -> World:
    """The world of a seed."""
    people, rows = _people(assumptions.therapists, ground, seed)
    luck = {name: _luck(seed, number) for number, name in enumerate(("skill", "boxes", "places"))}
    skill = _skill(assumptions, ground, luck["skill"])
    records = list(_records(assumptions, ground, people, rows, skill, luck["boxes"]))
    columns = Columns.from_records(records, codes=ground.codes)
    return World(
        columns=columns,
        codes=ground.codes,
        skill=skill,
        ability={name: (one.argsort(axis=0).argsort(axis=0) + 0.5) / len(one) for name, one in skill.items()},
        places=_places(assumptions, records, luck["places"]),
        clients=tuple(_clients(assumptions, ground, seed)),
    )


def _luck(seed: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, 0, number])  # three numbers: the demo and the sample of intakes use two


def _people(count: int, ground: Ground, seed: int) -> tuple[list[People], list[tuple[int, int]]]:
    """The first `count` people of the demo who live in our states, as (chunk, row)."""
    chunks: list[People] = []
    rows: list[tuple[int, int]] = []
    while len(rows) < count:
        chunk = draw(seed, len(chunks), ground.codes)
        ours = np.isin(chunk.state, [chunk.states.index(state) for state in STATES])
        rows += [(len(chunks), row) for row in np.nonzero(ours)[0].tolist()]
        chunks.append(chunk)
    return chunks, rows[:count]


def _skill(assumptions: Assumptions, ground: Ground, rng: np.random.Generator) -> dict[str, Floats]:
    n = assumptions.therapists
    fields = ["", *world()["leanings"]]
    person = rng.standard_normal((n, 1))
    by_field = rng.standard_normal((n, len(fields)))
    own = 1 - assumptions.general - assumptions.domain
    skill = {}
    for vocabulary in ("concerns", "approaches"):
        field_of = [fields.index(_usual(vocabulary, code)[1]) for code in ground.codes[vocabulary]]
        skill[vocabulary] = (
            math.sqrt(assumptions.general) * person
            + math.sqrt(assumptions.domain) * by_field[:, field_of]
            + math.sqrt(own) * rng.standard_normal((n, len(field_of)))
        )
    return skill


def _usual(vocabulary: str, code: str) -> tuple[float, str]:
    """How many tick a code, and the field it belongs to: as in the demo's world."""
    share, field = world()[vocabulary].get(code, (RARE[vocabulary], ""))
    return share, field


def _records(
    assumptions: Assumptions,
    ground: Ground,
    chunks: Sequence[People],
    rows: Sequence[tuple[int, int]],
    skill: Mapping[str, Floats],
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    """The therapists as the directory knows them: facts and gaps of the demo, boxes by skill, noise and eagerness."""
    clear = 1 - assumptions.noise
    eager = rng.standard_normal((len(rows), 1))
    boxes, marks = {}, {}
    for vocabulary, truth in (("concerns", assumptions.focus), ("approaches", assumptions.training)):
        its = skill[vocabulary]
        edges = np.array([NormalDist().inv_cdf(1 - _usual(vocabulary, code)[0]) for code in ground.codes[vocabulary]])
        readiness = assumptions.eagerness * eager
        readiness = readiness + math.sqrt(1 - assumptions.eagerness**2) * rng.standard_normal(its.shape)
        gaps = np.array([not chunks[chunk].terms[vocabulary][row].any() for chunk, row in rows])
        boxes[vocabulary] = (_said(its, readiness, clear * assumptions.ticks) > edges) & ~gaps[:, None]
        marks[vocabulary] = _said(its, rng.standard_normal(its.shape), clear * truth)
    trained = _most(
        marks["approaches"], boxes["approaches"], chunks[0].trained.sum() / chunks[0].terms["approaches"].sum()
    )
    for number, (chunk, row) in enumerate(rows):
        people = chunks[chunk]
        concerns = _codes(ground, "concerns", boxes["concerns"][number])
        liking = dict(zip(ground.codes["concerns"], marks["concerns"][number].tolist(), strict=True))
        state = people.states[people.state[row]]
        fee, opening = int(people.fee_min[row]), int(people.opening[row])
        spots = ground.zips.get(state, ())
        yield {
            **{name: _codes(ground, name, terms[row]) for name, terms in people.terms.items()},
            "name": people.name[row],
            "concerns": concerns,
            "focus": sorted(concerns, key=lambda code: -liking[code])[: int(people.focus[row].sum())],
            "approaches": _codes(ground, "approaches", boxes["approaches"][number]),
            "trained": _codes(ground, "approaches", trained[number]),
            "jurisdictions": [state, *(people.states[at] for at in np.nonzero(people.privileges[row])[0])],
            "gender": people.gender[row] or None,
            "accepting": people.accepting[row] or None,
            "sliding_scale": None if people.sliding_scale[row] < 0 else bool(people.sliding_scale[row]),
            "fee_from": None if fee < 0 else fee,
            "opening_on": None if opening < 0 else ground.on + dt.timedelta(days=opening),
            "places": [spots[int(people.office[row] * len(spots))][1:]] if people.has_office[row] and spots else [],
        }


def _said(skill: Floats, noise: Floats, truth: float) -> Floats:
    """What somebody says about their skill: correlated with it by `truth`, with SD 1."""
    return truth * skill + math.sqrt(1 - truth**2) * noise


def _most(marks: Floats, boxes: Bools, share: float) -> Bools:
    """Of the boxes that are ticked, this share with the highest marks."""
    return boxes & (marks > np.quantile(marks[boxes], 1 - share)) if boxes.any() else boxes


def _codes(ground: Ground, vocabulary: str, ticked: Bools) -> list[str]:
    return [ground.codes[vocabulary][at] for at in np.nonzero(ticked)[0].tolist()]


def _places(
    assumptions: Assumptions, records: Sequence[Mapping[str, Any]], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Free places: one at least for who takes clients, more by luck, as many together as tightness says."""
    open_now = np.array([record["accepting"] == "yes" for record in records])
    sizes = np.where(open_now, rng.lognormal(0, 0.7, len(records)), 0.0)
    asked = assumptions.clients * assumptions.stay / assumptions.weeks
    return np.asarray(
        np.maximum(np.rint(sizes / sizes.sum() * asked / assumptions.tightness), open_now), dtype=np.int64
    )


def _clients(assumptions: Assumptions, ground: Ground, seed: int) -> Iterator[Client]:
    rng = _luck(seed, 3)
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
    return profile_from_scores(
        anxiety=attachment.anxiety,
        avoidance=attachment.avoidance,
        range=attachment.range,  # type: ignore[arg-type]
        standard_error=attachment.standard_error,
    )
