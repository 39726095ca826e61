"""A profile in words: what the styles are called, and what a note of the scoring says to the person. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assessments.scoring import STYLES, AttachmentProfile

NAMES: Final[Mapping[str, str]] = {
    "secure": "Secure",
    "anxious": "Anxious (preoccupied)",
    "avoidant": "Avoidant (dismissing)",
    "disorganized": "Fearful-avoidant (disorganized)",
}

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "secure": (
        "Being close and being on your own both seem to feel all right for you, most of the time. "
        "That is a good base for any kind of work."
    ),
    "anxious": (
        "You seem to watch closely whether the other person is still there for you, and it hurts when that is not "
        "clear. Many people learned early to stay alert in this way. It can change."
    ),
    "avoidant": (
        "You seem to rely on yourself, and too much closeness feels like a lot. Many people learned early that this "
        "kept things calm. It can change."
    ),
    "disorganized": (
        "You seem to long for closeness and to fear it at the same time. Many people who were hurt by someone close "
        "know this pull in two directions. It can change."
    ),
    "unclear": (
        "Your answers do not point clearly to one pattern. That is true for many people: most of us are a mix, and "
        "twelve questions only see so much."
    ),
}

NOTES: Final[Mapping[str, str]] = {
    "not_normed": "These statements are new: there is no comparison with other people yet.",
    "anxiety_too_few_answers": "There are too few answers to say something about worry about being left.",
    "avoidance_too_few_answers": "There are too few answers to say something about unease with closeness.",
    "standard_error_from_own_answers": "How sure the scores are is judged from how much your answers differ.",
}


@dataclass(frozen=True, kw_only=True)
class Chance:
    """How likely one style is, in whole percent: never sure, never ruled out."""

    name: str
    percent: int

    @property
    def words(self) -> str:
        return "under 1%" if self.percent < 1 else "over 99%" if self.percent > 99 else f"{self.percent}%"


@dataclass(frozen=True, kw_only=True)
class ProfileInWords:
    """`headline` names the style or says "unclear"; `chances` runs from the likeliest style to the least likely."""

    headline: str
    description: str
    chances: tuple[Chance, ...]
    notes: tuple[str, ...]


def in_words(profile: AttachmentProfile) -> ProfileInWords:
    """The profile as a page says it. Without both scores there are no chances, and the notes say why."""
    notes = tuple(NOTES[code] for code in profile.notes if code in NOTES)
    if profile.styles is None or profile.style is None:
        return ProfileInWords(headline="Not enough answers to say more", description="", chances=(), notes=notes)
    styles = profile.styles
    likeliest = sorted(STYLES, key=lambda style: -styles[style])
    headline = (
        f"Closest to: {NAMES[profile.style]}"
        if profile.style in NAMES
        else f"Unclear: perhaps {NAMES[likeliest[0]].lower()}, perhaps {NAMES[likeliest[1]].lower()}"
    )
    return ProfileInWords(
        headline=headline,
        description=DESCRIPTIONS[profile.style],
        chances=tuple(Chance(name=NAMES[style], percent=round(100 * styles[style])) for style in likeliest),
        notes=notes,
    )
