"""The way out, without a browser: what it deletes, whom it obeys, and what is told to nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from assessments.models import Draft

EXIT, SOUP, UNDER_18 = "/match/exit/", "/vegetable-soup/", "/match/under-18/"
BUTTON = f'action="{EXIT}"'
COOKIES = {"draft", "shortlist", "csrftoken"}


@pytest.fixture
def ada(db: None) -> Client:
    """Ada has answered a question, and keeps a shortlist. Her browser checks tokens."""
    ada = Client(enforce_csrf_checks=True)
    token = token_of(ada)
    ada.post("/match/needs/for/", {"reason": "couple", "csrfmiddlewaretoken": token})
    ada.cookies["shortlist"] = "signed"
    return ada


def token_of(client: Client) -> str:
    page = client.get("/match/needs/for/").content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]


def ended(response: Any) -> set[str]:
    """The cookies that this response takes away."""
    return {name for name, cookie in response.cookies.items() if cookie["max-age"] == 0}


def test_leaving_deletes_answers_and_cookies_and_opens_a_recipe(ada: Client) -> None:
    response = ada.post(EXIT)
    assert (response.status_code, response["Location"]) == (303, SOUP)
    assert not Draft.objects.exists()
    assert ended(response) == COOKIES
    assert response["Clear-Site-Data"] == '"storage"'
    assert "no-store" in response["Cache-Control"]


def test_leaving_works_from_an_old_page_whose_token_has_expired(ada: Client) -> None:
    assert ada.post(EXIT, {"csrfmiddlewaretoken": "expired"}).status_code == 303
    assert not Draft.objects.exists()


def test_leaving_twice_or_without_answers_is_fine(db: None) -> None:
    assert [Client().post(EXIT).status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize("path", [EXIT, UNDER_18])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_end_a_visit(ada: Client, path: str, site: str) -> None:
    response = ada.post(path, headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403
    assert not response.cookies
    assert Draft.objects.exists()


def test_an_address_alone_deletes_nothing(ada: Client) -> None:
    assert ada.get(EXIT).status_code == 405
    assert Draft.objects.exists()


def test_a_form_from_before_cannot_be_sent_again(ada: Client) -> None:
    token = token_of(ada)
    ada.post(EXIT)
    response = ada.post("/match/needs/for/", {"reason": "couple", "csrfmiddlewaretoken": token})
    assert response.status_code == 403
    assert not Draft.objects.exists()


def test_the_key_goes_even_when_the_database_is_away(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "cursor", refuse)
        response = ada.post(EXIT)
    assert response.status_code == 303
    assert ended(response) == COOKIES


def test_the_shortlist_is_asked_for_anew_on_back(db: None) -> None:
    assert "no-store" in Client().get("/shortlist/")["Cache-Control"]


# --- The recipe -------------------------------------------------------------------------------------------------------
def test_the_recipe_says_nothing_of_this_site() -> None:
    response = Client().get(SOUP)
    page = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    for word in ("Steady", "therap", "crisis", "988", "leave", "site.css", "<a ", "<script"):
        assert word not in page, word


def test_the_picture_of_the_recipe_clears_the_cache_without_holding_up_the_way_out() -> None:
    assert Client().get(f"{SOUP}pot.svg")["Clear-Site-Data"] == '"cache"'


# --- Where the button is ----------------------------------------------------------------------------------------------
SENSITIVE = [
    *("/match/", "/match/questions/about/", "/match/needs/for/", "/match/results/", UNDER_18),
    *("/match/questions/deleted/", "/shortlist/", "/crisis/", "/match/not-there/", "/match/wrong/500/"),
    *("/match/wrong/503/", EXIT),
]


@pytest.fixture
def visitor(settings: Any, db: None) -> Client:
    settings.ROOT_URLCONF = "tests.error_urls"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", SENSITIVE)
def test_sensitive_page_has_the_button_above_everything_but_the_crisis_strip(visitor: Client, path: str) -> None:
    page = visitor.get(path).content.decode()
    assert page.count(BUTTON) == 1
    assert "/static/leave.js" in page
    assert page.index("crisis-strip") < page.index(BUTTON) < page.index("<header")


@pytest.mark.parametrize("path", ["/", "/how-matching-works/", "/learn/", "/privacy/", "/not-there/", "/wrong/500/"])
def test_other_pages_have_no_button(visitor: Client, path: str) -> None:
    assert BUTTON not in visitor.get(path).content.decode()


def test_the_start_page_says_how_to_leave_and_what_cannot_be_undone(visitor: Client) -> None:
    page = visitor.get("/match/").content.decode()
    assert "You can also press the Shift key three times." in page
    assert "It cannot clear the list of pages that your browser keeps." in page


# --- Under 18 ---------------------------------------------------------------------------------------------------------
def test_whoever_is_under_18_leaves_nothing_behind(ada: Client) -> None:
    response = ada.post(UNDER_18)
    assert response["Location"] == UNDER_18
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Draft.objects.exists()
    assert ended(response) == COOKIES


def test_the_start_page_offers_the_way_for_young_people_without_a_cookie(visitor: Client) -> None:
    response = visitor.get("/match/")
    assert f'<form method="post" action="{UNDER_18}">' in response.content.decode()
    assert not response.cookies


def test_young_people_find_lines_for_them_and_parents_a_way_to_search() -> None:
    response = Client().get(UNDER_18)
    page = response.content.decode()
    for way in ("tel:988", "sms:988", "sms:741741?body=HOME", "tel:+18004224453", "tel:911"):
        assert f'href="{way}"' in page, way
    assert "/therapists/?population=adolescents" in page
    assert "parent or guardian" in page
    assert not response.cookies
