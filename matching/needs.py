"""From intake and profiles to Needs: requirements (they exclude) and preferences (they order)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assessments.scoring import AttachmentProfile
from directory.roster.requirements import Near, Requirements
from matching.evidence import INSECURE_STYLES, Case, Evidence, situations_of, speaking_for, strengths
from matching.guidance import Guidance, Pairing, guidance_of, pairing_of
from matching.intake import Intake
from matching.ruleset import Ruleset
from matching.safety import SafetyNote, is_unsafe_together, safety_notes

TRAUMA_CONCERNS: Final = frozenset({"childhood-trauma", "ptsd", "abuse-survivor", "domestic-violence"})
#: Of a study that speaks about several situations, what it says about these is shown before the others.
PRESSING: Final = frozenset({"adolescent-suicidal"})


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the client needs, as the criteria read it. A wish that was not given is empty or None.

    `session_format` is the one that is searched: it differs from the intake's when couple work would not be safe.
    `insecurity` is the probability of any insecure style, or None when no insecure style is clear.
    `evidence` holds the rows about the client's situations only, strongest first. `ruleset` says what counts how much.
    """

    on: dt.date
    ruleset: Ruleset
    requirements: Requirements
    session_format: str
    concerns: Mapping[str, int]
    populations: tuple[str, ...]
    trauma: bool
    approaches: tuple[str, ...]
    insurance: tuple[str, ...]
    fee_max: int | None
    languages: tuple[str, ...]
    genders: tuple[str, ...]
    opening_within_days: int | None
    near: Near | None
    insecurity: float | None
    situations: frozenset[str]
    evidence: tuple[Evidence, ...]
    guidance: Guidance
    pairing: Pairing | None
    safety: tuple[SafetyNote, ...]

    @cached_property
    def pairing_evidence(self) -> tuple[Evidence, ...]:
        """The rows about couples who meet as these two do. Empty when none is listed, and without a pairing."""
        return tuple(row for row in self.evidence if self.pairing and row.situation == self.pairing.situation)

    # What follows for everybody alike, and is asked of every therapist: worked out once.

    @cached_property
    def strengths(self) -> Mapping[float, tuple[str, ...]]:
        """How far research speaks for each approach: strength → approaches (matching.evidence.strengths)."""
        return strengths(self.evidence, self.ruleset.grades)

    @cached_property
    def strength_of(self) -> Mapping[str, float]:
        """The same the other way round: approach → strength, for each approach that a result speaks for."""
        return {approach: strength for strength, approaches in self.strengths.items() for approach in approaches}

    @cached_property
    def evidence_of(self) -> Mapping[tuple[str, str], Sequence[Evidence]]:
        """The evidence by approach and situation, strongest first."""
        rows: dict[tuple[str, str], list[Evidence]] = {}
        for row in self.evidence:
            rows.setdefault((row.approach, row.situation), []).append(row)
        return rows

    @cached_property
    def studies(self) -> tuple[Evidence, ...]:
        """The evidence with each study of an approach once, the strongest first."""
        telling = PRESSING if self.pairing is None else PRESSING | {self.pairing.situation}
        studies: dict[tuple[str, str], Evidence] = {}
        for row in sorted(self.evidence, key=lambda row: (row.grade, row.situation not in telling)):
            studies.setdefault((row.approach, row.citation), row)
        return tuple(studies.values())

    @cached_property
    def concerns_by_importance(self) -> tuple[str, ...]:
        """What matters most first."""
        return tuple(sorted(self.concerns, key=lambda code: (-self.concerns[code], code)))


