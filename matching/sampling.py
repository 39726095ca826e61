"""Invented intakes, for audits, comparisons and simulations: no client's answer is ever in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from directory.demo.people import world
from matching import clientele as mix
from matching.intake import SIGN_CODES, Intake, Near, Scores
from matching.paths import PATHS, TOGETHER


def sample_intakes(
    count: int,
    *,
    seed: int,
    codes: Mapping[str, Collection[str]],
    zips: Mapping[str, Sequence[str]] | None = None,
    limit: int = 20,
) -> list[Intake]:
    """The first `count` intakes of a seed; a larger sample begins with a smaller one.

    `codes` lists the directory's vocabularies: an intake asks for nothing else. `zips` lists the ZIPs of each state;
    where there are none, nobody says where they would meet in person.
    """
    return [*each_intake(count, seed=seed, codes=codes, zips=zips, limit=limit)]


def each_intake(
    count: int,
    *,
    seed: int,
    codes: Mapping[str, Collection[str]],
    zips: Mapping[str, Sequence[str]] | None = None,
    limit: int = 20,
) -> Iterator[Intake]:
    """The same, one after the other, for a sample that is not to be held in memory."""
    client = _Client({vocabulary: frozenset(terms) for vocabulary, terms in codes.items()})
    for number in range(count):
        yield client.intake(_Draw(seed, number), zips or {}, limit)


class _Draw:
    """The random choices of one intake: they follow from the seed and its number alone."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = np.random.default_rng([seed, number])

    def happens(self, share: float) -> bool:
        return bool(self._rng.random() < share)

    def one(self, shares: Mapping[Any, float]) -> Any:
        at = self._rng.random() * sum(shares.values())
        for value, share in shares.items():
            at -= share
            if at < 0:
                return value
        return value

    def any(self, values: Iterable[str]) -> list[str]:
        """One of the values, each as likely; none of none."""
        ordered = sorted(values)
        return [ordered[int(self._rng.random() * len(ordered))]] if ordered else []

    def several(self, count: int, shares: Mapping[str, float]) -> list[str]:
        left = dict(shares)
        chosen: list[str] = []
        while left and len(chosen) < count:
            chosen.append(self.one(left))
            del left[chosen[-1]]
        return chosen

    def around(self, middle: float, spread: float) -> float:
        return float(self._rng.normal(middle, spread))

    def between(self, low: float, high: float) -> float:
        return float(self._rng.uniform(low, high))


