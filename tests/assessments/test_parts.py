"""The parts of a couple: sealed rows that live and end with the drafts of their owners, one guest to an invitation."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from assessments.codes import new_code, shown
from assessments.drafts import DraftSession, open_draft, open_with_code, start_draft
from assessments.models import Draft
from assessments.parts import CannotJoin, Part

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
SAYS = {"scores": {"anxiety": 6.123456, "avoidance": 1.5}, "share": False}


def visitor(cookie: str | None = None) -> Any:
    request = RequestFactory().get("/match/")
    if cookie is not None:
        request.COOKIES["draft"] = cookie
    return request


def save(draft: DraftSession) -> str:
    response = HttpResponse()
    draft.save(response)
    return response.cookies["draft"].value


def host() -> tuple[DraftSession, Part, str]:
    draft = start_draft(visitor())
    draft.invite()
    cookie = save(draft)
    return draft, part_of(draft), cookie


def guest(code: str) -> tuple[DraftSession, Part, str]:
    draft = start_draft(visitor())
    draft.join(code)
    cookie = save(draft)
    return draft, part_of(draft), cookie


def part_of(draft: DraftSession) -> Part:
    part = Part.of(draft.data)
    assert part is not None
    return part


def test_what_one_part_says_the_other_side_reads() -> None:
    ada, here, _ = host()
    _, there, _ = guest(here.code)
    assert here.other == there
    assert there.other.says() is None
    ada.tell_partner(lambda data: SAYS)
    assert there.other.says() == SAYS
    assert here.other.says() is None


def test_saying_nothing_again_leaves_no_trace_of_what_was_said() -> None:
    ada, here, _ = host()
    ada.tell_partner(lambda data: SAYS)
    ada.tell_partner(lambda data: None)
    assert here.says() is None
    assert len({len(bytes(row.ciphertext)) for row in Draft.objects.all()}) == 1


def test_rows_show_neither_code_nor_side_nor_scores() -> None:
    ada, here, _ = host()
    guest(here.code)
    ada.tell_partner(lambda data: SAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t.*::text FROM assessments_draft AS t")
        text = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT ciphertext FROM assessments_draft")
        raw = b"|".join(bytes(row[0]) for row in cursor.fetchall())
    for secret in (here.code, shown(here.code), "6.123456", "scores", "host", "guest", "couple"):
        assert secret not in text
        assert secret.encode() not in raw
        assert secret.encode().hex() not in text


def test_each_side_has_a_row_and_a_key_of_its_own() -> None:
    _, here, _ = host()
    guest(here.code)
    first, second, third, fourth = Draft.objects.order_by("pk")
    assert len({bytes(row.digest) for row in (first, second, third, fourth)}) == 4
    Draft.objects.filter(pk=first.pk).update(ciphertext=third.ciphertext)
    assert here.says() is None


def test_one_guest_is_let_in_and_nobody_learns_more() -> None:
    _, here, _ = host()
    guest(here.code)
    for code in (here.code, new_code()):
        with pytest.raises(CannotJoin), transaction.atomic():
            start_draft(visitor()).join(code)


LEAVINGS: dict[str, Callable[[DraftSession], None]] = {
    "withdrew": lambda draft: (draft.withdraw(), save(draft), None)[-1],
    "deleted": lambda draft: draft.delete(HttpResponse()),
    "invites someone else": lambda draft: (draft.invite(), save(draft), None)[-1],
    "joins someone else": lambda draft: (draft.join(host()[1].code), save(draft), None)[-1],
}


@pytest.mark.parametrize("leaving", LEAVINGS)
def test_a_guest_who_left_is_gone_at_once_and_the_code_does_not_tell(leaving: str) -> None:
    _, here, _ = host()
    bea, there, _ = guest(here.code)
    bea.tell_partner(lambda data: SAYS)
    LEAVINGS[leaving](bea)
    assert there.says() is None
    assert not there._rows().exists()
    with pytest.raises(CannotJoin), transaction.atomic():
        start_draft(visitor()).join(here.code)


@pytest.mark.parametrize("leaving", LEAVINGS)
def test_a_host_who_left_is_gone_at_once_and_the_code_is_dead(leaving: str) -> None:
    ada, here, _ = host()
    ada.tell_partner(lambda data: SAYS)
    LEAVINGS[leaving](ada)
    assert here.says() is None
    assert not here._rows().exists()
    with pytest.raises(CannotJoin), transaction.atomic():
        start_draft(visitor()).join(here.code)


def test_deleting_takes_the_part_that_another_tab_made_meanwhile() -> None:
    draft = start_draft(visitor())
    cookie = save(draft)
    other_tab = open_draft(visitor(cookie))
    assert other_tab is not None
    other_tab.invite()
    save(other_tab)
    draft.delete(HttpResponse())
    assert not Draft.objects.exists()


def test_a_part_ends_with_its_draft_and_is_purged_with_it() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, here, _ = host()
        bea, there, cookie = guest(here.code)
        bea.tell_partner(lambda data: SAYS)
        clock.move_to(NOON + dt.timedelta(hours=20))
        assert open_draft(visitor(cookie)) is not None
        clock.move_to(NOON + dt.timedelta(hours=24))
        assert here.says() is None
        call_command("purge_drafts")
        assert Draft.objects.count() == 2, "the guest used hers since, and draft and part are kept"
        assert there.says() == SAYS
        clock.move_to(NOON + dt.timedelta(hours=44))
        assert there.says() is None, "expired, whether or not it was purged"
        assert open_draft(visitor(cookie)) is None
        assert not Draft.objects.exists(), "touched when expired, both go"


def test_a_part_never_outlives_the_seven_days_of_its_draft() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        draft = start_draft(visitor())
        cookie = save(draft)
        for hours in range(20, 7 * 24, 20):
            clock.move_to(NOON + dt.timedelta(hours=hours))
            again = open_draft(visitor(cookie))
            assert again is not None
        assert again is not None
        again.invite()
        save(again)
        assert {row.hard_until for row in Draft.objects.all()} == {NOON + dt.timedelta(days=7)}


def test_reading_the_others_part_does_not_keep_it_alive() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, here, cookie = host()
        bea, _, _ = guest(here.code)
        bea.tell_partner(lambda data: SAYS)
        clock.move_to(NOON + dt.timedelta(hours=20))
        assert open_draft(visitor(cookie)) is not None
        assert here.other.says() == SAYS
        clock.move_to(NOON + dt.timedelta(hours=24))
        assert here.other.says() is None


def test_a_return_code_takes_the_part_along() -> None:
    ada, here, _ = host()
    code = ada.put_under_new_code()
    assert code is not None
    back = open_with_code(visitor(), code)
    assert back is not None
    assert part_of(back) == here
    back.tell_partner(lambda data: SAYS)
    assert here.says() == SAYS
    back.delete(HttpResponse())
    assert not Draft.objects.exists()


def test_what_is_told_is_what_is_stored_not_what_an_old_tab_remembers() -> None:
    ada, here, cookie = host()
    old_tab = open_draft(visitor(cookie))
    assert old_tab is not None
    ada.data["intake"] = {"safe_at_home": False}
    save(ada)
    old_tab.tell_partner(lambda data: None if data["intake"].get("safe_at_home") is False else SAYS)
    assert here.says() is None


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_that_race_for_the_place_one_gets_it() -> None:
    for _ in range(5):
        _, here, _ = host()
        start, outcomes = threading.Barrier(2), []

        def race(code: str = here.code, start: Any = start, outcomes: list[str] = outcomes) -> None:
            draft = start_draft(visitor())
            start.wait()
            try:
                with transaction.atomic():
                    draft.join(code)
                    save(draft)
                outcomes.append("in")
            except CannotJoin:
                outcomes.append("out")
            finally:
                connection.close()

        threads = [threading.Thread(target=race) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["in", "out"]
        Draft.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_what_two_tabs_save_at_the_same_moment_is_both_kept() -> None:
    for _ in range(5):
        cookie = save(start_draft(visitor()))
        start = threading.Barrier(2)

        def answer(name: str, cookie: str = cookie, start: Any = start) -> None:
            start.wait()
            try:
                with transaction.atomic():
                    draft = open_draft(visitor(cookie))
                    assert draft is not None
                    draft.data["intake"][name] = "said"
                    save(draft)
            finally:
                connection.close()

        threads = [threading.Thread(target=answer, args=[name]) for name in ("one", "other")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        draft = open_draft(visitor(cookie))
        assert draft is not None
        assert draft.data["intake"] == {"one": "said", "other": "said"}
        Draft.objects.all().delete()
