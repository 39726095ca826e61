"""Reasons: one finding as a code and a plain sentence, read from the therapist's card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from directory.specialties import MOST_APPROACHES, MOST_CONCERNS
from matching.evidence import Evidence
from matching.needs import Needs
from matching.ranking import Finding
from matching.wording import Wording, day, sentence

Card = Mapping[str, Any]
"""What everybody may see of a therapist: codes, fees, dates (ISO text)."""


class Reason(NamedTuple):
    """Why a finding is as it is. A caution does not fit or is not known. `as_of`: the day the fact was confirmed."""

    code: str
    text: str
    caution: bool = False
    evidence: tuple[Evidence, ...] = ()
    as_of: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a sentence may speak about. `miles` is the distance to the nearest office, if there is one."""

    card: Card
    needs: Needs
    say: Wording
    miles: float | None

    def overlap(self, column: str, wanted: Iterable[str]) -> list[str]:
        """Which of the wanted codes the card lists, in the order of the wish."""
        stated = self.card[column]
        return [code for code in wanted if code in stated]

    @cached_property
    def best_supported(self) -> str | None:
        """The one of the therapist's approaches that counts for the evidence, if there is a row about any."""
        rules, trained_in, strengths = self.needs.ruleset.fits, self.card["trained_in"], self.needs.strength_of
        used = [
            (-strengths[code] * (rules.trained if code in trained_in else rules.ticked), code not in trained_in, code)
            for code in self.card["approaches"]
            if code in strengths
        ]
        return min(used)[-1] if used else None


def reason_of(finding: Finding, case: Case) -> Reason:
    """The reason of one finding.

    A card may be a moment newer than the columns that were ranked: what it no longer says is called not stated.
    """
    criterion = finding.criterion.code
    if finding.fit is None:
        return _why_not_known(criterion, case.card)
    code, text, caution, evidence, _ = REASONS[criterion](finding, case)
    return Reason(code, text, caution, evidence, _said_on(criterion, case.card))


def _said_on(criterion: str, card: Card) -> dt.date | None:
    days = card["as_of"]
    day = days.get(CONFIRMED_WITH[criterion]) or days.get("attested")
    return day and dt.date.fromisoformat(day)


#: Criterion → which of the card's days says when such a fact was last confirmed.
CONFIRMED_WITH: Final[Mapping[str, str]] = {
    "concerns": "specialties",
    "approach_evidence": "specialties",
    "format_expertise": "specialties",
    "trauma_informed": "specialties",
    "approach_wish": "specialties",
    "style_fit": "specialties",
    "population": "specialties",
    "cost": "fees",
    "identity": "attested",
    "language": "specialties",
    "opening": "availability",
    "insurance": "insurance",
    "distance": "attested",
}


def _not_stated(fact: str, text: str) -> Reason:
    return Reason(f"not_stated_{fact}", text, caution=True)


NOT_STATED: Final[Mapping[str, Reason]] = {
    "concerns": _not_stated("concerns", "Does not say which concerns they work with."),
    "approach_evidence": _not_stated("approaches", "Does not say which approaches they use."),
    "format_expertise": _not_stated("approaches", "Does not say which approaches they use."),
    "trauma_informed": _not_stated("approaches", "Does not say which approaches they use."),
    "approach_wish": _not_stated("approaches", "Does not say which approaches they use."),
    "style_fit": _not_stated("approaches", "Does not say which approaches they use."),
    "population": _not_stated("populations", "Does not say which groups they work with."),
    "cost": _not_stated("fee", "Does not say what a session costs."),
    "identity": _not_stated("gender", "Does not say their gender."),
    "language": _not_stated("languages", "Does not say which languages they speak in sessions."),
    "opening": _not_stated("opening", "Does not say when the next opening is."),
    "insurance": _not_stated("insurance", "Does not say which insurance they take."),
    "distance": _not_stated("office", "Does not name an office."),
}


#: What was said too long ago to count (directory/lifetimes.py).
TOO_OLD: Final[Mapping[str, Reason]] = {
    kind: Reason(f"too_old_{kind}", f"What they said about {about} is too old to count.", caution=True)
    for kind, about in (
        ("availability", "openings"),
        ("fees", "fees"),
        ("insurance", "insurance"),
        ("specialties", "their work"),
    )
}
#: Of who ticks so much that a tick says nothing (directory/specialties.py).
SWEEPING: Final[Mapping[str, Reason]] = {
    vocabulary: Reason(f"sweeping_{vocabulary}", f"Lists so many {vocabulary} that one tells us little.", caution=True)
    for vocabulary in ("concerns", "approaches")
}
MOST_TICKS: Final = {"concerns": MOST_CONCERNS, "approaches": MOST_APPROACHES}


def _why_not_known(criterion: str, card: Card) -> Reason:
    not_stated = NOT_STATED[criterion]
    vocabulary = not_stated.code.removeprefix("not_stated_")
    if vocabulary in SWEEPING and len(card[vocabulary]) > MOST_TICKS[vocabulary]:
        return SWEEPING[vocabulary]
    kind = CONFIRMED_WITH[criterion]
    return TOO_OLD[kind]._replace(as_of=_said_on(criterion, card)) if kind in card["stale"] else not_stated


