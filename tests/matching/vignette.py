"""The form of a vignette, and the answer that its client gets. The cases are in vignettes.py."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.conf import settings

from directory.roster.columns import Columns
from directory.roster.requirements import Near as NearPoint
from directory.roster.selection import Selection
from matching.explanation import Explanation, explain
from matching.intake import Intake
from matching.matchmaking import profile_of
from matching.needs import needs_of
from matching.ranking import Ranked, rank
from matching.ruleset import Ruleset
from matching.wording import Wording
from tests.factories import TODAY
from tests.matching.drawing import CENTER, card_of

Facts = Mapping[str, Any]

#: A plain therapist whom every vignette's client could see. All else is not stated unless a vignette says so.
LISTED: Facts = {
    "jurisdictions": ["CA"],
    "delivery_methods": ["telehealth", "in_person"],
    "session_formats": ["individual", "couple", "family", "group"],
    "accepting": "yes",
}
STATED = LISTED.keys() | {
    "approaches",
    "trained",
    "concerns",
    "focus",
    "populations",
    "languages",
    "insurance_plans",
    "gender",
    "fee_from",
    "sliding_scale",
    "opening_on",
    "places",
    "licenses",
}


class Expectation(Protocol):
    """One thing that should hold of an answer; as text, the sentence that a failure shows."""

    def holds(self, answer: Answer) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Vignette:
    """A client, some therapists, and what the literature says about who should stand where.

    `source` names the section of the article or the study. `therapists` gives facts by names that say what they are:
    on top of LISTED, and of `all_state`, which holds for each of them unless their own facts say otherwise. Who is
    `trained` in an approach need not repeat it under `approaches` (a tick), nor a `focus` under `concerns`.
    """

    description: str
    source: str
    intake: Intake
    therapists: Mapping[str, Facts]
    expects: tuple[Expectation, ...]
    all_state: Facts = field(default_factory=dict)

    def __post_init__(self) -> None:
        for facts in (self.all_state, *self.therapists.values()):
            if unknown := facts.keys() - STATED:
                raise ValueError(f"{self.description}: no therapist states {', '.join(sorted(unknown))}")

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """The therapists as records of the roster, by name."""
        return {name: self._record(facts) for name, facts in self.therapists.items()}

    def _record(self, facts: Facts) -> dict[str, Any]:
        record = {**LISTED, **self.all_state, **facts}
        for whole, part in (("approaches", "trained"), ("concerns", "focus")):
            record[part] = list(record.get(part, ()))
            record[whole] = list(dict.fromkeys([*record[part], *record.get(whole, ())]))
        return record

    def swapping(self, one: str, other: str) -> Vignette:
        """The same vignette, in which two therapists have each other's facts."""
        swapped = {one: self.therapists[other], other: self.therapists[one]}
        return replace(self, therapists={**self.therapists, **swapped})


class Answer:
    """What the client of a vignette is told under a ruleset."""

    def __init__(self, vignette: Vignette, ruleset: Ruleset) -> None:
        intake = vignette.intake
        self.records = vignette.records
        self.needs = needs_of(
            intake,
            on=TODAY,
            ruleset=ruleset,
            profile=profile_of(intake.attachment),
            partner_profile=profile_of(intake.partner_attachment),
            near=intake.near and NearPoint(latitude=CENTER[0], longitude=CENTER[1], miles=intake.near.within),
        )
        names = list(self.records)
        ranked = rank(self._select(*names), self.needs, seed=1, limit=100)
        self.places = {names[place.therapist_id - 1]: place for place in ranked}

    def _select(self, *names: str) -> Selection:
        records = [self.records[name] for name in names]
        return Columns.from_records(records, codes=taxonomy()).select(self.needs.requirements)

    def merit(self, name: str) -> tuple[int, int]:
        """What decides a place before equals take turns: the score, then how much of what was asked is stated."""
        place = self.places[name]
        return place.score, sum(finding.weight for finding in place.findings if finding.stated)

    def broken_by(self, name: str) -> set[str]:
        """The requirements that a therapist does not meet."""
        return {code for code, count in self._select(name).removed_by.items() if count}

    def explained(self, name: str) -> Explanation:
        return explain(self.places[name], card_of(self.records[name]), self.needs, Wording({}))

    @property
    def asked(self) -> set[str]:
        """The criteria that were asked."""
        return {finding.criterion.code for place in self.places.values() for finding in place.findings}

    def __str__(self) -> str:
        """The order with its arithmetic, for whoever has to see why an expectation does not hold."""
        return "\n".join(f"{_points(place)}  {name}" for name, place in self.places.items()) or "nobody is shown"


def _points(place: Ranked) -> str:
    parts = (f"{finding.criterion.code} {finding.points}/{finding.most_points}" for finding in place.findings)
    return f"{place.score} = {' + '.join(parts)}"


@functools.cache
def taxonomy() -> Mapping[str, list[str]]:
    """The codes of every vocabulary, as they ship."""
    paths = (settings.FIXTURES / "taxonomy").glob("*.json")
    return {path.stem: [row["code"] for row in json.loads(path.read_text())] for path in sorted(paths)}
