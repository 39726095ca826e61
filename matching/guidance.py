"""Guidance: is attachment-focused work worth considering, and how two ways of being close meet. Never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from matching.intake import SIGN_CODES

#: These weigh 2, the others 1. The leading one asks about all relationships at once. Early trauma names a root and what
#: it does today, and people hurt early are one of the groups this work is for (docs/matching.md, Guidance).
DOUBLE_SIGNS: Final = frozenset({"relationships_the_catalyst", "early_trauma"})
ENOUGH: Final = 3
TOO_LITTLE: Final = 1

AttachmentFocused = Literal["worth_considering", "not_indicated", "unclear"]

SENTENCES: Final[Mapping[AttachmentFocused, str]] = {
    "worth_considering": (
        "Your answers point to relationships as the place where things get hard. Work that looks at early bonds and "
        "the patterns they left is worth considering."
    ),
    "not_indicated": (
        "Your answers do not point to attachment work. A general way of working is a good place to start. "
        "One of them is cognitive behavioral therapy."
    ),
    "unclear": "Your answers leave it open whether attachment work or a general approach fits better. Both are listed.",
}
NOT_ANSWERED: Final = (
    "We do not know enough to say whether attachment work or a general approach fits better. Both are listed."
)


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """Whether attachment-focused work is worth considering, with the signs that spoke for and against it."""

    attachment_focused: AttachmentFocused
    speaking_for: tuple[str, ...] = ()
    speaking_against: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        was_answered = self.speaking_for or self.speaking_against
        return SENTENCES[self.attachment_focused] if was_answered else NOT_ANSWERED

    def to_json(self) -> dict[str, Any]:
        return {
            "attachment_focused": self.attachment_focused,
            "for": list(self.speaking_for),
            "against": list(self.speaking_against),
        }


def guidance_of(signs: tuple[str, ...] | None) -> Guidance:
    """Add up the signs that were chosen: the leading one and early trauma weigh 2, each other one 1.

    Worth considering from 3. Not indicated up to 1: a single sign is too little, but early trauma alone is never waved
    away. Unclear between them, and when the question was skipped or not asked (None).
    """
    if signs is None:
        return Guidance(attachment_focused="unclear")
    speaking_for = tuple(code for code in SIGN_CODES if code in signs)
    weight = sum(2 if code in DOUBLE_SIGNS else 1 for code in speaking_for)
    answer: AttachmentFocused = "unclear"
    if weight >= ENOUGH:
        answer = "worth_considering"
    elif weight <= TOO_LITTLE:
        answer = "not_indicated"
    return Guidance(
        attachment_focused=answer,
        speaking_for=speaking_for,
        speaking_against=tuple(code for code in SIGN_CODES if code not in signs),
    )


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """How the styles of two people meet, and what to look for in a therapist then.

    It does not say who is who, and carries no score of either.
    """

    code: str
    name: str
    sentence: str
    choosing: str

    @property
    def situation(self) -> str:
        """The situation that rows of evidence about couples who meet in this way name."""
        return f"couple-{self.code.replace('_', '-')}"

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name, "text": self.sentence, "choosing": self.choosing}


PAIRINGS: Final = (
    Pairing(
        code="pursue_withdraw",
        name="One reaches out, one pulls back",
        sentence=(
            "When things get tense, one of you seems to seek contact while the other needs distance. Each move makes "
            "the other stronger. Many couples know this loop, and it is a common thing to work on together."
        ),
        choosing=(
            "Look for someone who is trained to work with couples and can slow this loop down. You could ask: what "
            "do you do when one of us pushes to talk and the other shuts down?"
        ),
    ),
    Pairing(
        code="both_reach",
        name="Both reach out",
        sentence=(
            "Both of you may look for reassurance at the same moment, and then nobody feels free to give it. "
            "Taking turns in being heard is a good thing to practice."
        ),
        choosing=(
            "Look for someone who keeps a calm lead when feelings run high on both sides. You could ask: how do you "
            "make room for each of us?"
        ),
    ),
    Pairing(
        code="both_withdraw",
        name="Both pull back",
        sentence=(
            "Both of you may go quiet when something hurts. It can look calm while both feel alone. "
            "Saying small things early is a good thing to practice."
        ),
        choosing=(
            "Look for someone who is active and helps to put things into words. You could ask: what do you do when "
            "nobody speaks?"
        ),
    ),
    Pairing(
        code="closeness_and_fear",
        name="Close and far at once",
        sentence=(
            "For at least one of you closeness may feel wanted and risky at the same time. Neither of you has to "
            "hurry. Saying “slower, please” is a good thing to practice."
        ),
        choosing=(
            "Look for someone who knows both couples and trauma, and who works at your pace. You could ask: how do "
            "you notice that it gets too much for one of us?"
        ),
    ),
    Pairing(
        code="steady_ground",
        name="Some steady ground",
        sentence=("One of you seems to feel fairly at ease with closeness. That is a base on which both can build."),
        choosing=(
            "Look for someone who uses what already works between you. You could ask: how will you make sure that "
            "neither of us becomes “the problem”?"
        ),
    ),
    Pairing(
        code="both_steady",
        name="Both on steady ground",
        sentence="Both of you seem fairly at ease with closeness. The work may be about the topic itself.",
        choosing=(
            "Look for someone who knows the topic that brings you. How you two meet need not be the main thing. You "
            "could ask: have you worked with couples on this before?"
        ),
    ),
)
_BY_CODE: Final = {pairing.code: pairing for pairing in PAIRINGS}

#: Pairings that are a need of their own: what happens between the two is part of the work.
INSECURE_PAIRINGS: Final = frozenset({"pursue_withdraw", "both_reach", "both_withdraw", "closeness_and_fear"})


def pairing_of(style: str | None, partner_style: str | None) -> Pairing | None:
    """The pairing of two styles, whoever has which; None unless both are clear."""
    styles = {style, partner_style}
    if styles & {None, "unclear"}:
        return None
    if "secure" in styles:
        return _BY_CODE["both_steady" if styles == {"secure"} else "steady_ground"]
    if "disorganized" in styles:
        return _BY_CODE["closeness_and_fear"]
    if styles == {"anxious"}:
        return _BY_CODE["both_reach"]
    return _BY_CODE["both_withdraw" if styles == {"avoidant"} else "pursue_withdraw"]
