"""The questionnaire as a person meets it: one question a page, nothing lost, nothing in an address."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from assessments import catalogue
from assessments.drafts import open_draft
from assessments.models import Draft

pytestmark = pytest.mark.django_db

ABOUT = "/match/questions/about/"
START_AGAIN = "/match/?again"
CHECK = "/match/questions/check/"
SECOND = "/match/questions/second/about/"
REMOVE_SECOND = "/match/questions/second/remove/"
COUNT = 12


def page(number: int) -> str:
    return f"/match/questions/{number}/"


def second(number: int) -> str:
    return f"/match/questions/second/{number}/"


@pytest.fixture
def ada(client: Client) -> Client:
    """Ada has said that she thinks of her mother."""
    client.post(ABOUT, {"about": "mother"})
    return client


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def chosen(html: str) -> list[str]:
    """Values of the radios that are chosen."""
    radios = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", html)
    return [re.search(r'value="([^"]*)"', radio)[1] for radio in radios if " checked" in radio]  # type: ignore[index]


def test_whole_journey_leads_from_the_first_question_to_the_needs(client: Client) -> None:
    response = client.post(ABOUT, {"about": "friend"})
    for number in range(1, COUNT + 1):
        assert response["Location"] == page(number)
        assert f"Question {number} of 12" in text_of(client, page(number))
        response = client.post(page(number), {"answer": "6"})
    assert response["Location"] == CHECK
    html = text_of(client, CHECK)
    assert html.count("Agree <a") + len(re.findall(r"<dd>Agree\s", html)) >= COUNT
    assert f'href="{reverse("matching:needs")}"' in html


def test_statement_is_the_heading_and_speaks_of_the_chosen_person(ada: Client) -> None:
    html = text_of(ada, page(4))
    assert "<legend><h1>I could let my mother see me cry.</h1></legend>" in html
    assert html.count('type="radio"') == 8
    for words in ("Strongly disagree", "Neither agree nor disagree", "Strongly agree", "I’m not sure", "Why we ask"):
        assert words in html


@pytest.mark.parametrize("about", ["partner", "mother", "father", "friend", "other", "general"])
def test_every_statement_fits_every_person(client: Client, about: str) -> None:
    client.post(ABOUT, {"about": about})
    for number in range(1, COUNT + 1):
        html = text_of(client, page(number))
        assert ("this person" in html) is (about == "other")


def test_going_back_shows_the_answer(ada: Client) -> None:
    ada.post(page(1), {"answer": "2"})
    ada.post(page(2), {"answer": "not-sure"})
    html = text_of(ada, page(2))
    assert chosen(html) == ["not-sure"]
    assert f'class="back-link" href="{page(1)}"' in html
    assert chosen(text_of(ada, page(1))) == ["2"]
    assert chosen(text_of(ada, page(3))) == []
    assert f'class="back-link" href="{ABOUT}"' in text_of(ada, page(1))
    assert chosen(text_of(ada, ABOUT)) == ["mother"]


@pytest.mark.parametrize("body", [{}, {"answer": ""}, {"answer": "8"}, {"answer": "true"}, {"answer": "1.5"}])
def test_no_choice_is_told_at_the_top_and_nothing_is_lost(ada: Client, body: dict[str, str]) -> None:
    ada.post(page(1), {"answer": "2"})
    ada.post(page(2), {"answer": "5"})
    response = ada.post(page(2), body)
    html = response.content.decode()
    assert response.status_code == 422
    assert 'class="error-summary"' in html
    target = re.search(r'class="error-summary".*?href="#([^"]+)"', html, re.DOTALL)
    assert target is not None
    assert f'id="{target[1]}"' in html
    assert "<title>Error: " in html
    assert "Question 2 of 12" in html
    assert chosen(text_of(ada, page(1))) == ["2"]
    assert chosen(text_of(ada, page(2))) == ["5"]


def test_who_must_be_chosen_from_the_list(client: Client) -> None:
    for body in ({}, {"about": "boss"}):
        response = client.post(ABOUT, body)
        assert response.status_code == 422
        assert 'class="error-summary"' in response.content.decode()
    assert not Draft.objects.exists()


def test_check_page_names_what_is_not_answered_and_every_row_can_be_changed(ada: Client) -> None:
    ada.post(page(1), {"answer": "7"})
    ada.post(page(3), {"answer": "not-sure"})
    html = text_of(ada, CHECK)
    assert html.count("Not answered") == COUNT - 2
    assert "I’m not sure" in html
    assert "not enough answers yet" in html
    for number in range(1, COUNT + 1):
        assert f'href="{page(number)}?change"' in html
    assert f'href="{ABOUT}?change"' in html


def test_enough_answers_need_no_note(ada: Client) -> None:
    for number in range(1, COUNT - 1):
        ada.post(page(number), {"answer": "4"})
    assert "not enough answers yet" not in text_of(ada, CHECK)


def test_change_returns_to_the_check_page(ada: Client) -> None:
    ada.post(page(3), {"answer": "4"})
    html = text_of(ada, f"{page(3)}?change")
    assert f'action="{page(3)}?change"' in html
    assert f'class="back-link" href="{CHECK}"' in html
    response = ada.post(f"{page(3)}?change", {"answer": "1"})
    assert response["Location"] == CHECK
    assert chosen(text_of(ada, page(3))) == ["1"]


def test_the_same_person_again_keeps_the_answers(ada: Client) -> None:
    ada.post(page(3), {"answer": "4"})
    assert ada.post(f"{ABOUT}?change", {"about": "mother"})["Location"] == CHECK
    assert chosen(text_of(ada, page(3))) == ["4"]


def test_another_person_before_any_answer_simply_takes_the_place(ada: Client) -> None:
    assert ada.post(ABOUT, {"about": "father"})["Location"] == page(1)
    assert chosen(text_of(ada, ABOUT)) == ["father"]
    assert ada.get(second(1))["Location"] == ABOUT


def test_another_person_after_some_answers_comes_second_and_nothing_is_lost(ada: Client) -> None:
    ada.post(page(3), {"answer": "4"})
    assert "we keep what you said so far" in text_of(ada, f"{ABOUT}?change")
    assert ada.post(f"{ABOUT}?change", {"about": "father"})["Location"] == second(1)
    assert chosen(text_of(ada, page(3))) == ["4"]
    assert chosen(text_of(ada, second(3))) == []
    assert "my father" in text_of(ada, second(4))


def test_a_third_person_takes_the_place_of_the_one_who_is_changed(ada: Client) -> None:
    ada.post(page(3), {"answer": "4"})
    ada.post(SECOND, {"about": "father"})
    ada.post(second(3), {"answer": "2"})
    assert "these 12 answers start again" in text_of(ada, f"{SECOND}?change")
    assert ada.post(f"{SECOND}?change", {"about": "friend"})["Location"] == second(1)
    assert chosen(text_of(ada, second(3))) == []
    assert chosen(text_of(ada, page(3))) == ["4"]


def test_someone_else_is_offered_once_there_is_an_answer(ada: Client) -> None:
    offer = f'<a class="button" href="{SECOND}">Answer about someone else too</a>'
    go_on = f'<a class="button" href="{reverse("matching:needs")}">Continue</a>'
    assert offer not in text_of(ada, CHECK)
    ada.post(page(1), {"answer": "4"})
    html = text_of(ada, CHECK)
    assert offer in html
    assert go_on in html, "going on without is an equal way"
    ada.post(SECOND, {"about": "father"})
    assert offer not in text_of(ada, CHECK)


def test_second_person_is_asked_the_same_and_never_the_first_again(ada: Client) -> None:
    ada.post(page(1), {"answer": "4"})
    html = text_of(ada, SECOND)
    assert "Who else do you have in mind" in html
    assert 'value="mother"' not in html
    assert ada.post(SECOND, {"about": "mother"}).status_code == 422
    response = ada.post(SECOND, {"about": "partner"})
    for number in range(1, COUNT + 1):
        assert response["Location"] == second(number)
        html = text_of(ada, second(number))
        assert f"second person. Question {number} of 12" in html
        assert f'action="{second(number)}"' in html
        assert f'class="back-link" href="{second(number - 1) if number > 1 else SECOND}"' in html
        response = ada.post(second(number), {"answer": "6"})
    assert response["Location"] == CHECK
    assert chosen(text_of(ada, page(1))) == ["4"]


def test_check_page_shows_both_and_every_row_leads_to_its_own_question(ada: Client) -> None:
    ada.post(page(1), {"answer": "4"})
    ada.post(SECOND, {"about": "partner"})
    ada.post(second(1), {"answer": "7"})
    html = text_of(ada, CHECK)
    assert "<h2>About your mother</h2>" in html
    assert "<h2>About your partner</h2>" in html
    for number in range(1, COUNT + 1):
        assert f'href="{page(number)}?change"' in html
        assert f'href="{second(number)}?change"' in html
    assert f'class="back-link" href="{second(12)}"' in html
    assert ada.post(f"{second(1)}?change", {"answer": "2"})["Location"] == CHECK


def test_either_person_can_be_removed(ada: Client) -> None:
    ada.post(page(1), {"answer": "4"})
    assert "/remove/" not in text_of(ada, CHECK), "one alone is deleted with everything"
    ada.post(SECOND, {"about": "partner"})
    ada.post(second(1), {"answer": "7"})
    assert f'action="{REMOVE_SECOND}"' in text_of(ada, CHECK)
    assert ada.post("/match/questions/remove/")["Location"] == CHECK
    assert chosen(text_of(ada, ABOUT)) == ["partner"]
    assert chosen(text_of(ada, page(1))) == ["7"]
    assert "mother" not in text_of(ada, CHECK)
    ada.post(REMOVE_SECOND)  # a second click finds nobody there
    assert chosen(text_of(ada, page(1))) == ["7"]


def test_removing_the_last_one_asks_anew(ada: Client) -> None:
    ada.post("/match/questions/remove/")
    assert ada.get(CHECK)["Location"] == ABOUT


@pytest.mark.parametrize("address", ["/match/questions/second/about/", "/match/questions/second/1/"])
def test_there_is_no_second_person_before_the_first(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == "/match/?again"
    assert client.post(address, {"about": "friend", "answer": "1"})["Location"] == "/match/?again"
    assert not Draft.objects.exists()


def test_removing_without_a_draft_is_no_crash(client: Client) -> None:
    assert client.post(REMOVE_SECOND)["Location"] == CHECK


def test_an_address_without_a_place_is_that_of_the_first_person() -> None:
    assert reverse("assessments:about") == ABOUT
    assert reverse("assessments:question", args=[3]) == page(3)


def test_one_statement_can_be_skipped_and_stays_without_an_answer(ada: Client) -> None:
    for number in (5, 12):
        following = page(number + 1) if number < 12 else CHECK
        assert f'<a class="link-button" href="{following}">Skip this statement</a>' in text_of(ada, page(number))
    assert "Skip this statement" not in text_of(ada, f"{page(5)}?change"), "there, Back is the way to leave it as it is"


def test_all_questions_can_be_skipped(client: Client) -> None:
    skip = f'<a class="link-button" href="{reverse("matching:needs")}">Skip these questions</a>'
    assert skip in text_of(client, ABOUT)
    client.post(ABOUT, {"about": "friend"})
    assert skip in text_of(client, page(5))


def test_deleting_leaves_nothing(ada: Client) -> None:
    ada.post(page(1), {"answer": "7"})
    response = ada.post("/match/questions/delete/")
    assert response["Location"] == "/match/questions/deleted/"
    assert not Draft.objects.exists()
    assert "Your answers are deleted" in text_of(ada, "/match/questions/deleted/")
    assert ada.get(page(1))["Location"] == START_AGAIN


def test_deleting_without_answers_is_fine(client: Client) -> None:
    assert client.post("/match/questions/delete/").status_code == 302


@pytest.mark.parametrize("address", [page(1), page(12), CHECK])
def test_without_a_draft_one_starts_over_and_is_told_why(client: Client, address: str) -> None:
    response = client.get(address)
    assert response["Location"] == START_AGAIN
    assert "There are no answers in this browser" in text_of(client, response["Location"])


def test_answer_without_a_draft_is_not_a_crash(client: Client) -> None:
    assert client.post(page(1), {"answer": "3"})["Location"] == START_AGAIN


def test_tampered_cookie_is_not_a_crash(ada: Client) -> None:
    ada.cookies["draft"] = "x" * 43
    assert ada.get(page(1))["Location"] == START_AGAIN


def test_draft_that_began_with_the_needs_asks_first_whom_one_thinks_of(ada: Client) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["draft"] = ada.cookies["draft"].value
    draft = open_draft(request)
    assert draft is not None
    draft.data |= {"people": [], "intake": {"state": "CA"}}
    draft.save(HttpResponse())
    assert ada.get(page(1))["Location"] == ABOUT
    ada.post(ABOUT, {"about": "friend"})
    draft = open_draft(request)
    assert draft is not None
    assert draft.data["intake"] == {"state": "CA"}


@pytest.mark.parametrize("number", [0, 13, 99999])
def test_there_are_no_other_questions(ada: Client, number: int) -> None:
    assert ada.get(page(number)).status_code == 404


@pytest.mark.parametrize(
    ("address", "method"),
    [(ABOUT, "put"), (page(1), "delete"), (CHECK, "post"), ("/match/questions/delete/", "get"), (REMOVE_SECOND, "get")],
)
def test_only_the_meant_methods_are_taken(ada: Client, address: str, method: str) -> None:
    assert getattr(ada, method)(address).status_code == 405


@pytest.mark.parametrize("address", [ABOUT, SECOND, page(1), CHECK, "/match/questions/deleted/"])
def test_no_page_is_kept_by_the_browser(ada: Client, address: str) -> None:
    assert "no-store" in ada.get(address)["Cache-Control"]


def test_redirects_and_errors_are_not_kept_either(ada: Client) -> None:
    for response in (
        ada.post(page(1), {"answer": "3"}),
        ada.post(page(1), {}),
        ada.post(REMOVE_SECOND),
        ada.post("/match/questions/delete/"),
    ):
        assert "no-store" in response["Cache-Control"]


def test_answers_are_in_no_address_and_in_no_session(ada: Client) -> None:
    response = ada.post(page(1), {"answer": "7"})
    assert response["Location"] == page(2)
    assert "sessionid" not in ada.cookies
    assert set(ada.cookies) <= {"draft", "csrftoken"}


@pytest.mark.parametrize(("address", "body"), [(ABOUT, {"about": "father"}), ("/match/questions/1/", {"answer": "5"})])
def test_answers_are_left_out_of_error_reports(ada: Client, address: str, body: dict[str, str]) -> None:
    assert ada.post(address, body).wsgi_request.sensitive_post_parameters == "__ALL__"


def test_forgery_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (ABOUT, page(1), REMOVE_SECOND, "/match/questions/delete/"):
        assert strict.post(address, {"about": "friend"}).status_code == 403


def test_page_costs_one_query(ada: Client, django_assert_num_queries: object) -> None:
    catalogue.shipped()
    with django_assert_num_queries(3) as queries:  # type: ignore[operator]
        ada.get(page(5))
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 1
    assert asked[0].endswith("FOR UPDATE"), "so that two tabs do not overwrite each other"
