"""“Report a problem with this listing”: anybody may, nobody is known by it, and nothing changes by itself."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from directory import actions
from directory.limits import is_allowed
from directory.models import Allowance, ProblemReport, Therapist
from tests.directory.links import NOON
from tests.factories import TODAY, TherapistFactory

ADDRESS = "/therapists/ana-demo/report/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def ana(db: None) -> Therapist:
    therapist: Therapist = TherapistFactory(name="Ana Demo", slug="ana-demo")
    return therapist


def columns(model: Any) -> set[str]:
    return {field.column for field in model._meta.get_fields() if hasattr(field, "column")}


def test_the_profile_leads_to_the_form(client: Client, ana: Therapist) -> None:
    assert f'href="{ADDRESS}"' in client.get("/therapists/ana-demo/").content.decode()
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert 'href="tel:988"' in page.content.decode()


def test_a_report_goes_before_a_curator_and_changes_nothing(client: Client, ana: Therapist) -> None:
    before = Therapist.objects.filter(pk=ana.pk).values().get()
    answer = client.post(ADDRESS, {"kind": "phone", "text": "  It <b>rings</b> elsewhere. "})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/therapists/report/thanks/")
    report = ProblemReport.objects.get()
    assert (report.kind, report.text, report.state) == ("phone", "It rings elsewhere.", "open")
    assert Therapist.objects.filter(pk=ana.pk).values().get() == before


def test_a_report_holds_nothing_about_who_sent_it(client: Client, ana: Therapist) -> None:
    client.post(ADDRESS, {"kind": "other"}, headers={"user-agent": "canary", "referer": "https://canary.example"})
    assert columns(ProblemReport) == {
        "id", "therapist_id", "kind", "text", "received_on", "state", "decided_by", "decided_at", "reason",
    }  # fmt: skip
    assert columns(Allowance) == {"id", "digest", "count", "ends_at"}
    assert ProblemReport.objects.get().received_on == TODAY, "a day, no time"
    assert set(client.cookies) <= {"csrftoken"}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose what is wrong."),
        ({"kind": "gossip"}, "not one of the available choices"),
        ({"kind": "text", "text": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_mistake_is_named(client: Client, ana: Therapist, sent: dict[str, str], told: str) -> None:
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ProblemReport.objects.exists()


def test_who_is_not_listed_cannot_be_reported(client: Client, ana: Therapist) -> None:
    assert client.get("/therapists/nobody/report/").status_code == 404
    actions.suspend(therapist=ana, by="Ada", reason="Asked for it")
    for answer in (client.get(ADDRESS), client.post(ADDRESS, {"kind": "phone"})):
        assert answer.status_code == 410
    assert not ProblemReport.objects.exists()


def test_five_reports_an_hour_come_from_one_network(client: Client, ana: Therapist, time_machine: Any) -> None:
    for _ in range(5):
        assert client.post(ADDRESS, {"kind": "phone"}).status_code == 302
    refused = client.post(ADDRESS, {"kind": "phone"})
    assert refused.status_code == 429
    assert 'href="tel:988"' in refused.content.decode()
    assert ProblemReport.objects.count() == 5
    assert Client(REMOTE_ADDR="203.0.113.9").post(ADDRESS, {"kind": "phone"}).status_code == 302
    time_machine.move_to(NOON + HOUR, tick=False)
    assert client.post(ADDRESS, {"kind": "phone"}).status_code == 302


def test_twenty_reports_a_day_are_taken_about_one_therapist(ana: Therapist, time_machine: Any) -> None:
    other = TherapistFactory(slug="bo-demo")
    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(ADDRESS, {"kind": "phone"}).status_code for number in range(22)
    ]
    assert answers == [302] * 20 + [429] * 2
    assert Client().post(f"/therapists/{other.slug}/report/", {"kind": "phone"}).status_code == 302
    time_machine.move_to(NOON + dt.timedelta(days=1), tick=False)
    assert Client().post(ADDRESS, {"kind": "phone"}).status_code == 302


@pytest.mark.django_db
def test_a_count_cannot_be_followed_from_one_hour_to_the_next() -> None:
    for hours in range(3):
        assert is_allowed("reports", "somebody", most=1, per=HOUR, at=NOON + hours * HOUR)
    assert not is_allowed("reports", "somebody", most=1, per=HOUR, at=NOON)
    assert is_allowed("new links", "somebody", most=1, per=HOUR, at=NOON)
    assert Allowance.objects.count() == 4
    assert {row.ends_at - NOON for row in Allowance.objects.all()} == {HOUR, 2 * HOUR, 3 * HOUR}


def test_many_at_once_are_each_counted(committed: None) -> None:
    def ask(_: int) -> bool:
        try:
            return is_allowed("reports", "somebody", most=5, per=HOUR, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(16))) == 5


def test_what_harms_people_is_on_top_of_the_queue(ana: Therapist) -> None:
    for days, kind in ((3, "phone"), (1, "harmful"), (2, "moved"), (0, "harmful")):
        actions.report_problem(therapist=ana, kind=kind, text="", on=TODAY - dt.timedelta(days=days))
    order = [(report.kind, (TODAY - report.received_on).days) for report in ProblemReport.objects.gravest_first()]
    assert order == [("harmful", 1), ("harmful", 0), ("phone", 3), ("moved", 2)]


def test_a_report_is_resolved_once_with_a_reason(ana: Therapist) -> None:
    actions.report_problem(therapist=ana, kind="phone", text="It rings elsewhere.", on=TODAY)
    report = ProblemReport.objects.get()
    with pytest.raises(actions.ReasonMissing):
        actions.resolve_report(report=report, by="Ada", reason=" ", at=NOON)
    actions.resolve_report(report=report, by="Ada", reason="Called: it works.", at=NOON)
    with pytest.raises(actions.AlreadyDecided):
        actions.resolve_report(report=report, by="Bo", reason="Again", at=NOON)
    assert (report.state, report.decided_by, report.reason) == ("resolved", "Ada", "Called: it works.")


def test_purge_empties_texts_90_days_after_the_decision_and_deletes_after_a_year(ana: Therapist) -> None:
    for kind, days_ago in (("phone", 100), ("moved", 80), ("other", 365)):
        day = TODAY - dt.timedelta(days=days_ago)
        actions.report_problem(therapist=ana, kind=kind, text="Words.", on=day)
        if kind != "other":
            report = ProblemReport.objects.get(kind=kind)
            at = NOON - dt.timedelta(days=days_ago - (1 if kind == "phone" else 0))
            actions.resolve_report(report=report, by="Ada", reason="Done.", at=at)
    is_allowed("reports", "somebody", most=5, per=HOUR, at=NOON - HOUR)
    is_allowed("reports", "somebody", most=5, per=HOUR, at=NOON)
    call_command("purge")
    assert {report.kind: report.text for report in ProblemReport.objects.all()} == {"phone": "", "moved": "Words."}
    assert Allowance.objects.count() == 1