def _concerns(finding: Finding, case: Case) -> Reason:
    wanted = case.needs.concerns_by_importance
    focus = case.overlap("focus_concerns", wanted)
    listed = [code for code in case.overlap("concerns", wanted) if code not in focus]
    missing = [code for code in wanted if code not in focus and code not in listed]
    parts = []
    if focus:
        parts.append(f"Names {case.say.names('concerns', focus)} among what they are best at.")
    if listed:
        parts.append(sentence(f"{'also works' if focus else 'works'} with {case.say.names('concerns', listed)}"))
    if missing:
        parts.append(f"Does not list {case.say.names('concerns', missing, joined_by='or')}.")
    covered = bool(focus or listed)
    code = "concerns_not_listed" if not covered else "concerns_in_part" if missing else "concerns_covered"
    return Reason(code, " ".join(parts), caution=not covered)


STRENGTHS: Final = {
    "A": "good studies support it for",
    "B": "research supports it for",
    "C": "research on it is thin or mixed for",
}


#: What is said where the approaches were looked at, and no result speaks for any of them.
WITHOUT_RESULT: Final = {
    "no_effect": "a study found no clear gain from it for",
    "link": "research has not tested it for",
    "plan": "a study is planned, and has no result yet, for",
}


def _approach_evidence(finding: Finding, case: Case) -> Reason:
    best = case.best_supported
    if best is None:
        return _without_result(case)
    rows = _studies(case, [best])
    strongest = next(row for row in rows if row.kind == "result")
    texts = [f"{_trained_or_lists(case, best)}: {_support(case, best, strongest.situation)}"]
    pairing = [row for row in case.needs.pairing_evidence if row.approach == best]
    if any(row.kind == "result" for row in pairing) and pairing[0].situation != strongest.situation:
        texts.append(sentence(_support(case, best, pairing[0].situation)))
    return Reason(f"evidence_{strongest.grade.lower()}", " ".join(texts), evidence=rows)


def _without_result(case: Case) -> Reason:
    rows = _studies(case, case.card["approaches"])
    for kind, words in WITHOUT_RESULT.items():
        for row in rows:
            if row.kind == kind:
                text = f"{_trained_or_lists(case, row.approach)}: {words} {row.situation_name}."
                return Reason(f"evidence_{kind}", text, caution=True, evidence=rows)
    text = "No study listed here has looked at their approaches in your situation. That is no proof against them."
    return Reason("no_evidence_listed", text, caution=True)


def _support(case: Case, approach: str, situation: str) -> str:
    """How far research supports the approach in the situation, of which there is a row."""
    rows = case.needs.evidence_of[approach, situation]
    strongest = next(row for row in rows if row.kind == "result")
    text = f"{STRENGTHS[strongest.grade]} {strongest.situation_name}."
    disputed = strongest.grade != "C" and any(row.contradicts for row in rows)
    return f"{text} Other research on it is thin or mixed." if disputed else text


def _format_expertise(finding: Finding, case: Case) -> Reason:
    work = "couples" if case.needs.session_format == "couple" else "families"
    made_for_them = case.needs.ruleset.approaches[case.needs.session_format]
    # The studies of the best supported approach stand with the finding about evidence.
    others = [code for code in case.overlap("approaches", made_for_them) if code != case.best_supported]
    return _skill(
        case,
        made_for_them,
        code="format",
        trained=f"Trained for work with {work}: {{}}.",
        listed=f"Lists an approach made for {work} ({{}}), without saying that training was completed.",
        missing=f"Offers sessions for {work}, and lists no approach made for {work}.",
        evidence=_studies(case, others),
    )


def _trauma_informed(finding: Finding, case: Case) -> Reason:
    made_for_trauma = case.needs.ruleset.approaches["trauma"]
    used = _studies(case, case.overlap("approaches", made_for_trauma))
    return _skill(
        case,
        made_for_trauma,
        code="trauma",
        trained="Completed training in work with trauma: {}.",
        listed="Lists work with trauma ({}), without saying that training was completed.",
        missing="Lists approaches, and none that is made for trauma.",
        evidence=tuple([row for row in used if row.situation in ("trauma", "ptsd")]),
    )


def _approach_wish(finding: Finding, case: Case) -> Reason:
    return _skill(
        case,
        case.needs.approaches,
        code="wish",
        trained="You asked for {}, and they completed training in it.",
        listed="You asked for {}, and they list it.",
        missing=f"Does not list {case.say.names('approaches', case.needs.approaches, joined_by='or')}.",
    )


def _style_fit(finding: Finding, case: Case) -> Reason:
    used = case.overlap("approaches", case.needs.ruleset.approaches["attachment"])
    if not used:
        return Reason("style_neutral", "Lists no approach built on attachment ideas. This takes nothing away.")
    text = f"Works with attachment patterns: {case.say.names('approaches', used)}. This counts a little."
    return Reason("style_attachment_minded", text)


