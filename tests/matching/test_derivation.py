"""Two partners: what one of them can work out of the other's answers. Here somebody tries, with all that can be seen.

Whoever looks knows their own answers, may change them as often as they like, and reads everything: the page of results
with its scores, order and rotation, the page about the couple, and the whole answer as the API would give it. What can
be worked out is one word: the partner's clear style, or that none is clear. It fixes no answer to any statement.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from django.test import Client

from assessments import catalogue
from assessments.codes import code_from
from assessments.parts import Part
from assessments.scoring import score
from matching.attachment import Scores
from matching.guidance import PAIRINGS, pairing_of
from matching.intake import Answers, Intake
from matching.matchmaking import find_matches, profile_of
from tests.factories import TODAY, TherapistFactory
from tests.matching.test_couple import COUPLE, RESULTS, answers_needs, invitation_of, joins

STYLES = ("secure", "anxious", "avoidant", "disorganized", "unclear")
GRID = (1, 2.6, 4.4, 5.9, 7)
ERRORS: tuple[dict[str, float], ...] = ({}, {"anxiety": 0.1, "avoidance": 0.9})
AT_MOST = len(PAIRINGS) + 1  # and no clear pairing
INSTRUMENT = catalogue.get("closeness-12")

Seen = Mapping[str, set[str]]
"""The partner's style → everything that was seen of partners who have it."""


def person(style: str, **changes: int | None) -> dict[str, int | None]:
    """Answers of somebody with this style, some of them changed."""
    high = {"anxious": {"anxiety"}, "avoidant": {"avoidance"}, "disorganized": {"anxiety", "avoidance"}}
    if style == "unclear":
        return dict.fromkeys((item.id for item in INSTRUMENT.items), 4) | changes
    agrees = {item.id: (item.scale in high.get(style, ())) is not item.reverse_keyed for item in INSTRUMENT.items}
    return {item: 7 if agreed else 1 for item, agreed in agrees.items()} | changes


def partners() -> Iterator[Scores]:
    for anxiety, avoidance, error in product(GRID, GRID, ERRORS):
        yield Scores(anxiety=anxiety, avoidance=avoidance, range=(1, 7), standard_error=error)


def style_of(partner: Scores | Answers) -> str:
    profile = profile_of(partner)
    assert profile is not None
    assert profile.style is not None
    return profile.style


@pytest.fixture
def _directory(time_machine: Any, db: None) -> None:
    """Therapists whom any change of the evidence, the criteria or the order would move."""
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)
    for slug, facts in {
        "emotions": {"trained_in": ["emotionally-focused"]},
        "behavior": {"approaches": ["integrative-behavioral-couple"], "concerns": ["parenting"]},
        "gottman": {"trained_in": ["gottman", "trauma-informed"]},
        "attachment": {"approaches": ["attachment-based", "mentalization-based"]},
        "one-equal": {},
        "other-equal": {},
    }.items():
        TherapistFactory(slug=slug, session_formats=["couple"], **facts)


def tells_one_word(own: str, seen: Seen) -> None:
    """Fails unless partners with one style look the same, partners in one pairing too, and there are few looks."""
    looks: dict[str | None, set[str]] = {}
    for partner, its_looks in seen.items():
        assert len(its_looks) == 1, f"partners who are {partner} can be told apart"
        pairing = pairing_of(own, partner)
        looks.setdefault(pairing and pairing.code, set()).update(its_looks)
    assert [code for code, its_looks in looks.items() if len(its_looks) > 1] == []
    assert len(looks) <= AT_MOST


def test_a_leak_would_be_noticed() -> None:
    tells_one_word("anxious", {"avoidant": {"a page"}, "secure": {"another page"}})
    with pytest.raises(AssertionError, match="avoidant can be told apart"):
        tells_one_word("anxious", {"avoidant": {"a page", "another page"}})
    with pytest.raises(AssertionError, match="steady_ground"):
        tells_one_word("secure", {"avoidant": {"a page"}, "anxious": {"another page"}})


