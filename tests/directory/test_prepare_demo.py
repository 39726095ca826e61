"""The demo's way in: a curator, a partner's key, twice the same; and never on a server."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.management.commands.prepare_demo import CURATOR, PASSWORD
from directory.actions import revoke_key
from directory.models import PartnerKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_desk_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL = True
    settings.BASE_DIR = tmp_path


def prepare(*args: str) -> str:
    out = StringIO()
    call_command("prepare_demo", *args, stdout=out)
    return out.getvalue()


def test_the_curator_works_in_the_directory_and_nowhere_else() -> None:
    assert f"password  {PASSWORD}" in prepare()
    curator = get_user_model().objects.get(username=CURATOR)
    assert curator.check_password(PASSWORD)
    assert curator.is_staff
    assert not curator.is_superuser
    assert curator.has_perm("directory.change_therapist")
    assert curator.has_perm("directory.change_screeningflag")
    assert curator.has_perm("directory.publish_therapist")
    for permission in ("auth.change_user", "directory.change_searchrow", "directory.view_change"):
        assert not curator.has_perm(permission)


def test_running_it_again_prints_the_same_key() -> None:
    first = prepare("--port", "8001")
    assert "http://127.0.0.1:8001/admin/" in first
    assert prepare("--port", "8001") == first
    assert PartnerKey.objects.count() == 1


def test_a_key_that_opens_nothing_is_replaced() -> None:
    first = prepare()
    revoke_key(key=PartnerKey.objects.get(), at=timezone.now())
    assert prepare() != first
    assert PartnerKey.objects.filter(revoked_at=None).count() == 1


def test_a_server_is_no_demo(settings: Any) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="not a demo"):
        prepare()
    assert not get_user_model().objects.exists()
