"""Words that no text here uses: about suicide, as a diagnosis, as a promise. Each rule says why, and who says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SAFE_MESSAGING = "reportingonsuicide.org; AFSP; National Action Alliance, Framework for Successful Messaging"
NOT_A_CLINIC = "APA, guidelines for bias-free language; and answers to a dozen statements are no clinical finding"
NO_PROMISE = "FTC, Health Products Compliance Guidance (2022): a claim needs proof; we can prove none for one person"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`bad` is a sentence the rule must find, `fine` one that it must leave alone."""

    code: str
    pattern: re.Pattern[str]
    why: str
    source: str
    bad: str
    fine: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    rule: Rule
    words: str
    sentence: str


def _rule(code: str, pattern: str, *, why: str, source: str, bad: str, fine: str) -> Rule:
    compiled = re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    return Rule(code=code, pattern=compiled, why=why, source=source, bad=bad, fine=fine)


_NAMED_STATE = r"""(?:(?!in\b|on\b|with\b|for\b|about\b)\w+[ -]){0,3}
    (?:disorders?|depression|depressed|bipolar|borderline|anxiety|ptsd|adhd|autism|ocd|trauma|syndrome|illness|condition
    |attachment\ (?:style|problems?)|insecure\ attachment)"""
_SOMEBODY = r"(?:therapists?|therapy|therapies|approach(?:es)?|match(?:es)?|person|people|choice|treatments?)"

