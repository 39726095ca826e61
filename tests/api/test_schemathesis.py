"""The API against its own schema, with what a hostile or careless caller might send (checks: schemathesis.toml)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, assume, given, settings
from schemathesis.generation import GenerationMode

from tests.api.conftest import IssueKey
from tests.api.test_access import ADDRESSES, Address
from tests.factories import TherapistFactory


@pytest.fixture
def _one_connection() -> Any:
    # In-process requests would close the connection that holds the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def api(_one_connection: None, db: None) -> Any:
    TherapistFactory(slug="ada", fee_min=100, concerns=["grief"], zips=["90012"])
    TherapistFactory(slug="ben", session_formats=["couple"], accepting_clients="")
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.open_to], ids=lambda address: address.route)
def test_answers_keep_to_the_schema_whatever_is_sent(
    api: Any, key_with: IssueKey, address: Address, mode: GenerationMode
) -> None:
    operation = api["/" + address.route.replace("<slug:", "{").replace(">", "}")][address.method]
    if mode.is_negative and not operation.query and not operation.body and not operation.path_parameters:
        pytest.skip("nothing in this request can be wrong")
    key = key_with()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        # An unknown parameter with an empty list is gone from the address that is sent, and with it what was wrong.
        assume(all(value != [] for value in (case.query or {}).values()))
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"})

    holds()
