"""Leave and come back: the code is shown once, opens the draft from anywhere, and is kept nowhere."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from assessments.codes import code_from
from assessments.models import Draft

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
CODE, COME_BACK, LEAVE = "/match/return/code/", "/match/return/", "/match/return/leave/"
CHECK = "/match/questions/check/"


@pytest.fixture
def ada(client: Client) -> Client:
    """Ada thinks of her mother and has answered the first statement."""
    client.post("/match/questions/about/", {"about": "mother"})
    client.post("/match/questions/1/", {"answer": "6"})
    return client


def code_in(html: str) -> str:
    shown = re.search(r'class="code"[^>]*>([^<]+)<', html)
    assert shown is not None
    return shown[1]


def take_code(client: Client) -> str:
    return code_in(client.post(CODE).content.decode())


def come_back(client: Client, code: str, **data: str) -> Any:
    return client.post(COME_BACK, {"code": code, **data})


def sees_the_answers(client: Client) -> bool:
    response = client.get(CHECK)
    return response.status_code == 200 and "My mother" in response.content.decode()


def stored() -> str:
    """Everything in the tables of this project, as text."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if not name.startswith("directory_")]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t.*::text FROM {table} AS t")
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_a_code_is_offered_and_made_only_when_asked(ada: Client) -> None:
    page = ada.get(CODE).content.decode()
    assert "Show my return code" in page
    assert 'class="code"' not in page
    assert f'href="{CODE}"' in ada.get(CHECK).content.decode()


def test_the_code_opens_the_answers_in_another_browser(ada: Client) -> None:
    code = take_code(ada)
    away = Client()
    assert come_back(away, code)["Location"] == CHECK
    assert sees_the_answers(away)
    assert sees_the_answers(ada), "and this browser goes on as well"


def test_the_old_cookie_and_the_old_code_open_nothing_any_more(ada: Client) -> None:
    before = Client()
    before.cookies["draft"] = ada.cookies["draft"].value
    first = take_code(ada)
    assert not sees_the_answers(before)
    second = take_code(ada)
    assert come_back(Client(), first).status_code == 422
    assert come_back(Client(), second).status_code == 302
    assert Draft.objects.count() == 1


def test_the_code_is_in_the_one_response_and_nowhere_else(ada: Client) -> None:
    response = ada.post(CODE)
    code = code_in(response.content.decode())
    plain = code_from(code)
    assert "no-store" in response["Cache-Control"]
    for address in (CODE, COME_BACK, CHECK, "/match/"):
        assert code not in ada.get(address).content.decode()
    everything = stored() + str(ada.cookies) + str(dict(response.headers)) + str(dict(ada.session))
    for secret in (code, plain, plain.encode().hex() if plain else ""):
        assert secret
        assert secret not in everything


def test_a_code_is_read_in_any_case_and_grouping(ada: Client) -> None:
    code = take_code(ada).replace(" ", "-").lower().replace("0", "o").replace("1", "l")
    assert come_back(Client(), f"  {code} ").status_code == 302


def test_wrong_replaced_deleted_and_expired_codes_get_one_answer() -> None:
    def answer_to(code: str) -> str:
        response = come_back(Client(), code)
        assert response.status_code == 422
        assert not response.cookies.get("draft")
        html = response.content.decode().replace(code, "")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)

    with time_machine.travel(NOON, tick=False) as clock:
        codes = {"wrong": "0000 1111 2222 3333 4444 5555 6666"}
        for fate in ("replaced", "deleted", "expired"):
            client = Client()
            client.post("/match/questions/about/", {"about": "mother"})
            codes[fate] = take_code(client)
            if fate == "replaced":
                take_code(client)
            if fate == "deleted":
                client.post("/match/questions/delete/")
        clock.move_to(NOON + dt.timedelta(hours=24))
        answers = {fate: answer_to(code) for fate, code in codes.items()}
    assert len(set(answers.values())) == 1
    assert "This code opens nothing" in answers["wrong"]


