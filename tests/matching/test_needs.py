"""What an intake amounts to: guidance, pairing, safety, requirements, situations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import AttachmentProfile, profile_from_scores
from directory.roster.columns import Columns
from directory.roster.requirements import Near as NearPoint
from directory.roster.requirements import Requirements
from matching.evidence import SITUATIONS, strengths
from matching.guidance import NOT_ANSWERED, SENTENCES, guidance_of, pairing_of
from matching.intake import SIGN_CODES, Intake, Near
from matching.needs import Needs, needs_of
from matching.safety import UNSAFE_IN_FAMILY
from tests.factories import TODAY
from tests.matching.drawing import CODES, RULES, intakes
from tests.reading import grade

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
COUPLE = replace(PLAIN, session_format="couple")
FAMILY = replace(PLAIN, session_format="family")
HERE = NearPoint(latitude=34.0, longitude=-118.2, miles=10)
LEADING = "relationships_the_catalyst"
EARLY = "early_trauma"
OTHERS = [code for code in SIGN_CODES if code not in (LEADING, EARLY)]

ANXIOUS = profile_from_scores(anxiety=6, avoidance=2, range=(1, 7))
AVOIDANT = profile_from_scores(anxiety=2, avoidance=6, range=(1, 7))
DISORGANIZED = profile_from_scores(anxiety=6, avoidance=6, range=(1, 7))
SECURE = profile_from_scores(anxiety=1.5, avoidance=1.5, range=(1, 7))
UNCLEAR = profile_from_scores(anxiety=4, avoidance=4, range=(1, 7))
PAIRINGS = {"couple-pursue-withdraw", "couple-both-reach", "couple-both-withdraw", "couple-closeness-and-fear"}


def needs(intake: Intake, profile: AttachmentProfile | None = None, partner: AttachmentProfile | None = None) -> Needs:
    near = HERE if intake.near else None
    return needs_of(intake, on=TODAY, ruleset=RULES, profile=profile, partner_profile=partner, near=near)


@pytest.mark.parametrize(
    ("description", "signs", "answer"),
    [
        ("not asked, or skipped", None, "unclear"),
        ("none applies", (), "not_indicated"),
        ("two of the six", tuple(OTHERS[:2]), "unclear"),
        ("three of the six", tuple(OTHERS[:3]), "worth_considering"),
        ("earlier therapy did not help, and the wish to know why", (OTHERS[1], OTHERS[4]), "unclear"),
        ("only that relationships set it off", (LEADING,), "unclear"),
        ("only early trauma: a root, but perhaps trauma work comes first", (EARLY,), "unclear"),
        ("early trauma, and one more of the six", (EARLY, OTHERS[2]), "worth_considering"),
        ("relationships set it off, and early trauma", (LEADING, EARLY), "worth_considering"),
        ("relationships set it off, and one of the six", (LEADING, OTHERS[4]), "worth_considering"),
        ("everything", SIGN_CODES, "worth_considering"),
        *((f"only {code}", (code,), "not_indicated") for code in OTHERS),
    ],
)
def test_guidance(description: str, signs: tuple[str, ...] | None, answer: str) -> None:
    guidance = guidance_of(signs)
    assert guidance.attachment_focused == answer, description
    assert guidance.sentence
    if signs is not None:
        assert set(guidance.speaking_for) == set(signs)
        assert set(guidance.speaking_for) | set(guidance.speaking_against) == set(SIGN_CODES)


@given(st.sets(st.sampled_from(SIGN_CODES)), st.sampled_from(SIGN_CODES))
def test_one_more_sign_never_speaks_against_attachment_work(signs: set[str], one_more: str) -> None:
    order = ["not_indicated", "unclear", "worth_considering"]
    fewer, more = guidance_of(tuple(signs)), guidance_of((*signs, one_more))
    assert order.index(fewer.attachment_focused) <= order.index(more.attachment_focused)


def test_a_question_that_nobody_answered_is_not_called_an_answer() -> None:
    assert guidance_of(None).sentence != guidance_of((LEADING,)).sentence
    assert "Your answers" not in guidance_of(None).sentence


def test_guidance_and_the_warning_of_a_family_read_easily() -> None:
    def read(text: str) -> float:
        return grade(re.split(r"(?<=[.!?])\s+", text))

    assert all(read(text) <= 8 for text in (*SENTENCES.values(), NOT_ANSWERED))
    assert read(UNSAFE_IN_FAMILY.text) <= 6


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("anxious", "avoidant", "pursue_withdraw"),
        ("anxious", "anxious", "both_reach"),
        ("avoidant", "avoidant", "both_withdraw"),
        ("disorganized", "anxious", "closeness_and_fear"),
        ("disorganized", "disorganized", "closeness_and_fear"),
        ("secure", "avoidant", "steady_ground"),
        ("secure", "disorganized", "steady_ground"),
        ("secure", "secure", "both_steady"),
        ("secure", "unclear", None),
        ("anxious", None, None),
    ],
)
def test_pairing_is_the_same_whoever_is_who(one: str | None, other: str | None, code: str | None) -> None:
    for pairing in (pairing_of(one, other), pairing_of(other, one)):
        assert (pairing and pairing.code) == code


def test_a_pairing_is_only_for_couples_of_whom_both_answered() -> None:
    pairing = needs(COUPLE, ANXIOUS, AVOIDANT).pairing
    assert pairing is not None
    assert pairing.code == "pursue_withdraw"
    assert needs(COUPLE, ANXIOUS).pairing is None
    assert needs(PLAIN, ANXIOUS, AVOIDANT).pairing is None
    assert needs(COUPLE, ANXIOUS, UNCLEAR).pairing is None


def test_style_counts_only_when_it_is_clearly_not_secure() -> None:
    insecurity = needs(PLAIN, ANXIOUS).insecurity
    assert insecurity is not None
    assert insecurity >= 0.6
    for profile in (SECURE, UNCLEAR, None):
        assert needs(PLAIN, profile).insecurity is None


@pytest.mark.parametrize(
    ("description", "intake", "codes"),
    [
        ("nothing to warn of", PLAIN, []),
        ("thoughts of suicide", replace(PLAIN, concerns={"suicidal-thoughts": 1}), ["crisis"]),
        ("self-harm", replace(FAMILY, concerns={"self-harm": 1}), ["crisis"]),
        ("violence", replace(PLAIN, concerns={"domestic-violence": 1}), ["domestic_violence"]),
        ("one person who is not safe", replace(PLAIN, safe_at_home=False), ["domestic_violence"]),
        ("a couple that is not safe", replace(COUPLE, safe_at_home=False), ["unsafe_at_home"]),
        (
            "a couple that was not asked and names violence",
            replace(COUPLE, concerns={"domestic-violence": 2}),
            ["unsafe_at_home"],
        ),
        (
            "a couple that names violence in the past and is safe",
            replace(COUPLE, concerns={"domestic-violence": 2}, safe_at_home=True),
            ["domestic_violence"],
        ),
        ("a family that is not safe", replace(FAMILY, safe_at_home=False), ["unsafe_in_family"]),
        (
            "a family that was not asked and names violence",
            replace(FAMILY, concerns={"domestic-violence": 2}),
            ["unsafe_in_family"],
        ),
        ("a family that is safe", replace(FAMILY, safe_at_home=True), []),
        (
            "crisis comes first",
            replace(COUPLE, concerns={"suicidal-thoughts": 3}, safe_at_home=False),
            ["crisis", "unsafe_at_home"],
        ),
    ],
)
def test_safety_notes(description: str, intake: Intake, codes: list[str]) -> None:
    notes = needs(intake).safety
    assert [note.code for note in notes] == codes, description
    for note in notes:
        assert any(link.url.startswith("tel:") for link in note.links)
        assert any(link.url.startswith("sms:") for link in note.links)


def test_the_numbers_are_those_of_the_crisis_page() -> None:
    import json

    from django.conf import settings

    lines = json.loads((settings.FIXTURES / "crisis_lines.json").read_text())
    digits = "".join(character for line in lines for character in str(line.get("call")) if character.isdigit())
    for intake in (replace(PLAIN, concerns={"self-harm": 1}), replace(PLAIN, safe_at_home=False)):
        for note in needs(intake).safety:
            calls = [link.url.removeprefix("tel:+1").removeprefix("tel:") for link in note.links if "tel:" in link.url]
            assert all(number in digits or number == "911" for number in calls)


def test_a_family_that_is_not_safe_still_finds_a_family_therapist() -> None:
    unsafe = needs(replace(FAMILY, safe_at_home=False))
    assert unsafe.session_format == "family"


def test_where_couple_work_is_not_safe_the_search_is_for_one_person() -> None:
    unsafe = needs(replace(COUPLE, safe_at_home=False, populations=("couples", "adults")), ANXIOUS, AVOIDANT)
    assert unsafe.session_format == "individual"
    assert unsafe.requirements.session_formats == ("individual",)
    assert unsafe.trauma
    assert unsafe.populations == ("adults",)
    assert unsafe.pairing is None
    assert not [situation for situation in unsafe.situations if situation.startswith("couple")]


@pytest.mark.parametrize("safe", [False, None])
def test_where_couple_work_is_not_safe_no_wish_for_an_approach_made_for_couples_counts(safe: bool | None) -> None:
    wishes = replace(
        COUPLE,
        safe_at_home=safe,
        concerns={"domestic-violence": 3},
        approaches=("gottman", "emdr"),
        must=("approaches",),
    )
    unsafe = needs(wishes)
    assert unsafe.approaches == unsafe.requirements.approaches == ("emdr",)
    assert needs(replace(wishes, approaches=("gottman",))).requirements.approaches == ()
    assert needs(replace(wishes, safe_at_home=True)).requirements.approaches == ("emdr", "gottman")


@pytest.mark.parametrize(
    ("description", "change", "near", "unless"),
    [
        ("telehealth only", {"delivery": ("telehealth",)}, None, ()),
        ("telehealth only, and a must", {"delivery": ("telehealth",), "must": ("near",)}, HERE, ()),
        ("either way", {"delivery": ("telehealth", "in_person")}, HERE, ("telehealth",)),
        ("in person only", {"delivery": ("in_person",)}, HERE, ()),
        ("either way, and a must", {"delivery": ("telehealth", "in_person"), "must": ("near",)}, HERE, ()),
    ],
)
def test_when_distance_excludes(
    description: str, change: dict[str, Any], near: NearPoint | None, unless: tuple[str, ...]
) -> None:
    found = needs(replace(PLAIN, near=Near(zip="90012", within=10), **change))
    assert (found.requirements.near, found.requirements.near_unless) == (near, unless), description
    assert found.near == HERE  # and it orders in any case


def test_who_only_meets_in_person_must_be_near_even_when_the_client_would_also_meet_online() -> None:
    either_way = needs(replace(PLAIN, delivery=("telehealth", "in_person"), near=Near(zip="90012", within=10)))
    plain = {"jurisdictions": ["CA"], "session_formats": ["individual"], "accepting": "yes"}
    near, far = (34.01, -118.2), (40.7, -74.0)
    directory = [
        {**plain, "id": 1, "delivery_methods": ["in_person"], "places": [near]},
        {**plain, "id": 2, "delivery_methods": ["in_person"], "places": [far]},
        {**plain, "id": 3, "delivery_methods": ["in_person"]},
        {**plain, "id": 4, "delivery_methods": ["telehealth"]},
        {**plain, "id": 5, "delivery_methods": ["in_person", "telehealth"], "places": [far]},
    ]
    selection = Columns.from_records(directory, codes=CODES).select(either_way.requirements)
    assert selection.ids.tolist() == [1, 4, 5]
    assert selection.removed_by["within"] == 2
    assert selection.relaxations["within"] == 2


@pytest.mark.parametrize(
    ("must", "field", "value"),
    [
        ("approaches", "approaches", ("emdr",)),
        ("concerns", "concerns", ("grief",)),
        ("populations", "populations", ("adults",)),
        ("insurance", "insurance_plans", ("aetna",)),
        ("languages", "languages", ("es",)),
        ("genders", "genders", ("woman",)),
        ("fee_max", "fee_max", 150),
        ("opening_within_days", "opening_within_days", 7),
    ],
)
def test_a_wish_excludes_only_as_a_must(must: str, field: str, value: Any) -> None:
    wishes = replace(
        PLAIN,
        approaches=("emdr",),
        concerns={"grief": 2},
        populations=("adults",),
        insurance=("aetna",),
        languages=("es",),
        genders=("woman",),
        fee_max=150,
        opening_within_days=7,
    )
    assert getattr(needs(wishes).requirements, field) in ((), None)
    assert getattr(needs(replace(wishes, must=(must,))).requirements, field) == value


def test_what_is_always_required() -> None:
    assert needs(PLAIN).requirements == Requirements(
        on=TODAY,
        jurisdictions=("CA",),
        delivery_methods=("telehealth",),
        session_formats=("individual",),
        accepting=True,
    )


@pytest.mark.parametrize(
    ("description", "intake", "holds", "holds_not"),
    [
        ("one person", PLAIN, {"general-distress"}, {"couple-distress", "trauma"}),
        ("a couple", COUPLE, {"couple-distress"}, {"couple-trust", "general-distress"}),
        (
            "a couple and trust",
            replace(COUPLE, concerns={"trust-and-abandonment": 1}),
            {"couple-trust"},
            {"couple-affair"},
        ),
        ("a couple after an affair", replace(COUPLE, concerns={"infidelity": 3}), {"couple-affair"}, {"couple-trust"}),
        (
            "a teen with low mood",
            replace(FAMILY, populations=("adolescents",), concerns={"depression": 3}),
            {"adolescent-low-mood"},
            {"adolescent-suicidal"},
        ),
        (
            "a teen in danger",
            replace(FAMILY, populations=("adolescents",), concerns={"suicidal-thoughts": 3}),
            {"adolescent-suicidal", "adolescent-low-mood"},
            {"general-distress"},
        ),
        ("early trauma", replace(PLAIN, concerns={"childhood-trauma": 2}), {"trauma"}, {"ptsd"}),
        ("adoption", replace(FAMILY, concerns={"adoption-foster": 2}), {"adoption-foster"}, {"child-behavior"}),
        (
            "a young child",
            replace(FAMILY, concerns={"child-behavior": 2}),
            {"parenting-young-child", "child-behavior"},
            {"young-child-trauma"},
        ),
        (
            "parenting a young child who is not the trouble",
            replace(PLAIN, populations=("parents",), concerns={"parenting": 2}),
            {"parenting-young-child"},
            {"child-behavior"},
        ),
        (
            "a small child who saw violence at home",
            replace(FAMILY, populations=("children",), concerns={"domestic-violence": 3}, safe_at_home=True),
            {"young-trauma", "young-child-trauma"},
            {"ptsd"},
        ),
        (
            "a teen after something terrible",
            replace(PLAIN, populations=("adolescents",), trauma=True),
            {"young-trauma", "trauma"},
            {"young-child-trauma"},
        ),
        ("an adult hurt early", replace(PLAIN, trauma=True), {"trauma"}, {"young-trauma", "couple-trauma"}),
        ("a couple, and one was hurt early", replace(COUPLE, trauma=True), {"couple-trauma", "trauma"}, set()),
        (
            "a teen: what is known about small children is no evidence",
            replace(FAMILY, populations=("adolescents",), concerns={"child-behavior": 2}),
            set(),
            {"child-behavior", "parenting-young-child", "family-conflict"},
        ),
        (
            "a grown child: the same",
            replace(FAMILY, populations=("adults",), concerns={"parenting": 2}),
            set(),
            {"parenting-young-child", "family-conflict"},
        ),
        (
            "a small child: what was found with teens is no evidence",
            replace(FAMILY, populations=("children",), concerns={"family-conflict": 2}),
            set(),
            {"family-conflict"},
        ),
        (
            "a teen and a small child",
            replace(FAMILY, populations=("adolescents", "children"), concerns={"parenting": 2}),
            {"parenting-young-child"},
            set(),
        ),
        (
            "the signs point to attachment",
            replace(PLAIN, signs=SIGN_CODES),
            {"insecure-relationship-pattern"},
            {"general-distress"},
        ),
        (
            "the signs do not",
            replace(PLAIN, signs=(), concerns={"trust-and-abandonment": 3}),
            {"general-distress"},
            {"insecure-relationship-pattern"},
        ),
        (
            "work stress",
            replace(PLAIN, signs=(), concerns={"work-career": 3, "stress": 2}),
            {"general-distress", "work-stress"},
            {"insecure-relationship-pattern"},
        ),
        (
            "low mood after a birth",
            replace(PLAIN, populations=("perinatal",), concerns={"depression": 2}),
            {"perinatal-depression", "depression"},
            {"adjustment"},
        ),
        (
            "a birth, and low mood",
            replace(PLAIN, concerns={"perinatal": 1, "depression": 3}),
            {"perinatal-depression"},
            set(),
        ),
        ("a birth without low mood", replace(PLAIN, concerns={"perinatal": 3}), set(), {"perinatal-depression"}),
        ("a change that is hard", replace(PLAIN, concerns={"adjustment": 2}), {"adjustment"}, {"depression"}),
        ("low self-esteem", replace(PLAIN, concerns={"low-self-esteem": 2}), {"low-self-esteem"}, {"depression"}),
        ("a loss", replace(PLAIN, concerns={"grief": 3}), {"grief"}, {"depression"}),
        ("bad sleep", replace(PLAIN, concerns={"sleep": 2}), {"insomnia"}, {"anxiety"}),
        ("burnout", replace(PLAIN, concerns={"burnout": 2}), {"work-stress"}, {"depression"}),
        ("OCD and panic", replace(PLAIN, concerns={"ocd": 2, "panic": 1}), {"ocd", "panic"}, {"anxiety"}),
        ("alcohol or drugs", replace(PLAIN, concerns={"substance-use": 2}), {"substance-use"}, {"anxiety"}),
        (
            "lasting signs of childhood",
            replace(PLAIN, concerns={"adult-attachment-difficulties": 1}),
            {"insecure-relationship-pattern"},
            set(),
        ),
        (
            "self-harm and intense emotions",
            replace(PLAIN, concerns={"self-harm": 1, "intense-emotions": 2}),
            {"borderline-features", "self-harm-emotion-regulation"},
            set(),
        ),
    ],
)
def test_situations(description: str, intake: Intake, holds: set[str], holds_not: set[str]) -> None:
    situations = needs(intake).situations
    assert holds <= situations, description
    assert not holds_not & situations, description


@pytest.mark.parametrize(
    ("description", "intake", "profile", "holds"),
    [
        ("insecure, and trouble in relationships", "relationship-difficulties", ANXIOUS, True),
        ("insecure, and hard to trust", "trust-and-abandonment", DISORGANIZED, True),
        ("insecure, and grief", "grief", AVOIDANT, False),
        ("secure, and trouble in relationships", "relationship-difficulties", SECURE, False),
        ("not clear, and trouble in relationships", "relationship-difficulties", UNCLEAR, False),
    ],
)
def test_a_link_with_insecurity_is_a_situation_of_its_own(
    description: str, intake: str, profile: AttachmentProfile, holds: bool
) -> None:
    found = needs(replace(PLAIN, concerns={intake: 2}), profile).situations
    assert ("insecure-relationship-satisfaction" in found) is holds, description
    assert "insecure-intense-emotions" not in found


def test_insecurity_with_intense_emotions_is_one_too_unless_the_signs_do_not_point_to_attachment() -> None:
    intense = replace(PLAIN, concerns={"intense-emotions": 2})
    assert "insecure-intense-emotions" in needs(intense, AVOIDANT).situations
    assert "insecure-intense-emotions" not in needs(intense).situations
    assert "insecure-intense-emotions" not in needs(replace(intense, signs=()), AVOIDANT).situations


@pytest.mark.parametrize(
    ("one", "other", "situation"),
    [
        (ANXIOUS, AVOIDANT, "couple-pursue-withdraw"),
        (ANXIOUS, ANXIOUS, "couple-both-reach"),
        (AVOIDANT, AVOIDANT, "couple-both-withdraw"),
        (DISORGANIZED, ANXIOUS, "couple-closeness-and-fear"),
        (SECURE, AVOIDANT, None),
        (UNCLEAR, AVOIDANT, None),
    ],
)
def test_each_insecure_pairing_is_a_situation_whoever_is_who(
    one: AttachmentProfile, other: AttachmentProfile, situation: str | None
) -> None:
    for couple in (needs(COUPLE, one, other), needs(COUPLE, other, one)):
        assert couple.situations & PAIRINGS == ({situation} if situation else set())
    assert not needs(PLAIN, one, other).situations & PAIRINGS  # one person alone has no pairing


def test_each_insecure_pairing_has_evidence() -> None:
    assert {row.situation for row in RULES.evidence} >= PAIRINGS


def test_an_insecure_pairing_is_a_need_of_its_own() -> None:
    assert "couple-trust" in needs(COUPLE, ANXIOUS, AVOIDANT).situations
    assert "couple-trust" not in needs(COUPLE, SECURE, SECURE).situations


@pytest.mark.parametrize(
    ("description", "change", "profile", "holds"),
    [
        ("a clear style alone is nothing that brings somebody", {}, AVOIDANT, False),
        ("a clear style, and trouble in relationships", {"concerns": {"relationship-difficulties": 1}}, AVOIDANT, True),
        ("a little trouble, and no clear style", {"concerns": {"relationship-difficulties": 1}}, UNCLEAR, False),
        ("more trouble, and no profile", {"concerns": {"trust-and-abandonment": 2}}, None, True),
        ("signs that speak against", {"concerns": {"trust-and-abandonment": 3}, "signs": ()}, AVOIDANT, False),
        ("signs that speak for", {"signs": SIGN_CODES}, None, True),
        ("lasting signs from childhood", {"concerns": {"adult-attachment-difficulties": 1}, "signs": ()}, None, True),
    ],
)
def test_when_relationships_are_a_pattern(
    description: str, change: dict[str, Any], profile: AttachmentProfile | None, holds: bool
) -> None:
    its = needs(replace(PLAIN, **change), profile)
    assert ("insecure-relationship-pattern" in its.situations) is holds, description


def test_every_situation_of_the_evidence_has_a_condition() -> None:
    assert {row.situation for row in RULES.evidence} <= set(SITUATIONS)


def test_general_approaches_stand_back_only_when_the_signs_point_to_attachment_work() -> None:
    def approaches(intake: Intake) -> set[str]:
        return {code for codes in strengths(needs(intake).evidence, RULES.grades).values() for code in codes}

    assert "cognitive-behavioral" in approaches(replace(PLAIN, signs=()))
    assert "cognitive-behavioral" in approaches(PLAIN)
    pointing = approaches(replace(PLAIN, signs=SIGN_CODES))
    assert "cognitive-behavioral" not in pointing
    assert "attachment-based" in pointing


@given(intakes())
def test_no_condition_looks_at_which_insecure_style_it_is(intake: Intake) -> None:
    first, *others = (needs(intake, profile) for profile in (ANXIOUS, AVOIDANT, DISORGANIZED))
    for other in others:  # so no style has "its" therapy; only how two partners meet is a situation of its own
        assert other.situations == first.situations
        assert other.evidence == first.evidence
