"""Two people who answer for a couple: what one's part tells the other's page, and what comes of both together.

A part tells the two attachment scores, and whether the person agreed to show them. It tells nothing, exactly as
before the first answer, until everything is answered and the person has said that they feel safe, and again from
the moment they no longer say so. docs/decisions/0007-couples-and-codes.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from assessments.drafts import DraftSession
from assessments.parts import Part
from assessments.scoring import AttachmentProfile
from assessments.wording import ProfileInWords, in_words
from matching.attachment import Attachment, attachment_from_json
from matching.forms import first_unanswered, intake_from
from matching.intake import Intake, InvalidIntake, Scores
from matching.matchmaking import profile_of
from matching.safety import could_do_harm


@dataclass(frozen=True, kw_only=True)
class Couple:
    """What one person's pages know of the two. Everything of the partner's is None unless both parts tell something.

    `partner` is for the pairing and is never shown; `shown` is there when both agreed to show their scores.
    """

    is_told: bool
    partner: Attachment | None
    shown: AttachmentProfile | None

    @property
    def shown_in_words(self) -> ProfileInWords | None:
        return None if self.shown is None else in_words(self.shown)

    def added_to(self, intake: Intake) -> Intake:
        """The intake as the API would take it: with the partner's scores."""
        if self.partner is None:
            return intake
        return Intake.from_json(intake.to_json() | {"partner_attachment": self.partner.to_json()})


def save(draft: DraftSession, response: HttpResponse) -> None:
    """Save the draft, and with it what its part tells."""
    draft.save(response, told_by)


def couple_of(draft: DraftSession) -> Couple | None:
    """Bring the own part up to date and read the partner's. None when there is no couple, or none that is safe."""
    part = Part.of(draft.data)
    if part is None:
        return None
    draft.tell_partner(told_by)
    if not is_couple(draft.data) or is_unsafe(draft.data):
        return None
    own, other = told_by(draft.data), part.other.says()
    if own is None or other is None:
        return Couple(is_told=own is not None, partner=None, shown=None)
    partner = attachment_from_json(other["scores"])
    both_agreed = own["share"] and other["share"]
    return Couple(is_told=True, partner=partner, shown=profile_of(partner) if both_agreed else None)


def asked(draft: DraftSession) -> tuple[Couple | None, Intake]:
    """The couple, if there is one, and the intake that is matched for this draft. Raises InvalidIntake."""
    together = couple_of(draft)
    intake = intake_from(draft.data)
    return together, intake if together is None else together.added_to(intake)


def told_by(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a person's part tells, by their answers."""
    intake = data.get("intake", {})
    if not is_couple(data) or intake.get("safe_at_home") is not True or first_unanswered(data) is not None:
        return None
    try:
        profile = profile_of(intake_from(data).attachment)
    except InvalidIntake:  # a code that a curator has retired since
        return None
    if profile is None or profile.anxiety is None or profile.avoidance is None:
        return None
    scores = Scores(
        anxiety=profile.anxiety.score,
        avoidance=profile.avoidance.score,
        range=profile.range,
        standard_error={
            "anxiety": profile.anxiety.standard_error,
            "avoidance": profile.avoidance.standard_error,
        },
    )
    return {"scores": scores.to_json(), "share": bool(data.get("couple", {}).get("share"))}


def is_couple(data: Mapping[str, Any]) -> bool:
    return data.get("intake", {}).get("session_format") == "couple"


def is_unsafe(data: Mapping[str, Any]) -> bool:
    """Whether the answers so far speak against couple sessions. Then help comes first, and nobody is led to invite."""
    intake = data.get("intake", {})
    return could_do_harm(safe_at_home=intake.get("safe_at_home"), concerns=intake.get("concerns", {}))
