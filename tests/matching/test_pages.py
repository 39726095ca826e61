"""The pages of the journey, asked without a browser: what each form saves, loses and refuses."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from assessments.models import Draft
from directory.models import InsurancePlan
from directory.vocabulary import names
from matching import rulebook
from matching.criteria import CRITERIA
from matching.forms import STEPS, asked_steps, intake_from
from matching.paths import REASONS, WHOM
from tests.factories import TODAY, TherapistFactory
from tests.matching.drawing import RULES
from tests.reading import grade, sentences

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
        "asked": ["for", "who", "concerns", "trauma", "signs", "place", "cost", "wishes"],
    },
    {
        "description": "a couple is asked, and whoever names concerns says how much they matter",
        "intake": {"session_format": "couple", "concerns": {"intimacy": 2}},
        "asked": ["for", "who", "safe", "concerns", "importance", "trauma", "signs", "place", "cost", "wishes"],
    },
]


@pytest.mark.parametrize("path", PATHS, ids=[path["description"] for path in PATHS])
def test_only_what_matters_is_asked_of_who_went_straight_to_who_comes(path: dict[str, Any]) -> None:
    assert [step.slug for step in asked_steps({"intake": path["intake"]})] == path["asked"]


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
    ("for", {}, "Choose who this is for."),
    ("who", {}, "Choose who would go to the sessions."),
    ("place", {"state": "", "delivery": ["telehealth"]}, "Choose the state you will be in."),
    ("place", {"state": "CA"}, "Choose online, in person, or both."),
    ("place", {"state": "CA", "delivery": ["telehealth"], "zip": "9001"}, "Enter a ZIP code of five digits"),
    ("place", {"state": "CA", "delivery": ["telehealth"], "zip": "00000"}, "We do not know this ZIP code."),
    ("cost", {"fee_max": "cheap"}, "Enter whole dollars, such as 120."),
    ("signs", {"signs": ["early_trauma"], "none_of_these": "on"}, "but not both"),
    ("signs", {"none_of_these": "on", "not_sure": "on"}, "but not both"),
    ("concerns", {"concerns": ["no-such-concern"]}, "Select a valid choice"),
]


@pytest.mark.parametrize(("slug", "data", "message"), MISTAKES)
def test_a_mistake_is_named_and_stores_nothing(client: Client, slug: str, data: dict[str, Any], message: str) -> None:
    response = answer(client, slug, **data)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Draft.objects.exists()


def test_an_answer_that_curators_retired_is_named_and_can_be_changed(answered: Client) -> None:
    plan = InsurancePlan.objects.create(code="closed-plan", name="Closed plan")
    answer(answered, "cost", insurance=["closed-plan"])
    InsurancePlan.objects.filter(pk=plan.pk).update(retired_on=TODAY)
    names.forget()

    response = answered.get("/match/results/")

    assert response.status_code == 422
    page = response.content.decode()
    assert "“closed-plan” is not one of the insurance plans." in page
    assert '<a class="button" href="/match/needs/check/">Check your answers</a>' in page
    assert 'href="/match/needs/cost/?change"' in answered.get("/match/needs/check/").content.decode()
    assert "closed-plan" not in answered.get("/match/needs/cost/?change").content.decode()
    answered.post("/match/needs/cost/?change")
    assert answered.get("/match/results/").status_code == 200


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


def test_a_study_stands_once_under_a_match_however_many_findings_rest_on_it(answered: Client) -> None:
    TherapistFactory(name="Uma Umber", trained_in=["emdr"], approaches=["trauma-focused-cbt"])
    answer(answered, "concerns", concerns=["ptsd", "childhood-trauma"])
    answer(answered, "trauma", trauma="yes")

    page = answered.get("/match/results/").content.decode()

    assert page.count("Woodhouse") == 1
    assert "<strong>EMDR, Trauma-focused CBT:</strong>" in page
    assert "Grade C, shows what goes with what, not that a therapy helps" in page


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
    page = client.get("/how-matching-works/").content.decode()

    assert f"ruleset {RULES.code}" in page
    for criterion in CRITERIA:
        weight = RULES.weights[criterion.code]
        assert f'<th scope="row">{criterion.name}</th><td><span class="cell-label">Weight: </span>{weight}</td>' in page
        for study in rulebook.criterion_evidence(RULES.edition)[criterion.code]:
            assert escape(study.finding) in page
            assert escape(study.citation) in page


# --- Who comes ----------------------------------------------------------------------------------------------------

THREE_ANSWERS = {
    "closeness": ("Just me", "Adults", "Relationship difficulties"),
    "early-harm": ("Just me", "Adults", "Childhood trauma"),
    "lasting-signs": ("Just me", "Adults", "Lasting signs of early attachment problems"),
    "couple": ("My partner and I", "Couples", "Relationship difficulties"),
    "family": ("My family", "Parents", "Family conflict"),
    "other": ("Just me", "", ""),
}


@pytest.mark.parametrize("reason", REASONS)
def test_every_path_reaches_results_with_three_answers_and_shows_what_it_filled_in(client: Client, reason: str) -> None:
    answer(client, "for", reason=reason)
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")

    summary = client.get("/match/needs/check/").content.decode()
    for words in (*THREE_ANSWERS[reason], "Some answers were filled in"):
        assert words in summary
    assert client.get("/match/results/").status_code == 200


def heading_of(response: Any) -> str:
    page = response.content.decode()
    return re.sub(r"\s+", " ", re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)[1]).strip()  # type: ignore[index]


def test_a_family_with_a_child_in_view_is_asked_about_the_child(client: Client) -> None:
    assert answer(client, "for", reason="family")["Location"] == "/match/needs/family/"
    assert answer(client, "family", kinds=["adoptive"])["Location"] == "/match/needs/whom/"
    assert answer(client, "whom", whom="child")["Location"] == "/match/needs/age/"
    assert heading_of(client.get("/match/needs/age/")) == "How old is your child?"
    assert answer(client, "age", ages=["teen"])["Location"] == "/match/needs/who/"
    assert "My child and others in the family" in client.get("/match/needs/who/").content.decode()
    assert answer(client, "who", session_format="individual")["Location"] == "/match/needs/concerns/"
    assert answer(client, "who", session_format="family")["Location"] == "/match/needs/safe/"
    assert heading_of(client.get("/match/needs/safe/")) == "Do you feel safe at home?"
    assert "your child" in heading_of(client.get("/match/needs/trauma/"))
    assert answer(client, "trauma", trauma="no")["Location"] == "/match/needs/place/"
    assert client.get("/match/needs/signs/").status_code == 302
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")
    assert "My child and others in the family" in client.get("/match/needs/check/").content.decode()


def test_suggested_concerns_come_first_with_the_presets_ticked_and_the_others_under_more(client: Client) -> None:
    answer(client, "for", reason="early-harm")

    page = client.get("/match/needs/concerns/").content.decode()

    suggested, others = page.split('<details class="others">')
    assert re.search(r'value="childhood-trauma"[^>]*checked', suggested)
    assert "PTSD and trauma" in suggested
    assert 'value="suicidal-thoughts"' in suggested, "a cry for help is never folded away"
    assert page.count("checked") == 1
    assert "We ticked what you told us already" in suggested
    assert "Depression" in others
    assert "PTSD and trauma" not in others


def test_a_chosen_concern_under_more_is_not_hidden(client: Client) -> None:
    answer(client, "for", reason="early-harm")
    answer(client, "concerns", concerns=["depression"])

    assert '<details class="others" open>' in client.get("/match/needs/concerns/").content.decode()


def test_groups_that_the_path_filled_in_stand_in_sight_among_the_wishes(client: Client) -> None:
    answer(client, "for", reason="couple")

    page = client.get("/match/needs/wishes/").content.decode()

    assert re.search(r'value="couples"[^>]*checked', page.split('<details class="others">')[0])


def test_a_page_that_the_path_settled_is_left_out_but_open_to_change(client: Client) -> None:
    answer(client, "for", reason="early-harm")

    assert client.get("/match/needs/trauma/").status_code == 302
    assert client.get("/match/needs/trauma/?change").status_code == 200
    assert client.post("/match/needs/trauma/?change", {"trauma": "no"})["Location"] == "/match/needs/check/"
    assert client.get("/match/needs/safe/?change").status_code == 302


CHANGES = [
    ("to a couple opens the question of safety", "for", {"reason": "couple"}, "/match/needs/safe/?change"),
    ("to a family opens the questions about it", "for", {"reason": "family"}, "/match/needs/family/?change"),
    ("to another reason of one's own opens nothing", "for", {"reason": "early-harm"}, "/match/needs/check/"),
    (
        "of the concerns asks how much they matter",
        "concerns",
        {"concerns": ["grief"]},
        "/match/needs/importance/?change",
    ),
]


@pytest.mark.parametrize(("description", "slug", "data", "leads_to"), CHANGES)
def test_a_change(client: Client, description: str, slug: str, data: dict[str, Any], leads_to: str) -> None:
    answer(client, "for", reason="closeness")
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")

    assert client.post(f"/match/needs/{slug}/?change", data)["Location"] == leads_to, description


def test_a_change_of_path_keeps_what_was_said_and_drops_what_was_only_filled_in(client: Client) -> None:
    answer(client, "for", reason="early-harm")
    answer(client, "concerns", concerns=["childhood-trauma", "depression"])
    answer(client, "importance", **{"childhood-trauma": "2", "depression": "3"})
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")
    answer(client, "wishes", populations=["adults", "veterans"])
    answer(client, "for", reason="couple")

    summary = client.get("/match/needs/check/").content.decode()

    for words in (
        "Depression: a lot",
        "Relationship difficulties: quite a bit",
        "Veterans",
        "Couples",
        "My partner and I",
    ):
        assert words in summary
    for words in ("Childhood trauma", "Adults", "Just me"):
        assert words not in summary


def test_the_path_is_in_the_draft_beside_the_intake_and_not_in_it(client: Client) -> None:
    draft = {
        "comers": {"reason": "couple"},
        "intake": {"state": "CA", "delivery": ["telehealth"], "session_format": "couple"},
    }
    assert intake_from(draft) == intake_from(draft | {"comers": {"reason": "other"}})
    assert "comers" not in intake_from(draft).to_json()


def test_the_same_answers_give_the_same_matches_whichever_path_led_to_them(client: Client) -> None:
    for number in range(4):
        TherapistFactory(name=f"Uma {number}", concerns=["grief"], populations=["veterans"] if number % 2 else [])
    shown = []
    for reason in ("lasting-signs", "other"):
        visitor = Client()
        answer(visitor, "for", reason=reason)
        answer(visitor, "concerns", concerns=["grief"])
        answer(visitor, "place", state="CA", delivery=["telehealth"], within="25")
        answer(visitor, "wishes", populations=["veterans"])
        page = visitor.get("/match/results/").content.decode()
        shown.append(page[page.index('id="matches"') : page.index("<form", page.index('id="matches"'))])

    assert shown[0] == shown[1]
    assert "Uma 3" in shown[0]


PROGRESS = [
    ("nobody knows yet which pages follow", {}, "for", "question 1 of about 8"),
    ("a family: whom it is for decides", {"reason": "family"}, "family", "question 2 of about 11"),
    ("how many concerns there will be decides", {"reason": "couple"}, "concerns", "question 3 of about 9"),
    ("from here the number is sure", {"reason": "couple"}, "importance", "question 4 of 9"),
    ("one page less where the path has answered it", {"reason": "early-harm"}, "wishes", "question 7 of 7"),
]


@pytest.mark.parametrize(("description", "said", "slug", "words"), PROGRESS)
def test_progress_is_honest(client: Client, description: str, said: dict[str, str], slug: str, words: str) -> None:
    if said:
        answer(client, "for", **said)

    assert words in client.get(f"/match/needs/{slug}/").content.decode(), description


def test_every_page_says_why_it_asks_and_all_but_the_needed_ones_can_be_skipped(client: Client) -> None:
    needed = {"for", "who", "place"}
    answer(client, "for", reason="family")
    answer(client, "whom", whom="child")
    seen = set()
    for reason in ("family", "other"):
        answer(client, "for", reason=reason)
        answer(client, "concerns", concerns=["grief"])
        for step in STEPS:
            response = client.get(f"/match/needs/{step.slug}/")
            if response.status_code != 200:
                continue
            seen.add(step.slug)
            page = response.content.decode()
            assert "Why we ask" in page, step.slug
            assert ("Skip this question" in page) is (step.slug not in needed), step.slug
    assert seen == {step.slug for step in STEPS}


def test_skipping_leads_on_and_keeps_what_was_answered_before(client: Client) -> None:
    answer(client, "for", reason="closeness")
    answer(client, "trauma", trauma="yes")

    page = client.get("/match/needs/trauma/").content.decode()

    assert '<a class="link-button" href="/match/needs/signs/">Skip this question</a>' in page
    client.get("/match/needs/signs/")
    assert re.search(r'value="yes"[^>]*checked', client.get("/match/needs/trauma/").content.decode())


NOT_SURE = [
    ("signs", {"not_sure": "on"}, "Sounds like you"),
    ("family", {"not_sure": "on"}, "Your family"),
    ("trauma", {"trauma": ""}, "Something that still feels too much"),
    ("safe", {"safe_at_home": ""}, "Safe at home"),
]


@pytest.mark.parametrize(("slug", "data", "row"), NOT_SURE)
def test_not_sure_is_an_answer_that_counts_for_nothing(
    client: Client, slug: str, data: dict[str, str], row: str
) -> None:
    answer(client, "for", reason="family")
    answer(client, "whom", whom="parent" if slug == "signs" else "all")
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")

    page = client.get(f"/match/needs/{slug}/").content.decode()
    assert "I’m not sure" in page
    assert answer(client, slug, **data).status_code == 302
    summary = client.get("/match/needs/check/").content.decode()
    assert re.search(rf"{row}</th>\s*<td><span class=\"muted\">Not said", summary)


def test_where_the_signs_were_not_asked_the_result_does_not_speak_of_answers(client: Client) -> None:
    answer(client, "for", reason="family")
    answer(client, "whom", whom="child")
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")

    assert "We do not know enough to say" in client.get("/match/results/").content.decode()


VIEWS = [{"reason": "closeness"}, {"reason": "couple"}, *({"reason": "family", "whom": whom} for whom in WHOM)]


@pytest.mark.parametrize("said", VIEWS, ids=str)
def test_the_questions_read_easily(client: Client, said: dict[str, str]) -> None:
    answer(client, "for", reason=said["reason"])
    if "whom" in said:
        answer(client, "whom", whom=said["whom"])
    for step in STEPS:
        if step.slug not in {"for", "family", "whom", "age", "who", "safe", "concerns", "trauma", "signs"}:
            continue
        response = client.get(f"/match/needs/{step.slug}/")
        if response.status_code == 200:
            page = response.content.decode()
            form = page[page.index('<form class="question"') : page.index("</form>")]
            texts = [*sentences(form), heading_of(response)]
            assert grade(texts) <= 6, (step.slug, texts)


def test_what_a_parent_says_of_themselves_moves_no_matches_for_a_child(answered: Client) -> None:
    TherapistFactory(session_formats=["individual", "family"], approaches=["attachment-based"])
    answered.post("/match/questions/about/", {"about": "partner"})
    for number in range(1, 13):
        answered.post(f"/match/questions/{number}/", {"answer": "7"})
    answer(answered, "for", reason="family")
    answer(answered, "whom", whom="child")
    page = answered.get("/match/results/").content.decode()
    assert "what you said about yourself does not move the matches" in page
    assert "Used for your matches" not in page


@pytest.mark.parametrize(("whom", "counts"), [("parent", True), ("all", True), ("unsure", True), ("child", False)])
def test_the_profile_enters_the_intake_unless_the_help_is_for_a_child(whom: str, counts: bool) -> None:
    draft = {
        "people": [{"about": "mother", "responses": {"1": 7}}],
        "intake": {"state": "CA", "delivery": ["telehealth"], "session_format": "family"},
        "comers": {"reason": "family", "whom": whom},
    }
    assert (intake_from(draft).attachment is not None) is counts


def test_the_page_says_who_else_would_come_first(answered: Client) -> None:
    listed = {"approaches": ["cognitive-behavioral"]}
    TherapistFactory(name="Ana Demo", fee_min=180, languages=["es"], **listed)
    TherapistFactory(name="Bo Demo", fee_min=90, languages=["en"], **listed)
    answer(answered, "cost", fee_max="100")
    answer(answered, "wishes", languages=["es"])

    page = answered.get("/match/results/").content.decode()

    assert page.index(">Bo Demo</a>") < page.index(">Ana Demo</a>")
    section = page[page.index("What would change the order") :]
    assert "Ana Demo</a>, if “Cost” counted half as much, or if “Language” counted twice as much." in section


def test_the_pieces_of_the_whole_bar_are_as_long_as_the_score(answered: Client) -> None:
    TherapistFactory(approaches=["cognitive-behavioral"], fee_min=90)
    answer(answered, "cost", fee_max="100")
    answer(answered, "wishes", languages=["es"])

    [match] = answered.get("/match/results/").context["page"].matches

    ends = [segment.start + segment.points for segment in match.segments]
    assert [segment.start for segment in match.segments] == pytest.approx([0, *ends[:-1]], abs=0.01)
    assert ends[-1] == pytest.approx(float(match.score), abs=0.01)
    assert [segment.stated for segment in match.segments] == [finding.stated for finding in match.findings]


def test_the_page_says_when_no_single_change_puts_somebody_else_first(answered: Client) -> None:
    TherapistFactory(name="Ana Demo", trained_in=["cognitive-behavioral"], fee_min=90)
    TherapistFactory(name="Bo Demo", fee_min=180)
    answer(answered, "cost", fee_max="100")

    assert "Ana Demo stays first each time." in answered.get("/match/results/").content.decode()
