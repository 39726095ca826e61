"""A therapist comes by a link, and confirms, corrects, pauses or leaves. Nobody needs an account for it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from directory import actions
from directory.curation.links import digest_of, open_link
from directory.curation.reminders import send_reminders
from directory.models import (
    Allowance,
    AttestationLink,
    Correction,
    PracticeLocation,
    ProblemReport,
    Reminder,
    ScreeningFlag,
    Therapist,
)
from tests.directory.admin_people import signed_in
from tests.directory.links import NOON, as_shown, link_in, link_to
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def ana() -> Therapist:
    return TherapistFactory(
        name="Ana Demo",
        slug="ana-demo",
        email="ana@example.org",
        phone="213-555-0100",
        headline="Steady help for couples",
        bio="I work slowly.",
        approaches=["attachment-based"],
        trained_in=["emotionally-focused"],
        concerns=["childhood-trauma"],
        focus_concerns=["trust-and-abandonment"],
        insurance_plans=["aetna"],
        languages=["en"],
        fee_min=90,
        fee_max=150,
        zips=["90012"],
        attested_on=TODAY - dt.timedelta(days=80),
        availability_as_of=TODAY - dt.timedelta(days=40),
        consented_on=TODAY - dt.timedelta(days=350),
    )


def fresh(therapist: Therapist) -> Therapist:
    return Therapist.objects.get(pk=therapist.pk)


def secret_of(address: str) -> str:
    return address.strip("/").split("/")[1]


# --- The link itself --------------------------------------------------------------------------------------------------
def test_only_a_digest_of_the_secret_is_kept(ana: Therapist) -> None:
    secret = secret_of(link_to(ana))
    assert len(secret) * 6 >= 160  # bits: each sign stands for six
    link = AttestationLink.objects.get()
    assert bytes(link.digest) == digest_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(l)::text FROM directory_attestationlink l")
        assert secret not in cursor.fetchone()[0]


def test_opening_a_link_uses_nothing_up(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    for _ in range(3):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert AttestationLink.objects.get().used_at is None
    assert fresh(ana).attested_on == TODAY - dt.timedelta(days=80)


def test_a_link_works_once(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    assert client.post(address, {"do": "confirm"}).status_code == 302
    for answer in (client.get(address), client.post(address, {"do": "confirm"}), client.get(f"{address}leave/")):
        assert answer.status_code == 410
        assert "Send me a new link" in answer.content.decode()


def test_a_link_ends_after_two_weeks_and_when_a_newer_one_is_made(client: Client, ana: Therapist) -> None:
    old = link_to(ana, at=NOON - dt.timedelta(days=14))
    assert client.get(old).status_code == 410
    first = link_to(ana)
    assert client.get(first).status_code == 200
    second = link_to(ana)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_used_ended_and_unknown_links_show_the_same_page(client: Client, ana: Therapist) -> None:
    ended = link_to(ana)
    used = link_to(ana)
    client.post(used, {"do": "confirm"})
    pages = {
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", client.get(address).content.decode())
        for address in (ended, used, "/listing/" + "x" * 32 + "/", "/listing/a/")
    }
    assert len(pages) == 1
    assert "Ana" not in pages.pop()


def test_the_secret_is_in_no_log_and_in_no_cache(client: Client, ana: Therapist, settings: Any) -> None:
    settings.REQUEST_LOG = True
    address = link_to(ana)
    with capture_logs() as lines:
        page = client.get(address)
        thanks = client.post(address, {"do": "confirm"}, follow=True)
    assert len(lines) == 3
    assert secret_of(address) not in str(lines)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert thanks.redirect_chain == [("/listing/thanks/confirmed/", 302)]
    assert secret_of(address) not in thanks.content.decode()


def test_who_left_for_good_has_no_link_that_works(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    actions.archive(therapist=ana, by="Ada", reason="Moved away")
    assert client.get(address).status_code == 410
    assert open_link(secret_of(address), at=NOON) is None


def test_addresses_of_links_are_ours_whatever_host_is_asked(ana: Therapist, settings: Any) -> None:
    settings.SITE_URL = "https://directory.example.org"
    actions.send_link(therapist=ana, by="Ada", on=TODAY, at=NOON)
    assert "https://directory.example.org/listing/" in str(mail.outbox[0].body)


# --- All of this is right ---------------------------------------------------------------------------------------------
def test_all_of_this_is_right_confirms_each_stated_fact(client: Client, ana: Therapist) -> None:
    Therapist.objects.filter(pk=ana.pk).update(fee_min=None, fee_max=None)
    client.post(link_to(ana), {"do": "confirm"})
    now = fresh(ana)
    assert now.attested_on == now.availability_as_of == now.insurance_as_of == now.specialties_as_of == TODAY
    assert now.fees_as_of is None, "nothing is stated"
    assert now.consented_on == TODAY - dt.timedelta(days=350), "nobody asked for that"


def test_consent_is_renewed_when_the_box_is_ticked(client: Client, ana: Therapist) -> None:
    client.post(link_to(ana), {"do": "confirm", "all-consents": "on"})
    assert fresh(ana).consented_on == TODAY
    client.post(link_to(ana), as_shown(ana, consents="on"))
    assert fresh(ana).consented_on == TODAY


def test_the_history_says_that_it_was_the_therapist_whoever_is_signed_in(ana: Therapist) -> None:
    client = signed_in(User.objects.create_superuser("root"))
    client.post(link_to(ana), as_shown(ana, phone="213-555-0199", approaches=["gottman"], office_0_city="Los Angeles"))
    for rows in (ana.history.all()[:2], ana.locations.get().history.all()[:1]):
        for row in rows:
            assert row.history_user is None
            assert row.history_change_reason.startswith("The therapist, by link: ")
    reasons = [row.history_change_reason for row in ana.history.all()]
    assert "The therapist, by link: Changed phone, approaches" in reasons
    assert "The therapist, by link: Facts confirmed" in reasons


# --- Save my changes and confirm --------------------------------------------------------------------------------------
def test_what_is_sent_as_shown_changes_nothing(client: Client, ana: Therapist) -> None:
    before = {**Therapist.objects.filter(pk=ana.pk).values().get()}
    assert client.post(link_to(ana), as_shown(ana)).status_code == 302
    after = {**Therapist.objects.filter(pk=ana.pk).values().get()}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"attested_on", "availability_as_of", "fees_as_of", "insurance_as_of", "specialties_as_of"}
    assert ana.locations.get().history.count() == 1
    assert not Correction.objects.exists()


def test_every_fact_can_be_changed(client: Client, ana: Therapist) -> None:
    [office] = ana.locations.all()
    address = link_to(ana)
    data = as_shown(
        ana,
        accepting_clients="waitlist",
        next_opening_on=(TODAY + dt.timedelta(days=9)).isoformat(),
        fee_min="80",
        fee_max="160",
        sliding_scale="yes",
        insurance_plans=["cigna"],
        approaches=["gottman"],
        trained_in=["gottman", "emdr"],
        concerns=["anxiety"],
        focus_concerns=["anxiety"],
        populations=["adults"],
        session_formats=["couple"],
        delivery_methods=["telehealth", "in_person"],
        languages=["en", "es"],
        headline="  Help <b>for</b> couples ",
        bio="One.\n\nTwo.",
        pronouns="she/her",
        gender="woman",
        years_in_practice="12",
        phone="213-555-0111",
        website="https://ana.example.org",
        office_0_street="1 Main St",
        office_0_state="CA",
        office_1_zip="10001",
        office_1_city="New York",
    )
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    now = fresh(ana)
    assert (now.accepting_clients, now.next_opening_on) == ("waitlist", TODAY + dt.timedelta(days=9))
    assert (now.fee_min, now.fee_max, now.sliding_scale) == (80, 160, True)
    assert now.headline == "Help for couples"
    assert now.bio == "One.\n\nTwo."
    assert (now.pronouns, now.gender, now.years_in_practice) == ("she/her", "woman", 12)
    assert (now.phone, now.website) == ("213-555-0111", "https://ana.example.org")
    assert {row.approach.code: row.trained for row in now.stated_approaches.all()} == {"gottman": True, "emdr": True}
    assert {row.concern.code: row.focus for row in now.stated_concerns.all()} == {"anxiety": True}
    for relation, codes in {
        "insurance_plans": {"cigna"}, "populations": {"adults"}, "session_formats": {"couple"},
        "delivery_methods": {"telehealth", "in_person"}, "languages": {"en", "es"},
    }.items():  # fmt: skip
        assert {term.code for term in getattr(now, relation).all()} == codes
    offices = {(place.street, place.city, place.zip) for place in now.locations.all()}
    assert offices == {("1 Main St", "", "90012"), ("", "New York", "10001")}
    assert now.locations.get(pk=office.pk).jurisdiction.code == "CA"  # type: ignore[union-attr]


def test_a_fact_that_is_taken_back_is_not_stated_and_has_no_day(client: Client, ana: Therapist) -> None:
    client.post(link_to(ana), as_shown(ana, fee_min=None, fee_max=None, insurance_plans=None, accepting_clients=""))
    now = fresh(ana)
    assert (now.fee_min, now.fees_as_of) == (None, None)
    assert (now.insurance_plans.count(), now.insurance_as_of) == (0, None)
    assert (now.accepting_clients, now.availability_as_of) == ("", None)


def test_a_closed_office_goes(client: Client, ana: Therapist) -> None:
    client.post(link_to(ana), as_shown(ana, office_0_closed="on"))
    assert not ana.locations.exists()
    gone = PracticeLocation.history.filter(therapist_id=ana.pk, history_type="-").get()
    assert gone.history_change_reason == "The therapist, by link: Closed an office"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("phone", "call me", "is not a phone number"),
        ("website", "javascript:alert(1)", "is not a web address"),
        ("email", "ana", "is not an email address"),
        ("name", " ", "Enter your name."),
        ("email", "", "Enter an email address"),
        ("fee_min", "200", "The lowest fee is above the highest fee."),
        ("fee_max", "much", "Enter whole dollars"),
        ("next_opening_on", "2026-11-01", "This day has passed."),
        ("next_opening_on", "soon", "Write the day as"),
        ("headline", "x" * 161, "This is too long"),
        ("bio", "x" * 4001, "This is too long"),
        ("session_formats", None, "Choose whom you see"),
        ("delivery_methods", None, "Choose where you see people"),
        ("office_0_zip", "00000", "is not a ZIP code that we know"),
        ("office_0_zip", "", "Enter the ZIP of this office"),
        ("office_1_zip", "90012", "This office is here twice."),
        ("gender", "cat", "not one of the available choices"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_lost(
    client: Client, ana: Therapist, field: str, typed: str | None, told: str
) -> None:
    address = link_to(ana)
    answer = client.post(address, as_shown(ana, **{"pronouns": "she/they", field: typed}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Please look at this again" in page
    assert told in page.replace("&#x27;", "'")
    assert 'value="she/they"' in page
    assert AttestationLink.objects.get().used_at is None
    assert fresh(ana).pronouns == ""
    assert client.get(address).status_code == 200


def test_six_concerns_cannot_all_be_the_best(client: Client, ana: Therapist) -> None:
    six = ["anxiety", "panic", "grief", "stress", "anger", "burnout"]
    answer = client.post(link_to(ana), as_shown(ana, concerns=six, focus_concerns=six))
    assert answer.status_code == 422
    assert "Mark at most 5 concerns" in answer.content.decode()


def test_a_harmful_text_takes_the_listing_out_and_the_page_says_so(client: Client, ana: Therapist) -> None:
    answer = client.post(link_to(ana), as_shown(ana, bio="I offer rebirthing to children."), follow=True)
    assert answer.redirect_chain == [("/listing/thanks/held/", 302)]
    assert "a person has read it" in answer.content.decode()
    flag = ScreeningFlag.objects.get()
    assert (flag.tier, flag.field) == ("hold", "bio")
    assert not Therapist.objects.published(on=TODAY).exists()


def test_name_email_and_license_wait_for_a_curator(client: Client, ana: Therapist) -> None:
    client.post(link_to(ana), as_shown(ana, name="Ana Diaz", email="new@example.org", license_note="Renewed\nto 2028"))
    now = fresh(ana)
    assert (now.name, now.email) == ("Ana Demo", "ana@example.org")
    asked = {row.field: (row.old, row.new, row.note, row.state) for row in Correction.objects.all()}
    assert asked == {
        "name": ("Ana Demo", "Ana Diaz", "", "open"),
        "email": ("ana@example.org", "new@example.org", "", "open"),
        "license": ("", "", "Renewed to 2028", "open"),
    }
    client.post(link_to(ana), as_shown(now, name="Ana Dias"))  # the later one takes the place of the open one
    assert Correction.objects.get(field="name").new == "Ana Dias"


# --- Pause, come back, leave ------------------------------------------------------------------------------------------
def test_who_pauses_can_come_back_by_a_new_link(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    assert "Pause my listing" in client.get(address).content.decode()
    assert client.get(f"{address}pause/").status_code == 200
    assert fresh(ana).life == "published"
    assert client.post(f"{address}pause/", {"reason": "A baby"}).headers["Location"] == "/listing/thanks/paused/"
    assert fresh(ana).life == "suspended"
    assert fresh(ana).life_reason == "Paused by the therapist. A baby"
    assert ana.history.first().history_change_reason == "The therapist, by link: Paused by the therapist. A baby"
    address = link_to(ana)
    assert "put it back" in client.get(address).content.decode()
    assert client.post(address, {"do": "back"}).headers["Location"] == "/listing/thanks/back/"
    assert Therapist.objects.published(on=TODAY).filter(pk=ana.pk).exists()


def test_who_comes_back_without_a_license_is_told_and_keeps_the_link(client: Client, ana: Therapist) -> None:
    client.post(f"{link_to(ana)}pause/", {})
    ana.licenses.update(expires_on=TODAY - dt.timedelta(days=1))
    address = link_to(ana)
    answer = client.post(address, {"do": "back"})
    assert answer.status_code == 409
    assert "The verified license expired" in answer.content.decode()
    assert fresh(ana).life == "suspended"
    assert fresh(ana).attested_on != TODAY, "all of it or nothing"
    assert client.get(address).status_code == 200


def test_who_was_taken_out_by_a_curator_cannot_come_back_alone(client: Client, ana: Therapist) -> None:
    actions.suspend(therapist=ana, by="Ada", reason="A complaint")
    address = link_to(ana)
    page = client.get(address).content.decode()
    assert "put it back" not in page
    assert "A complaint" not in page
    assert client.post(address, {"do": "back"}).status_code == 409
    assert fresh(ana).life == "suspended"


def test_leaving_takes_two_presses_and_is_for_good(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    page = client.get(f"{address}leave/").content.decode()
    assert "Yes, leave the directory" in page
    assert fresh(ana).life == "published"
    assert client.post(f"{address}leave/").headers["Location"] == "/listing/thanks/left/"
    assert fresh(ana).life == "archived"
    assert client.get("/therapists/ana-demo/").status_code == 410


def test_an_unknown_wish_changes_nothing(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    assert client.post(address, {"do": "publish"}).status_code == 200
    assert client.post(address).status_code == 200
    assert AttestationLink.objects.get().used_at is None
    assert client.get("/listing/thanks/money/").status_code == 404


def test_a_draft_may_be_corrected_but_neither_paused_nor_left(client: Client) -> None:
    draft = TherapistFactory(life="draft", slug=None, email="d@example.org")
    address = link_to(draft)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}pause/").status_code == 410
    assert client.get(f"{address}leave/").status_code == 410


# --- A new link -------------------------------------------------------------------------------------------------------
def test_asking_for_a_link_says_the_same_whether_we_know_somebody_or_not(client: Client, ana: Therapist) -> None:
    answers = [client.post("/listing/new/", {"email": email}) for email in ("ANA@example.org", "nobody@example.org")]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, "/listing/thanks/asked/")}
    assert mail.outbox == [], "a mail server's time would tell who is known"
    assert send_reminders(TODAY) == 1
    assert mail.outbox[0].to == ["ana@example.org"]
    assert client.get(link_in(mail.outbox[0])).status_code == 200


def test_asking_again_within_the_hour_sends_no_second_letter(client: Client, ana: Therapist, time_machine: Any) -> None:
    for minutes, letters in ((0, 1), (30, 1), (61, 2)):
        time_machine.move_to(NOON + dt.timedelta(minutes=minutes), tick=False)
        client.post("/listing/new/", {"email": ana.email})
        send_reminders(TODAY)
        assert len(mail.outbox) == letters


def test_links_are_asked_for_five_times_an_hour_from_one_network(client: Client, time_machine: Any) -> None:
    for _ in range(5):
        assert client.post("/listing/new/", {"email": "x@example.org"}).status_code == 302
    assert client.post("/listing/new/", {"email": "x@example.org"}).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").post("/listing/new/", {"email": "x@example.org"}).status_code == 302
    time_machine.move_to(NOON + dt.timedelta(hours=1), tick=False)
    assert client.post("/listing/new/", {"email": "x@example.org"}).status_code == 302
    assert b"127.0.0.1" not in b"".join(bytes(row.digest) for row in Allowance.objects.all())


def test_who_left_for_good_gets_no_link(client: Client, ana: Therapist) -> None:
    actions.archive(therapist=ana, by="Ada", reason="Moved away")
    client.post("/listing/new/", {"email": ana.email})
    assert not Reminder.objects.exists()


# --- Corrections ------------------------------------------------------------------------------------------------------
def test_an_accepted_correction_is_written_and_a_declined_one_is_not(ana: Therapist) -> None:
    for field, accept, name in (("name", True, "Ana Diaz"), ("name", False, "Ana Diaz")):
        asked = actions.ask_correction(
            therapist=ana, field=field, old=ana.name, new=name + "!" * (not accept), on=TODAY
        )
        actions.decide_correction(correction=asked, by="Ada", accept=accept, reason="Board register", at=NOON)
        assert fresh(ana).name == "Ana Diaz"
    assert ana.history.first().history_change_reason == "Ada: Correction accepted: Board register"
    with pytest.raises(actions.AlreadyDecided):
        actions.decide_correction(correction=asked, by="Bo", accept=True, reason="No", at=NOON)
    with pytest.raises(actions.ReasonMissing):
        actions.decide_correction(correction=asked, by="Bo", accept=True, reason=" ", at=NOON)


def test_erasing_a_therapist_takes_links_corrections_and_reminders_along(ana: Therapist) -> None:
    link_to(ana)
    actions.ask_correction(therapist=ana, field="name", new="Ana Diaz", on=TODAY)
    actions.report_problem(therapist=ana, kind="phone", text="", on=TODAY)
    actions.queue_link(therapist=ana, by="Ada", at=NOON)
    Therapist.objects.get(pk=ana.pk).delete()
    assert not AttestationLink.objects.exists()
    assert not Correction.objects.exists()
    assert not ProblemReport.objects.exists()
    assert not Reminder.objects.exists()


def test_a_pause_that_a_curator_made_a_suspension_is_not_taken_back_by_a_link(client: Client, ana: Therapist) -> None:
    client.post(f"{link_to(ana)}pause/", {})
    actions.suspend(therapist=fresh(ana), by="Ada", reason="The board has a case")
    client.post(link_to(ana), {"do": "back"})
    assert (fresh(ana).life, fresh(ana).life_reason) == ("suspended", "The board has a case")


def test_a_new_address_ends_links_that_went_to_the_old_one(client: Client, ana: Therapist) -> None:
    address = link_to(ana)
    asked = actions.ask_correction(therapist=ana, field="email", old=ana.email, new="new@example.org", on=TODAY)
    actions.decide_correction(correction=asked, by="Ada", accept=True, reason="She called", at=NOON)
    assert client.get(address).status_code == 410


def test_a_curators_words_are_no_pause_of_the_therapist(client: Client, ana: Therapist) -> None:
    actions.suspend(therapist=ana, by="Ada", reason="Paused by the therapist\u2019s supervisor until the board answers")
    client.post(link_to(ana), {"do": "back"})
    assert fresh(ana).life == "suspended"


def test_a_new_address_from_the_desk_or_from_sql_ends_links_too(client: Client, ana: Therapist) -> None:
    for number, write in enumerate((lambda new: ana.save(), lambda new: Therapist.objects.update(email=new))):
        address = link_to(ana)
        ana.email = f"new{number}@example.org"
        write(ana.email)
        assert client.get(address).status_code == 410
    address = link_to(ana)
    ana.save()
    assert client.get(address).status_code == 200, "the address is the same"
