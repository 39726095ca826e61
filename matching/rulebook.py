"""The rulesets that were released: read from `fixtures/rulesets/` once, and which one is in force on a day."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from matching.criteria import CRITERIA
from matching.evidence import (
    CriterionEvidence,
    Evidence,
    criterion_evidence_from_json,
    evidence_from_json,
)
from matching.ruleset import BrokenRuleset, Ruleset, ruleset_from_json


class UnknownRuleset(LookupError):
    """No ruleset of this code was released."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no ruleset {code!r}. Released are: {', '.join(released())}.")


def in_force(on: dt.date) -> Ruleset:
    """The newest ruleset that is in force on a day; for days before the first one, the first."""
    rulesets = sorted(released().values(), key=lambda ruleset: ruleset.in_force_from)
    return next((ruleset for ruleset in reversed(rulesets) if ruleset.in_force_from <= on), rulesets[0])


def get(code: str) -> Ruleset:
    """The released ruleset of this code. Raises UnknownRuleset."""
    try:
        return released()[code]
    except KeyError:
        raise UnknownRuleset(code) from None


def named(name: str) -> Ruleset:
    """A released ruleset by its code, or a draft by its file. Raises UnknownRuleset or BrokenRuleset."""
    path = Path(name)
    return read(path) if path.suffix == ".json" or path.is_file() else get(name)


@functools.cache
def released() -> Mapping[str, Ruleset]:
    """Every released ruleset by its code, which is the name of its file."""
    return {path.stem: read(path) for path in sorted((settings.FIXTURES / "rulesets").glob("*.json"))}


def read(path: Path) -> Ruleset:
    """A ruleset from a file, such as a draft. Raises BrokenRuleset, naming each place, also for what is no JSON."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenRuleset([f"{path}: cannot be read: {error}"]) from error
    try:
        return ruleset_from_json(
            document, criteria=[criterion.code for criterion in CRITERIA], evidence=evidence_editions()
        )
    except BrokenRuleset as broken:
        raise BrokenRuleset([f"{path.name}: {problem}" for problem in broken.problems]) from broken


@functools.cache
def evidence_editions() -> Mapping[str, tuple[Evidence, ...]]:
    """Every edition of the evidence by its name, which is the name of its file."""
    return {
        path.stem: evidence_from_json(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((settings.FIXTURES / "evidence").glob("[0-9]*.json"))
    }


@functools.cache
def criterion_evidence(edition: str) -> Mapping[str, tuple[CriterionEvidence, ...]]:
    """What research says for and against letting each criterion count. It is shown, and moves no order."""
    path = settings.FIXTURES / "evidence" / f"criteria-{edition}.json"
    return criterion_evidence_from_json(json.loads(path.read_text(encoding="utf-8")))
