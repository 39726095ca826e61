"""Which combinations an intake asked for, as they are counted when it found too few. Pure.

Only codes of vocabularies, at most 25 of them, and none of what was answered about the person: no importance, no
trauma, no safety, no place below the state.
"""

from __future__ import annotations

from typing import Final

from matching.intake import Intake

FEW: Final = 5  # fewer matches than this are too few
MATTERS: Final = 2  # how much a concern must matter: more than "a little"
MOST_CONCERNS: Final = 5
MOST_PLANS: Final = 5

#: State, session format, concern, insurance plan; the last two are "" when none was named.
Combination = tuple[str, str, str, str]


def combinations_of(intake: Intake) -> tuple[Combination, ...]:
    """Each concern that matters with each plan: the five that matter most, and the first five plans, by code."""
    mattering = sorted(
        (-importance, concern) for concern, importance in intake.concerns.items() if importance >= MATTERS
    )
    concerns = [concern for _, concern in mattering[:MOST_CONCERNS]] or [""]
    plans = intake.insurance[:MOST_PLANS] or ("",)
    return tuple(sorted((intake.state, intake.session_format, concern, plan) for concern in concerns for plan in plans))
