"""Safety notes: what is said before any ranking. The numbers are those of fixtures/crisis_lines.json."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Final

from matching.intake import Intake

CRISIS_CONCERNS: Final = frozenset({"suicidal-thoughts", "self-harm"})
VIOLENCE: Final = "domestic-violence"


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class SafetyNote:
    """Something to read first, with ways to reach a person that need no script."""

    code: str
    text: str
    links: tuple[Link, ...]

    def to_json(self) -> dict[str, Any]:
        links = [{"label": link.label, "url": link.url} for link in self.links]
        return {"code": self.code, "text": self.text, "links": links}


CRISIS: Final = SafetyNote(
    code="crisis",
    text=(
        "If you or someone you care for thinks about ending their life or about self-harm, you do not have to wait for "
        "a first visit. Call or text 988 now. It is free, day and night. In immediate danger, call 911. "
        "This site is no crisis service, and nobody reads your answers."
    ),
    links=(
        Link(label="Call 988", url="tel:988"),
        Link(label="Text 988", url="sms:988"),
        Link(label="Call 911", url="tel:911"),
    ),
)

_HOTLINE: Final = (
    Link(label="Call the domestic violence hotline, 1-800-799-7233", url="tel:+18007997233"),
    Link(label="Text START to 88788", url="sms:88788?body=START"),
)

DOMESTIC_VIOLENCE: Final = SafetyNote(
    code="domestic_violence",
    text=(
        "Nobody should be hurt or threatened at home. The National Domestic Violence Hotline is there day and night. "
        "It is free and private, and they help you plan safe steps. If someone may look at your phone or computer, "
        "it is safer to call from another one."
    ),
    links=_HOTLINE,
)

UNSAFE_AT_HOME: Final = SafetyNote(
    code="unsafe_at_home",
    text=(
        "Your safety comes first. While someone is hurt, threatened or afraid at home, couples sessions are not a good "
        "idea. What is said there can make things worse later. So the therapists below are for you alone, and work "
        "with trauma in mind. The National Domestic Violence Hotline is there day and night. It is free and private."
    ),
    links=_HOTLINE,
)

UNSAFE_IN_FAMILY: Final = SafetyNote(
    code="unsafe_in_family",
    text=(
        "Your safety comes first. Family sessions can do harm while somebody in the room hurts, threatens or scares "
        "the others. You can come without this person. Tell the therapist so before the first time. The National "
        "Domestic Violence Hotline listens day and night. It is free, and what you say stays there."
    ),
    links=_HOTLINE,
)


#: Whom to reach right after an answer that tells of danger.
HELP: Final = {"crisis": CRISIS.links, "violence": _HOTLINE}


def help_for(urgent: frozenset[str]) -> list[str]:
    """The kinds of help that these answers call for, the most urgent first."""
    crisis = CRISIS_CONCERNS & urgent
    return [kind for kind, called in (("crisis", crisis), ("violence", urgent - crisis)) if called]


def is_unsafe_together(intake: Intake) -> bool:
    """Whether sessions with others at home could do harm: not safe, or violence is listed and safety not affirmed."""
    return could_do_harm(safe_at_home=intake.safe_at_home, concerns=intake.concerns)


def could_do_harm(*, safe_at_home: bool | None, concerns: Container[str]) -> bool:
    """The same for answers that are not complete yet."""
    return safe_at_home is False or (VIOLENCE in concerns and safe_at_home is None)


def safety_notes(intake: Intake) -> tuple[SafetyNote, ...]:
    """The notes for this intake, the most urgent one first."""
    return tuple(_notes(intake))


def _notes(intake: Intake) -> Iterable[SafetyNote]:
    if CRISIS_CONCERNS & intake.concerns.keys():
        yield CRISIS
    if intake.session_format == "couple" and is_unsafe_together(intake):
        yield UNSAFE_AT_HOME
    elif intake.session_format == "family" and is_unsafe_together(intake):
        yield UNSAFE_IN_FAMILY
    elif intake.safe_at_home is False or VIOLENCE in intake.concerns:
        yield DOMESTIC_VIOLENCE
