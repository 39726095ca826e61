"""Partner keys: made once, kept as a digest, scoped, expiring, revocable."""

from __future__ import annotations

import datetime as dt
import hashlib
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from directory.actions import UnknownScope, issue_key, revoke_key
from directory.models import Partner, PartnerKey
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def issue(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("issue_key", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_only_the_digest_of_a_key_is_kept() -> None:
    key = issue_key(partner=PartnerFactory(), scopes=["directory:read"])
    prefix, secret = key.split(".")
    row = PartnerKey.objects.get(prefix=prefix)
    assert bytes(row.digest) == hashlib.sha256(key.encode()).digest()
    assert prefix.startswith("tmd_")
    assert len(prefix) == 12
    assert len(secret) == 43
    assert secret not in repr(PartnerKey.objects.values_list())
    assert row.scopes == ["directory:read"]


def test_a_key_without_named_scopes_has_all() -> None:
    issue_key(partner=PartnerFactory())
    assert PartnerKey.objects.get().scopes == ["directory:read", "matches:create"]


def test_no_key_for_a_scope_that_nothing_asks_for() -> None:
    with pytest.raises(UnknownScope, match=r"directory:write.*directory:read, matches:create"):
        issue_key(partner=PartnerFactory(), scopes=["directory:write"])
    assert not PartnerKey.objects.exists()


def test_a_revoked_key_is_dead_from_the_first_moment_on() -> None:
    issue_key(partner=PartnerFactory())
    key = PartnerKey.objects.get()
    now = timezone.now()
    revoke_key(key=key, at=now)
    revoke_key(key=key, at=now + dt.timedelta(days=1))
    key.refresh_from_db()
    assert key.revoked_at == now
    assert not key.is_live(now)


def test_the_command_prints_the_key_alone() -> None:
    out, err = issue("Acme")
    key = out.strip()
    assert out == f"{key}\n"
    assert PartnerKey.objects.get(prefix=key.split(".")[0]).partner.name == "Acme"
    assert "New partner Acme" in err
    assert key not in err


@pytest.mark.parametrize(
    ("description", "args", "scopes"),
    [
        ("none: both", ["Acme"], None),
        ("one", ["Acme", "--scope", "directory:read"], ["directory:read"]),
        ("the option first", ["--scope", "directory:read", "Acme"], ["directory:read"]),
        ("the option twice", ["Acme", "--scope=directory:read", "--scope=matches:create"], None),
        ("two after one option", ["Acme", "--scope", "directory:read", "matches:create"], None),
        ("two, and the name last", ["--scope", "directory:read", "matches:create", "Acme"], None),
    ],
)
def test_scopes_of_the_command(description: str, args: list[str], scopes: list[str] | None) -> None:
    issue(*args)
    row = PartnerKey.objects.get()
    assert row.partner.name == "Acme", description
    assert sorted(row.scopes) == (scopes or ["directory:read", "matches:create"]), description


def test_scopes_without_a_partner_open_nothing() -> None:
    with pytest.raises(CommandError, match="needs a name"):
        issue("--scope", "directory:read", "matches:create")
    assert not Partner.objects.exists()


def test_a_partner_gets_a_second_key_under_the_same_name() -> None:
    issue("Acme")
    issue("Acme", "--scope", "matches:create")
    assert Partner.objects.get().keys.count() == 2


def test_a_key_can_expire() -> None:
    issue("Acme", "--expires-in-days", "30")
    key = PartnerKey.objects.get()
    assert key.is_live(timezone.now() + dt.timedelta(days=29))
    assert not key.is_live(timezone.now() + dt.timedelta(days=31))


@pytest.mark.parametrize(
    ("description", "args", "message"),
    [
        ("an unknown scope", ["Acme", "--scope", "all"], "'all' is not a scope.*directory:read, matches:create"),
        ("no name", ["  "], "needs a name"),
        ("a day in the past", ["Acme", "--expires-in-days", "0"], "1 to 3650"),
    ],
)
def test_what_the_command_refuses(description: str, args: list[Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        issue(*args)
    assert not Partner.objects.exists(), description
