"""Evidence: in which situations research has looked at an approach, how strong it is, and which study says so.

A situation is a condition on what the client told; a row says what was found for one approach in one situation. There
is no row and no rule "style X needs therapy Y": research does not support one. All insecure styles are in the same
situations (only how two partners meet is a situation of its own). For the criteria themselves there are rows as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

from matching.guidance import INSECURE_PAIRINGS, Guidance, Pairing

INSECURE_STYLES: Final = frozenset({"anxious", "avoidant", "disorganized"})


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What research says about one approach in one situation. `population` is who was studied; `doi` may be empty.

    `kind`: a "result" lifts an approach; "no_effect" was tested and found no gain; a "link" (what goes with what) and a
    "plan" (no result yet) tested nothing. These three are told and lift nothing.
    """

    approach: str
    situation: str
    situation_name: str
    grade: str
    kind: str
    finding: str
    population: str
    citation: str
    doi: str

    @property
    def contradicts(self) -> bool:
        """Whether it found little, nothing or mixed things, and so lowers what other studies say."""
        return self.kind == "no_effect" or (self.grade == "C" and self.kind == "result")

    def to_json(self) -> Mapping[str, Any]:
        """The contract's keys, the finding itself, and who was studied. One document for all answers: not to change."""
        return self._document

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        return {
            "grade": self.grade,
            "citation": self.citation,
            "doi": self.doi,
            "approach": self.approach,
            "situation": self.situation,
            "finding": self.finding,
            "kind": self.kind,
            "population": self.population,
        }


@dataclass(frozen=True, kw_only=True)
class CriterionEvidence:
    """What research says for or against letting a criterion count at all. A criterion without a row rests on judgment.

    A: tested directly. B: research on something close to it. C: thin or mixed, or it speaks against.
    """

    criterion: str
    grade: str
    finding: str
    population: str
    citation: str
    doi: str


def criterion_evidence_from_json(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, tuple[CriterionEvidence, ...]]:
    """The rows of fixtures/evidence/criteria-….json by the code of the criterion, strongest first."""
    names = [field.name for field in fields(CriterionEvidence)]
    found: dict[str, list[CriterionEvidence]] = {}
    for row in rows:
        found.setdefault(row["criterion"], []).append(CriterionEvidence(**{name: row[name] for name in names}))
    return {code: tuple(sorted(its, key=lambda row: row.grade)) for code, its in found.items()}


