"""Draws the demo's invented people, a chunk at a time, from a seed. Pure: numpy in, columns out.

A chunk depends on the seed and its number alone, so a larger demo begins with the people of a smaller one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORLD = Path(__file__).resolve().parents[2] / "fixtures" / "demo" / "world.json"
CHUNK = 2000
MOST_FOCUS = 5
NOT_STATED = 1 / 3  # of most optional facts
Bools = NDArray[np.bool_]
Spot = tuple[str, float, float]  # a ZIP, its latitude and longitude


@cache
def world() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(WORLD.read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True, kw_only=True)
class People:
    """CHUNK people as columns. Days count from the day of the seed; -1 and "" are "not stated".

    The matrices have a row per person and a column per code, in the order of `codes` that `draw` was given.
    """

    state: NDArray[np.int64]  # index into `states`
    states: list[str]
    name: list[str]
    slug: list[str]
    gender: list[str]
    license_type: list[str]
    years: NDArray[np.int64]
    fee_min: NDArray[np.int64]
    fee_max: NDArray[np.int64]
    sliding_scale: NDArray[np.int64]  # 1, 0, -1
    accepting: list[str]
    opening: NDArray[np.int64]
    consented: NDArray[np.int64]
    attested: NDArray[np.int64]
    verified: NDArray[np.int64]
    expires: NDArray[np.int64]
    headline: list[str]
    bio: list[str]
    has_email: Bools
    has_phone: Bools
    has_website: Bools
    terms: Mapping[str, Bools]
    trained: Bools
    focus: Bools
    privileges: Bools  # column per state
    has_office: Bools
    office: NDArray[np.float64]  # 0 ≤ x < 1: which of the state's ZIPs
    town: list[str]


def draw(seed: int, chunk: int, codes: Mapping[str, Sequence[str]]) -> People:
    """The people of one chunk. `codes` lists the codes of every vocabulary of the directory."""
    data, n = world(), CHUNK
    rng = np.random.default_rng([seed, chunk])
    states = list(data["states"])
    residents = np.array([data["states"][code][0] for code in states], dtype=float)
    state = rng.choice(len(states), size=n, p=residents / residents.sum())
    leans = {name: rng.random(n) < share for name, share in data["leanings"].items()}

    gender = _pick(rng, n, {"woman": 0.62, "man": 0.22, "nonbinary": 0.04, "": 0.12})
    first = [
        _of(data["first_names"].get(g, data["first_names"]["other"]), u)
        for g, u in zip(gender, rng.random(n), strict=True)
    ]
    surname = [_of(data["surnames"], u) for u in rng.random(n)]
    number = range(chunk * n + 1, chunk * n + n + 1)
    kind = _pick(rng, n, data["license_types"])
    license_type = [
        data["states"][states[s]][3] if k == "counselor" else k for s, k in zip(state.tolist(), kind, strict=True)
    ]

    usual = np.array([data["states"][code][2] for code in states])[state]
    dear = np.isin(kind, ["psychologist", "psychiatrist", "pmhnp"]) * 0.3 - np.isin(kind, ["associate"]) * 0.35
    fee_min = (np.round(usual * (1 + dear) * rng.lognormal(0, 0.18, n) / 5) * 5).astype(int).clip(40, 450)
    fee_max = fee_min + rng.choice([0, 20, 40, 60], size=n, p=[0.35, 0.25, 0.25, 0.15])
    fees_unknown = rng.random(n) < NOT_STATED
    accepting = _pick(rng, n, {"yes": 0.6, "waitlist": 0.14, "no": 0.08, "": 0.18})
    opening = np.where(np.isin(accepting, ["yes"]), rng.integers(0, 45, n), rng.integers(20, 61, n))
    opening[np.isin(accepting, ["no", ""]) | (rng.random(n) < NOT_STATED)] = -1

    terms = _terms(rng, n, codes, leans, state, states)
    in_person = terms["delivery_methods"][:, list(codes["delivery_methods"]).index("in_person")]
    approaches, concerns = terms["approaches"], terms["concerns"]
    privileges = np.zeros((n, len(states)), dtype=bool)
    holders = (rng.random(n) < 0.07) & np.isin(kind, ["counselor", "psychologist", "lcsw"])
    further = rng.random((n, len(states))) < 3 / len(states)
    privileges[holders] = further[holders]
    privileges[np.arange(n), state] = False

    return People(
        state=state,
        states=states,
        name=[f"{a} Demo-{b}" for a, b in zip(first, surname, strict=True)],
        slug=[f"{a}-demo-{b}-{seed}-{i}".lower() for a, b, i in zip(first, surname, number, strict=True)],
        gender=gender,
        license_type=license_type,
        years=np.where(rng.random(n) < NOT_STATED, -1, rng.gamma(2, 6, n).astype(int).clip(0, 50)),
        fee_min=np.where(fees_unknown, -1, fee_min),
        fee_max=np.where(fees_unknown, -1, fee_max),
        sliding_scale=rng.choice([1, 0, -1], size=n, p=[0.4, 0.27, 0.33]),
        accepting=accepting,
        opening=opening,
        consented=-rng.integers(60, 300, n),
        attested=-rng.integers(0, 26, n),
        verified=-rng.integers(26, 90, n),
        expires=rng.integers(90, 720, n),
        headline=[_of(data["headlines"], u) if u < 1 else "" for u in rng.random(n) * (1 + NOT_STATED)],
        bio=_bios(rng, n),
        has_email=rng.random(n) > NOT_STATED,
        has_phone=rng.random(n) > NOT_STATED,
        has_website=rng.random(n) > 0.5,
        terms=terms,
        trained=approaches & (rng.random(approaches.shape) < 0.35),
        focus=_focus(rng, concerns),
        privileges=privileges,
        has_office=in_person & (rng.random(n) < 0.97) | ~in_person & (rng.random(n) < 0.2),
        office=rng.random(n),
        town=[_of(data["towns"], u) for u in rng.random(n)],
    )


def supervisor(number: int, state: str) -> tuple[str, str]:
    """Name and license of the invented supervisor of the associate with that number: drawn from nothing else."""
    data = world()
    first, surnames = data["first_names"]["other"], data["surnames"]
    name = f"{first[number % len(first)]} Demo-{surnames[number * 7 % len(surnames)]}"
    return name, f"LMFT DEMO-S-{number} ({state})"


def spots_by_state(spots: Iterable[Spot]) -> dict[str, list[Spot]]:
    """The spots of each state, by the first digits of their ZIPs; who lies in none of the states is left out."""
    home = {}
    for state, (_, ranges, *_rest) in world()["states"].items():
        for span in ranges:
            low, high = span.split("-")
            home.update({f"{prefix:03d}": state for prefix in range(int(low), int(high) + 1)})
    found: dict[str, list[Spot]] = {state: [] for state in world()["states"]}
    for spot in spots:
        if spot[0][:3] in home:
            found[home[spot[0][:3]]].append(spot)
    return found


def _terms(
    rng: np.random.Generator,
    n: int,
    codes: Mapping[str, Sequence[str]],
    leans: Mapping[str, Bools],
    state: NDArray[np.int64],
    states: list[str],
) -> dict[str, Bools]:
    """Who states which codes: a matrix per vocabulary."""
    data = world()
    terms = {}
    for name, rare, unknown in (
        ("approaches", 0.01, 0.08),
        ("concerns", 0.03, 0.05),
        ("populations", 0.02, NOT_STATED),
    ):
        chance = np.empty((n, len(codes[name])))
        for column, code in enumerate(codes[name]):
            base, lean = data[name].get(code, (rare, ""))
            # Who leans that way states it about three times as often as the others.
            chance[:, column] = np.where(leans[lean], base * 1.9, base * 0.65) if lean else base
        matrix = rng.random(chance.shape) < chance
        matrix[rng.random(n) < unknown] = False
        terms[name] = matrix

    formats = {"individual": np.full(n, 0.93), "group": np.full(n, 0.13)}
    formats["couple"] = np.where(leans["couple"], 0.95, 0.06)
    formats["family"] = np.where(leans["family"], 0.9, 0.05)
    terms["session_formats"] = _at_least(rng, codes["session_formats"], formats, "individual")
    delivery = {"telehealth": np.full(n, 0.88), "in_person": np.full(n, 0.6)}
    terms["delivery_methods"] = _at_least(rng, codes["delivery_methods"], delivery, "telehealth")

    spanish = np.isin(state, [states.index(code) for code in data["much_spanish"]])
    speaks = {code: np.full(n, share) for code, share in data["languages"].items()}
    speaks["es"] = np.where(spanish, 0.2, data["languages"]["es"])
    terms["languages"] = _at_least(rng, codes["languages"], speaks, "en")
    terms["languages"][:, list(codes["languages"]).index("en")] = True
    terms["languages"][rng.random(n) < NOT_STATED / 2] = False

    # Few plans are taken by many, many by few: Zipf by their place in the vocabulary.
    place = np.arange(1, len(codes["insurance_plans"]) + 1)
    plans = rng.random((n, len(place))) < 0.55 / place**0.75
    for column, code in enumerate(codes["insurance_plans"]):
        if code in data["plans_only_in"]:
            there = np.isin(state, [states.index(s) for s in data["plans_only_in"][code]])
            plans[:, column] = there & (rng.random(n) < 0.22)
    # Who takes no insurance takes none.
    private = list(codes["insurance_plans"]).index("private-pay")
    takes_none = rng.random(n) < 0.12
    plans[takes_none] = False
    plans[:, private] = takes_none
    plans[rng.random(n) < NOT_STATED] = False
    terms["insurance_plans"] = plans
    return terms


def _at_least(
    rng: np.random.Generator, codes: Sequence[str], chances: Mapping[str, NDArray[np.float64]], fallback: str
) -> Bools:
    """Draw these codes; who would have none has `fallback`."""
    n = len(next(iter(chances.values())))
    matrix = np.zeros((n, len(codes)), dtype=bool)
    for column, code in enumerate(codes):
        if code in chances:
            matrix[:, column] = rng.random(n) < chances[code]
    matrix[~matrix.any(axis=1), list(codes).index(fallback)] = True
    return matrix


def _focus(rng: np.random.Generator, concerns: Bools) -> Bools:
    """Up to five of the stated concerns; a third of people mark none."""
    order = np.where(concerns, rng.random(concerns.shape), 2).argsort(axis=1).argsort(axis=1)
    most = rng.choice([0, 1, 2, 3, 4, MOST_FOCUS], size=len(concerns), p=[1 / 3, 0.06, 0.1, 0.2, 0.15, 2 / 3 - 0.51])
    return concerns & (order < most[:, None])


def _bios(rng: np.random.Generator, n: int) -> list[str]:
    data = world()
    drawn = rng.random((n, 4))
    return [
        " ".join(
            (
                data["invented"],
                _of(data["openings"], a),
                *dict.fromkeys((_of(data["middles"], b), _of(data["middles"], c))),
                _of(data["closings"], d),
            )
        )
        for a, b, c, d in drawn.tolist()
    ]


def _pick(rng: np.random.Generator, n: int, shares: Mapping[str, float]) -> list[str]:
    names = list(shares)
    drawn = rng.choice(len(names), size=n, p=np.array(list(shares.values())) / sum(shares.values()))
    return [names[i] for i in drawn.tolist()]


def _of(values: Sequence[str], share: float) -> str:
    """The value at `share` (0 ≤ share < 1) of the way."""
    return values[int(share * len(values))]
