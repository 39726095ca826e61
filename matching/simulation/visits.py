"""Visits: a client before the therapists who meet the requirements, with the truth about each that nobody sees."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.selection import Selection
from matching.candidates import Bools, Floats
from matching.criteria import CRITERIA
from matching.evidence import strengths
from matching.simulation.clients import Client
from matching.simulation.world import World

SKILLED: Final = 0.25  # truly skilled: the best quarter, in a need, of those who meet the client's requirements
#: Criteria that ask for facts which are true as stated. Who states nothing is not known to meet the wish.
WISHES: Final = ("identity", "language", "insurance", "cost", "opening")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A client before a list. Arrays have a value per therapist who meets the requirements.

    `met` is the share of what the client brings, weighted by how much it matters, for which the therapist is truly
    skilled; `main` says so of what matters most. `worth` orders by what is met, then by skill. `wishes` is the share
    of stated wishes that they state to meet.
    """

    client: Client
    selection: Selection
    rows: NDArray[np.intp]
    worth: Floats
    met: Floats
    main: Floats
    wishes: Floats | None
    miles: Floats


def visits(world: World, *, evidence_holds: float = 0.0) -> Iterator[Visit]:
    """The clients for whom at least one therapist meets the requirements; the others no order can help."""
    for client in world.clients:
        selection = world.columns.select(client.needs.requirements)
        if len(selection):
            yield _visit(world, client, selection, evidence_holds)


def skilled(skill: Floats) -> Bools:
    """Per column, who is in the best SKILLED; at least one."""
    count = len(skill)
    best = math.ceil(SKILLED * count)
    return np.asarray(skill >= np.partition(skill, count - best, axis=0)[count - best])


def _visit(world: World, client: Client, selection: Selection, evidence_holds: float) -> Visit:
    rows = np.asarray(selection.ids - 1, dtype=np.intp)
    needs = client.needs
    if needs.concerns:
        weights = np.array(list(needs.concerns.values()), dtype=np.float64)
        columns = [world.codes["concerns"].index(code) for code in needs.concerns]
        skill = world.skill["concerns"][rows][:, columns]
    else:  # nothing was named: therapy at large
        weights, skill = np.ones(1), world.skill["concerns"][rows].mean(axis=1, keepdims=True)
    if evidence_holds:
        helped = _by_evidence(world, client, selection, rows)
        skill = (1 - evidence_holds) * skill + evidence_holds * helped[:, None]
    best, shares = skilled(skill), weights / weights.sum()
    return Visit(
        client=client,
        selection=selection,
        rows=rows,
        worth=best @ shares + 1e-3 * (skill @ shares),
        met=best @ shares,
        main=best[:, weights == weights.max()].mean(axis=1),
        wishes=_wishes(client, selection),
        miles=selection.miles(client.home),
    )


def _by_evidence(world: World, client: Client, selection: Selection, rows: NDArray[np.intp]) -> Floats:
    """How well each does the best supported approach they list, on the scale of skill."""
    helped = np.zeros(len(rows))
    needs = client.needs
    for strength, approaches in strengths(needs.evidence, needs.ruleset.grades).items():
        for code in approaches:
            column = world.codes["approaches"].index(code)
            done = strength * world.ability["approaches"][rows, column]
            helped = np.maximum(helped, np.where(selection.has("approaches", code), done, 0.0))
    spread = helped.std()
    return (helped - helped.mean()) / spread if spread else np.zeros(len(rows))


def _wishes(client: Client, selection: Selection) -> Floats | None:
    needs = client.needs
    asked = [criterion for criterion in CRITERIA if criterion.code in WISHES and criterion.asked(needs)]
    if not asked:
        return None
    return np.asarray(np.mean([criterion.fit(selection, needs) == 1 for criterion in asked], axis=0), dtype=np.float64)
