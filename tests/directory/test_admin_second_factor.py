"""Signing in: the one-time code, the lock after failures, and what is kept of a failed try."""

from __future__ import annotations

from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from directory.limits import stand_in_address

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/?next=/admin/"
PASSWORD = "correct horse battery"


@pytest.fixture
def cora(settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    return User.objects.create_superuser("cora", password=PASSWORD)


def sign_in(client: Client, *, password: str = PASSWORD, code: str | None = None, **more: str) -> Any:
    data = {"username": "cora", "password": password, "next": "/admin/", **more}
    return client.post(LOGIN, data if code is None else {**data, "otp_token": code})


def code_of(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift).token():06d}"


def test_demo_signs_in_with_a_password_alone() -> None:
    User.objects.create_superuser("cora", password=PASSWORD)
    client = Client()
    assert b"One-time code" not in client.get(LOGIN).content
    assert sign_in(client)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_password_and_code_of_the_app_sign_in_at_once(cora: User) -> None:
    device = TOTPDevice.objects.create(user=cora, name="phone")
    StaticDevice.objects.create(user=cora, name="printed").token_set.create(token="abcd2345")
    client = Client()
    assert b"One-time code" in client.get(LOGIN).content
    assert sign_in(client, code=code_of(device))["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_session_without_the_second_factor_opens_nothing(cora: User) -> None:
    # One from the time before the second factor was asked for, or of another way in.
    client = Client()
    client.force_login(cora, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/")["Location"] == LOGIN
    assert client.get("/admin/directory/therapist/").status_code == 302


def test_a_printed_code_signs_in_once(cora: User) -> None:
    TOTPDevice.objects.create(user=cora, name="phone")
    StaticDevice.objects.create(user=cora, name="printed").token_set.create(token="abcd2345")
    assert sign_in(Client(), code="abcd2345").status_code == 302
    again = sign_in(Client(), code="abcd2345")
    assert again.status_code == 200
    assert b"does not work" in again.content


@pytest.mark.parametrize(
    ("description", "code", "message"),
    [
        ("no code", None, b"Please enter the one-time code"),
        ("a wrong code", "000000", b"does not work"),
        ("a code for a device that nobody has", "abcdefgh", b"No device fits this code"),
    ],
)
def test_a_password_alone_does_not_sign_in(cora: User, description: str, code: str | None, message: bytes) -> None:
    TOTPDevice.objects.create(user=cora, name="phone", key="00" * 20)
    client = Client()
    response = sign_in(client, code=code)
    assert response.status_code == 200
    assert message in response.content
    assert PASSWORD.encode() not in response.content
    assert client.get("/admin/").status_code == 302


def test_a_device_of_somebody_else_does_not_sign_in(cora: User) -> None:
    other = TOTPDevice.objects.create(user=User.objects.create_superuser("olga"), name="phone")
    assert sign_in(Client(), code=code_of(other), otp_device=other.persistent_id).status_code == 200


def test_a_device_that_is_not_confirmed_does_not_sign_in(cora: User) -> None:
    device = TOTPDevice.objects.create(user=cora, name="phone", confirmed=False)
    assert sign_in(Client(), code=code_of(device)).status_code == 200


def test_superusers_can_enroll_a_device(cora: User) -> None:
    device = TOTPDevice.objects.create(user=cora, name="phone")
    client = Client()
    sign_in(client, code=code_of(device))
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/config/").status_code == 200
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/qrcode/")["Content-Type"] == "image/svg+xml"
    assert client.get("/admin/otp_totp/totpdevice/add/").status_code == 200


def test_ten_failures_lock_the_caller_out_and_nobody_else(cora: User) -> None:
    device = TOTPDevice.objects.create(user=cora, name="phone")
    for _ in range(10):
        answer = sign_in(Client(REMOTE_ADDR="203.0.113.9"), password="wrong password", code="abcd2345")
    assert answer.status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), code=code_of(device)).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.10"), code=code_of(device)).status_code == 302


def test_a_failed_try_keeps_neither_address_nor_password_nor_code(cora: User) -> None:
    sign_in(Client(REMOTE_ADDR="203.0.113.9"), password="wrong password", code="abcd2345")
    [kept] = AccessAttempt.objects.values()
    assert "203.0.113.9" not in str(kept)
    assert "wrong password" not in str(kept)
    assert "abcd2345" not in str(kept)
    assert kept["ip_address"].startswith("fd")


def test_a_failed_try_keeps_nothing_else_that_the_browser_sent(cora: User) -> None:
    sent = {"HTTP_USER_AGENT": "canary", "HTTP_ACCEPT": "canary", "HTTP_REFERER": "https://canary.example/"}
    for _ in range(2):  # the second changes the row of the first
        Client(**sent).post("/admin/login/?next=/canary", {"username": "cora", "password": "wrong", "more": "canary"})
    [kept] = AccessAttempt.objects.values()
    assert "canary" not in str(kept)
    assert (kept["username"], kept["failures_since_start"]) == ("cora", 2)


def test_signing_in_is_not_logged_by_address(cora: User) -> None:
    device = TOTPDevice.objects.create(user=cora, name="phone")
    sign_in(Client(REMOTE_ADDR="203.0.113.9"), code=code_of(device))
    assert not AccessLog.objects.exists()


def test_stand_in_is_the_same_for_the_same_caller_only(settings: Any, rf: RequestFactory) -> None:
    def caller(**meta: str) -> str:
        return stand_in_address(rf.get("/", **meta))

    assert caller(REMOTE_ADDR="203.0.113.9") == caller(REMOTE_ADDR="203.0.113.9")
    assert caller(REMOTE_ADDR="203.0.113.9") != caller(REMOTE_ADDR="203.0.113.10")
    # Without a proxy of ours the header is the caller's own invention.
    spoofed = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert caller(**spoofed) == caller(REMOTE_ADDR="203.0.113.9")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    behind = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9"}
    assert caller(**behind) == caller(REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="203.0.113.9")