class _Client:
    """Somebody out of the mix, who asks for nothing that the directory has no word for."""

    def __init__(self, known: Mapping[str, frozenset[str]]) -> None:
        self._known = known
        self._states = {code: facts[0] for code, facts in world()["states"].items() if code in known["jurisdictions"]}

    def intake(self, draw: _Draw, zips: Mapping[str, Sequence[str]], limit: int) -> Intake:
        state: str = draw.one(self._states)
        comer: str = draw.one(mix.COMERS)
        given = self._comers(draw, comer) | self._wishes(draw, state) | self._meeting(draw, zips.get(state, ()))
        musts = [name for name, share in mix.MUSTS.items() if draw.happens(share) and given[name]]
        return Intake(state=state, must=tuple(musts), limit=limit, **given)

    def _comers(self, draw: _Draw, comer: str) -> dict[str, Any]:
        path = PATHS[comer]
        session_format = draw.one(mix.FORMATS_OF_OTHERS) if comer == "other" else path.presets.session_format
        together = session_format in TOGETHER
        groups = [*path.presets.populations, *(code for code, share in mix.GROUPS.items() if draw.happens(share))]
        if path.view != "self":
            groups += (code for code, share in mix.KINDS_OF_FAMILY.items() if draw.happens(share))
        if path.view == "child":
            groups.append(draw.one(mix.AGES))
        applies = mix.SIGN_APPLIES.get(comer, mix.SIGN_APPLIES_ELSE)
        asked = draw.happens(mix.SIGNS_ASKED) and "signs" not in path.leaves_out
        signs = tuple(sign for sign in SIGN_CODES if draw.happens(applies))
        about_self = draw.happens(mix.SCORED) and path.view != "child"
        of_partner = draw.happens(mix.PARTNER_SCORED) and about_self and session_format == "couple"
        return {
            "session_format": session_format,
            "populations": tuple(code for code in groups if code in self._known["populations"]),
            "concerns": self._concerns(draw, comer),
            "trauma": True if path.presets.trauma else draw.one(mix.TRAUMA),
            "safe_at_home": draw.one(mix.SAFE) if together else None,
            "signs": signs if asked else None,
            "attachment": _closeness(draw) if about_self else None,
            "partner_attachment": _closeness(draw) if of_partner else None,
        }

    def _concerns(self, draw: _Draw, comer: str) -> dict[str, int]:
        # The nearer to the head of the path's list, the more often: 1, 1/2, 1/3 …
        suggested = {code: 1 / place for place, code in enumerate(PATHS[comer].suggested, 1)}
        chosen = draw.several(draw.one(mix.HOW_MANY_CONCERNS), suggested or mix.GENERAL_CONCERNS)
        if draw.happens(mix.ANY_CONCERN):
            chosen += draw.any(self._known["concerns"])
        return {code: draw.one(mix.IMPORTANCES) for code in chosen if code in self._known["concerns"]}

    def _wishes(self, draw: _Draw, state: str) -> dict[str, Any]:
        data = world()
        plans = {
            code: mix.PLANS.get(code, mix.OTHER_PLAN)
            for code in sorted(self._known["insurance_plans"])
            if state in data["plans_only_in"].get(code, [state])
        }
        spanish = mix.SPANISH_WHERE_USUAL if state in data["much_spanish"] else mix.SPANISH
        languages = ["es"] if draw.happens(spanish) and "es" in self._known["languages"] else []
        if draw.happens(mix.OTHER_LANGUAGE):
            languages += draw.any(self._known["languages"] - {"en", "es"})
        middle, spread = mix.BUDGET
        budget = data["states"][state][2] * middle * float(np.exp(draw.around(0, spread)))
        named: tuple[str, ...] = draw.one(mix.GENDERS_NAMED)
        days: int = draw.one(mix.WITHIN_DAYS)
        usual = {code: share for code, (share, _) in data["approaches"].items() if code in self._known["approaches"]}
        return {
            "insurance": tuple(draw.several(1, plans)) if draw.happens(mix.INSURED) else (),
            "languages": tuple(languages),
            "fee_max": max(int(round(budget, -1)), 30) if draw.happens(mix.HAS_BUDGET) else None,
            "genders": named if draw.happens(mix.NAMES_GENDER) else (),
            "opening_within_days": days if draw.happens(mix.IN_A_HURRY) else None,
            "approaches": tuple(draw.several(1, usual)) if draw.happens(mix.NAMES_APPROACH) else (),
        }

    def _meeting(self, draw: _Draw, zips: Sequence[str]) -> dict[str, Any]:
        delivery: tuple[str, ...] = draw.one(mix.DELIVERY)
        zip_code, miles = draw.any(zips), draw.one(mix.MILES)
        says_where = "in_person" in delivery and zip_code and draw.happens(mix.GIVES_ZIP)
        return {"delivery": delivery, "near": Near(zip=zip_code[0], within=miles) if says_where else None}


def _closeness(draw: _Draw) -> Scores:
    low, high = mix.CLOSENESS_RANGE
    return Scores(
        range=mix.CLOSENESS_RANGE,
        standard_error={scale: round(draw.between(*mix.ERRORS), 2) for scale in mix.CLOSENESS},
        **{scale: round(min(max(draw.around(mean, sd), low), high), 2) for scale, (mean, sd) in mix.CLOSENESS.items()},
    )