RULES = (
    # --- Suicide and self-harm ----------------------------------------------------------------------------------------
    _rule(
        "committed-suicide",
        r"\bcommit(?:s|ted|ting)?\ suicide\b",
        why="It sounds like a crime or a sin. Say “died by suicide”.",
        source=SAFE_MESSAGING,
        bad="Some people committed suicide.",
        fine="She is committed to her work; he lost a friend who died by suicide.",
    ),
    _rule(
        "outcome-of-an-attempt",
        r"\b(?:un)?(?:successful|failed|complete[ds]?|botched)\ (?:suicides?|(?:suicide\ )?attempts?)\b",
        why="It counts dying as a success. Say “died by suicide” or “suicide attempt”.",
        source=SAFE_MESSAGING,
        bad="After a failed attempt she came home.",
        fine="After a suicide attempt she came home.",
    ),
    _rule(
        "epidemic",
        r"\b(?:epidemics?|skyrocket\w*|suicide\ (?:wave|rates?\ (?:soar|explod)\w*))\b",
        why="It makes suicide look common and beyond help.",
        source=SAFE_MESSAGING,
        bad="There is an epidemic of suicide.",
        fine="More people now ask for help with thoughts of suicide.",
    ),
    _rule(
        "method-or-place",
        r"""\b(?:overdos\w*|noose|gunshots?|slit\w*|hang(?:s|ed|ing)?\ (?:your|him|her|them|my|one)sel\w+
            |jump(?:s|ed|ing)?\ (?:off|from|in\ front)|suicide\ (?:notes?|methods?|hot\ ?spots?))\b""",
        why="To name a method, a place or a note can lead someone to follow.",
        source=SAFE_MESSAGING,
        bad="He left a suicide note.",
        fine="Make a note of the number. The next meeting is on hanging out with friends.",
    ),
    _rule(
        "one-cause",
        r"\bsuicide\ (?:because\ of|was\ caused\ by|over\ an?)\b|\b(?:drove|driven|drives)\ \w+\ to\ suicide\b",
        why="No single thing is the cause.",
        source=SAFE_MESSAGING,
        bad="The breakup drove him to suicide.",
        fine="She drove him to the hospital.",
    ),
    _rule(
        "attention",
        r"""\b(?:cry\ for\ help|(?:attention|manipulat)\w*[ -](?:seeking|gesture)
            |suicide\ (?:victims?|threats?|gestures?))\b""",
        why="It belittles someone in danger.",
        source=SAFE_MESSAGING,
        bad="It was only a cry for help.",
        fine="You can call for help.",
    ),
    # --- Diagnosis and labels -----------------------------------------------------------------------------------------
    _rule(
        "diagnosis",
        r"\bdiagnos(?:is|es|ed?|ing|tic)\b",
        why="We describe; we are not able or allowed to diagnose. “Not a diagnosis” may be said.",
        source=NOT_A_CLINIC,
        bad="Your diagnosis is ready.",
        fine="The result is not a diagnosis.",
    ),
    _rule(
        "you-have",
        rf"""\byou(?:\ clearly|\ probably|\ seem\ to)?\ (?:have|show\ signs\ of|struggle\ with)\ (?:an?\ )?
            {_NAMED_STATE}\b""",
        why="It tells a person what they have.",
        source=NOT_A_CLINIC,
        bad="You have an insecure attachment style.",
        fine="You have someone in mind.",
    ),
    _rule(
        "you-are",
        r"""\byou(?:\ are|’re|'re)\ (?:an?\ |clearly\ |probably\ )*(?:insecure|anxious|avoidant|disorganized|codependent
            |borderline|bipolar|depressed|traumatized|dysfunctional|damaged|broken|sick|mentally\ ill|toxic)\b""",
        why="A pattern is what somebody does, not what they are.",
        source=NOT_A_CLINIC,
        bad="You are avoidant.",
        fine="You are welcome to skip this question.",
    ),
    _rule(
        "disorder",
        r"\bdisorders?\b",
        why="A label. Say what it is like.",
        source=NOT_A_CLINIC,
        bad="This disorder is common.",
        fine="Fearful-avoidant (disorganized).",
    ),
    _rule(
        "suffering",
        r"\bsuffer(?:s|ed|ing|ers?)?\b",
        why="It makes a person helpless. Say “live with”.",
        source=NOT_A_CLINIC,
        bad="You suffer from loneliness.",
        fine="You live with a lot of fear.",
    ),
    _rule(
        "labels",
        r"""\b(?:victims?|patients?|addicts?|alcoholics?|schizophrenics?|psychotics|junkies|crazy|insane|maniacs?
            |abnormal|normal|mentally\ ill|the\ mentally)\b""",
        why="It turns a person into a case.",
        source=NOT_A_CLINIC,
        bad="For victims of abuse.",
        fine="For people who were abused.",
    ),
    # --- Promises -----------------------------------------------------------------------------------------------------
    _rule(
        "guarantee",
        r"""\b(?:guarante\w*|warrant(?:y|ies)|risk[ -]free|money[ -]back|miracles?
            |100\ ?%\ (?:effective|safe|success\w*))""",
        why="Nobody can promise that a therapy works.",
        source=NO_PROMISE,
        bad="We guarantee a good match.",
        fine="We cannot promise that a therapist will help you.",
    ),
    _rule(
        "cure",
        r"""\bcur(?:es?|ed|ing)\b|\b(?:will|can|to)\ (?:heal|fix)\ (?:you|your|it|everything|all)\b
            |\bwill\ (?:heal|fix|transform|save|change)\b|\bhealed\ for\ good\b""",
        why="It promises an end that nobody can promise.",
        source=NO_PROMISE,
        bad="This will heal you.",
        fine="A bond can grow. We accurately show a secure link.",
    ),
    _rule(
        "best-therapist",
        rf"""\b(?:the\ )?(?:very\ )?(?:best|perfect|ideal|top|leading|number[ -]one)(?:[ -]rated)?\ {_SOMEBODY}\b
            |\b{_SOMEBODY}\ (?:is|are)\ best\ for\ you\b|\byour\ soul\w*""",
        why="We rank by rules; we do not know who is best.",
        source=NO_PROMISE,
        bad="We find the best therapist for you.",
        fine="Best fit first. They name what they are best at.",
    ),
    _rule(
        "proven",
        r"""\b(?:scientifically|clinically)?\s?proven\b|\bworks\ for\ everyone\b
            |\b(?:always|never\ fails\ to)\ (?:works?|helps?|heals?)\b""",
        why="Studies support; they seldom prove. Give the grade and the study.",
        source=NO_PROMISE,
        bad="A proven method.",
        fine="Good studies support it for couples in distress.",
    ),
    _rule(
        "easier",
        r"\bmakes?\ (?:it|this|things|life|everything|change|closeness)\ (?:all\ |so\ |much\ )*easier\b",
        why="It promises an effect that was not measured.",
        source=NO_PROMISE,
        bad="The right therapist makes it easier.",
        fine="A short list is easier to read. Larger letters make reading easier.",
    ),
    _rule(
        "never-listed",
        r"\bnever\ (?:be\ |gets?\ )?listed\b",
        why="A screen misses what nobody wrote down. Say what is searched for, and who decides.",
        source=NO_PROMISE,
        bad="Harmful methods are never listed.",
        fine="We never sell a place. We search every profile, and a person decides about what we find.",
    ),
    _rule(
        "quick",
        r"""\b(?:instant(?:ly)?|overnight|in\ (?:just\ )?(?:days|one\ session))
            \ (?:relief|results?|better|change|feel)\w*""",
        why="It promises speed.",
        source=NO_PROMISE,
        bad="Instant relief.",
        fine="You can see results at once.",
    ),
)

# Where a found word stays, and why: (place, rule) → reason.
EXCEPTIONS = {
    ("fixtures/taxonomy/concerns.json#eating-disorders", "disorder"): "the name under which people look for help",
    ("fixtures/taxonomy/concerns.json#bipolar", "disorder"): "the name under which people look for help",
    ("fixtures/taxonomy/concerns.json#personality-disorders", "disorder"): "the name under which people look for help",
}

# What is said against a thing is not the thing: "is not a diagnosis", "nobody can cure".
NEGATED = {"diagnosis", "guarantee", "cure", "best-therapist", "proven"}
_NEGATION = re.compile(r"\b(?:not|no|never|nobody|none|cannot|neither|nor|without)\b|n[’']t\b", re.IGNORECASE)


def findings(text: str) -> Iterator[Finding]:
    """What is wrong with a text, in the order of the rules."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for rule in RULES:
            for found in rule.pattern.finditer(sentence):
                if rule.code not in NEGATED or not _NEGATION.search(sentence[: found.start()]):
                    yield Finding(rule=rule, words=found[0], sentence=sentence)