def test_a_mistyped_code_stays_in_the_field_and_the_field_is_kept_from_the_browsers_memory() -> None:
    response = come_back(Client(), "ABCD EFGH")
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="ABCD EFGH"' in html
    assert "A code has 28 letters and numbers" in html
    field = re.search(r"<input[^>]*name=\"code\"[^>]*>", html)
    assert field is not None
    assert 'autocomplete="off"' in field[0]
    assert "no-store" in response["Cache-Control"]
    assert response.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_answers_end_when_the_page_says(ada: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        page = ada.post(CODE).content.decode()
        code = code_in(page)
        assert "Wednesday, November 25, 7 a.m. Eastern time" in page
        assert "(Wednesday 4 a.m. Pacific)" in page
        clock.move_to(NOON + dt.timedelta(hours=24) - dt.timedelta(seconds=1))
        assert come_back(Client(), code).status_code == 302
        clock.move_to(NOON + dt.timedelta(hours=48))
        assert come_back(Client(), code).status_code == 422


def test_a_code_does_not_lengthen_the_seven_days() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.post("/match/questions/about/", {"about": "mother"})
        code = take_code(client)
        for hours in range(20, 7 * 24, 20):
            clock.move_to(NOON + dt.timedelta(hours=hours))
            assert come_back(Client(), code).status_code == 302
            code = take_code(client)
        assert "Tuesday, December 1, 7 a.m. Eastern time" in client.post(CODE).content.decode()
        clock.move_to(NOON + dt.timedelta(days=7))
        call_command("purge_drafts", verbosity=0)
        assert not Draft.objects.exists()


def test_other_answers_in_this_browser_are_left_only_when_one_says_so(ada: Client) -> None:
    code = take_code(ada)
    bea = Client()
    bea.post("/match/questions/about/", {"about": "father"})
    assert "There are other answers in this browser" in bea.get(COME_BACK).content.decode()

    response = come_back(bea, code)
    assert response.status_code == 422
    assert "Say that you want to leave the answers" in response.content.decode()
    assert not sees_the_answers(bea)

    assert come_back(bea, code, replace="on").status_code == 302
    assert sees_the_answers(bea)
    assert Draft.objects.count() == 2, "the other answers wait for their own code until they end"


def test_the_code_of_the_answers_that_are_here_replaces_nothing(ada: Client) -> None:
    assert come_back(ada, take_code(ada)).status_code == 302


def test_leaving_makes_the_browser_forget_and_the_code_still_opens(ada: Client) -> None:
    code = take_code(ada)
    assert ada.post(LEAVE)["Location"] == "/match/return/left/"
    assert not sees_the_answers(ada)
    assert come_back(ada, code).status_code == 302
    assert sees_the_answers(ada)


def test_deleting_makes_the_code_open_nothing(ada: Client) -> None:
    code = take_code(ada)
    ada.post("/match/questions/delete/")
    assert not Draft.objects.exists()
    assert come_back(ada, code).status_code == 422


def test_without_answers_there_is_no_code(client: Client) -> None:
    assert client.get(CODE)["Location"] == COME_BACK
    assert client.post(CODE)["Location"] == COME_BACK
    assert client.post(LEAVE).status_code == 302


def test_coming_back_leads_to_what_one_needs_when_that_was_said(ada: Client) -> None:
    ada.post("/match/needs/who/", {"session_format": "individual"})
    assert come_back(Client(), take_code(ada))["Location"] == "/match/needs/check/"


@pytest.mark.parametrize("address", [CODE, COME_BACK, "/match/return/left/"])
def test_no_page_is_kept_by_the_browser(ada: Client, address: str) -> None:
    assert "no-store" in ada.get(address)["Cache-Control"]


def test_forgery_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (CODE, COME_BACK, LEAVE):
        assert strict.post(address, {"code": "0"}).status_code == 403


PAGES_THAT_WARN = ["/match/", "/match/questions/check/"]


@pytest.mark.parametrize("address", PAGES_THAT_WARN)
def test_whoever_answers_sees_that_a_code_opens_the_answers_and_can_end_that(ada: Client, address: str) -> None:
    """Somebody may have taken it before handing over the device, or in an unwatched minute."""
    warning = "A return code opens these answers"
    assert warning not in ada.get(address).content.decode()
    code = take_code(ada)
    assert warning in ada.get(address).content.decode()

    assert ada.post("/match/return/drop/")["Location"] == "/match/return/dropped/"
    assert "Only this browser opens your answers" in ada.get("/match/return/dropped/").content.decode()
    assert warning not in ada.get(address).content.decode()
    assert Client().post("/match/return/", {"code": code}).status_code == 422


def test_the_question_about_safety_warns_of_a_code_as_well(ada: Client) -> None:
    take_code(ada)
    ada.post("/match/needs/for/", {"reason": "couple"})
    assert "A return code opens these answers" in ada.get("/match/needs/safe/").content.decode()
