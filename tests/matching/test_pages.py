"""The pages of the journey, asked without a browser: what each form saves, loses and refuses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from assessments.models import Draft
from matching.forms import STEPS, asked_steps, intake_from
from tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)


def answer(client: Client, slug: str, **data: Any) -> Any:
    return client.post(f"/match/needs/{slug}/", data)


@pytest.fixture
def answered(client: Client) -> Client:
    """A client whose answers suffice for matches: one person, California, telehealth."""
    answer(client, "who", session_format="individual")
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")
    return client


def test_the_first_answer_starts_a_draft_that_nobody_else_can_read(client: Client) -> None:
    answer(client, "concerns", concerns=["trust-and-abandonment"])

    draft = Draft.objects.get()
    assert b"trust-and-abandonment" not in bytes(draft.ciphertext)
    assert "Trust and fear of being left" in client.get("/match/needs/importance/").content.decode()
    assert Client().get("/match/results/").content.decode().count("There are no answers in this browser")


PATHS = [
    {
        "description": "someone alone is not asked about safety with a partner",
        "intake": {"session_format": "individual"},
        "asked": ["who", "concerns", "trauma", "signs", "place", "cost", "wishes"],
    },
    {
        "description": "a couple is asked, and whoever names concerns says how much they matter",
        "intake": {"session_format": "couple", "concerns": {"intimacy": 2}},
        "asked": ["who", "safe", "concerns", "importance", "trauma", "signs", "place", "cost", "wishes"],
    },
]


@pytest.mark.parametrize("path", PATHS, ids=[path["description"] for path in PATHS])
def test_only_what_matters_is_asked(path: dict[str, Any]) -> None:
    assert [step.slug for step in asked_steps(path["intake"])] == path["asked"]


def test_results_wait_for_the_answers_that_are_needed(client: Client) -> None:
    answer(client, "who", session_format="individual")

    response = client.get("/match/results/")

    assert response.status_code == 302
    assert response["Location"] == "/match/needs/place/"


def test_every_page_saves_its_part_of_the_intake_in_the_contracts_shape(answered: Client) -> None:
    answer(answered, "concerns", concerns=["depression", "grief"])
    answer(answered, "importance", depression="3", grief="1")
    answer(answered, "trauma", trauma="no")
    answer(answered, "signs", none_of_these="on")
    answer(answered, "place", state="CA", delivery=["telehealth", "in_person"], zip="90012", within="50")
    answer(answered, "cost", insurance=["aetna"], must_insurance="on", fee_max="150")
    answer(answered, "wishes", languages=["es"], genders=["woman"], must_genders="on", opening_within_days="14")

    summary = answered.get("/match/needs/check/").content.decode()
    for words in (
        "Depression: a lot",
        "Grief and loss: a little",
        "None of these",
        "Within 50 miles of 90012",
        "Aetna<br>A must",
        "$150 a session",
        "Spanish",
        "A woman<br>A must",
        "Within two weeks",
    ):
        assert words in summary, words


def test_a_draft_becomes_the_same_intake_as_the_apis() -> None:
    draft = {
        "people": [{"about": "friend", "responses": {"a1": 6, "a2": None}}],
        "intake": {
            "state": "CA",
            "delivery": ["telehealth"],
            "session_format": "couple",
            "concerns": {"intimacy": 3},
            "signs": [],
        },
    }

    intake = intake_from(draft)

    assert intake.to_json()["attachment"] == {"instrument": "closeness-12", "responses": {"a1": 6.0, "a2": None}}
    assert intake.signs == ()
    assert intake_from(draft | {"people": [{"about": "friend", "responses": {"a1": None}}]}).attachment is None


def test_of_two_people_the_one_who_fits_the_reason_for_coming_goes_into_the_intake() -> None:
    draft = {
        "people": [
            {"about": "friend", "responses": dict.fromkeys(map(str, range(1, 13)), 4)},
            {"about": "partner", "responses": dict.fromkeys(map(str, range(1, 13)), 6)},
        ],
        "intake": {"state": "CA", "delivery": ["telehealth"], "session_format": "couple"},
    }

    attachment = intake_from(draft).to_json()["attachment"]

    assert attachment == {"instrument": "closeness-12", "responses": dict.fromkeys(map(str, range(1, 13)), 6)}


def test_results_show_both_people_even_when_one_has_too_few_answers(answered: Client) -> None:
    for path, about, count in (("", "mother", 12), ("second/", "partner", 4)):
        answered.post(f"/match/questions/{path}about/", {"about": about})
        for number in range(1, count + 1):
            answered.post(f"/match/questions/{path}{number}/", {"answer": "7"})
    answer(answered, "concerns", concerns=["intimacy"])

    page = answered.get("/match/results/").content.decode()

    assert "There are too few answers about your partner. So we used what you said about your mother." in page
    assert page.index("With your mother</h3>") < page.index("With your partner</h3>")
    assert page.count("Not enough answers to say more") == 1
    assert page.count('class="plane"') == 1
    assert page.count(">Used for your matches<") == page.count(">Not used for your matches<") == 1


def test_one_person_needs_no_mark(answered: Client) -> None:
    answered.post("/match/questions/about/", {"about": "mother"})
    for number in range(1, 13):
        answered.post(f"/match/questions/{number}/", {"answer": "7"})

    page = answered.get("/match/results/").content.decode()

    assert "We used what you said about your mother." in page
    assert "sed for your matches" not in page


MISTAKES = [
    ("who", {}, "Choose who would go to the sessions."),
    ("place", {"state": "", "delivery": ["telehealth"]}, "Choose the state you will be in."),
    ("place", {"state": "CA"}, "Choose online, in person, or both."),
    ("place", {"state": "CA", "delivery": ["telehealth"], "zip": "9001"}, "Enter a ZIP code of five digits"),
    ("place", {"state": "CA", "delivery": ["telehealth"], "zip": "00000"}, "We do not know this ZIP code."),
    ("cost", {"fee_max": "cheap"}, "Enter whole dollars, such as 120."),
    ("signs", {"signs": ["early_trauma"], "none_of_these": "on"}, "but not both"),
    ("concerns", {"concerns": ["no-such-concern"]}, "Select a valid choice"),
]


@pytest.mark.parametrize(("slug", "data", "message"), MISTAKES)
def test_a_mistake_is_named_and_stores_nothing(client: Client, slug: str, data: dict[str, Any], message: str) -> None:
    response = answer(client, slug, **data)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Draft.objects.exists()


def test_a_must_without_its_wish_is_dropped_with_the_wish(answered: Client) -> None:
    answer(answered, "cost", insurance=["aetna"], must_insurance="on")
    answer(answered, "cost", must_insurance="on")

    assert answered.get("/match/results/").status_code == 200


def test_a_change_leads_back_to_the_check_page(answered: Client) -> None:
    response = answered.post("/match/needs/trauma/?change", {"trauma": "yes"})

    assert response["Location"] == "/match/needs/check/"


def test_answers_are_left_out_of_error_reports(answered: Client) -> None:
    response = answered.post("/match/needs/trauma/", {"trauma": "yes"})
    assert response.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_pages_with_answers_are_never_stored_by_a_browser(answered: Client) -> None:
    paths = ["/match/", "/match/needs/check/", "/match/results/", *(f"/match/needs/{step.slug}/" for step in STEPS)]
    for path in paths:
        response = answered.get(path)
        assert "no-store" in response.get("Cache-Control", ""), path


def test_when_few_match_the_page_says_what_would_bring_more(answered: Client) -> None:
    TherapistFactory(name="Uma Umber", insurance_plans=["cigna"])
    answer(answered, "cost", insurance=["aetna"], must_insurance="on")

    page = answered.get("/match/results/").content.decode()

    assert "Nobody meets all of what you need" in page
    assert "<strong>1 more</strong> who may not take your insurance" in page


def test_a_study_stands_once_under_a_match_however_many_findings_rest_on_it(answered: Client) -> None:
    TherapistFactory(name="Uma Umber", trained_in=["emdr"], approaches=["trauma-focused-cbt"])
    answer(answered, "concerns", concerns=["ptsd", "childhood-trauma"])
    answer(answered, "trauma", trauma="yes")

    page = answered.get("/match/results/").content.decode()

    assert page.count("Woodhouse") == 1
    assert "<strong>EMDR, Trauma-focused CBT:</strong>" in page
    assert "Grade B, works for the group, or first signs that it does" in page


def test_safety_comes_before_any_number_of_therapists(answered: Client) -> None:
    answer(answered, "concerns", concerns=["suicidal-thoughts"])

    page = answered.get("/match/results/").content.decode()

    main = page[page.index("<main") :]
    assert main.index('href="tel:988"') < main.index("<h1>")


LONG_LISTS = [
    {"description": "nothing chosen: the others are folded up", "chosen": [], "open": 0},
    {"description": "a common plan chosen: still folded up", "chosen": ["aetna"], "open": 0},
    {"description": "another plan chosen: nobody has to look for it", "chosen": ["oscar"], "open": 1},
]


@pytest.mark.parametrize("case", LONG_LISTS, ids=[case["description"] for case in LONG_LISTS])
def test_a_long_list_shows_common_choices_and_folds_up_the_others(answered: Client, case: dict[str, Any]) -> None:
    answer(answered, "cost", insurance=case["chosen"])

    page = answered.get("/match/needs/cost/").content.decode()

    assert page.count('<details class="others" open>') == case["open"]
    folded = page[page.index('<details class="others"') :]
    assert page.index(">Medicare<") < page.index('<details class="others"')
    assert ">Oscar" in folded
    assert ">Medicare<" not in folded


def test_how_matching_works_shows_the_ruleset_that_ranks(client: Client) -> None:
    from matching.criteria import CRITERIA, RULESET

    page = client.get("/how-matching-works/").content.decode()

    assert f"ruleset {RULESET}" in page
    for criterion in CRITERIA:
        assert (
            f'<th scope="row">{criterion.name}</th><td><span class="cell-label">Weight: </span>{criterion.weight}</td>'
            in page
        )
