"""Callers of the API: a partner with a key, and what a call looks like."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from directory.models import PartnerKey, Scope
from tests.factories import TODAY, PartnerFactory

RESPONSES = Path(__file__).parent / "responses"

IssueKey = Callable[..., str]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Views ask the clock which day it is; in these tests it is always the same."""
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=True):
        yield


@pytest.fixture
def key_with(db: None) -> IssueKey:
    """Make a key with these scopes; `expires_at` and `revoked_at` as on the model. It was used today already."""

    def issue(*scopes: str, **values: Any) -> str:
        prefix = f"tmd_{secrets.token_hex(4)}"
        key = f"{prefix}.{secrets.token_urlsafe(32)}"
        values.setdefault("last_used_on", timezone.now().date())
        PartnerKey.objects.create(
            partner=PartnerFactory(),
            prefix=prefix,
            digest=hashlib.sha256(key.encode()).digest(),
            scopes=list(scopes) or list(Scope.values),
            **values,
        )
        return key

    return issue


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient()


@pytest.fixture
def partner(key_with: IssueKey) -> APIClient:
    """A caller with every scope."""
    return client_with(key_with())


def client_with(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def expected(name: str, seen: Any) -> Any:
    """The whole document that a partner was promised: tests/api/responses/NAME.json.

    WRITE_RESPONSES=1 writes what was seen instead, for a reviewer to read in the diff.
    """
    file = RESPONSES / f"{name}.json"
    if os.environ.get("WRITE_RESPONSES"):
        file.write_text(json.dumps(seen, indent=2, ensure_ascii=False) + "\n")
    return json.loads(file.read_text())
