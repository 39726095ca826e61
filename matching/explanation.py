"""Explanation: what is worth saying about a match. Reasons, cautions and questions, from its findings and its card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matching.needs import Needs
from matching.questions import questions_for
from matching.ranking import Weighed
from matching.reasons import Card, Case, Reason, reason_of
from matching.wording import Wording, day

MOST_REASONS: Final = 4
MOST_CAUTIONS: Final = 4
LITTLE_KNOWN: Final = 0.5  # confidence
LICENSE_ENDS_WITHIN: Final = 45  # days
OLD_AVAILABILITY: Final = 14  # days; after three weeks it does not count at all: directory/lifetimes.py


@dataclass(frozen=True, kw_only=True)
class Caution:
    """Something that does not fit, is not known, or wants a second look."""

    code: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`findings` has one reason per finding, in their order; `reasons` are the at most four that lift the match most.

    `cautions` are the at most four that matter most, in order; `questions` are three to five.
    """

    findings: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    cautions: tuple[Caution, ...]
    questions: tuple[str, ...]


def explain(match: Weighed, card: Card, needs: Needs, say: Wording) -> Explanation:
    """Put a match into words."""
    case = Case(card=card, needs=needs, say=say, miles=match.miles)
    findings = tuple([reason_of(finding, case) for finding in match.findings])
    neutral = needs.ruleset.neutral
    lifting, against = [], []
    for place, (finding, reason) in enumerate(zip(match.findings, findings, strict=True)):
        if reason.caution:
            against.append((-finding.weight, place))
        elif (lift := finding.points - finding.most_points * neutral) > 0 and finding.stated:
            lifting.append((-lift, place))  # points above what saying nothing would have given
    cautions = {caution.code: caution for caution in _about_the_person(match, case)}
    for _, place in sorted(against):
        code, text, *_ = findings[place]
        cautions.setdefault(code, Caution(code=code, text=text))
    return Explanation(
        findings=findings,
        reasons=tuple(findings[place] for _, place in sorted(lifting)[:MOST_REASONS]),
        cautions=tuple(cautions.values())[:MOST_CAUTIONS],
        questions=questions_for(case, frozenset([reason.code for reason in findings])),
    )


def _about_the_person(match: Weighed, case: Case) -> Iterator[Caution]:
    """What no criterion asks about and a client should know."""
    on, card = case.needs.on, case.card
    if match.confidence < LITTLE_KNOWN:
        text = "Less than half of what you asked about is known of this therapist. The score is mostly a guess."
        yield Caution(code="little_known", text=text)
    here = [held for held in card["licenses"] if held["jurisdiction"] in case.needs.requirements.jurisdictions]
    if here and all(held["license_type"] == "associate" for held in here):
        text = "Works under supervision on the way to a full license."
        yield Caution(code="supervised", text=text)
    ends = [dt.date.fromisoformat(held["expires_on"]) for held in here if held["expires_on"] is not None]
    if ends and max(ends) <= on + dt.timedelta(days=LICENSE_ENDS_WITHIN):
        yield Caution(code="license_ends_soon", text=f"The license runs until {day(max(ends))}. Ask about its renewal.")
    said = card["as_of"]["availability"]
    if said is not None and (on - dt.date.fromisoformat(said)).days > OLD_AVAILABILITY:
        text = f"What we know about free places is from {day(dt.date.fromisoformat(said))}. Ask again."
        yield Caution(code="old_availability", text=text)