def _population(finding: Finding, case: Case) -> Reason:
    wanted = case.needs.populations
    served = case.overlap("populations", wanted)
    if not served:
        text = f"Does not list {case.say.names('populations', wanted, joined_by='or')} among the groups they work with."
        return Reason("populations_not_listed", text, caution=True)
    code = "populations_served" if len(served) == len(wanted) else "populations_in_part"
    return Reason(code, f"Works with {case.say.names('populations', served)}.")


def _cost(finding: Finding, case: Case) -> Reason:
    fee, budget = case.card["fee_min"] if case.card["fee_min"] is not None else case.card["fee_max"], case.needs.fee_max
    if fee is not None and budget is not None and fee <= budget:
        return Reason("fee_in_budget", f"Sessions from ${fee}, within your ${budget}.")
    price = f"Sessions from ${fee}, above your ${budget}" if fee is not None else "Does not say what a session costs"
    if case.card["sliding_scale"]:
        return Reason("sliding_scale", f"{price}, and offers a sliding scale: ask what you would pay.")
    return Reason("fee_above_budget", f"{price}.", caution=True)


def _identity(finding: Finding, case: Case) -> Reason:
    if case.card["gender"] is None:
        return NOT_STATED["identity"]
    gender = {"woman": "a woman", "man": "a man", "nonbinary": "nonbinary"}[case.card["gender"]]
    if finding.fit:
        return Reason("gender_wished", f"Is {gender}, as you wished.")
    return Reason("other_gender", f"Is {gender}, which you did not name.", caution=True)


def _language(finding: Finding, case: Case) -> Reason:
    spoken = case.overlap("languages", case.needs.languages)
    if spoken:
        return Reason("language_spoken", f"Holds sessions in {case.say.names('languages', spoken)}.")
    wanted = case.say.names("languages", case.needs.languages, joined_by="or")
    return Reason("language_not_listed", f"Does not list {wanted} as a language.", caution=True)


def _insurance(finding: Finding, case: Case) -> Reason:
    taken = case.overlap("insurance_plans", case.needs.insurance)
    if taken:
        return Reason("insurance_taken", f"Takes {case.say.names('insurance_plans', taken)}.")
    wanted = case.say.names("insurance_plans", case.needs.insurance, joined_by="or")
    return Reason("insurance_not_listed", f"Does not list {wanted} among their plans.", caution=True)


def _opening(finding: Finding, case: Case) -> Reason:
    if case.card["next_opening_on"] is None:
        return NOT_STATED["opening"]
    opening = dt.date.fromisoformat(case.card["next_opening_on"])
    late = (opening - case.needs.on).days - (case.needs.opening_within_days or 0)
    if late <= 0:
        return Reason("opening_in_time", f"Next opening on {day(opening)}.")
    text = f"Next opening on {day(opening)}, {late} day{'s' if late > 1 else ''} later than you wished."
    return Reason("opening_later", text, caution=True)


def _distance(finding: Finding, case: Case) -> Reason:
    miles, near = case.miles, case.needs.near
    if miles is None or near is None:
        return NOT_STATED["distance"]
    away = "less than a mile" if miles < 1 else f"about {round(miles)} mile{'s' if round(miles) > 1 else ''}"
    if miles <= near.miles:
        return Reason("near", f"Has an office {away} away.")
    return Reason("far", f"The nearest office is {away} away, farther than you wished.", caution=True)


REASONS: Final[Mapping[str, Callable[[Finding, Case], Reason]]] = {
    "concerns": _concerns,
    "approach_evidence": _approach_evidence,
    "format_expertise": _format_expertise,
    "trauma_informed": _trauma_informed,
    "approach_wish": _approach_wish,
    "style_fit": _style_fit,
    "population": _population,
    "cost": _cost,
    "identity": _identity,
    "language": _language,
    "opening": _opening,
    "insurance": _insurance,
    "distance": _distance,
}


def _skill(
    case: Case,
    approaches: tuple[str, ...],
    *,
    code: str,
    trained: str,
    listed: str,
    missing: str,
    evidence: tuple[Evidence, ...] = (),
) -> Reason:
    """The best of these approaches in one of three sentences; {} stands for their names."""
    if held := case.overlap("trained_in", approaches):
        return Reason(f"{code}_trained", trained.format(case.say.names("approaches", held)), evidence=evidence)
    if held := case.overlap("approaches", approaches):
        return Reason(f"{code}_listed", listed.format(case.say.names("approaches", held)), evidence=evidence)
    return Reason(f"{code}_not_listed", missing, caution=True, evidence=evidence)


def _studies(case: Case, approaches: Collection[str]) -> tuple[Evidence, ...]:
    """What was found for these approaches in the client's situations: each study once, the strongest first."""
    return tuple([row for row in case.needs.studies if row.approach in approaches]) if approaches else ()


def _trained_or_lists(case: Case, code: str) -> str:
    name = case.say.name("approaches", code)
    return f"Completed training in {name}" if code in case.card["trained_in"] else f"Lists {name}"
