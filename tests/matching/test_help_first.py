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
        "help": "/match/needs/concerns/next/",
        "first": "tel:988",
        "next": "/match/needs/importance/",
    },
    {
        "description": "self-harm",
        "page": CONCERNS,
        "answer": {"concerns": ["self-harm"]},
        "help": "/match/needs/concerns/next/",
        "first": "tel:988",
        "next": "/match/needs/importance/",
    },
    {
        "description": "not safe with the partner",
        "page": SAFE,
        "answer": {"safe_at_home": "no"},
        "help": "/match/needs/safe/next/",
        "first": "tel:+18007997233",
        "next": CONCERNS,
    },
]
each_answer = pytest.mark.parametrize("case", ANSWERS, ids=[case["description"] for case in ANSWERS])


@each_answer
def test_the_very_next_page_offers_help_and_the_way_on_as_equals(ada: Client, case: dict[str, Any]) -> None:
    response = ada.post(case["page"], case["answer"])
    assert response["Location"] == case["help"]

    page = ada.get(case["help"])
    html = page.content.decode()
    main = html[html.index("<main") :]
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert main.index("href=") == main.index(f'href="{case["first"]}"')
    assert '<a class="button" href="/crisis/' in main
    assert f'<a class="button" href="{case["next"]}">Continue</a>' in main
    assert main.count('class="button"') == 2
    assert "<title>Before you go on" in html, "a title stays in the history"


@each_answer
def test_nothing_is_stored_but_the_answer_itself(ada: Client, case: dict[str, Any]) -> None:
    before = data_of(ada)
    ada.post(case["page"], case["answer"])
    after = data_of(ada)
    ada.get(case["help"])
    assert data_of(ada) == after
    assert after.keys() == before.keys()
    assert set(after["intake"]) - set(before["intake"]) <= {"concerns", "safe_at_home"}
    assert not Session.objects.exists()
    assert ada.cookies.keys() == {"draft"}


@each_answer
def test_going_through_again_unchanged_does_not_stop_there_again(ada: Client, case: dict[str, Any]) -> None:
    ada.post(case["page"], case["answer"])
    assert ada.post(case["page"], case["answer"])["Location"] == case["next"]


@each_answer
def test_an_answer_that_becomes_one_while_changing_is_met_as_well(ada: Client, case: dict[str, Any]) -> None:
    ada.post(case["page"], {"concerns": ["grief"], "safe_at_home": "yes"})
    response = ada.post(case["page"] + "?change", case["answer"])
    assert response["Location"] == case["help"] + "?change"
    html = ada.get(response["Location"]).content.decode()
    following = "/match/needs/check/" if case["page"] == SAFE else f"{case['next']}?change"
    assert f'href="{following}">Continue</a>' in html


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
    assert not ada.post(page, answer)["Location"].endswith("/next/")
    assert ada.get(f"{page}next/").status_code == 302, "nobody gets the page by its address alone"


@pytest.mark.parametrize("slug", ["safe", "concerns", "importance", "trauma", "signs", "place", "cost", "wishes"])
@pytest.mark.parametrize("rest", ["", "next/"])
def test_without_answers_a_later_page_is_the_start_page(client: Client, slug: str, rest: str) -> None:
    assert client.get(f"/match/needs/{slug}/{rest}")["Location"] == "/match/?again"
