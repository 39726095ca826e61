"""Help comes right after an answer that tells of danger: at once, once, and without a trace."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from assessments.drafts import open_draft

pytestmark = pytest.mark.django_db

CONCERNS, SAFE = "/match/needs/concerns/", "/match/needs/safe/"


def data_of(client: Client) -> dict[str, Any]:
    """What Ada's draft holds."""
    request = RequestFactory().get("/")
    request.COOKIES["draft"] = client.cookies["draft"].value
    draft = open_draft(request)
    assert draft is not None
    return draft.data


@pytest.fixture
def ada(client: Client) -> Client:
    """Ada would go with her partner."""
    client.post("/match/needs/who/", {"session_format": "couple"})
    return client


ANSWERS = [
    {
        "description": "thoughts of suicide",
        "page": CONCERNS,
        "answer": {"concerns": ["suicidal-thoughts", "grief"]},
        "first": "tel:988",
        "next": "/match/needs/importance/",
    },
    {
        "description": "self-harm",
        "page": CONCERNS,
        "answer": {"concerns": ["self-harm"]},
        "first": "tel:988",
        "next": "/match/needs/importance/",
    },
    {
        "description": "not safe with the partner",
        "page": SAFE,
        "answer": {"safe_at_home": "no"},
        "first": "tel:+18007997233",
        "next": CONCERNS,
    },
    {
        "description": "violence at home",
        "page": CONCERNS,
        "answer": {"concerns": ["domestic-violence"]},
        "first": "tel:+18007997233",
        "next": "/match/needs/importance/",
    },
]
each_answer = pytest.mark.parametrize("case", ANSWERS, ids=[case["description"] for case in ANSWERS])


def shows_help(html: str) -> bool:
    return "Get help now" in html


@each_answer
def test_the_very_next_page_offers_help_and_the_way_on_as_equals(ada: Client, case: dict[str, Any]) -> None:
    response = ada.post(case["page"], case["answer"])
    assert response["Location"] == case["next"]

    page = ada.get(case["next"])
    html = page.content.decode()
    main = html[html.index("<main") :]
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert main.index("href=") == main.index(f'href="{case["first"]}"')
    assert '<a class="button" href="/crisis/' in main
    assert f'<a class="button" href="{case["next"]}">Continue</a>' in main
    assert f'<a class="back-link" href="{case["page"]}">' in html
    assert main.count('class="button"') == 2


@each_answer
def test_address_and_title_are_those_of_the_page_that_others_see_there(ada: Client, case: dict[str, Any]) -> None:
    """They stay in the browser's history."""
    ada.post(case["page"], case["answer"])
    with_help, without = (ada.get(case["next"]).content.decode() for _ in range(2))
    assert shows_help(with_help)
    assert not shows_help(without)
    assert title_of(with_help) == title_of(without)


def title_of(html: str) -> str:
    return html[html.index("<title>") : html.index("</title>")]


@each_answer
def test_nothing_is_stored_but_the_answer_itself(ada: Client, case: dict[str, Any]) -> None:
    before = data_of(ada)
    ada.post(case["page"], case["answer"])
    ada.get(case["next"])
    after = data_of(ada)
    assert after.keys() == before.keys()
    assert set(after["intake"]) - set(before["intake"]) <= {"concerns", "safe_at_home"}
    assert not Session.objects.exists()
    assert ada.cookies.keys() == {"draft"}


@each_answer
def test_going_through_again_unchanged_does_not_stop_there_again(ada: Client, case: dict[str, Any]) -> None:
    ada.post(case["page"], case["answer"])
    ada.get(case["next"])
    assert not shows_help(ada.get(ada.post(case["page"], case["answer"])["Location"]).content.decode())


