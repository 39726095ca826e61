"""Keys: who is known by one, and what is learned from one that is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from directory.actions import issue_key, revoke_key
from directory.models import PartnerKey
from tests.api.conftest import IssueKey, client_with
from tests.factories import PartnerFactory

TAXONOMY = "/api/v1/taxonomy/"
HOUR = dt.timedelta(hours=1)

SPOILED: list[tuple[str, Callable[[str], str]]] = [
    ("truncated", lambda key: key[:-1]),
    ("lengthened", lambda key: key + "A"),
    ("another case", lambda key: key.swapcase()),
    ("another secret", lambda key: key.partition(".")[0] + "." + "A" * 43),
    ("another prefix", lambda key: "tmd_00000000." + key.partition(".")[2]),
    ("prefix alone", lambda key: key.partition(".")[0]),
    ("empty", lambda key: ""),
    ("NUL", lambda key: key[:-1] + "\0"),
    ("not ASCII", lambda key: key[:-1] + "é"),
    ("a line more", lambda key: key + "\n"),
    ("two of them", lambda key: f"{key} {key}"),
]


def test_key_from_issue_key_opens_and_a_revoked_one_is_refused_on_the_next_request(db: None) -> None:
    key = issue_key(partner=PartnerFactory())
    client = client_with(key)
    assert client.get(TAXONOMY).status_code == 200
    revoke_key(key=PartnerKey.objects.get(prefix=key.partition(".")[0]), at=timezone.now())
    assert client.get(TAXONOMY).status_code == 401


@pytest.mark.parametrize(("description", "spoil"), SPOILED, ids=[row[0] for row in SPOILED])
def test_spoiled_key_gets_the_same_401_as_an_unknown_one(
    key_with: IssueKey, description: str, spoil: Callable[[str], str]
) -> None:
    unknown = client_with("tmd_unknown0." + "x" * 43).get(TAXONOMY)
    refused = client_with(spoil(key_with())).get(TAXONOMY)
    if description == "a line more":  # white space around a header's value belongs to no key
        assert refused.status_code == 200
        return
    assert (refused.status_code, refused.content) == (401, unknown.content)
    assert refused["WWW-Authenticate"] == unknown["WWW-Authenticate"] == 'Bearer realm="api"'


def test_expired_and_revoked_keys_get_the_same_401_as_an_unknown_one(key_with: IssueKey) -> None:
    now = timezone.now()
    unknown = client_with("tmd_unknown0." + "x" * 43).get(TAXONOMY)
    for key in (key_with(expires_at=now - HOUR), key_with(revoked_at=now - HOUR), key_with(expires_at=now)):
        assert client_with(key).get(TAXONOMY).content == unknown.content
    assert client_with(key_with(expires_at=now + HOUR)).get(TAXONOMY).status_code == 200


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_scheme_is_read_in_any_case(key_with: IssueKey, scheme: str) -> None:
    assert APIClient().get(TAXONOMY, HTTP_AUTHORIZATION=f"{scheme} {key_with()}").status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Api-Key", ""])
def test_key_in_another_scheme_is_no_key(key_with: IssueKey, scheme: str) -> None:
    assert APIClient().get(TAXONOMY, HTTP_AUTHORIZATION=f"{scheme} {key_with()}").status_code == 401


def test_key_in_the_address_is_an_unknown_parameter_and_opens_nothing(key_with: IssueKey, partner: APIClient) -> None:
    key = key_with()
    assert APIClient().get(TAXONOMY, {"key": key}).status_code == 401
    refused = partner.get(TAXONOMY, {"key": key})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "key"
    assert key not in refused.content.decode()


def test_day_of_last_use_is_written_once_a_day(key_with: IssueKey, django_assert_num_queries: Callable) -> None:
    client = client_with(key_with(last_used_on=None))
    client.get(TAXONOMY)
    assert PartnerKey.objects.get().last_used_on == timezone.now().date()
    with django_assert_num_queries(11):  # the key, nine vocabularies, the evidence: no write
        client.get(TAXONOMY)


def test_secret_is_kept_nowhere(key_with: IssueKey) -> None:
    key = key_with()
    kept = PartnerKey.objects.values().get()
    assert key.partition(".")[2] not in repr(kept)