def evidence_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """The rows of an edition (fixtures/evidence/), without what only the directory's pages need."""
    names = [field.name for field in fields(Evidence)]
    return tuple(Evidence(**{name: row[name] for name in names}) for row in rows)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the conditions look at. `style` is a clear style, or None."""

    session_format: str
    populations: frozenset[str]
    concerns: Mapping[str, int]
    trauma: bool
    guidance: Guidance
    style: str | None
    pairing: Pairing | None

    def brings(self, *concerns: str) -> bool:
        return any(concern in self.concerns for concern in concerns)

    def includes(self, *populations: str) -> bool:
        return bool(self.populations.intersection(populations))

    @property
    def insecure(self) -> bool:
        """A clear style that is not secure, unless the signs do not point to attachment work."""
        return self.style in INSECURE_STYLES and self.guidance.attachment_focused != "not_indicated"


def _couple(case: Case) -> bool:
    return case.session_format == "couple"


def _couple_trust(case: Case) -> bool:
    insecure = case.pairing is not None and case.pairing.code in INSECURE_PAIRINGS
    return _couple(case) and (insecure or case.brings("trust-and-abandonment", "intimacy"))


def _insecure_pattern(case: Case) -> bool:
    if case.session_format not in ("individual", "group") or _is_minor(case):
        return False
    if case.guidance.attachment_focused == "worth_considering" or case.brings("adult-attachment-difficulties"):
        return True
    if case.guidance.attachment_focused == "not_indicated" or case.style == "secure":
        return False
    # A clear style alone is no problem that brings somebody; with what happens in relationships it is a pattern.
    brought = max(case.concerns.get(concern, 0) for concern in ("trust-and-abandonment", "relationship-difficulties"))
    return brought >= (1 if case.insecure else 2)


def _meets(pairing: str) -> Callable[[Case], bool]:
    return lambda case: _couple(case) and case.pairing is not None and case.pairing.code == pairing


def _young_child(case: Case) -> bool:
    grown = case.session_format == "family" and case.includes("adults")
    if (grown or case.includes("adolescents")) and not case.includes("children"):
        return False  # what is known about small children says nothing about a teen or a grown child
    return case.session_format == "family" or case.includes("children", "parents")


def _family_conflict(case: Case) -> bool:
    if case.includes("children") and not case.includes("adolescents"):
        return False  # what is known was found with teens
    return case.session_format == "family" and case.brings("family-conflict", "communication")


def _hurt(case: Case) -> bool:
    return case.trauma or case.brings("ptsd", "domestic-violence")


def _is_minor(case: Case) -> bool:
    """Whether a child or teen is in view and no adult: what was found with adults is not told as if about them."""
    return case.includes("children", "adolescents") and not case.includes("adults", "older-adults")


def _borderline(case: Case) -> bool:
    return case.brings("personality-disorders") or (case.brings("intense-emotions") and case.brings("self-harm"))


#: Problems for which ways of working were studied on their own. Where one of them is named, studies about distress of
#: any kind say less than these do.
STUDIED_PROBLEMS: Final = (
    "trauma",
    "ptsd",
    "depression",
    "anxiety",
    "panic",
    "ocd",
    "substance-use",
    "self-harm-emotion-regulation",
    "borderline-features",
    "adolescent-suicidal",
    "grief",
    "insomnia",
)


def _general_distress(case: Case) -> bool:
    # The broad default for one person: general approaches stand back only where the signs point to attachment work.
    alone = case.session_format in ("individual", "group")
    is_left_open = case.guidance.attachment_focused != "worth_considering"
    return alone and is_left_open and not any(SITUATIONS[problem](case) for problem in STUDIED_PROBLEMS)


SITUATIONS: Final[Mapping[str, Callable[[Case], bool]]] = {
    "couple-distress": _couple,
    "couple-trust": _couple_trust,
    "couple-affair": lambda case: _couple(case) and case.brings("infidelity"),
    "couple-trauma": lambda case: _couple(case) and case.trauma,
    "couple-pursue-withdraw": _meets("pursue_withdraw"),
    "couple-both-reach": _meets("both_reach"),
    "couple-both-withdraw": _meets("both_withdraw"),
    "couple-closeness-and-fear": _meets("closeness_and_fear"),
    "adolescent-low-mood": lambda case: (
        case.includes("adolescents") and case.brings("depression", "low-self-esteem", "self-harm", "suicidal-thoughts")
    ),
    "adolescent-suicidal": lambda case: case.includes("adolescents") and case.brings("self-harm", "suicidal-thoughts"),
    "trauma": lambda case: case.trauma,
    "ptsd": lambda case: case.brings("ptsd") and not _is_minor(case),
    "young-trauma": lambda case: case.includes("children", "adolescents") and _hurt(case),
    "young-child-trauma": lambda case: case.includes("children") and _hurt(case),
    "insecure-relationship-pattern": _insecure_pattern,
    "insecure-relationship-satisfaction": lambda case: (
        case.insecure and case.brings("relationship-difficulties", "trust-and-abandonment", "intimacy", "communication")
    ),
    "insecure-intense-emotions": lambda case: case.insecure and case.brings("intense-emotions"),
    "parenting-young-child": lambda case: _young_child(case) and case.brings("parenting", "child-behavior"),
    "child-behavior": lambda case: _young_child(case) and case.brings("child-behavior"),
    "adoption-foster": lambda case: (
        case.brings("adoption-foster") or case.includes("adoptive-families", "foster-families")
    ),
    "borderline-features": _borderline,
    "borderline-security": _borderline,
    "depression": lambda case: case.brings("depression") and not _is_minor(case),
    "anxiety": lambda case: case.brings("anxiety") and not _is_minor(case),
    "ocd": lambda case: case.brings("ocd"),
    "panic": lambda case: case.brings("panic"),
    "substance-use": lambda case: case.brings("substance-use"),
    "self-harm-emotion-regulation": lambda case: case.brings("self-harm", "intense-emotions"),
    "family-conflict": _family_conflict,
    "perinatal-depression": lambda case: (
        case.brings("depression") and (case.brings("perinatal") or case.includes("perinatal"))
    ),
    "adjustment": lambda case: case.brings("adjustment"),
    "low-self-esteem": lambda case: case.brings("low-self-esteem"),
    "grief": lambda case: case.brings("grief") and not _is_minor(case),
    "insomnia": lambda case: case.brings("sleep"),
    "work-stress": lambda case: case.brings("stress", "burnout", "work-career"),
    "general-distress": _general_distress,
}


def situations_of(case: Case) -> frozenset[str]:
    """The situations that this case is in."""
    return frozenset(code for code, holds in SITUATIONS.items() if holds(case))


def speaking_for(rows: Iterable[Evidence], situations: frozenset[str]) -> tuple[Evidence, ...]:
    """The rows about these situations, strongest first, in an order that does not depend on how they came."""
    about = [row for row in rows if row.situation in situations]
    return tuple(sorted(about, key=lambda row: (row.grade, row.approach, row.situation, row.citation, row.finding)))


def strengths(rows: Iterable[Evidence], grades: Mapping[str, float]) -> dict[float, tuple[str, ...]]:
    """How far these rows speak for each approach, as strength → approaches. `grades` says what each grade is worth.

    Only results lift. Per approach and situation the best grade counts, halfway down to C's value where another study
    was thin or found nothing. Why halfway: to keep only the best study would hide the one that found nothing, and to
    keep only the worst would let one weak study undo all others. Over situations, the approach's best one.
    """
    studied: dict[tuple[str, str], list[Evidence]] = {}
    for row in rows:
        studied.setdefault((row.approach, row.situation), []).append(row)
    best: dict[str, float] = {}
    for (approach, _), its in studied.items():
        strength = max((grades[row.grade] for row in its if row.kind == "result"), default=0.0)
        if not strength:
            continue
        if any(row.contradicts for row in its):
            strength = (strength + grades["C"]) / 2
        best[approach] = max(best.get(approach, 0.0), strength)
    return {
        strength: tuple(sorted(approach for approach, its_best in best.items() if its_best == strength))
        for strength in sorted(set(best.values()), reverse=True)
    }
