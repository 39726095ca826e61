"""Who asks, and for what: the mix of invented intakes, as shares. docs/fairness.md says the same in words.

Scores of closeness have the mean and spread of the ECR sample in docs/assessments.md; states are drawn by residents
(fixtures/demo/world.json). All other shares are our guess: we know of no published count of what people ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Who comes, by path of the questionnaire.
COMERS: Final = {
    "closeness": 0.22,
    "early-harm": 0.13,
    "lasting-signs": 0.05,
    "couple": 0.20,
    "parent": 0.05,
    "child": 0.07,
    "family": 0.06,
    "other": 0.22,
}
FORMATS_OF_OTHERS: Final = {"individual": 0.93, "group": 0.07}

#: What people bring who come with "something else", most often first in our guess.
GENERAL_CONCERNS: Final = {
    "anxiety": 9,
    "depression": 8,
    "stress": 6,
    "grief": 4,
    "life-transitions": 4,
    "low-self-esteem": 4,
    "work-career": 3,
    "burnout": 3,
    "panic": 3,
    "adhd": 3,
    "loneliness": 2,
    "anger": 2,
    "sleep": 2,
    "ocd": 2,
    "substance-use": 2,
    "eating-disorders": 1,
    "lgbtq-identity": 1,
    "chronic-illness": 1,
    "suicidal-thoughts": 1,
}
ANY_CONCERN: Final = 0.15  # also brings one that is drawn from the whole vocabulary, so that rare ones are asked for
HOW_MANY_CONCERNS: Final = {1: 0.3, 2: 0.35, 3: 0.25, 4: 0.1}
IMPORTANCES: Final = {1: 0.2, 2: 0.4, 3: 0.4}

#: Groups that somebody names on top of the path's own.
GROUPS: Final = {
    "lgbtq": 0.08,
    "students": 0.06,
    "older-adults": 0.06,
    "neurodivergent": 0.05,
    "veterans": 0.04,
    "immigrants": 0.03,
    "perinatal": 0.03,
    "first-responders": 0.02,
}
KINDS_OF_FAMILY: Final = {"blended-families": 0.12, "adoptive-families": 0.06, "foster-families": 0.03}
AGES: Final = {"children": 0.45, "adolescents": 0.55}  # of the child, where a child is in view

TRAUMA: Final[Mapping[bool | None, float]] = {None: 0.5, True: 0.18, False: 0.32}
SAFE: Final[Mapping[bool | None, float]] = {True: 0.88, False: 0.05, None: 0.07}
SIGNS_ASKED: Final = 0.75
SIGN_APPLIES: Final = {"closeness": 0.5, "early-harm": 0.55, "lasting-signs": 0.5, "couple": 0.35}
SIGN_APPLIES_ELSE: Final = 0.15

SCORED: Final = 0.7  # answers the statements about closeness
PARTNER_SCORED: Final = 0.6  # of those, in a couple: the partner does as well
CLOSENESS: Final = {"anxiety": (3.088, 0.792), "avoidance": (2.572, 0.844)}  # mean and SD on CLOSENESS_RANGE
CLOSENESS_RANGE: Final = (1.0, 5.0)
ERRORS: Final = (0.25, 0.6)  # standard error, evenly between: with the larger ones many a style stays unclear

DELIVERY: Final[Mapping[tuple[str, ...], float]] = {
    ("telehealth",): 0.45,
    ("in_person", "telehealth"): 0.35,
    ("in_person",): 0.2,
}
GIVES_ZIP: Final = 0.9  # of those who would meet in person
MILES: Final = {10: 0.25, 15: 0.2, 25: 0.4, 50: 0.15}

INSURED: Final = 0.55
#: How often each plan is named, beside the others; those of few states (fixtures/demo/world.json) only there.
PLANS: Final = {
    "blue-cross-blue-shield": 9,
    "united-healthcare": 8,
    "aetna": 8,
    "cigna": 7,
    "medicaid": 6,
    "anthem": 5,
    "medicare": 4,
    "kaiser": 4,
    "optum": 3,
    "humana": 3,
    "tricare": 2,
    "private-pay": 0,
}
OTHER_PLAN: Final = 1
SPANISH: Final = 0.06
SPANISH_WHERE_USUAL: Final = 0.13
OTHER_LANGUAGE: Final = 0.03  # any of the others, each as often
NAMES_GENDER: Final = 0.3
GENDERS_NAMED: Final[Mapping[tuple[str, ...], float]] = {
    ("woman",): 0.6,
    ("man",): 0.2,
    ("nonbinary",): 0.08,
    ("nonbinary", "woman"): 0.12,
}
HAS_BUDGET: Final = 0.45
BUDGET: Final = (0.9, 0.3)  # around this share of the state's usual fee, lognormal
IN_A_HURRY: Final = 0.35
WITHIN_DAYS: Final = {7: 0.3, 14: 0.4, 30: 0.3}
NAMES_APPROACH: Final = 0.15  # one, as often as the demo's therapists use it

#: How often a wish that was given is a must.
MUSTS: Final = {
    "approaches": 0.2,
    "concerns": 0.03,
    "fee_max": 0.3,
    "genders": 0.35,
    "insurance": 0.6,
    "languages": 0.7,
    "near": 0.1,
    "opening_within_days": 0.15,
    "populations": 0.04,
}
