"""The retention table: whatever is stored has a rule, and what is published is what is printed."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import isolate_apps
from structlog.testing import capture_logs

from assessments import drafts
from assessments.models import Draft
from config.retention import ABOUT_NOBODY, CLIENTS, HELD, not_in_the_rules, unclassified
from directory import shortlist

DOCUMENT = django_settings.BASE_DIR / "docs" / "privacy.md"
BEGIN, END = "<!-- manage.py what_we_hold -->\n", "<!-- end -->\n"


def test_every_field_of_every_model_has_a_rule() -> None:
    without = unclassified(apps.get_models(include_auto_created=True))
    assert without == [], "Write them down in config/retention.py, with the day on which they go."


@isolate_apps("directory")
def test_a_field_without_a_rule_is_named() -> None:
    class Draft(models.Model):  # noqa: DJ008
        digest = models.BinaryField()
        shoe_size = models.IntegerField()

        class Meta:
            app_label = "directory"
            db_table = "assessments_draft"

    class Diary(models.Model):  # noqa: DJ008
        entry = models.TextField()

        class Meta:
            app_label = "directory"

    assert unclassified([Draft, Diary]) == [
        "assessments_draft.shoe_size",
        "directory_diary.entry",
        "directory_diary.id",
    ]


@pytest.mark.django_db
def test_the_database_holds_no_column_and_no_table_beside_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, array_agg(c.column_name::text) FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY 1"
        )
        stored = dict(cursor.fetchall())
    assert not_in_the_rules(stored) == []
    ruled = {f"{held.name}.{name}" for held in HELD if held.kind == "table" for name in held.field_names}
    ruled |= {f"{table}.{name}" for table, names in ABOUT_NOBODY.items() for name in names.split()}
    assert ruled <= {f"{table}.{name}" for table, names in stored.items() for name in names}, "a rule for nothing"


def test_no_place_is_told_twice_and_none_is_empty_of_words() -> None:
    names = [(held.kind, held.name) for held in HELD]
    assert len(names) == len(set(names))
    assert not {name for kind, name in names if kind == "table"} & ABOUT_NOBODY.keys()
    for held in HELD:
        assert all((held.what, held.until, held.deleted_by, held.fields, *held.fields.values())), held.name
        assert len(held.field_names) == len(set(held.field_names)), held.name


# --- Cookies, log lines, the page for visitors ------------------------------------------------------------------------
def test_cookies_that_are_set_are_those_on_the_list() -> None:
    listed = {held.name for held in HELD if held.kind == "cookie"}
    set_by_us = {drafts.cookie_name(secure=True), shortlist.COOKIE}
    assert listed == set_by_us | {"__Host-csrf", "__Host-session", "messages"}


def test_log_lines_hold_what_the_list_says(settings: Any) -> None:
    settings.REQUEST_LOG, settings.ROOT_URLCONF = True, "tests.error_urls"
    with capture_logs() as lines:
        Client(raise_request_exception=False).get("/wrong/500/")
    listed = {held.name: {*held.field_names} for held in HELD if held.kind == "log line"}
    for line in lines:
        assert {*line} - {"log_level"} <= listed[line["event"]]
    assert {line["event"] for line in lines} == listed.keys()


def test_the_page_tells_visitors_every_place_that_concerns_them() -> None:
    page = Client().get("/privacy/").content.decode()
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
    assert rows == [held.on_page for held in CLIENTS if held.on_page]
    assert all(held.on_page for held in CLIENTS if held.kind in {"table", "cookie"})


# --- The printed list -------------------------------------------------------------------------------------------------
def printed(**options: Any) -> str:
    out = io.StringIO()
    call_command("what_we_hold", stdout=out, **options)
    return out.getvalue()


def test_the_published_list_is_what_the_command_prints() -> None:
    """WRITE_RESPONSES=1 writes it into docs/privacy.md anew: read the diff as a visitor would."""
    before, rest = DOCUMENT.read_text().split(BEGIN)
    published, after = rest.split(END)
    if os.environ.get("WRITE_RESPONSES"):
        DOCUMENT.write_text(before + BEGIN + printed() + END + after)
        return
    assert published == printed()


def test_every_rule_is_printed_field_by_field() -> None:
    text = printed()
    for held in HELD:
        assert held.name in text
        assert all(f"`{name}`" in text for name in held.field_names), held.name


@pytest.mark.django_db
def test_rows_can_be_counted_and_contents_are_never_shown() -> None:
    User.objects.create_user("canary-of-a-curator")
    text = printed(count=True)
    assert "- table `auth_user` (1 rows)" in text
    assert "- table `assessments_draft` (0 rows)" in text
    assert "canary" not in text


# --- Purge ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_purge_deletes_what_has_ended_and_nothing_else() -> None:
    now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        for name, hours in (("ended", -1), ("runs", 1)):
            end = now + dt.timedelta(hours=hours)
            Draft.objects.create(digest=name.encode(), ciphertext=b"", idle_until=end, hard_until=end)
            Session.objects.create(session_key=name, session_data="", expire_date=end)
            attempt = AccessAttempt.objects.create(username=name, failures_since_start=1)
            AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=end - dt.timedelta(hours=1))
        call_command("purge", stdout=io.StringIO())
    assert [bytes(draft.digest) for draft in Draft.objects.all()] == [b"runs"]
    assert [session.session_key for session in Session.objects.all()] == ["runs"]
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["runs"]