@pytest.mark.parametrize("own", STYLES)
@pytest.mark.usefixtures("_directory")
def test_no_page_tells_more_of_the_partner_than_one_word(own: str) -> None:
    looker = Client()
    looker.post("/match/questions/about/", {"about": "partner"})
    for number, answer in enumerate(person(own).values(), start=1):
        looker.post(f"/match/questions/{number}/", {"answer": str(answer)})
    answers_needs(looker)
    looker.post("/match/needs/concerns/?change", {"concerns": ["trust-and-abandonment", "parenting"]})
    code = invitation_of(looker)
    joins(code)
    part = Part(code=code_from(code) or "", side="guest")
    seen: dict[str, set[str]] = {}
    for partner in partners():
        part.say({"scores": partner.to_json(), "share": False})
        seen.setdefault(style_of(partner), set()).add(seen_by(looker))
    assert set(seen) == set(STYLES)
    assert all("Your partner’s answers are not here" not in page for looks in seen.values() for page in looks)
    tells_one_word(own, seen)


def seen_by(looker: Client) -> str:
    seen = []
    for address in (RESULTS, COUPLE):
        response = looker.get(address)
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        seen.append(f"{response.status_code} {dict(response.headers)} {body}")
    return "\n".join(seen)


def answered(own: str, partner: Scores | Answers) -> str:
    """The whole answer to a couple's intake that asks about much."""
    intake = Intake(
        state="CA",
        delivery=("telehealth",),
        session_format="couple",
        populations=("couples",),
        concerns={"trust-and-abandonment": 3, "childhood-trauma": 2, "parenting": 1},
        trauma=True,
        safe_at_home=True,
        signs=("relationships_the_catalyst", "same_patterns"),
        facets=True,
        attachment=Answers(instrument=INSTRUMENT.code, responses=person(own)),
        partner_attachment=partner,
    )
    return json.dumps(find_matches(intake, on=TODAY).to_json())


@pytest.mark.parametrize("own", STYLES)
@pytest.mark.usefixtures("_directory")
def test_nor_does_the_answer_of_the_api_to_scores(own: str) -> None:
    seen: dict[str, set[str]] = {}
    for partner in partners():
        seen.setdefault(style_of(partner), set()).add(answered(own, partner))
    tells_one_word(own, seen)


@pytest.mark.usefixtures("_directory")
def test_nor_does_it_to_answers() -> None:
    draw = random.Random(4)
    seen: dict[str, set[str]] = {}
    for style in STYLES * 12:
        some = draw.sample([item.id for item in INSTRUMENT.items], draw.randint(0, 6))
        responses = person(style, **{item: draw.choice([1, 2, 3, 4, 5, 6, 7, None]) for item in some})
        partner = Answers(instrument=INSTRUMENT.code, responses=responses)
        seen.setdefault(style_of(partner), set()).add(answered("anxious", partner))
    assert set(seen) == set(STYLES)
    tells_one_word("anxious", seen)


@pytest.mark.parametrize("style", STYLES)
def test_every_answer_to_every_statement_stays_possible_whatever_is_seen(style: str) -> None:
    """The word is the finest that can be told apart: so this holds in each pairing, and where none is clear."""
    for item, value in product(INSTRUMENT.items, [1, 2, 3, 4, 5, 6, 7, None]):
        assert score(INSTRUMENT, person(style, **{item.id: value})).style == style, f"{item.id} = {value}"


INSECURE = {"anxious", "avoidant", "disorganized"}


@pytest.mark.parametrize(
    ("own", "can_be"),
    [
        (
            "anxious",
            {
                "pursue_withdraw": {"avoidant"},
                "both_reach": {"anxious"},
                "closeness_and_fear": {"disorganized"},
                "steady_ground": {"secure"},
                None: {"unclear"},
            },
        ),
        (
            "avoidant",
            {
                "pursue_withdraw": {"anxious"},
                "both_withdraw": {"avoidant"},
                "closeness_and_fear": {"disorganized"},
                "steady_ground": {"secure"},
                None: {"unclear"},
            },
        ),
        ("disorganized", {"closeness_and_fear": INSECURE, "steady_ground": {"secure"}, None: {"unclear"}}),
        ("secure", {"steady_ground": INSECURE, "both_steady": {"secure"}, None: {"unclear"}}),
        ("unclear", {None: set(STYLES)}),
    ],
)
def test_what_the_pairing_tells_is_what_decision_7_says(own: str, can_be: dict[str | None, set[str]]) -> None:
    found: dict[str | None, set[str]] = {}
    for partner in STYLES:
        pairing = pairing_of(own, partner)
        found.setdefault(pairing and pairing.code, set()).add(partner)
    assert found == can_be
