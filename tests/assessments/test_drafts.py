"""The draft: sealed, expiring, and readable only with the visitor's cookie."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from assessments import drafts, sealing
from assessments.drafts import DraftSession, open_draft, start_draft
from assessments.models import Draft

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
CANARY = "canary-7f3a"


def visitor(*, secure: bool = True, cookie: str | None = None) -> Any:
    request = RequestFactory().get("/match/", secure=secure)
    if cookie is not None:
        request.COOKIES[drafts.cookie_name(secure=secure)] = cookie
    return request


def save(draft: DraftSession, *, secure: bool = True) -> str:
    """Save the draft and return the value of the cookie that the browser now has."""
    response = HttpResponse()
    draft.save(response)
    return response.cookies[drafts.cookie_name(secure=secure)].value


def saved(**data: Any) -> str:
    draft = start_draft(visitor())
    draft.data |= data
    return save(draft)


def opened(cookie: str) -> DraftSession | None:
    return open_draft(visitor(cookie=cookie))


def test_draft_is_read_back_with_the_cookie() -> None:
    people = [{"about": "partner", "responses": {"1": 7, "2": None}}]
    draft = opened(saved(people=people))
    assert draft is not None
    assert draft.data == {"people": people, "intake": {}}


def test_nothing_is_stored_before_the_first_save() -> None:
    start_draft(visitor())
    assert not Draft.objects.exists()


def test_saving_again_changes_the_same_row_under_a_new_nonce() -> None:
    cookie = saved(about="partner")
    before = bytes(Draft.objects.get().ciphertext)
    draft = opened(cookie)
    assert draft is not None
    assert save(draft) == cookie
    after = bytes(Draft.objects.get().ciphertext)
    assert before[: sealing.NONCE_BYTES] != after[: sealing.NONCE_BYTES]


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-draft"), (False, "draft")])
def test_cookie_is_for_this_host_alone_and_no_script(secure: bool, name: str) -> None:
    response = HttpResponse()
    start_draft(visitor(secure=secure)).save(response)
    cookie = response.cookies[name]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert bool(cookie["secure"]) is secure
    assert cookie["max-age"] == ""  # leaves with the browser
    assert len(base64.urlsafe_b64decode(cookie.value + "=")) == 32
    assert response["Cache-Control"] == "no-store"


def test_every_draft_has_its_own_value() -> None:
    assert len({saved() for _ in range(20)}) == 20


def test_row_holds_no_plaintext_and_not_the_value() -> None:
    cookie = saved(about=CANARY, responses={CANARY: 7}, intake={"note": CANARY})
    value = base64.urlsafe_b64decode(cookie + "=")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM assessments_draft")
        row = cursor.fetchone()
    raw = b"|".join(bytes(part) if isinstance(part, memoryview | bytes) else str(part).encode() for part in row)
    for secret in (CANARY.encode(), b"responses", value, cookie.encode(), value.hex().encode()):
        assert secret not in raw


def test_server_cannot_open_a_draft_with_all_that_it_keeps() -> None:
    saved(about=CANARY)
    row = Draft.objects.get()
    sealed, digest = bytes(row.ciphertext), bytes(row.digest)
    for candidate in (digest, sealing.digest_of(digest), settings.SECRET_KEY.encode()[:32]):
        for key in (AESGCM(candidate.ljust(32, b"\0")), sealing.cipher_of(candidate)):
            with pytest.raises(InvalidTag):
                key.decrypt(sealed[: sealing.NONCE_BYTES], sealed[sealing.NONCE_BYTES :], digest)


def test_length_of_the_row_does_not_tell_how_much_was_answered() -> None:
    saved(responses={})
    saved(about="partner", responses={str(n): 7 for n in range(1, 13)})
    assert len({len(bytes(row.ciphertext)) for row in Draft.objects.all()}) == 1


def test_row_moved_to_another_visitor_opens_for_nobody() -> None:
    ada, bea = saved(about="partner"), saved(about="mother")
    first, second = Draft.objects.order_by("pk")
    first_ciphertext = first.ciphertext
    Draft.objects.filter(pk=second.pk).update(ciphertext=first_ciphertext)
    assert opened(ada) is not None
    assert opened(bea) is None


def test_tampered_ciphertext_is_no_draft() -> None:
    cookie = saved(about="partner")
    sealed = bytearray(Draft.objects.get().ciphertext)
    for position in (0, sealing.NONCE_BYTES, len(sealed) - 1):
        broken = bytearray(sealed)
        broken[position] ^= 1
        Draft.objects.update(ciphertext=bytes(broken))
        assert opened(cookie) is None
    for short in (b"", b"x", bytes(sealed[:13])):
        Draft.objects.update(ciphertext=short)
        assert opened(cookie) is None


@given(st.text(max_size=60))
def test_any_cookie_that_somebody_makes_up_is_no_draft(cookie: str) -> None:
    assert opened(cookie) is None


def test_cookie_with_one_letter_changed_is_no_draft() -> None:
    cookie = saved(about="partner")
    assert opened(("B" if cookie[0] == "A" else "A") + cookie[1:]) is None


def test_cookie_of_plain_http_is_not_read_over_https() -> None:
    cookie = save(start_draft(visitor(secure=False)), secure=False)
    request = visitor(secure=True)
    request.COOKIES["draft"] = cookie
    assert open_draft(request) is None
    assert open_draft(visitor(secure=False, cookie=cookie)) is not None


def test_idle_draft_is_gone_after_24_hours_and_deleted_on_touch() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        cookie = saved(about="partner")
        clock.move_to(NOON + dt.timedelta(hours=24) - dt.timedelta(seconds=1))
        Draft.objects.update(idle_until=NOON + dt.timedelta(hours=24))
        clock.move_to(NOON + dt.timedelta(hours=24))
        assert opened(cookie) is None
        assert not Draft.objects.exists()


def test_use_keeps_a_draft_for_another_24_hours_but_not_past_7_days() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        cookie = saved(about="partner")
        for hours in range(20, 7 * 24, 20):
            clock.move_to(NOON + dt.timedelta(hours=hours))
            assert opened(cookie) is not None
        clock.move_to(NOON + dt.timedelta(days=7))
        assert opened(cookie) is None
        assert not Draft.objects.exists()


def test_deleting_removes_row_and_cookie() -> None:
    draft = opened(saved(about="partner"))
    assert draft is not None
    response = HttpResponse()
    draft.delete(response)
    assert not Draft.objects.exists()
    assert response.cookies["__Host-draft"].value == ""
    assert response.cookies["__Host-draft"]["max-age"] == 0
    assert response.cookies["__Host-draft"]["secure"]
    assert response["Cache-Control"] == "no-store"


def test_draft_deleted_in_another_tab_stays_deleted() -> None:
    cookie = saved(about="partner")
    here, there = opened(cookie), opened(cookie)
    assert here is not None
    assert there is not None
    there.delete(HttpResponse())
    response = HttpResponse()
    here.save(response)
    assert not Draft.objects.exists()
    assert not response.cookies, "the browser is not given a key that opens nothing"


def test_purge_deletes_the_expired_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(2):
            saved(about="partner")  # idle by tomorrow noon
        clock.move_to(NOON + dt.timedelta(hours=1))
        kept = saved(about="mother")
        old = saved(about="father")
        Draft.objects.with_digest(sealing.digest_of(base64.urlsafe_b64decode(old + "="))).update(
            hard_until=NOON + dt.timedelta(hours=2)
        )
        clock.move_to(NOON + dt.timedelta(hours=24))
        call_command("purge_drafts")
        assert "3 expired drafts deleted" in capsys.readouterr().out
        assert opened(kept) is not None
        assert Draft.objects.count() == 1
