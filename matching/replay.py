"""Replay: an earlier answer again, from the intake and what the answer carries, however the directory changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from directory.cards import cards_as_of
from directory.roster.past import roster_at
from matching import rulebook
from matching.intake import Intake
from matching.matches import Matches
from matching.matchmaking import matches_of, seed_of


@dataclass(frozen=True, kw_only=True)
class Given:
    """What an answer carries so that it can be made again."""

    ruleset: str
    seed: str
    sequence: int
    on: dt.date


def replay(intake: Intake, given: Given) -> Matches:
    """The answer to this intake from that day. Nothing is stored.

    Raises UnknownRuleset, UnknownSequence, PastNotKept, and InvalidIntake as find_matches does.
    """
    return matches_of(
        intake,
        on=given.on,
        ruleset=rulebook.get(given.ruleset),
        seed=given.seed,
        roster=roster_at(given.sequence),
        read_cards=cards_as_of(given.sequence),
    )


def differences(answer: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    """Where two answers to one intake, as JSON, differ in order, scores, points or total; best place first."""
    for rank, (match, replayed) in enumerate(zip_longest(answer["matches"], again["matches"]), start=1):
        if match is None or replayed is None:
            yield f"length: {len(answer['matches'])} in the answer, {len(again['matches'])} in the replay"
            break
        yield from _differences(rank, match, replayed)
    if answer["total"] != again["total"]:
        yield f"total: {answer['total']} in the answer, {again['total']} in the replay"


def _differences(rank: int, match: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    who, others = match["therapist"]["slug"], again["therapist"]["slug"]
    if match["rank"] != rank:
        yield f"place {rank}: rank {match['rank']} in the answer"
    if who != others:
        yield f"rank {rank}: {who} in the answer, {others} in the replay"
        return
    if match["score"] != again["score"]:
        yield f"rank {rank}, {who}: score {match['score']} in the answer, {again['score']} in the replay"
    for finding, replayed in zip_longest(_points(match), _points(again)):
        if finding != replayed:
            yield f"rank {rank}, {who}: {_told(finding)} in the answer, {_told(replayed)} in the replay"


def _points(match: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(finding["criterion"], finding["points"]) for finding in match["findings"]]


def _told(finding: tuple[str, float] | None) -> str:
    return "nothing" if finding is None else f"{finding[0]} with {finding[1]} points"


def is_drawn_here(intake: Intake, given: Given) -> bool:
    """Whether ruleset and seed are those that this site gives to this intake on that day.

    The seed is keyed with the site's secret: after a change of the secret an honest answer has another one.
    """
    ruleset = rulebook.in_force(given.on)
    return given.ruleset == ruleset.code and given.seed == seed_of(intake, on=given.on, ruleset=ruleset)
