"""An invented world whose truth we know: therapists with hidden skill, boxes that say some of it, clients who come."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.demo.people import People, draw, world
from directory.roster.columns import Columns
from matching.candidates import Bools, Floats
from matching.simulation.assumptions import STATES, Assumptions, Ground, luck
from matching.simulation.clients import Client, draw_clients

RARE: Final = {"concerns": 0.03, "approaches": 0.01}  # how many tick what the demo's world does not name


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
    lucks = {name: luck(seed, number) for number, name in enumerate(("skill", "boxes", "places"))}
    skill = _skill(assumptions, ground, lucks["skill"])
    records = list(_records(assumptions, ground, people, rows, skill, lucks["boxes"]))
    columns = Columns.from_records(records, codes=ground.codes)
    return World(
        columns=columns,
        codes=ground.codes,
        skill=skill,
        ability={name: (one.argsort(axis=0).argsort(axis=0) + 0.5) / len(one) for name, one in skill.items()},
        places=free_places(assumptions, records, lucks["places"]),
        clients=tuple(draw_clients(assumptions, ground, seed=seed)),
    )


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


def free_places(
    assumptions: Assumptions, records: Sequence[Mapping[str, Any]], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Places of each: as many together as tightness says, by luck; who takes clients has one at least."""
    open_now = np.array([record["accepting"] == "yes" for record in records])
    sizes = np.where(open_now, rng.lognormal(0, 0.7, len(records)), 0.0)
    asked = assumptions.clients * assumptions.stay / assumptions.weeks
    return np.asarray(
        np.maximum(np.rint(sizes / sizes.sum() * asked / assumptions.tightness), open_now), dtype=np.int64
    )