@each_answer
def test_an_answer_that_becomes_one_while_changing_is_met_as_well(ada: Client, case: dict[str, Any]) -> None:
    ada.post(case["page"], {"concerns": ["grief"], "safe_at_home": "yes"})
    response = ada.post(case["page"] + "?change", case["answer"])
    following = "/match/needs/check/" if case["page"] == SAFE else f"{case['next']}?change"
    assert response["Location"] == following
    if case["page"] == SAFE:
        ada.post("/match/needs/place/", {"state": "CA", "delivery": ["telehealth"]})
        ada.post(case["page"], {"safe_at_home": "yes"})
        ada.post(case["page"] + "?change", case["answer"])
    html = ada.get(following).content.decode()
    assert f'href="{following}">Continue</a>' in html
    assert f'href="{case["page"]}?change">Back</a>' in html


def test_two_kinds_of_danger_are_met_one_after_the_other(ada: Client) -> None:
    ada.post(CONCERNS, {"concerns": ["suicidal-thoughts", "domestic-violence"]})
    first, second, third = (ada.get("/match/needs/importance/").content.decode() for _ in range(3))
    assert "The people at 988 can listen." in first
    assert "domestic violence hotline" in second
    assert not shows_help(third)


def test_naming_violence_takes_back_that_one_feels_safe(ada: Client) -> None:
    ada.post(SAFE, {"safe_at_home": "yes"})
    ada.post(CONCERNS, {"concerns": ["domestic-violence"]})
    assert "safe_at_home" not in data_of(ada)["intake"]
    ada.post(SAFE, {"safe_at_home": "yes"})
    ada.post(CONCERNS, {"concerns": ["domestic-violence", "grief"]})
    assert data_of(ada)["intake"]["safe_at_home"] is True, "said again, knowing what was named"


@pytest.mark.parametrize(("first", "then"), [("family", "couple"), ("couple", "family")])
def test_feeling_safe_is_asked_again_for_other_people(client: Client, first: str, then: str) -> None:
    client.post("/match/needs/for/", {"reason": first})
    client.post(SAFE, {"safe_at_home": "yes"})
    client.post("/match/needs/for/?change", {"reason": then})
    assert "safe_at_home" not in data_of(client)["intake"]
    client.post(SAFE, {"safe_at_home": "no"})
    client.post("/match/needs/for/?change", {"reason": first})
    assert data_of(client)["intake"]["safe_at_home"] is False, "a No is kept"


@pytest.mark.parametrize("concern", ["suicidal-thoughts", "self-harm"])
def test_a_parent_who_comes_for_a_child_is_spoken_to_as_a_parent(client: Client, concern: str) -> None:
    client.post("/match/needs/for/", {"reason": "family"})
    client.post("/match/needs/whom/", {"whom": "child"})
    html = client.get(client.post(CONCERNS, {"concerns": [concern]})["Location"]).content.decode()
    assert "Call or text 988 together with your child." in html
    assert "If your child is in danger now" in html
    assert "too much right now" not in html


@pytest.mark.parametrize("whom", ["parent", "all", "unsure"])
def test_a_parent_who_comes_for_more_than_a_child_is_spoken_to_alone(client: Client, whom: str) -> None:
    client.post("/match/needs/for/", {"reason": "family"})
    client.post("/match/needs/whom/", {"whom": whom})
    html = client.get(client.post(CONCERNS, {"concerns": ["self-harm"]})["Location"]).content.decode()
    assert "too much right now" in html
    assert "your child" not in html


HARMLESS = [(CONCERNS, {"concerns": ["grief"]}), (CONCERNS, {}), (SAFE, {"safe_at_home": "yes"}), (SAFE, {})]


@pytest.mark.parametrize(("page", "answer"), HARMLESS)
def test_other_answers_go_straight_on(ada: Client, page: str, answer: dict[str, Any]) -> None:
    assert not shows_help(ada.get(ada.post(page, answer)["Location"]).content.decode())


@pytest.mark.parametrize("slug", ["safe", "concerns", "importance", "trauma", "signs", "place", "cost", "wishes"])
def test_without_answers_a_later_page_is_the_start_page(client: Client, slug: str) -> None:
    assert client.get(f"/match/needs/{slug}/")["Location"] == "/match/?again"
