"""Trainings have a name and are confirmed or not; whoever ticks everything is told what that is worth."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from directory import actions
from directory.models import Approach, Concern, Therapist, TherapistApproach, TherapistConcern
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS, why_ticks_mean_nothing
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db
NAME = "ICEEFT certification"


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def stated() -> TherapistApproach:
    """What Ana states about emotionally focused therapy: a training with a name, that nobody has confirmed."""
    ana = TherapistFactory(name="Ana Demo", slug="ana", trained_in=["emotionally-focused"])
    TherapistApproach.objects.update(training=NAME)
    return TherapistApproach.objects.get(therapist=ana)


def confirm(stated: TherapistApproach) -> None:
    actions.confirm_training(stated=stated, by="Curator", source="the ICEEFT list", on=TODAY)


def test_the_page_says_what_is_known_of_a_training(client: Client, stated: TherapistApproach) -> None:
    TherapistApproach.objects.update(training="")
    assert "They say they have completed training in this. We have not checked it." in page(client)
    TherapistApproach.objects.update(training=NAME)
    assert f"Trained: {NAME}. They told us this. We have not checked it." in page(client)
    confirm(stated)
    assert f"Trained: {NAME}. We confirmed this on Nov. 24, 2026 with the ICEEFT list." in page(client)


def page(client: Client) -> str:
    return client.get("/therapists/ana/").content.decode()


def test_a_confirmation_is_on_record_with_its_source(stated: TherapistApproach) -> None:
    confirm(stated)
    stated.refresh_from_db()
    assert (stated.training_confirmed_on, stated.training_source) == (TODAY, "the ICEEFT list")
    assert stated.history.latest("history_id").history_change_reason == "Curator: Training confirmed: the ICEEFT list"
    version = stated.therapist.history.latest()
    assert version.history_change_reason == "Curator: Training confirmed: the ICEEFT list"


def test_a_confirmation_needs_a_source_and_a_name(stated: TherapistApproach) -> None:
    with pytest.raises(actions.CannotConfirm, match="Name who"):
        actions.confirm_training(stated=stated, by="Curator", source=" <b></b> ", on=TODAY)
    TherapistApproach.objects.update(training="")
    with pytest.raises(actions.CannotConfirm, match="Enter its name"):
        confirm(stated)


def test_a_curator_confirms_on_a_page_of_its_own(stated: TherapistApproach) -> None:
    desk = signed_in(curator())
    change = f"/admin/directory/therapist/{stated.therapist_id}/change/"
    confirmation = f"/admin/directory/therapist/{stated.therapist_id}/training/{stated.pk}/confirm/"
    assert confirmation in desk.get(change).content.decode()
    assert NAME in desk.get(confirmation).content.decode()
    assert desk.post(confirmation, {"source": ""}).status_code == 200
    assert desk.post(confirmation, {"source": "the ICEEFT list"})["Location"] == change
    stated.refresh_from_db()
    assert stated.training_confirmed_on == TODAY


def test_another_name_wants_another_confirmation(stated: TherapistApproach) -> None:
    confirm(stated)
    desk = signed_in(curator())
    url = f"/admin/directory/therapist/{stated.therapist_id}/change/"
    desk.post(url, as_sent(desk.get(url), **{"stated_approaches-0-training": "A weekend course"}))
    stated.refresh_from_db()
    assert (stated.training, stated.training_confirmed_on, stated.training_source) == ("A weekend course", None, "")


def test_a_name_without_training_is_an_error_on_the_form(stated: TherapistApproach) -> None:
    desk = signed_in(curator())
    url = f"/admin/directory/therapist/{stated.therapist_id}/change/"
    answer = desk.post(url, as_sent(desk.get(url), **{"stated_approaches-0-trained": None}))
    assert answer.status_code == 200
    assert "tick this, or take the name out" in answer.content.decode()


def test_an_import_that_takes_the_training_back_takes_its_name_along(stated: TherapistApproach, tmp_path: Path) -> None:
    confirm(stated)
    Therapist.objects.update(external_id="x1")
    file = tmp_path / "file.csv"
    file.write_text("external_id,name,approaches,trained_in\nx1,Ana Demo,emotionally-focused,\n")
    call_command("import_therapists", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    stated.refresh_from_db()
    assert (stated.trained, stated.training, stated.training_confirmed_on) == (False, "", None)


def test_an_import_that_says_the_same_keeps_the_confirmation(stated: TherapistApproach, tmp_path: Path) -> None:
    confirm(stated)
    Therapist.objects.update(external_id="x1")
    file = tmp_path / "file.csv"
    row = "x1,Ana Demo,emotionally-focused;gottman,emotionally-focused"
    file.write_text(f"external_id,name,approaches,trained_in\n{row}\n")
    call_command("import_therapists", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    stated.refresh_from_db()
    assert (stated.training, stated.training_confirmed_on) == (NAME, TODAY)


# --- Who ticks everything ---------------------------------------------------------------------------------------------
def test_few_ticks_are_worth_something() -> None:
    assert why_ticks_mean_nothing(MOST_CONCERNS, MOST_APPROACHES) == []
    assert why_ticks_mean_nothing(MOST_CONCERNS + 1, 0) == [
        "26 concerns are ticked. Above 25, only those marked as focus count."
    ]
    assert len(why_ticks_mean_nothing(40, 40)) == 2


def test_the_desk_tells_who_says_everything() -> None:
    bea, _ = TherapistFactory(name="Bea Demo"), TherapistFactory(name="Carl Demo", concerns=["anxiety"])
    for concern in Concern.objects.order_by("pk")[: MOST_CONCERNS + 1]:
        TherapistConcern.objects.create(therapist=bea, concern=concern)
    dora = TherapistFactory(name="Dora Demo", life="draft", slug=None)
    for approach in Approach.objects.order_by("pk")[: MOST_APPROACHES + 1]:
        TherapistApproach.objects.create(therapist=dora, approach=approach)
    assert {*Therapist.objects.ticking_everything()} == {bea, dora}
    desk = signed_in(curator())
    assert "26 concerns are ticked" in desk.get(f"/admin/directory/therapist/{bea.pk}/change/").content.decode()
    counts = {queue.label: (queue.count, queue.url) for queue in desk.get("/admin/").context["queues"]}
    count, url = counts["say everything"]
    assert count == 1
    assert [*desk.get(url).context["cl"].queryset] == [bea]
    narrowed = desk.get("/admin/directory/therapist/", {"ticks": "everything"}).context["cl"].queryset
    assert {*narrowed} == {bea, dora}
