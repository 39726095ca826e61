"""Every text a therapist brings in is screened, whichever way it comes; what changed elsewhere is found again."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from directory import actions
from directory.curation import coercive_terms
from directory.curation.flags import FIELDS
from directory.curation.imports import import_therapists
from directory.curation.rescreening import rescreen
from directory.models import NppesProposal, PracticeLocation, ScreenedTexts, ScreeningFlag, Therapist, TherapistApproach
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.directory.test_import import csv_of
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TEXTS = {
    "name": "Rebirthing Center",
    "pronouns": "she/her, rebirthing",
    "headline": "Holding therapy for families",
    "bio": "I am kind. I offer rebirthing.",
    "website": "https://www.rebirthing-utah.example/",
    "email": "office@holdingtherapy.example",
}


def flags_of(therapist: Therapist) -> list[tuple[str, str, str]]:
    return list(therapist.screening_flags.order_by("pk").values_list("field", "tier", "decision"))


def write_beside_the_desk(therapist: Therapist, field: str) -> None:
    with connection.cursor() as cursor:
        if field == "offices":
            cursor.execute(
                "INSERT INTO directory_practicelocation (therapist_id, street, city, zip, latitude, longitude)"
                " VALUES (%s, '1 Main St, Rebirthing House', 'Oakland', '94601', 37.8, -122.2)",
                [therapist.pk],
            )
        elif field == "trainings":
            cursor.execute(
                "INSERT INTO directory_therapistapproach (therapist_id, approach_id, trained, training)"
                " SELECT %s, id, true, 'Rebirthing Institute, level 2' FROM directory_approach WHERE code = 'emdr'",
                [therapist.pk],
            )
        else:
            cursor.execute(f"UPDATE directory_therapist SET {field} = %s WHERE id = %s", [TEXTS[field], therapist.pk])


def bring_in(row: dict[str, str]) -> None:
    import_therapists(BytesIO(csv_of(row)), by="test", on=TODAY)


# --- Each way in ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", sorted(TEXTS))
def test_the_desk_screens_what_it_saves(field: str) -> None:
    therapist = TherapistFactory(name="Ana Demo")
    desk = signed_in(curator())
    page = reverse("admin:directory_therapist_change", args=[therapist.pk])
    desk.post(page, as_sent(desk.get(page), **{field: TEXTS[field]}))
    assert flags_of(therapist) == [(field, "hold", "open")]


def test_the_desk_screens_an_address() -> None:
    therapist = TherapistFactory(zips=["94601"])
    desk = signed_in(curator())
    page = reverse("admin:directory_therapist_change", args=[therapist.pk])
    desk.post(page, as_sent(desk.get(page), **{"locations-0-street": "Rebirthing House, 1 Main St"}))
    assert flags_of(therapist) == [("offices", "hold", "open")]


def test_the_desk_screens_the_name_of_a_training() -> None:
    therapist = TherapistFactory(trained_in=["emdr"])
    desk = signed_in(curator())
    page = reverse("admin:directory_therapist_change", args=[therapist.pk])
    desk.post(page, as_sent(desk.get(page), **{"stated_approaches-0-training": "Rebirthing Institute, level 2"}))
    assert flags_of(therapist) == [("trainings", "hold", "open")]


def test_a_correction_that_is_accepted_is_screened() -> None:
    therapist = TherapistFactory(name="Ana Demo")
    asked = actions.ask_correction(therapist=therapist, field="name", old="Ana Demo", new=TEXTS["name"], on=TODAY)
    actions.decide_correction(correction=asked, by="Cora", accept=True, reason="Asked for", at=NOW)
    assert flags_of(therapist) == [("name", "hold", "open")]


def test_what_is_taken_from_nppes_is_screened() -> None:
    therapist = TherapistFactory(name="Ana Demo", npi="1234567893")
    proposal = NppesProposal.objects.create(
        therapist=therapist,
        npi="1234567893",
        kind="differs",
        field="name",
        ours="Ana Demo",
        theirs=TEXTS["name"],
        values={"name": TEXTS["name"]},
        file_name="npidata.csv",
        file_date=TODAY,
    )
    actions.accept_proposal(proposal=proposal, by="Cora", at=NOW)
    assert flags_of(therapist) == [("name", "hold", "open")]


@pytest.mark.parametrize("field", sorted(TEXTS))
def test_an_import_screens_what_is_new(field: str) -> None:
    row = {"external_id": "x1", "name": "Ana Demo", field: TEXTS[field]}
    bring_in(row)
    assert flags_of(Therapist.objects.get(external_id="x1")) == [(field, "hold", "open")]


@pytest.mark.parametrize("field", sorted(TEXTS))
def test_an_import_screens_what_it_changes(field: str) -> None:
    therapist = TherapistFactory(external_id="x1", name="Ana Demo")
    bring_in({"external_id": "x1", "name": "Ana Demo", field: TEXTS[field]})
    assert flags_of(therapist) == [(field, "hold", "open")]


def test_an_import_screens_an_address() -> None:
    row = {"external_id": "x1", "name": "Ana Demo", "zip": "94601", "street": "Rebirthing House", "city": "Oakland"}
    bring_in(row)
    assert flags_of(Therapist.objects.get(external_id="x1")) == [("offices", "hold", "open")]


def test_an_import_of_facts_asks_nothing() -> None:
    TherapistFactory(external_id="x1", name="Ana Demo")
    bring_in({"external_id": "x1", "name": "Ana Demo", "fee_min": "120"})
    assert not ScreeningFlag.objects.exists()


def test_the_action_screens_what_is_in_the_database_and_not_what_is_in_hand() -> None:
    therapist = TherapistFactory(bio="I am kind.")
    Therapist.objects.filter(pk=therapist.pk).update(bio="I offer rebirthing.")
    assert actions.screen_texts(therapist=therapist, on=TODAY) == 1


# --- What was written in another way ----------------------------------------------------------------------------------
@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_text_written_beside_the_desk_is_found_again(field: str) -> None:
    therapist = TherapistFactory(name="Ana Demo")
    assert rescreen(TODAY) == 1
    assert rescreen(TODAY) == 0
    write_beside_the_desk(therapist, field)
    assert not Therapist.objects.published(on=TODAY).filter(screening_flags__isnull=False).exists()
    assert rescreen(TODAY) == 1
    assert flags_of(therapist) == [(field, "hold", "open")]
    assert not Therapist.objects.published(on=TODAY).exists()
    assert rescreen(TODAY) == 0


def test_a_change_that_is_no_text_is_not_screened_again() -> None:
    therapist = TherapistFactory()
    rescreen(TODAY)
    Therapist.objects.filter(pk=therapist.pk).update(fee_min=100, accepting_clients="no")
    assert rescreen(TODAY) == 0


def test_what_the_desk_and_an_import_screened_is_not_screened_again() -> None:
    therapist = TherapistFactory(bio="I offer rebirthing.")
    actions.screen_texts(therapist=therapist, on=TODAY)
    bring_in({"external_id": "x1", "name": "Ben Demo", "bio": "Kind."})
    assert rescreen(TODAY) == 0


def test_other_terms_send_everybody_through_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    TherapistFactory.create_batch(3)
    rescreen(TODAY)
    monkeypatch.setattr("directory.curation.screened_texts.version", lambda: "another")
    assert rescreen(TODAY) == 3
    assert rescreen(TODAY) == 0


def test_the_version_is_that_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    now = coercive_terms.version()
    changed = tmp_path / "terms.json"
    changed.write_bytes(coercive_terms.TERMS.read_bytes() + b" ")
    monkeypatch.setattr(coercive_terms, "TERMS", changed)
    assert coercive_terms.version.__wrapped__() != now


def test_batches_leave_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("directory.curation.rescreening.BATCH", 2)
    TherapistFactory.create_batch(5, bio="I offer rebirthing.")
    assert rescreen(TODAY) == 5
    assert ScreeningFlag.objects.count() == 5
    assert ScreenedTexts.objects.count() == 5


def test_erasing_a_therapist_takes_the_digest_along() -> None:
    therapist = TherapistFactory()
    rescreen(TODAY)
    therapist.delete()
    assert not ScreenedTexts.objects.exists()


# --- Flags follow the text --------------------------------------------------------------------------------------------
def change_bio(therapist: Therapist, bio: str) -> None:
    Therapist.objects.filter(pk=therapist.pk).update(bio=bio)
    actions.screen_texts(therapist=therapist, on=TODAY)


def decide(therapist: Therapist, decision: str) -> None:
    for flag in therapist.screening_flags.all():
        actions.decide_flag(flag=flag, by="cora", decision=decision, reason="It quotes a book.", at=NOW)


def test_an_open_flag_goes_when_its_sentence_goes() -> None:
    therapist = TherapistFactory()
    change_bio(therapist, "I offer rebirthing.")
    assert len(flags_of(therapist)) == 1
    change_bio(therapist, "I offer talk.")
    assert flags_of(therapist) == []


def test_a_decided_flag_stays_on_record_and_is_found_again_with_its_sentence() -> None:
    therapist = TherapistFactory()
    change_bio(therapist, "I offer rebirthing.")
    decide(therapist, "cleared")
    change_bio(therapist, "I offer talk.")
    assert flags_of(therapist) == [("bio", "hold", "cleared")]
    change_bio(therapist, "New words. I offer rebirthing.")
    assert flags_of(therapist) == [("bio", "hold", "cleared")]
    assert Therapist.objects.published(on=TODAY).exists()


def test_a_cleared_sentence_that_changed_is_asked_about_again() -> None:
    therapist = TherapistFactory()
    change_bio(therapist, "I read of rebirthing.")
    decide(therapist, "cleared")
    change_bio(therapist, "I offer rebirthing.")
    assert flags_of(therapist) == [("bio", "hold", "cleared"), ("bio", "hold", "open")]
    assert not Therapist.objects.published(on=TODAY).exists()


def test_a_denial_that_is_turned_round_becomes_a_hold() -> None:
    therapist = TherapistFactory()
    change_bio(therapist, "I do not use rebirthing.")
    assert flags_of(therapist) == [("bio", "context", "open")]
    assert Therapist.objects.published(on=TODAY).exists()
    change_bio(therapist, "I do not use rebirthing without consent.")
    assert flags_of(therapist) == [("bio", "hold", "open")]


# --- Which EFT --------------------------------------------------------------------------------------------------------
def states_focused(therapist: Therapist) -> bool:
    return TherapistApproach.objects.filter(therapist=therapist, approach__code="emotionally-focused").exists()


def imported(approaches: str = "EFT") -> Therapist:
    row = {"external_id": "x1", "name": "Ana Demo", "approaches": approaches, "trained_in": approaches}
    bring_in(row)
    return Therapist.objects.get(external_id="x1")


@pytest.mark.parametrize("said", ["EFT", "eft", "E.F.T."])
def test_the_letters_alone_in_an_import_ask_which_is_meant(said: str) -> None:
    assert flags_of(imported(said)) == [("approaches", "ask", "open")]


def test_one_click_states_emotionally_focused_therapy() -> None:
    therapist = TherapistFactory(bio="Certified in EFT.")
    actions.screen_texts(therapist=therapist, on=TODAY)
    flag = therapist.screening_flags.get()
    desk = signed_in(curator())
    page = reverse("admin:directory_screeningflag_change", args=[flag.pk])
    assert "Which EFT is meant?" in desk.get(page).content.decode()
    answer = desk.post(page, {"eft": "focused"}, follow=True)
    flag.refresh_from_db()
    assert (flag.decision, flag.reason, flag.decided_by) == ("cleared", ScreeningFlag.Eft.FOCUSED.label, "cora")
    assert flag.reason in answer.content.decode()
    assert states_focused(therapist)
    assert "Which EFT is meant?" not in desk.get(page).content.decode()


def test_one_click_takes_back_what_an_import_read_into_the_letters() -> None:
    therapist = imported()
    assert states_focused(therapist)
    flag = therapist.screening_flags.get()
    signed_in(curator()).post(reverse("admin:directory_screeningflag_change", args=[flag.pk]), {"eft": "tapping"})
    flag.refresh_from_db()
    assert (flag.decision, flag.reason) == ("cleared", ScreeningFlag.Eft.TAPPING.label)
    assert not states_focused(therapist)
    imported()
    assert not states_focused(therapist)
    assert flags_of(therapist) == [("approaches", "ask", "cleared")]


def test_an_import_that_spells_it_out_is_believed_after_all() -> None:
    therapist = imported()
    flag = therapist.screening_flags.get()
    actions.answer_eft(flag=flag, by="cora", meant="tapping", at=NOW)
    imported("Emotionally focused therapy")
    assert states_focused(therapist)


def test_tapping_in_a_text_leaves_an_approach_that_was_stated_otherwise() -> None:
    therapist = TherapistFactory(approaches=["emotionally-focused"], bio="I also love EFT.")
    actions.screen_texts(therapist=therapist, on=TODAY)
    actions.answer_eft(flag=therapist.screening_flags.get(), by="cora", meant="tapping", at=NOW)
    assert states_focused(therapist)


@pytest.mark.parametrize(
    ("description", "facts", "meant"),
    [
        ("an unknown answer", {"tier": "ask", "term": "EFT"}, "both"),
        ("a flag of another kind", {"tier": "hold", "term": "rebirthing"}, "focused"),
    ],
)
def test_only_the_question_is_answered(description: str, facts: dict[str, str], meant: str) -> None:
    flag = ScreeningFlag.objects.create(
        therapist=TherapistFactory(), field="bio", sentence="EFT", found_on=TODAY, **facts
    )
    with pytest.raises(actions.NotAsked):
        actions.answer_eft(flag=flag, by="cora", meant=meant, at=NOW)


def test_a_question_is_answered_once() -> None:
    therapist = imported()
    flag = therapist.screening_flags.get()
    actions.answer_eft(flag=flag, by="cora", meant="focused", at=NOW)
    with pytest.raises(actions.NotAsked):
        actions.answer_eft(flag=flag, by="cora", meant="tapping", at=NOW)
    assert states_focused(therapist)
    assert PracticeLocation.objects.count() == 0