def needs_of(
    intake: Intake,
    *,
    on: dt.date,
    ruleset: Ruleset,
    profile: AttachmentProfile | None = None,
    partner_profile: AttachmentProfile | None = None,
    near: Near | None = None,
) -> Needs:
    """Read an intake on a day, by the rules of a ruleset.

    `near` is the intake's ZIP as a point (looking it up needs the database). Where couple work would not be safe, the
    search is for individual, trauma-informed support instead, and a safety note says so. Then nothing that is for
    couples counts: no pairing, no such group and no wish for such an approach, not even as a must.
    """
    session_format, populations, approaches = _looked_for(intake, ruleset)
    trauma = _is_diverted(intake) or intake.trauma is True or bool(TRAUMA_CONCERNS & intake.concerns.keys())
    guidance = guidance_of(intake.signs)
    pairing = None
    if session_format == "couple":
        pairing = pairing_of(_clear_style(profile), _clear_style(partner_profile))
    situations = situations_of(
        Case(
            session_format=session_format,
            populations=frozenset(populations),
            concerns=intake.concerns,
            trauma=trauma,
            guidance=guidance,
            style=_clear_style(profile),
            pairing=pairing,
        )
    )
    return Needs(
        on=on,
        ruleset=ruleset,
        requirements=requirements_of(intake, on=on, ruleset=ruleset, near=near),
        session_format=session_format,
        concerns=intake.concerns,
        populations=populations,
        trauma=trauma,
        approaches=approaches,
        insurance=intake.insurance,
        fee_max=intake.fee_max,
        languages=intake.languages,
        genders=intake.genders,
        opening_within_days=intake.opening_within_days,
        near=near,
        insecurity=_insecurity(profile),
        situations=situations,
        evidence=speaking_for(ruleset.evidence, situations),
        guidance=guidance,
        pairing=pairing,
        safety=safety_notes(intake),
    )


def requirements_of(intake: Intake, *, on: dt.date, ruleset: Ruleset, near: Near | None = None) -> Requirements:
    """What excludes: the right to practise, the way to meet, the format, a free place, and every must.

    Distance excludes when the client wants to meet in person. A client who would also meet by telehealth is not kept
    from a therapist far away who does so: among those, distance only orders.
    """
    session_format, populations, approaches = _looked_for(intake, ruleset)
    must = frozenset(intake.must)
    from_afar = () if "near" in must else tuple(code for code in intake.delivery if code != "in_person")

    def wanted(name: str, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(codes) if name in must else ()

    return Requirements(
        on=on,
        jurisdictions=(intake.state,),
        delivery_methods=intake.delivery,
        session_formats=(session_format,),
        accepting=True,
        near=near if "near" in must or "in_person" in intake.delivery else None,
        near_unless=from_afar if near is not None and "in_person" in intake.delivery else (),
        approaches=wanted("approaches", approaches),
        concerns=wanted("concerns", intake.concerns),
        populations=wanted("populations", populations),
        insurance_plans=wanted("insurance", intake.insurance),
        languages=wanted("languages", intake.languages),
        genders=wanted("genders", intake.genders),
        fee_max=intake.fee_max if "fee_max" in must else None,
        opening_within_days=intake.opening_within_days if "opening_within_days" in must else None,
    )


def _is_diverted(intake: Intake) -> bool:
    """Whether couple work would not be safe, so that something else is searched."""
    return intake.session_format == "couple" and is_unsafe_together(intake)


def _looked_for(intake: Intake, ruleset: Ruleset) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Session format, populations and approaches: without all that is for couples where that would not be safe."""
    if not _is_diverted(intake):
        return intake.session_format, intake.populations, intake.approaches
    populations = tuple(code for code in intake.populations if code != "couples")
    approaches = tuple(code for code in intake.approaches if code not in ruleset.approaches["couple"])
    return "individual", populations, approaches


def _clear_style(profile: AttachmentProfile | None) -> str | None:
    return None if profile is None or profile.style == "unclear" else profile.style


def _insecurity(profile: AttachmentProfile | None) -> float | None:
    if profile is None or profile.styles is None or _clear_style(profile) not in INSECURE_STYLES:
        return None
    return 1.0 - profile.styles["secure"]
