"""The desk sends links, and decides on what therapists and visitors say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from directory import actions
from directory.curation.reminders import send_reminders
from directory.models import Correction, ProblemReport, Reminder, Therapist
from tests.directory.admin_people import curator, signed_in
from tests.directory.links import NOON
from tests.directory.test_run_due import Refuses as _Refuses
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/directory/therapist/"


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def cora() -> Client:
    return signed_in(curator())


@pytest.fixture
def ana() -> Therapist:
    therapist: Therapist = TherapistFactory(name="Ana Demo", slug="ana-demo", email="ana@example.org")
    return therapist


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def press(client: Client, therapist: Therapist) -> Any:
    url = reverse("admin:directory_therapist_step", args=[therapist.pk, "send-link"])
    assert url in client.get(reverse("admin:directory_therapist_change", args=[therapist.pk])).content.decode()
    return client.post(url, follow=True)


# --- Send a link ------------------------------------------------------------------------------------------------------
def test_the_button_sends_a_link_at_once(cora: Client, ana: Therapist) -> None:
    assert "Sent a link to 1." in messages_of(press(cora, ana))
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    assert ana.attestation_links.get().made_by == "cora"
    assert "less than an hour ago" in messages_of(press(cora, ana))
    assert len(mail.outbox) == 1


def test_the_button_says_why_no_link_goes_out(cora: Client, ana: Therapist, settings: Any) -> None:
    Therapist.objects.filter(pk=ana.pk).update(email="")
    assert "No email address is on record." in messages_of(press(cora, ana))
    Therapist.objects.filter(pk=ana.pk).update(email="no@example.org")
    settings.EMAIL_BACKEND = f"{_Refuses.__module__}.{_Refuses.__name__}"
    assert "did not take the letter" in messages_of(press(cora, ana))
    assert Reminder.objects.get().last_error == "ConnectionRefusedError"


def test_many_links_are_queued_and_who_gets_none_is_counted(cora: Client, ana: Therapist) -> None:
    others = [TherapistFactory(email="b@example.org"), TherapistFactory(email="")]
    chosen = [ana.pk, *(other.pk for other in others)]
    response = cora.post(LIST, {"action": "send_links", "_selected_action": chosen}, follow=True)
    told = messages_of(response)
    assert "Links for 2 go out with the next run" in told
    assert "1 get none" in told
    assert mail.outbox == []
    assert send_reminders(TODAY) == 2


# --- Reminders --------------------------------------------------------------------------------------------------------
def test_a_failed_letter_is_shown_and_can_be_tried_again(cora: Client, ana: Therapist) -> None:
    later = NOON.replace(hour=23)
    failed = Reminder.objects.create(
        therapist=ana, kind="asked", due_on=TODAY, attempts=4, next_try_at=later, last_error="SMTPServerDisconnected"
    )
    page = cora.get("/admin/directory/reminder/?outcome=failed").content.decode()
    assert "SMTPServerDisconnected" in page
    assert send_reminders(TODAY) == 0
    cora.post("/admin/directory/reminder/", {"action": "try_again", "_selected_action": [failed.pk]})
    assert send_reminders(TODAY) == 1


def test_each_outcome_can_be_listed(cora: Client, ana: Therapist) -> None:
    for kind, values in (
        ("asked", {}),
        ("consent", {"last_error": "x"}),
        ("license", {"sent_at": NOON}),
        ("openings", {"dropped_at": NOON}),
    ):
        Reminder.objects.create(therapist=ana, kind=kind, due_on=TODAY, **values)  # type: ignore[arg-type]
    for outcome, count in (("waits", 2), ("failed", 1), ("sent", 1), ("dropped", 1), ("", 4)):
        page = cora.get(f"/admin/directory/reminder/?outcome={outcome}" if outcome else "/admin/directory/reminder/")
        assert len(page.context["cl"].result_list) == count


# --- Corrections ------------------------------------------------------------------------------------------------------
def decide(client: Client, correction: Correction, decision: str, reason: str = "Board register") -> Any:
    url = reverse("admin:directory_correction_change", args=[correction.pk])
    return client.post(url, {"decision": decision, "reason": reason}, follow=True)


def test_an_accepted_name_is_written_under_the_curators_name(cora: Client, ana: Therapist) -> None:
    asked = actions.ask_correction(therapist=ana, field="name", old="Ana Demo", new="Ana Diaz", on=TODAY)
    assert "Ana Diaz" in cora.get("/admin/directory/correction/").content.decode()
    decide(cora, asked, "accept")
    row = ana.history.first()
    assert (row.name, row.history_user.username) == ("Ana Diaz", "cora")
    asked.refresh_from_db()
    assert (asked.state, asked.reason, asked.decided_by) == ("accepted", "Board register", "cora")
    assert len(cora.get("/admin/directory/correction/").context["cl"].result_list) == 0
    assert len(cora.get("/admin/directory/correction/?state=decided").context["cl"].result_list) == 1
    assert len(cora.get("/admin/directory/correction/?state=all").context["cl"].result_list) == 1


def test_a_declined_one_leaves_the_profile_as_it_is(cora: Client, ana: Therapist) -> None:
    asked = actions.ask_correction(therapist=ana, field="email", old=ana.email, new="thief@example.org", on=TODAY)
    decide(cora, asked, "decline", "They know nothing of it, by phone")
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


def test_a_decision_needs_a_reason_and_is_made_once(cora: Client, ana: Therapist) -> None:
    asked = actions.ask_correction(therapist=ana, field="name", old="Ana Demo", new="Ana Diaz", on=TODAY)
    assert decide(cora, asked, "accept", "").context["adminform"].form.errors["reason"]
    decide(cora, asked, "decline")
    assert decide(cora, asked, "accept").status_code == 403
    ana.refresh_from_db()
    assert ana.name == "Ana Demo"


# --- Reports ----------------------------------------------------------------------------------------------------------
def test_harmful_practice_is_first_and_a_report_is_closed_with_a_reason(cora: Client, ana: Therapist) -> None:
    for kind in ("phone", "harmful"):
        actions.report_problem(therapist=ana, kind=kind, text="<script>", on=TODAY)
    page = cora.get("/admin/directory/problemreport/")
    assert [report.kind for report in page.context["cl"].result_list] == ["harmful", "phone"]
    assert "<script>" not in page.content.decode().replace('<script src="', "")
    report = ProblemReport.objects.get(kind="harmful")
    url = reverse("admin:directory_problemreport_change", args=[report.pk])
    cora.post(url, {"reason": "Asked the board."})
    report.refresh_from_db()
    assert (report.state, report.decided_by) == ("resolved", "cora")
    assert "Asked the board." in cora.get(url).content.decode()


def test_the_desk_counts_them(cora: Client, ana: Therapist) -> None:
    TherapistFactory(email="")
    actions.report_problem(therapist=ana, kind="phone", text="", on=TODAY)
    actions.ask_correction(therapist=ana, field="name", new="Ana Diaz", on=TODAY)
    response = cora.get("/admin/")
    counts = {queue.label: queue.count for queue in response.context["queues"]}
    assert (counts["problems reported"], counts["corrections to accept"], counts["no way to remind"]) == (1, 1, 1)
