"""Partner keys in the admin: shown once, kept nowhere, revoked at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory import actions
from directory.models import PartnerKey
from tests.directory.admin_people import signed_in
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return signed_in(User.objects.create_superuser("root"))


def test_a_key_is_shown_once_and_kept_nowhere(desk: Client, capfd: Any, caplog: Any) -> None:
    partner = PartnerFactory(name="Care Finder")
    url = reverse("admin:directory_partner_issue_key", args=[partner.pk])
    response = desk.post(url, {"scopes": ["directory:read"], "expires_in_days": "30"})
    match = re.search(r'value="(tmd_[^"]+)"', response.content.decode())
    assert match is not None
    key = match[1]

    row = PartnerKey.objects.get(partner=partner)
    assert bytes(row.digest) == hashlib.sha256(key.encode()).digest()
    assert row.scopes == ["directory:read"]
    assert row.expires_at is not None
    assert abs(row.expires_at - timezone.now() - dt.timedelta(days=30)) < dt.timedelta(minutes=1)
    assert "no-store" in response["Cache-Control"]

    secret = key.partition(".")[2]
    stored = [session.get_decoded() for session in Session.objects.all()]
    kept = [
        str(stored),
        str(dict(response.cookies)),
        str(list(LogEntry.objects.values())),
        caplog.text,
        "".join(capfd.readouterr()),
        desk.get(url).content.decode(),
        desk.get(reverse("admin:directory_partner_change", args=[partner.pk])).content.decode(),
        desk.get(reverse("admin:directory_partnerkey_change", args=[row.pk])).content.decode(),
    ]
    assert not any(secret in text for text in kept)
    assert any(row.prefix in text for text in kept)


def test_digests_are_never_shown(desk: Client) -> None:
    partner = PartnerFactory()
    actions.issue_key(partner=partner)
    key = PartnerKey.objects.get()
    for page in (
        reverse("admin:directory_partner_change", args=[partner.pk]),
        reverse("admin:directory_partnerkey_change", args=[key.pk]),
        reverse("admin:directory_partnerkey_changelist"),
    ):
        text = desk.get(page).content.decode()
        assert bytes(key.digest).hex() not in text
        assert "digest" not in text.casefold()


def test_a_key_without_a_scope_is_not_issued(desk: Client) -> None:
    partner = PartnerFactory()
    response = desk.post(reverse("admin:directory_partner_issue_key", args=[partner.pk]), {"scopes": []})
    assert "This field is required" in response.content.decode()
    assert not PartnerKey.objects.exists()


def test_a_revoked_key_stays_on_record(desk: Client) -> None:
    partner = PartnerFactory()
    actions.issue_key(partner=partner)
    key = PartnerKey.objects.get()
    page = reverse("admin:directory_partnerkey_changelist")
    response = desk.post(page, {"action": "revoke", "_selected_action": [key.pk]}, follow=True)
    key.refresh_from_db()
    assert not key.is_live(timezone.now())
    assert "Revoked 1 of 1 keys." in response.content.decode()
    assert desk.post(reverse("admin:directory_partnerkey_delete", args=[key.pk]), {"post": "yes"}).status_code == 403


def test_list_of_partners_counts_the_keys_that_work(desk: Client) -> None:
    partner = PartnerFactory(name="Care Finder")
    for _ in range(3):
        actions.issue_key(partner=partner)
    first, second, _third = PartnerKey.objects.order_by("pk")
    actions.revoke_key(key=first, at=timezone.now())
    second.expires_at = timezone.now() - dt.timedelta(days=1)
    second.save(update_fields=["expires_at"])
    [row] = desk.get(reverse("admin:directory_partner_changelist")).context["cl"].result_list
    assert row._live_keys == 1
