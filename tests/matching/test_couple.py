"""A couple on the pages: what each of two partners sees, and above all what neither can see of the other."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from assessments import catalogue
from assessments.codes import code_from, new_code
from assessments.models import Draft
from assessments.parts import Part
from matching.guidance import PAIRINGS
from tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

COUPLE, RESULTS, WHY = "/match/couple/", "/match/results/", "/match/why/"
INVITE, JOIN, SHARE, WITHDRAW = (f"/match/couple/{name}/" for name in ("invite", "join", "share", "withdraw"))
HAND_OVER = "/match/couple/hand-over/"
NOT_HERE = "Your partner’s answers are not here."
PURSUE_WITHDRAW = "One reaches out, one pulls back"
HIGH = {"anxious": {"anxiety"}, "avoidant": {"avoidance"}, "secure": set(), "fearful": {"anxiety", "avoidance"}}


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)
    TherapistFactory(name="Uma Umber", slug="uma-umber", session_formats=["individual", "couple"])
    trained = {"session_formats": ["individual", "couple"], "trained_in": ["emotionally-focused"]}
    TherapistFactory(name="Vera Vale", slug="vera-vale", **trained)


def answers_closeness(client: Client, style: str) -> None:
    client.post("/match/questions/about/", {"about": "partner"})
    for number, item in enumerate(catalogue.get("closeness-12").items, start=1):
        agrees = (item.scale in HIGH[style]) is not item.reverse_keyed
        client.post(f"/match/questions/{number}/", {"answer": "7" if agrees else "1"})


def answers_needs(client: Client, *, safe: str = "yes", state: str = "CA") -> None:
    client.post("/match/needs/who/", {"session_format": "couple"})
    client.post("/match/needs/safe/", {"safe_at_home": safe})
    client.post("/match/needs/place/", {"state": state, "delivery": ["telehealth"]})


def someone(style: str, *, safe: str = "yes") -> Client:
    client = Client()
    answers_closeness(client, style)
    answers_needs(client, safe=safe)
    return client


def invitation_of(client: Client) -> str:
    client.post(INVITE)
    shown = re.search(r'class="code"[^>]*>([^<]+)<', client.get(COUPLE).content.decode())
    assert shown is not None
    return shown[1]


def text_of(client: Client, address: str = RESULTS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def ada() -> Client:
    return someone("anxious")


@pytest.fixture
def code(ada: Client) -> str:
    return invitation_of(ada)


@pytest.fixture
def ben(code: str) -> Client:
    client = Client()
    answers_closeness(client, "avoidant")
    assert client.post(JOIN, {"code": code})["Location"] == COUPLE
    answers_needs(client)
    return client


def test_both_see_how_they_meet_and_what_it_means_for_choosing(ada: Client, ben: Client) -> None:
    for client in (ada, ben):
        page = text_of(client)
        assert PURSUE_WITHDRAW in page
        assert "What this means for choosing" in page
        assert "shuts down" in page


def test_each_sees_the_own_plane_only(ada: Client, ben: Client) -> None:
    page = text_of(ada)
    assert page.count('class="plane"') == 1
    assert "Your partner’s scores" not in page
    assert "Anxious (preoccupied)" in page
    assert "Closest to: Avoidant" not in page


def test_the_page_says_of_the_pairing_what_the_api_says(ada: Client, ben: Client) -> None:
    pairing = next(pairing for pairing in PAIRINGS if pairing.code == "pursue_withdraw")
    for words in pairing.to_json().values():
        assert words in text_of(ada) or words == pairing.code


def section_of(page: str) -> str:
    return page[page.index('aria-labelledby="couple-heading"') :].split("</section>")[0]


def test_both_see_what_was_found_of_couples_who_meet_so_how_strong_it_is_and_who_says_so(
    ada: Client, ben: Client
) -> None:
    for client in (ada, ben):
        section = section_of(text_of(client))
        assert "What research found" in section
        assert "Emotionally focused therapy:" in section
        assert "Grade B, works for the group, or first signs that it does" in section
        assert "Grade C, shows what goes with what, not that a therapy helps" in section, "a link is no effect"
        assert 'href="https://doi.org/10.1037/a0025121"' in section


def test_where_no_study_is_listed_the_page_says_so(code: str, ada: Client) -> None:
    joins(code, style="secure")
    section = section_of(text_of(ada))
    assert "Some steady ground" in section
    assert "No study listed here looked at couples who meet in this way" in section
    assert "doi.org" not in section


def test_every_pairing_says_what_to_look_for_and_what_to_ask() -> None:
    for pairing in PAIRINGS:
        assert pairing.choosing.startswith("Look for someone who ")
        assert pairing.choosing.endswith("?")
        assert pairing.to_json()["choosing"] == pairing.choosing


CONSENTS = [("no", "no", False), ("yes", "no", False), ("no", "yes", False), ("yes", "yes", True)]


@pytest.mark.parametrize(("hers", "his", "both_see"), CONSENTS)
def test_scores_are_seen_by_both_or_by_neither(ada: Client, ben: Client, hers: str, his: str, both_see: bool) -> None:
    assert ada.post(SHARE, {"share": hers})["Location"] == COUPLE
    assert ben.post(SHARE, {"share": his})["Location"] == COUPLE
    for client, words in ((ada, "Closest to: Avoidant"), (ben, "Closest to: Anxious")):
        page = text_of(client)
        assert ("Your partner’s scores" in page) is both_see
        assert (words in page) is both_see
        assert PURSUE_WITHDRAW in page
    ada.post(SHARE, {"share": "no"})
    assert "Your partner’s scores" not in text_of(ben), "a yes can be taken back"


def test_nobody_agrees_by_saying_nothing(ada: Client, ben: Client) -> None:
    assert "Your partner does not see your scores." in text_of(ada, COUPLE)
    response = ada.post(SHARE, {})
    assert response.status_code == 422
    assert "Choose yes or no." in response.content.decode()
    assert re.search(r'value="no"[^>]*checked', text_of(ada, SHARE))


def test_why_one_therapist_stands_above_another_is_said_for_both_together_and_tells_no_more_than_the_results(
    ada: Client, ben: Client
) -> None:
    for client in (ada, ben):
        scores = re.findall(r'class="score">([0-9.]+)<', text_of(client))
        client.post(WHY, {"first": "vera-vale", "second": "uma-umber"})
        page = text_of(client, WHY)
        main = page[page.index("<main") : page.index("</main>")]
        assert [f"{score} of 100" in main for score in scores] == [True, True]
        for words in (PURSUE_WITHDRAW, "partner", "Closest to", "Anxious", "Avoidant"):
            assert words not in main, words


# --- What the other did, or did not do, does not show -----------------------------------------------------------------


def joins(code: str, *, style: str = "avoidant", safe: str = "yes") -> Client:
    client = Client()
    answers_closeness(client, style)
    client.post(JOIN, {"code": code})
    answers_needs(client, safe=safe)
    client.get(RESULTS)
    client.get(COUPLE)
    return client


def only_joined(code: str) -> None:
    Client().post(JOIN, {"code": code})


def withdrew(code: str) -> None:
    client = joins(code)
    assert client.post(WITHDRAW)["Location"] == "/match/couple/withdrawn/"
    assert text_of(client, "/match/couple/withdrawn/").count("Your part is deleted")


def became_unsafe(code: str) -> None:
    joins(code).post("/match/needs/safe/?change", {"safe_at_home": "no"})


def no_longer_says(code: str) -> None:
    joins(code).post("/match/needs/safe/?change", {"safe_at_home": ""})


def comes_alone(code: str) -> None:
    joins(code).post("/match/needs/who/?change", {"session_format": "individual"})


def names_violence(code: str) -> None:
    client = joins(code, safe="")
    client.post("/match/needs/concerns/?change", {"concerns": ["domestic-violence"]})


def expired(code: str) -> None:
    before = set(Draft.objects.values_list("pk", flat=True))
    joins(code)
    Draft.objects.exclude(pk__in=before).update(idle_until=dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC))


def left_half_way(code: str) -> None:
    client = Client()
    client.post(JOIN, {"code": code})
    answers_closeness(client, "avoidant")


HIDDEN_FATES: dict[str, Callable[[str], Any]] = {
    "never joined": lambda code: None,
    "joined and answered nothing": only_joined,
    "joined and stopped half way": left_half_way,
    "joined unsafe": lambda code: joins(code, safe="no"),
    "became unsafe": became_unsafe,
    "would rather not say": lambda code: joins(code, safe=""),
    "no longer says": no_longer_says,
    "named violence": names_violence,
    "comes alone now": comes_alone,
    "withdrew": withdrew,
    "deleted everything": lambda code: joins(code).post("/match/questions/delete/"),
    "expired": expired,
}


def seen_by(client: Client) -> list[tuple[int, dict[str, str], str]]:
    """All that a partner can look at, but for the random token of forms."""
    seen = []
    client.post(WHY, {"first": "vera-vale", "second": "uma-umber"})
    for address in (RESULTS, WHY, COUPLE, SHARE, JOIN, "/match/", "/match/needs/check/"):
        response = client.get(address)
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        seen.append((response.status_code, dict(response.headers), body))
    return seen


@pytest.mark.parametrize("fate", HIDDEN_FATES)
def test_the_host_cannot_tell_why_the_guest_is_not_here(ada: Client, code: str, fate: str) -> None:
    before = seen_by(ada)
    HIDDEN_FATES[fate](code)
    assert seen_by(ada) == before
    assert NOT_HERE in text_of(ada)


@pytest.mark.parametrize("fate", [fate for fate in HIDDEN_FATES if fate != "never joined"])
def test_a_third_try_of_the_code_does_not_tell_either(code: str, fate: str) -> None:
    def answer_to(tried: str) -> tuple[int, str]:
        response = Client().post(JOIN, {"code": tried})
        assert not response.cookies.get("draft")
        body = response.content.decode().replace(tried, "")
        return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)

    HIDDEN_FATES[fate](code)
    status, body = answer_to(code)
    assert status == 422
    assert "This code does not work" in body
    assert (status, body) == answer_to(new_code())


HOST_FATES: dict[str, Callable[[Client], Any]] = {
    "has not answered": lambda host: None,
    "is unsafe": lambda host: (answers_closeness(host, "anxious"), answers_needs(host, safe="no")),
    "became unsafe": lambda host: (
        answers_closeness(host, "anxious"),
        answers_needs(host),
        host.get(RESULTS),
        host.post("/match/needs/safe/?change", {"safe_at_home": "no"}),
    ),
    "withdrew": lambda host: (answers_needs(host), host.post(WITHDRAW)),
    "deleted everything": lambda host: host.post("/match/questions/delete/"),
    "made a new code": lambda host: host.post(INVITE),
    "expired": lambda host: Draft.objects.filter(pk__in=Draft.objects.order_by("pk")[:2].values("pk")).update(
        idle_until=dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC)
    ),
}


@pytest.mark.parametrize("fate", HOST_FATES)
def test_the_guest_cannot_tell_why_the_host_is_not_here(fate: str) -> None:
    host = Client()
    host.post("/match/needs/who/", {"session_format": "couple"})
    guest = joins(invitation_of(host))
    before = seen_by(guest)
    HOST_FATES[fate](host)
    assert seen_by(guest) == before
    assert NOT_HERE in text_of(guest)


def test_an_unsafe_partner_gets_the_hotline_first_and_support_alone(ada: Client, code: str) -> None:
    ben = joins(code, safe="no")
    for address in (RESULTS, COUPLE):
        main = text_of(ben, address)
        main = main[main.index("<main") :]
        assert main.index('href="tel:+18007997233"') < main.index("<h1")
        assert PURSUE_WITHDRAW not in main
        assert "Make a code" not in main
        assert NOT_HERE not in main
    assert "We looked for support for you alone" in text_of(ben)
    assert "Wishes that are for couples do not count now" in text_of(ben)
    assert "it looks as if you had not answered yet" in text_of(ben, COUPLE)
    assert PURSUE_WITHDRAW not in text_of(ada)


def test_nobody_who_does_not_feel_safe_is_led_to_invite_or_can() -> None:
    cora = someone("anxious", safe="no")
    assert INVITE not in text_of(cora, COUPLE)
    assert "Answer as a couple" not in text_of(cora)
    count = Draft.objects.count()
    cora.post(INVITE)
    assert Draft.objects.count() == count
    assert cora.get(HAND_OVER)["Location"] == COUPLE
    assert cora.get(SHARE)["Location"] == COUPLE
    page = text_of(cora, JOIN)
    assert page.index('href="tel:+18007997233"') < page.index("What is the code from your partner?")


def test_feeling_safe_again_brings_the_part_back(ada: Client, ben: Client) -> None:
    ben.post("/match/needs/safe/?change", {"safe_at_home": "no"})
    assert NOT_HERE in text_of(ada)
    ben.post("/match/needs/safe/?change", {"safe_at_home": "yes"})
    assert PURSUE_WITHDRAW in text_of(ada)


def test_the_own_part_tells_nothing_before_one_has_said_to_feel_safe(ada: Client, ben: Client) -> None:
    ada.post("/match/needs/safe/?change", {"safe_at_home": ""})
    assert "Your own part is not complete yet" in text_of(ada)
    page = text_of(ada, COUPLE)
    assert "Your part is not complete yet" in page
    assert 'href="/match/needs/safe/?change"' in page


def test_who_is_not_complete_sees_nothing_of_the_other(ada: Client, code: str, ben: Client) -> None:
    ada.post("/match/questions/remove/")  # what she said about him
    page = text_of(ada)
    assert PURSUE_WITHDRAW not in page
    assert "Your own part is not complete yet" in page
    assert NOT_HERE in text_of(ben)


def test_a_part_is_silent_from_the_moment_its_owner_changes_or_removes_an_answer(
    ada: Client, code: str, ben: Client
) -> None:
    assert PURSUE_WITHDRAW in text_of(ada)
    ben.post("/match/questions/1/?change", {"answer": "4"})
    assert NOT_HERE in text_of(ada)
    ben.get(RESULTS)
    assert PURSUE_WITHDRAW in text_of(ada)
    ben.post("/match/questions/remove/")
    assert NOT_HERE in text_of(ada)


def test_coming_back_with_a_code_silences_nothing(ada: Client, ben: Client) -> None:
    made = ben.post("/match/return/code/").content.decode()
    back = re.search(r'class="code"[^>]*>([^<]+)<', made)
    assert back is not None
    assert PURSUE_WITHDRAW in text_of(ada)
    assert Client().post("/match/return/", {"code": back[1]}).status_code == 302
    assert PURSUE_WITHDRAW in text_of(ada)


def test_feeling_safe_is_asked_again_after_joining(ada: Client, code: str) -> None:
    ben = someone("avoidant", safe="yes")
    ben.post(JOIN, {"code": code})
    ben.get(RESULTS)
    assert NOT_HERE in text_of(ada)
    ben.post("/match/needs/safe/?change", {"safe_at_home": "yes"})
    assert PURSUE_WITHDRAW in text_of(ada)


@pytest.mark.parametrize("side", ["host", "guest"])
def test_the_code_in_the_cookie_of_a_draft_opens_nothing(ada: Client, code: str, ben: Client, side: Any) -> None:
    """Both know the code, and how a part is found from it is no secret."""
    part = Part(code=code_from(code) or "", side=side)
    rows = list(Draft.objects.order_by("pk").values())

    def seen_with(value: bytes) -> list[tuple[int, str]]:
        thief = Client()
        thief.cookies["draft"] = base64.urlsafe_b64encode(value).rstrip(b"=").decode()
        responses = [thief.get(address) for address in ("/match/", RESULTS, COUPLE, "/match/return/code/")]
        responses += [thief.post(address) for address in ("/match/return/code/", "/match/questions/delete/")]
        bodies = (re.sub(r'value="[^"]+"', "", response.content.decode()) for response in responses)
        return list(zip((response.status_code for response in responses), bodies, strict=True))

    assert seen_with(part._value) == seen_with(b"\0" * 32)
    assert list(Draft.objects.order_by("pk").values()) == rows


def test_handing_over_leaves_no_shortlist_to_the_partner(ada: Client, code: str) -> None:
    ada.post("/shortlist/uma-umber/", {"keep": "yes"})
    assert "shortlist" in ada.cookies
    ada.post(HAND_OVER)
    assert ada.cookies["shortlist"].value == ""


def test_an_unclear_style_gives_no_pairing(ada: Client, code: str) -> None:
    ben = Client()
    ben.post("/match/questions/about/", {"about": "partner"})
    for number in range(1, 13):
        ben.post(f"/match/questions/{number}/", {"answer": "4"})
    ben.post(JOIN, {"code": code})
    answers_needs(ben)
    assert "do not show one clear way" in text_of(ben)


def test_the_rotation_code_is_no_way_to_try_scores(ada: Client, code: str) -> None:
    def rotation() -> str:
        found = re.search(r"rotation ([0-9a-f]{16})", text_of(ada))
        assert found is not None
        return found[1]

    before = rotation()
    joins(code)
    assert PURSUE_WITHDRAW in text_of(ada)
    assert rotation() == before


# --- The invitation ---------------------------------------------------------------------------------------------------


def test_both_are_told_what_the_other_will_learn_before_they_join(ada: Client) -> None:
    for page in (text_of(ada, COUPLE), text_of(Client(), JOIN)):
        assert "What your partner will see" in page
        assert "they can often work out if you tend to reach out, pull back, do both, or feel at ease" in page
        assert "They cannot work out what you answered" in page
        assert "What your partner will not see" in page


def test_a_couple_is_offered_to_a_couple_only(ada: Client) -> None:
    assert f'href="{COUPLE}"' in text_of(ada)
    alone = Client()
    alone.post("/match/needs/who/", {"session_format": "individual"})
    alone.post("/match/needs/place/", {"state": "CA", "delivery": ["telehealth"]})
    assert f'href="{COUPLE}"' not in text_of(alone)
    assert alone.get(COUPLE)["Location"] == "/match/needs/who/"
    alone.post(INVITE)
    assert alone.get(COUPLE).status_code == 302


def test_the_own_code_is_for_the_partner(ada: Client, code: str) -> None:
    response = ada.post(JOIN, {"code": code})
    assert response.status_code == 422
    assert "This is the code that you made" in response.content.decode()


def test_joining_twice_is_joining_once(ada: Client, code: str, ben: Client) -> None:
    assert ben.post(JOIN, {"code": code.lower()})["Location"] == COUPLE
    assert PURSUE_WITHDRAW in text_of(ada)


def test_a_new_code_takes_the_place_of_the_old(ada: Client, code: str) -> None:
    new = invitation_of(ada)
    assert new != code
    assert Client().post(JOIN, {"code": code}).status_code == 422
    assert Client().post(JOIN, {"code": new}).status_code == 302


def test_a_return_code_is_no_invitation_and_an_invitation_opens_no_answers(ada: Client, code: str) -> None:
    assert Client().post("/match/return/", {"code": code}).status_code == 422
    shown = re.search(r'class="code"[^>]*>([^<]+)<', ada.post("/match/return/code/").content.decode())
    assert shown is not None
    assert Client().post(JOIN, {"code": shown[1]}).status_code == 422


def test_nothing_of_a_couple_is_readable_in_the_database(ada: Client, code: str, ben: Client) -> None:
    plain = code_from(code)
    assert plain is not None
    with connection.cursor() as cursor:
        rows: list[str] = []
        for table in ("assessments_draft", "django_session", "django_admin_log"):
            cursor.execute(f"SELECT t.*::text FROM {table} AS t")
            rows += [row[0] for row in cursor.fetchall()]
    text = "\n".join(rows)
    for secret in (
        code,
        plain,
        plain.encode().hex(),
        "anxiety",
        b"anxiety".hex(),
        "safe_at_home",
        b"safe_at_home".hex(),
    ):
        assert secret not in text
    assert Draft.objects.count() == 4


def test_codes_are_in_no_address_and_no_session(ada: Client, code: str) -> None:
    plain = code_from(code)
    response = Client().post(JOIN, {"code": code})
    assert response["Location"] == COUPLE
    assert response.wsgi_request.sensitive_post_parameters == "__ALL__"
    assert plain not in str(dict(ada.session)) + str(ada.cookies)


# --- One device, and coming back --------------------------------------------------------------------------------------


def test_on_one_device_the_partner_starts_with_empty_pages(ada: Client, code: str) -> None:
    device = ada
    page = device.post(HAND_OVER).content.decode()
    return_code = re.search(r'class="code"[^>]*>([^<]+)<', page)
    hidden = re.search(r'name="code" value="([^"]+)"', page)
    assert return_code is not None
    assert hidden is not None
    assert "There are no answers in this browser" in text_of(device)

    page = device.post(JOIN, {"code": hidden[1], "handed_over": "yes"})
    assert page.status_code == 200
    assert f'value="{code}"' in page.content.decode(), "asked first, not joined"
    assert device.post(JOIN, {"code": code})["Location"] == COUPLE
    assert "mother" not in text_of(device, COUPLE)
    assert 'href="/match/questions/about/"' in text_of(device, COUPLE)
    answers_closeness(device, "avoidant")
    answers_needs(device)
    assert "Your own part is not complete yet" not in text_of(device)
    assert PURSUE_WITHDRAW in text_of(device)
    device.post("/match/return/leave/")

    assert device.post("/match/return/", {"code": return_code[1]}).status_code == 302
    assert PURSUE_WITHDRAW in text_of(device)


def test_an_earlier_return_code_opens_nothing_after_handing_over(ada: Client, code: str) -> None:
    shown = re.search(r'class="code"[^>]*>([^<]+)<', ada.post("/match/return/code/").content.decode())
    assert shown is not None
    ada.post(HAND_OVER)
    assert Client().post("/match/return/", {"code": shown[1]}).status_code == 422


def test_only_the_host_hands_over(ada: Client, ben: Client) -> None:
    assert ben.post(HAND_OVER)["Location"] == COUPLE
    assert text_of(ben)
    assert Client().post(HAND_OVER)["Location"] == COUPLE


def test_deleting_the_answers_deletes_the_part(ada: Client, ben: Client) -> None:
    ben.post("/match/questions/delete/")
    assert Draft.objects.count() == 2
    ada.post("/match/questions/delete/")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("address", [COUPLE, JOIN, SHARE, HAND_OVER, "/match/couple/withdrawn/"])
def test_no_page_is_kept_by_the_browser(ada: Client, code: str, address: str) -> None:
    response = ada.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_forgery_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (INVITE, JOIN, SHARE, WITHDRAW, HAND_OVER):
        assert strict.post(address, {"code": "0"}).status_code == 403


def test_without_answers_there_is_nothing_to_see_or_to_do(client: Client) -> None:
    assert "There are no answers in this browser" in text_of(client, COUPLE)
    assert client.post(INVITE)["Location"] == COUPLE
    assert client.post(WITHDRAW).status_code == 302
    assert client.post(SHARE, {"share": "yes"})["Location"] == COUPLE
    assert not Draft.objects.exists()
