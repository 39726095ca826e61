"""Who comes: which pages each path asks, what it presets, and what a change of path keeps and drops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from matching.comer_steps import AGES as AGE_WORDS
from matching.comer_steps import KINDS as KIND_WORDS
from matching.comer_steps import REASONS as REASON_WORDS
from matching.comer_steps import WHOM as WHOM_WORDS
from matching.criteria import asked_criteria
from matching.forms import STEPS, asked_steps, first_unanswered, intake_from
from matching.intake import SIGN_CODES, Intake
from matching.paths import AGES, KINDS, PATHS, REASONS, WHOM, Comers, sensible, walk
from tests.matching.drawing import intakes, needs

pytestmark = pytest.mark.django_db  # a code that was merged is looked up

PLACE = {"state": "CA", "delivery": ["telehealth"]}
LAST = ["place", "cost", "wishes"]

PATHS_OF_PEOPLE: list[dict[str, Any]] = [
    {
        "description": "an adult whose closeness keeps getting hard",
        "said": {"reason": "closeness"},
        "asked": ["for", "concerns", "importance", "trauma", "signs", *LAST],
        "intake": {
            "session_format": "individual",
            "populations": ["adults"],
            "concerns": {"relationship-difficulties": 2},
        },
        "criteria": ["concerns", "approach_evidence", "population"],
        "situations": {"insecure-relationship-pattern", "general-distress"},
    },
    {
        "description": "a survivor of early harm is not asked again whether something happened",
        "said": {"reason": "early-harm"},
        "asked": ["for", "concerns", "importance", "signs", *LAST],
        "intake": {
            "session_format": "individual",
            "populations": ["adults"],
            "concerns": {"childhood-trauma": 2},
            "trauma": True,
        },
        "criteria": ["concerns", "approach_evidence", "trauma_informed", "population"],
        "situations": {"trauma"},
    },
    {
        "description": "an adult with lasting signs from childhood",
        "said": {"reason": "lasting-signs"},
        "asked": ["for", "concerns", "importance", "trauma", "signs", *LAST],
        "intake": {
            "session_format": "individual",
            "populations": ["adults"],
            "concerns": {"adult-attachment-difficulties": 2},
        },
        "criteria": ["concerns", "approach_evidence", "population"],
        "situations": {"insecure-relationship-pattern", "general-distress"},
    },
    {
        "description": "a couple is asked, each alone, whether they feel safe",
        "said": {"reason": "couple"},
        "asked": ["for", "safe", "concerns", "importance", "trauma", "signs", *LAST],
        "intake": {
            "session_format": "couple",
            "populations": ["couples"],
            "concerns": {"relationship-difficulties": 2},
        },
        "criteria": ["concerns", "approach_evidence", "format_expertise", "population"],
        "situations": {"couple-distress"},
    },
    {
        "description": "a parent in an adoptive family: no age of a child, no safety with others in the room",
        "said": {"reason": "family", "kinds": ("adoptive",), "whom": "parent"},
        "asked": ["for", "family", "whom", "concerns", "importance", "trauma", "signs", *LAST],
        "intake": {
            "session_format": "individual",
            "populations": ["adoptive-families", "parents"],
            "concerns": {"adoption-foster": 2, "parenting": 2},
        },
        "criteria": ["concerns", "approach_evidence", "population"],
        "situations": {"adoption-foster", "parenting-young-child", "general-distress"},
    },
    {
        "description": "a foster child: who sits in the room is asked, the signs of an adult are not",
        "said": {"reason": "family", "kinds": ("foster",), "whom": "child", "ages": ("child",)},
        "asked": ["for", "family", "whom", "age", "who", "safe", "concerns", "importance", "trauma", *LAST],
        "intake": {
            "session_format": "family",
            "populations": ["children", "foster-families"],
            "concerns": {"adoption-foster": 2, "child-behavior": 2},
        },
        "criteria": ["concerns", "approach_evidence", "format_expertise", "population"],
        "situations": {"adoption-foster", "child-behavior", "parenting-young-child"},
    },
    {
        "description": "a teen: nothing of what is known about small children",
        "said": {"reason": "family", "kinds": (), "whom": "child", "ages": ("teen",)},
        "asked": ["for", "family", "whom", "age", "who", "safe", "concerns", "importance", "trauma", *LAST],
        "intake": {
            "session_format": "family",
            "populations": ["adolescents"],
            "concerns": {"child-behavior": 2},
        },
        "criteria": ["concerns", "approach_evidence", "format_expertise", "population"],
        "situations": set(),
    },
    {
        "description": "a blended family, all together, with a small child and a grown one",
        "said": {"reason": "family", "kinds": ("blended",), "whom": "all", "ages": ("child", "adult")},
        "asked": ["for", "family", "whom", "age", "safe", "concerns", "importance", "trauma", *LAST],
        "intake": {
            "session_format": "family",
            "populations": ["adults", "blended-families", "children", "parents"],
            "concerns": {"blended-family": 2, "family-conflict": 2},
        },
        "criteria": ["concerns", "approach_evidence", "format_expertise", "population"],
        "situations": set(),  # what is known of families in conflict was found with teens
    },
    {
        "description": "a family that skips what can be skipped",
        "said": {"reason": "family"},
        "asked": ["for", "family", "whom", "age", "safe", "concerns", "importance", "trauma", *LAST],
        "intake": {"session_format": "family", "populations": ["parents"], "concerns": {"family-conflict": 2}},
        "criteria": ["concerns", "approach_evidence", "format_expertise", "population"],
        "situations": {"family-conflict"},
    },
    {
        "description": "something else, or not sure: asked who comes, nothing else is taken for granted",
        "said": {"reason": "other"},
        "asked": ["for", "who", "concerns", "trauma", "signs", *LAST],
        "intake": {"session_format": "individual"},
        "criteria": ["approach_evidence"],
        "situations": {"general-distress"},
    },
]


def walked(intake: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
    """The draft of somebody who gave these answers, and said where and how to meet."""
    intake, comers = walk(PLACE | (intake or {}), Comers(), **said)
    return {"intake": intake, "comers": comers.to_json()}


@pytest.mark.parametrize("path", PATHS_OF_PEOPLE, ids=[path["description"] for path in PATHS_OF_PEOPLE])
def test_each_path_asks_what_matters_and_leads_to_what_it_needs(path: dict[str, Any]) -> None:
    draft = walked(**path["said"])

    assert [step.slug for step in asked_steps(draft)] == path["asked"]
    intake = intake_from(draft)
    given = {name: value for name, value in intake.to_json().items() if name not in ("limit", "facets")}
    assert given == PLACE | path["intake"]
    its_needs = needs(intake)
    assert [criterion.code for criterion in asked_criteria(its_needs)] == path["criteria"]
    assert its_needs.situations == path["situations"]
    requirements = its_needs.requirements
    assert requirements.session_formats == (path["intake"]["session_format"],)
    assert (requirements.populations, requirements.concerns, requirements.approaches) == ((), (), ())


def test_every_choice_on_the_pages_is_a_path_and_every_path_a_choice() -> None:
    assert set(REASON_WORDS) == set(REASONS) == (set(PATHS) - set(WHOM.values())) | {"family"}
    assert set(WHOM_WORDS) == set(WHOM)
    assert set(KIND_WORDS) == set(KINDS)
    assert set(AGE_WORDS) == set(AGES)


def test_a_path_speaks_only_of_pages_and_codes_that_exist() -> None:
    def codes(vocabulary: str) -> set[str]:
        return {term["code"] for term in json.loads((settings.FIXTURES / f"taxonomy/{vocabulary}.json").read_text())}

    pages = {step.slug for step in STEPS}
    for path in PATHS.values():
        assert path.settles | path.leaves_out <= pages
        assert set(path.suggested) <= codes("concerns")
    everyone = Comers(reason="family", kinds=KINDS, whom="all", ages=AGES)
    for comers in (everyone, *(Comers(reason=reason) for reason in REASONS)):
        assert set(comers.presets.populations) <= codes("populations")
        assert set(comers.presets.concerns) <= codes("concerns")


def test_no_path_calls_anybody_disordered() -> None:
    words = " ".join([*REASON_WORDS.values(), *WHOM_WORDS.values(), *KIND_WORDS.values()]).lower()
    for label in ("disorder", "rad", "dsed", "attachment", "insecure", "disorganized", "diagnos"):
        assert label not in words.split()


# --- Laws ---------------------------------------------------------------------------------------------------------

one_of = st.sampled_from


def sayings() -> st.SearchStrategy[dict[str, Any]]:
    """Answers of one of the first pages."""
    return st.one_of(
        st.fixed_dictionaries({"reason": one_of(REASONS)}),
        st.fixed_dictionaries({"kinds": st.none() | st.lists(one_of(KINDS), unique=True).map(tuple)}),
        st.fixed_dictionaries({"whom": st.none() | one_of(list(WHOM))}),
        st.fixed_dictionaries({"ages": st.none() | st.lists(one_of(AGES), unique=True).map(tuple)}),
    )


whole_paths = st.fixed_dictionaries(
    {
        "reason": one_of(REASONS),
        "kinds": st.none() | st.lists(one_of(KINDS), unique=True).map(tuple),
        "whom": st.none() | one_of(list(WHOM)),
        "ages": st.none() | st.lists(one_of(AGES), unique=True).map(tuple),
    }
)
own_intakes = intakes().map(lambda intake: {**intake.to_json(), "attachment": None})


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return Intake.from_json(one) == Intake.from_json(other)


@given(own_intakes, st.lists(sayings(), max_size=8))
def test_whatever_the_path_and_the_answers_the_intake_is_valid(
    intake: dict[str, Any], said: list[dict[str, Any]]
) -> None:
    comers = Comers()
    for saying in said:
        intake, comers = walk(intake, comers, **saying)
        Intake.from_json(intake)
        assert Comers.from_json(json.loads(json.dumps(comers.to_json()))) == comers


@given(own_intakes, whole_paths)
def test_a_preset_is_never_a_must_and_sets_nothing_but_who_comes_and_why(
    intake: dict[str, Any], said: dict[str, Any]
) -> None:
    after, _ = walk(intake, Comers(), **said)
    assert set(after.get("must", ())) <= set(intake.get("must", ()))
    presets = {"session_format", "populations", "concerns", "trauma"}
    belongs_elsewhere = {"signs", "safe_at_home", "must"}  # may be dropped, where the path does not ask
    for name in {*intake, *after} - presets - belongs_elsewhere:
        assert after.get(name) == intake.get(name)


@given(whole_paths)
def test_three_answers_are_enough_on_every_path(said: dict[str, Any]) -> None:
    assert first_unanswered(walked(reason=said["reason"])) is None
    assert first_unanswered(walked(**said)) is None


@given(whole_paths, whole_paths)
def test_a_change_of_path_drops_all_that_only_the_old_path_filled_in(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    straight, _ = walk(PLACE, Comers(), **second)
    around, _ = walk(*walk(PLACE, Comers(), **first), **second)
    assert same(around, straight)


@given(own_intakes, st.lists(sayings(), max_size=6))
def test_what_a_person_said_stays_whatever_the_path(intake: dict[str, Any], said: list[dict[str, Any]]) -> None:
    after, comers = intake, Comers()
    for saying in said:
        after, comers = walk(after, comers, **saying)
    assert after.get("concerns", {}).items() >= intake.get("concerns", {}).items()
    assert set(after.get("populations", ())) >= set(intake.get("populations", ()))
    if intake.get("safe_at_home") is False:
        assert after["safe_at_home"] is False


@given(own_intakes, whole_paths)
def test_answering_the_same_again_changes_nothing(intake: dict[str, Any], said: dict[str, Any]) -> None:
    once = walk(intake, Comers(), **said)
    again = walk(*once, **said)
    assert again == once


@given(whole_paths, whole_paths, own_intakes)
def test_the_same_answers_give_the_same_needs_whichever_path_led_to_them(
    one: dict[str, Any], other: dict[str, Any], intake: dict[str, Any]
) -> None:
    drafts = [{"intake": intake, "comers": Comers(**said).to_json()} for said in (one, other)]
    first, second = (intake_from(draft) for draft in drafts)
    assert first == second
    assert first.canonical() == second.canonical()
    assert needs(first) == needs(second)


# --- What a change keeps, told as cases --------------------------------------------------------------------------


def changed(draft: dict[str, Any], **said: Any) -> dict[str, Any]:
    intake, comers = walk(draft["intake"], Comers.from_json(draft["comers"]), **said)
    return {"intake": intake, "comers": comers.to_json()}


def test_a_preset_that_was_taken_out_is_not_put_back_while_the_path_has_it() -> None:
    draft = walked(reason="couple")
    del draft["intake"]["concerns"]
    assert "concerns" not in changed(draft, reason="closeness")["intake"]  # both paths preset it
    assert "concerns" not in changed(draft, reason="couple")["intake"]


def test_a_preset_whose_weight_somebody_set_is_theirs() -> None:
    draft = walked(reason="early-harm")
    draft["intake"]["concerns"]["childhood-trauma"] = 3
    after = changed(draft, reason="couple")["intake"]
    assert after["concerns"] == {"childhood-trauma": 3, "relationship-difficulties": 2}
    assert "trauma" not in after


def test_a_yes_to_trauma_of_their_own_outlives_the_path_that_would_have_said_so() -> None:
    draft = walked({"trauma": True}, reason="early-harm")
    assert changed(draft, reason="closeness")["intake"]["trauma"] is True


def test_signs_are_dropped_with_a_child_in_view_since_they_are_about_an_adult() -> None:
    draft = walked({"signs": list(SIGN_CODES)}, reason="closeness")
    after = changed(changed(draft, reason="family"), whom="child")
    assert "signs" not in after["intake"]
    assert intake_from(after).signs is None


def test_the_age_of_a_child_counts_only_while_a_child_is_in_view_and_is_not_forgotten() -> None:
    draft = walked(reason="family", whom="child", ages=("teen",))
    assert draft["intake"]["populations"] == ["adolescents"]
    parent = changed(draft, whom="parent")
    assert parent["intake"]["populations"] == ["parents"]
    assert changed(parent, whom="child")["intake"]["populations"] == ["adolescents"]


def test_a_kind_of_session_of_ones_own_holds_until_the_path_says_another() -> None:
    draft = walked({"session_format": "group"}, reason="other")
    assert draft["intake"]["session_format"] == "group"
    assert changed(draft, reason="couple")["intake"]["session_format"] == "couple"
    settled = walked(reason="closeness")
    settled["intake"]["session_format"] = "group"
    assert changed(settled, reason="early-harm")["intake"]["session_format"] == "group"
    assert changed(settled, reason="closeness")["intake"]["session_format"] == "group"


def test_not_safe_is_kept_when_somebody_then_comes_alone_and_safe_is_not() -> None:
    for safe, kept in ((False, False), (True, None)):
        draft = walked({"safe_at_home": safe}, reason="couple")
        draft = changed(draft, reason="closeness")
        assert draft["intake"].get("safe_at_home") is kept
        assert ("safe" in [step.slug for step in asked_steps(draft)]) is (safe is False)


def test_a_must_goes_with_the_last_of_its_wishes() -> None:
    assert sensible({"must": ["populations", "insurance"], "insurance": ["aetna"]}, Comers())["must"] == ["insurance"]
