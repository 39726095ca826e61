"""The queue of the harmful-practice screen: a curator decides, with a reason on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory import actions
from directory.models import ScreeningFlag, Therapist
from tests.directory.admin_people import curator, signed_in, somebody_as
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db
QUEUE = "/admin/directory/screeningflag/"


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def flag(**values: Any) -> ScreeningFlag:
    therapist = values.pop("therapist", None) or TherapistFactory(name="Ana Demo")
    facts = {"tier": "hold", "term": "rebirthing", "field": "bio", "sentence": "I offer rebirthing.", "found_on": TODAY}
    return ScreeningFlag.objects.create(therapist=therapist, **{**facts, **values})


def test_queue_shows_open_flags_with_their_sentences(desk: Client, django_assert_max_num_queries: Any) -> None:
    ana = TherapistFactory(name="Ana Demo")
    for number in range(12):
        flag(therapist=ana, sentence=f"Open sentence {number}.")
    flag(
        sentence="Decided sentence.", decision="cleared", reason="a quotation", decided_by="cora",
        decided_at="2026-11-20T12:00:00Z",
    )  # fmt: skip
    with django_assert_max_num_queries(7):
        text = desk.get(QUEUE).content.decode()
    assert "Open sentence 11." in text
    assert "Decided sentence." not in text
    assert "Decided sentence." in desk.get(QUEUE, {"decision": "all"}).content.decode()
    assert "Decided sentence." in desk.get(QUEUE, {"decision": "cleared"}).content.decode()


@pytest.mark.parametrize(("decision", "listed"), [("cleared", True), ("upheld", False)])
def test_a_decision_is_recorded_with_who_and_why(desk: Client, decision: str, listed: bool) -> None:
    found = flag()
    page = reverse("admin:directory_screeningflag_change", args=[found.pk])
    assert not Therapist.objects.published(on=TODAY).exists()
    desk.post(page, {"decision": decision, "reason": "It quotes a book."})
    found.refresh_from_db()
    assert (found.decision, found.reason, found.decided_by) == (decision, "It quotes a book.", "cora")
    assert found.decided_at is not None
    assert Therapist.objects.published(on=TODAY).exists() is listed


@pytest.mark.parametrize(
    ("description", "sent"),
    [
        ("no reason", {"decision": "cleared", "reason": ""}),
        ("a blank reason", {"decision": "cleared", "reason": "   "}),
        ("no decision", {"reason": "It quotes a book."}),
        ("back to open", {"decision": "open", "reason": "It quotes a book."}),
        ("an unknown decision", {"decision": "maybe", "reason": "It quotes a book."}),
    ],
)
def test_a_decision_needs_a_verdict_and_a_reason(desk: Client, description: str, sent: dict[str, str]) -> None:
    found = flag()
    response = desk.post(reverse("admin:directory_screeningflag_change", args=[found.pk]), sent)
    assert response.status_code == 200
    assert response.context["errors"]
    found.refresh_from_db()
    assert found.decision == "open"


def test_the_sentence_itself_cannot_be_edited(desk: Client) -> None:
    found = flag()
    page = reverse("admin:directory_screeningflag_change", args=[found.pk])
    desk.post(page, {"decision": "cleared", "reason": "ok, a quotation", "sentence": "Something else.", "tier": "ask"})
    found.refresh_from_db()
    assert (found.sentence, found.tier) == ("I offer rebirthing.", "hold")


def test_what_a_lead_upheld_is_not_cleared_by_a_curator() -> None:
    flag = ScreeningFlag.objects.create(
        therapist=TherapistFactory(), tier="hold", term="x", field="bio", sentence="X.", found_on=TODAY
    )
    actions.decide_flag(flag=flag, by=somebody_as("lead"), decision="upheld", reason="Offered", at=timezone.now())
    with pytest.raises(actions.AlreadyDecided):
        actions.decide_flag(flag=flag, by=somebody_as("curator"), decision="cleared", reason="Fine", at=timezone.now())
    url = reverse("admin:directory_screeningflag_change", args=[flag.pk])
    answer = signed_in(somebody_as("curator")).post(url, {"decision": "cleared", "reason": "Fine"})
    assert answer.status_code == 403
    flag.refresh_from_db()
    assert (flag.decision, flag.reason) == ("upheld", "Offered")
    actions.decide_flag(flag=flag, by=somebody_as("lead"), decision="cleared", reason="Gone", at=timezone.now())
    assert flag.decision == "cleared"
