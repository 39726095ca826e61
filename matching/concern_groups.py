"""How the page of concerns groups them: headings and codes, nothing that counts."""

from __future__ import annotations

from typing import Final

#: A concern that no heading names stands at the end of the page, under a heading of its own.
CONCERN_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "Relationships and closeness",
        (
            "relationship-difficulties",
            "trust-and-abandonment",
            "intimacy",
            "communication",
            "infidelity",
            "separation-divorce",
            "premarital",
            "loneliness",
            "boundaries",
            "adult-attachment-difficulties",
        ),
    ),
    (
        "Family and parenting",
        (
            "family-conflict",
            "parenting",
            "adoption-foster",
            "blended-family",
            "child-behavior",
            "perinatal",
            "infertility",
            "caregiving",
        ),
    ),
    (
        "Things that happened",
        ("childhood-trauma", "ptsd", "abuse-survivor", "domestic-violence", "grief", "racism-discrimination"),
    ),
    (
        "Feelings and mood",
        (
            "intense-emotions",
            "emotional-numbness",
            "low-self-esteem",
            "depression",
            "anxiety",
            "panic",
            "anger",
            "stress",
            "burnout",
            "self-harm",
            "suicidal-thoughts",
        ),
    ),
    (
        "Who I am and where I stand",
        (
            "life-transitions",
            "adjustment",
            "sexuality",
            "gender-identity",
            "lgbtq-identity",
            "immigration",
            "spirituality",
            "work-career",
            "academic",
            "aging",
            "men-issues",
            "women-issues",
        ),
    ),
)
