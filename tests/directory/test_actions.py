"""Writes with consequences: what may become what, what must be there, who did it and why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.actions import (
    CannotMove,
    CannotPublish,
    CannotVerify,
    ReasonMissing,
    archive,
    attest,
    decide_flag,
    place,
    publish,
    screen_texts,
    submit_for_review,
    suspend,
    verify_license,
)
from directory.models import Change, License, PracticeLocation, ScreeningFlag, Therapist
from directory.models.taxonomy import UnknownZip
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

LIVES = ["draft", "in_review", "published", "suspended", "archived"]
ALLOWED = {
    ("draft", "in_review"),
    ("in_review", "published"),
    ("published", "suspended"),
    ("published", "archived"),
    ("suspended", "published"),
    ("suspended", "suspended"),  # for another reason
    ("suspended", "archived"),
}


def move(therapist: Therapist, to: str) -> None:
    match to:
        case "in_review":
            submit_for_review(therapist=therapist, by="Cora")
        case "published":
            publish(therapist=therapist, by="Cora", on=TODAY)
        case "suspended":
            suspend(therapist=therapist, by="Cora", reason="On leave")
        case "archived":
            archive(therapist=therapist, by="Cora", reason="Retired")


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("to", LIVES[1:])
def test_a_life_goes_only_along_its_path(life: str, to: str) -> None:
    therapist = TherapistFactory(life=life)
    if (life, to) in ALLOWED:
        move(therapist, to)
        therapist.refresh_from_db()
        assert therapist.life == to
    else:
        with pytest.raises(CannotMove, match="cannot become"):
            move(therapist, to)
        therapist.refresh_from_db()
        assert therapist.life == life


def test_publishing_gives_a_slug_from_the_name() -> None:
    therapist = TherapistFactory(life="in_review", slug=None, name="Zoë O'Brien-López")
    publish(therapist=therapist, by="Cora", on=TODAY)
    assert therapist.slug == "zoe-obrien-lopez"


def test_two_of_one_name_get_two_slugs() -> None:
    for slug in ("mei-lin", "mei-lin-2", "mei-ling"):
        TherapistFactory(slug=slug)
    therapist = TherapistFactory(life="in_review", slug=None, name="Mei Lin")
    publish(therapist=therapist, by="Cora", on=TODAY)
    assert therapist.slug == "mei-lin-3"


def test_a_name_without_latin_letters_gets_a_slug_too() -> None:
    therapist = TherapistFactory(life="in_review", slug=None, name="李明")
    publish(therapist=therapist, by="Cora", on=TODAY)
    assert therapist.slug == "therapist"


def test_a_slug_outlives_a_change_of_name() -> None:
    therapist = TherapistFactory(slug="mei-lin", name="Mei Lin")
    suspend(therapist=therapist, by="Cora", reason="Asked for a pause")
    Therapist.objects.filter(pk=therapist.pk).update(name="Mei Lin-Okafor")
    publish(therapist=therapist, by="Cora", on=TODAY)
    therapist.refresh_from_db()
    assert (therapist.slug, therapist.name) == ("mei-lin", "Mei Lin-Okafor")


def test_publishing_says_all_that_is_missing_and_writes_nothing() -> None:
    therapist = TherapistFactory(
        life="in_review", slug=None, consented_on=None, attested_on=None, licenses=[], session_formats=[]
    )
    history = therapist.history.count()
    with pytest.raises(CannotPublish) as refused:
        publish(therapist=therapist, by="Cora", on=TODAY)
    assert refused.value.reasons == [
        "The consent to be listed is not on record.",
        "No license is on record.",
        "The facts were never confirmed.",
        "No session format is stated (individual, couple, family or group).",
    ]
    therapist.refresh_from_db()
    assert (therapist.life, therapist.slug, therapist.history.count()) == ("in_review", None, history)


def test_history_knows_who_and_why() -> None:
    cora = User.objects.create_user("cora")
    therapist = TherapistFactory()
    suspend(therapist=therapist, by=cora, reason="Board complaint open")
    record = therapist.history.first()
    assert (record.life, record.history_user, record.history_change_reason) == (
        "suspended",
        cora,
        "Board complaint open",
    )
    assert therapist.life_reason == "Board complaint open"


def test_history_names_someone_without_an_account() -> None:
    therapist = TherapistFactory(life="in_review")
    publish(therapist=therapist, by="import by Ada", on=TODAY)
    record = therapist.history.first()
    assert (record.history_user, record.history_change_reason) == (None, "import by Ada: Published on 2026-11-24")


def test_a_long_reason_is_kept_whole_beside_the_life() -> None:
    therapist = TherapistFactory()
    suspend(therapist=therapist, by="Cora", reason="x" * 250)
    assert therapist.life_reason == "x" * 250


@pytest.mark.parametrize("action", [suspend, archive])
def test_taking_down_needs_a_reason(action: object) -> None:
    therapist = TherapistFactory()
    with pytest.raises(ReasonMissing):
        action(therapist=therapist, by="Cora", reason="  ")  # type: ignore[operator]
    therapist.refresh_from_db()
    assert therapist.life == "published"


def test_suspending_is_told_to_the_feed() -> None:
    therapist = TherapistFactory()
    Change.objects.all().delete()
    suspend(therapist=therapist, by="Cora", reason="On leave")
    assert list(Change.objects.values_list("therapist_id", "kind")) == [(therapist.pk, "removed")]


def test_unsaved_edits_do_not_ride_along() -> None:
    therapist = TherapistFactory(bio="As saved")
    therapist.bio = "Typed, not saved"
    suspend(therapist=therapist, by="Cora", reason="On leave")
    therapist.refresh_from_db()
    assert therapist.bio == "As saved"
    assert therapist.history.first().bio == "As saved"


def test_verifying_names_source_and_day() -> None:
    therapist = TherapistFactory(licenses=[{"verified_on": None, "source": ""}])
    license = therapist.licenses.get()
    verify_license(license=license, by="Cora", source=" BreEZe ", on=TODAY)
    license.refresh_from_db()
    assert (license.verified_on, license.source) == (TODAY, "BreEZe")
    assert license.is_current(TODAY)
    assert license.history.first().history_change_reason == "Cora: Verified: BreEZe"


@pytest.mark.parametrize(
    ("description", "license", "source"),
    [("no source", {}, " "), ("a license that is not active", {"status": "suspended"}, "BreEZe")],
)
def test_what_cannot_be_verified(description: str, license: dict[str, str], source: str) -> None:
    therapist = TherapistFactory(licenses=[{"verified_on": None, "source": "", **license}])
    with pytest.raises(CannotVerify):
        verify_license(license=therapist.licenses.get(), by="Cora", source=source, on=TODAY)
    assert License.objects.get().verified_on is None, description


def test_attesting_brings_a_lapsed_profile_back() -> None:
    therapist = TherapistFactory(attested_on=TODAY - dt.timedelta(days=120))
    assert not Therapist.objects.published(on=TODAY).exists()
    attest(therapist=therapist, by="Cora", on=TODAY)
    assert Therapist.objects.published(on=TODAY).exists()


def test_screening_writes_each_question_once() -> None:
    therapist = TherapistFactory(headline="Rebirthing for all", bio="Trained in EFT.")
    assert screen_texts(therapist=therapist, on=TODAY) == 2
    assert screen_texts(therapist=therapist, on=TODAY) == 0
    assert sorted(ScreeningFlag.objects.values_list("field", "tier", "term", "decision")) == [
        ("bio", "ask", "EFT", "open"),
        ("headline", "hold", "rebirthing", "open"),
    ]
    assert not Therapist.objects.published(on=TODAY).exists()


def test_a_question_goes_with_its_sentence_and_a_decision_stays() -> None:
    therapist = TherapistFactory(headline="Rebirthing for all", bio="Holding therapy too.")
    screen_texts(therapist=therapist, on=TODAY)
    decide_flag(
        flag=ScreeningFlag.objects.get(field="bio"), by="Cora", decision="upheld", reason="Offers it", at=timezone.now()
    )
    therapist.headline, therapist.bio = "Calm talks", "Calm talks"
    therapist.save()
    screen_texts(therapist=therapist, on=TODAY)
    assert list(ScreeningFlag.objects.values_list("field", "decision")) == [("bio", "upheld")]


def test_a_sentence_that_now_denies_the_term_is_no_hold_any_more() -> None:
    therapist = TherapistFactory(bio="I offer rebirthing.")
    screen_texts(therapist=therapist, on=TODAY)
    therapist.bio = "I never offer rebirthing."
    therapist.save()
    screen_texts(therapist=therapist, on=TODAY)
    assert list(ScreeningFlag.objects.values_list("tier", "sentence")) == [("context", "I never offer rebirthing.")]


def test_a_decision_has_author_reason_and_time() -> None:
    cora = User.objects.create_user("cora")
    therapist = TherapistFactory(bio="I offer rebirthing.")
    screen_texts(therapist=therapist, on=TODAY)
    flag, now = ScreeningFlag.objects.get(), timezone.now()
    with pytest.raises(ReasonMissing):
        decide_flag(flag=flag, by=cora, decision="cleared", reason="", at=now)
    with pytest.raises(ValueError, match="no decision"):
        decide_flag(flag=flag, by=cora, decision="open", reason="Later", at=now)
    decide_flag(flag=flag, by=cora, decision="cleared", reason="Quotes a book title", at=now)
    flag.refresh_from_db()
    assert (flag.decision, flag.reason, flag.decided_by, flag.decided_at) == (
        "cleared",
        "Quotes a book title",
        "cora",
        now,
    )
    assert Therapist.objects.published(on=TODAY).exists()


def test_an_office_stands_in_the_middle_of_its_zip() -> None:
    therapist = TherapistFactory()
    office = place(therapist=therapist, city="Los Angeles", state="CA", zip="90012")
    assert (round(office.latitude, 1), round(office.longitude, 1)) == (34.1, -118.2)
    place(therapist=therapist, city="LA", zip="90012")
    assert PracticeLocation.objects.get().city == "LA"


def test_an_unknown_zip_is_named() -> None:
    with pytest.raises(UnknownZip, match="00000"):
        place(therapist=TherapistFactory(), zip="00000")
    assert not PracticeLocation.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("published_therapist_has_consent_and_slug", {"slug": None}),
        ("published_therapist_has_consent_and_slug", {"consented_on": None}),
        ("life_is_known", {"life": "paid"}),
    ],
)
def test_the_database_itself_keeps_the_rules_of_life(constraint: str, values: dict[str, object]) -> None:
    therapist = TherapistFactory()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Therapist.objects.filter(pk=therapist.pk).update(**values)
