"""The verification log: every check is written down, nothing in it changes, and what stands in a license follows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory import actions
from directory.actions import CannotPublish, CannotVerify, publish, verify_license
from directory.boards import board_of, boards, number_doubt, register_url
from directory.curation.bulk_publish import publish_all
from directory.curation.licenses import why_license_lacks
from directory.demo.loading import seed_demo
from directory.models import CompactPrivilege, License, LicenseType, Therapist, Verification
from tests.directory.admin_forms import as_sent, fields_of
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, LicenseFactory, TherapistFactory

pytestmark = pytest.mark.django_db
UNVERIFIED: dict[str, Any] = {"verified_on": None, "source": ""}


def checked(license: License, **values: Any) -> Verification:
    given = {"by": "Cora", "source": "BreEZe", "on": TODAY} | values
    verify_license(license=license, **given)
    return license.verifications.latest("pk")


def assert_rows_follow_the_log() -> None:
    """What stands in each license and privilege is what the newest entry about it confirmed."""
    for right in [*License.objects.all(), *CompactPrivilege.objects.all()]:
        if right.verified_on is None:
            continue
        newest = right.verifications.latest("checked_on", "pk")
        assert newest.result == "confirmed"
        assert (newest.checked_on, newest.source, newest.method) == (right.verified_on, right.source, right.method)


def test_a_check_says_what_where_how_when_who_and_what_came_of_it() -> None:
    license = TherapistFactory(licenses=[{"number": "77", **UNVERIFIED}]).licenses.get()
    until = TODAY + dt.timedelta(days=700)
    entry = checked(license, method="letter", expires_on=until, note=" By phone first. ", by=curator())
    assert (entry.subject, entry.source, entry.method, entry.result) == (
        "LMFT 77 (CA)",
        "BreEZe",
        "letter",
        "confirmed",
    )
    assert (entry.checked_on, entry.expires_on, entry.by, entry.note) == (TODAY, until, "cora", "By phone first.")
    assert entry.user is not None
    license.refresh_from_db()
    assert (license.verified_on, license.source, license.method) == (TODAY, "BreEZe", "letter")
    assert license.expires_on == until
    assert_rows_follow_the_log()


@pytest.mark.parametrize(
    ("result", "status"),
    [("not_found", "active"), ("differs", "active"), ("expired", "active"), ("disciplined", "suspended")],
)
def test_a_bad_result_takes_the_profile_out_the_same_day(result: str, status: str) -> None:
    therapist = TherapistFactory()
    license = therapist.licenses.get()
    assert Therapist.objects.published(on=TODAY).exists()
    assert checked(license, result=result).result == result
    license.refresh_from_db()
    assert (license.verified_on, license.source, license.method, license.status) == (None, "", "", status)
    assert not Therapist.objects.published(on=TODAY).exists()


def test_who_holds_another_license_stays() -> None:
    therapist = TherapistFactory(licenses=[{}, {"jurisdiction": "OR"}])
    checked(therapist.licenses.get(jurisdiction__code="CA"), result="not_found")
    assert Therapist.objects.published(on=TODAY).exists()


@pytest.mark.parametrize(
    ("description", "values", "message"),
    [
        ("a way that nobody knows", {"method": "hearsay"}, "method and a result that we know"),
        ("confirmed, but over", {"expires_on": TODAY - dt.timedelta(days=1)}, "it is expired"),
        ("older than the newest entry", {"on": TODAY - dt.timedelta(days=1)}, "newer entry, of 2026-11-24"),
    ],
)
def test_what_cannot_be_written_down(description: str, values: dict[str, Any], message: str) -> None:
    license = TherapistFactory().licenses.get()
    checked(license)
    with pytest.raises(CannotVerify, match=message):
        checked(license, **values)
    assert license.verifications.count() == 1


@pytest.mark.parametrize(
    ("description", "write"),
    [
        ("an entry is changed", lambda: Verification.objects.update(result="not_found")),
        ("an entry is deleted", lambda: Verification.objects.all().delete()),
        ("an entry is made to belong to somebody else", lambda: Verification.objects.update(license=None, privilege=1)),
    ],
)
def test_the_log_is_only_ever_added_to(description: str, write: Callable[[], object]) -> None:
    checked(TherapistFactory().licenses.get())
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        write()
    assert Verification.objects.get().result == "confirmed"


def test_the_log_outlives_a_license_and_goes_with_its_therapist() -> None:
    therapist = TherapistFactory(licenses=[{"number": "77"}])
    checked(therapist.licenses.get())
    License.objects.all().delete()
    assert Verification.objects.get().subject == "LMFT 77 (CA)"
    therapist.delete()
    assert not Verification.objects.exists()


def test_many_are_verified_with_one_entry_each() -> None:
    people = [
        TherapistFactory(life="draft", slug=None, licenses=[UNVERIFIED], compact_privileges=["NY"]) for _ in range(3)
    ]
    CompactPrivilege.objects.update(**UNVERIFIED)
    publish_all(
        people,
        licenses=list(License.objects.all()),
        privileges=list(CompactPrivilege.objects.all()),
        changed=[],
        by="Ada",
        source="BreEZe",
        on=TODAY,
    )
    entries = set(Verification.objects.values_list("subject", "source", "method", "by", "checked_on", "result"))
    assert len(entries) == 4  # three licenses, and three privileges that read alike
    assert Verification.objects.count() == 6
    assert {entry[1:] for entry in entries} == {("BreEZe", "imported", "Ada", TODAY, "confirmed")}
    assert_rows_follow_the_log()


def test_people_of_the_demo_have_a_log_and_associates_a_supervisor() -> None:
    seed_demo(therapists=400, seed=3, on=TODAY)
    assert Verification.objects.filter(license__isnull=False).count() == 400
    assert set(Verification.objects.values_list("method", flat=True)) == {"invented"}
    associates = License.objects.filter(license_type__code="associate")
    assert associates.exists()
    assert not License.objects.without_supervisor().exists()
    assert all("Demo-" in license.supervisor_name for license in associates)
    assert_rows_follow_the_log()

    seed_demo(therapists=400, seed=3, on=TODAY + dt.timedelta(days=60))  # an old demo is confirmed again
    assert_rows_follow_the_log()


def test_migration_gave_one_entry_to_what_was_verified_before() -> None:
    from importlib import import_module

    TherapistFactory(licenses=[{"number": "77"}, {"number": "78", **UNVERIFIED}], compact_privileges=["NY"])
    with connection.cursor() as cursor:
        cursor.execute(import_module("directory.migrations.0010_verification_log").WHAT_IS_KNOWN)
    entries = Verification.objects.order_by("subject").values_list("subject", "source", "method", "checked_on")
    assert list(entries) == [
        ("LMFT 77 (CA)", "Board register", "earlier", TODAY - dt.timedelta(days=10)),
        ("privilege in NY", "Compact register", "earlier", TODAY),
    ]


# --- Associates -------------------------------------------------------------------------------------------------------
def associate(**values: Any) -> Therapist:
    return TherapistFactory(life="in_review", slug=None, licenses=[{"license_type": "associate", **values}])


def test_an_associate_is_published_with_a_supervisor() -> None:
    therapist = associate()
    with pytest.raises(CannotPublish, match="enter the supervisor's name"):
        publish(therapist=therapist, by="Cora", on=TODAY)
    License.objects.update(supervisor_name="Sam Silver")
    publish(therapist=Therapist.objects.get(), by="Cora", on=TODAY)
    assert Therapist.objects.get().life == "published"


def test_who_may_also_practise_alone_needs_no_supervisor() -> None:
    therapist = associate()
    LicenseFactory(therapist=therapist, license_type="lmft", jurisdiction="OR")
    publish(therapist=therapist, by="Cora", on=TODAY)
    assert why_license_lacks(therapist.licenses.get(license_type__code="associate"))


def test_an_imported_associate_is_listed_and_waits_in_a_queue() -> None:
    therapist = associate()
    outcome = publish_all([therapist], licenses=[], privileges=[], changed=[], by="Ada", source="BreEZe", on=TODAY)
    assert outcome.published == 1
    assert License.objects.without_supervisor().count() == 1


def test_the_page_says_who_supervises(client: Client) -> None:
    today = timezone.localdate()
    dates = {"consented_on": today, "attested_on": today}
    license = {"license_type": "associate", "expires_on": today, "verified_on": today}
    TherapistFactory(slug="ana", licenses=[license | {"supervisor_name": "Sam Silver"}], **dates)
    TherapistFactory(slug="ben", licenses=[license], **dates)
    assert "Works under the supervision of Sam Silver." in client.get("/therapists/ana/").content.decode()
    assert "We do not know who supervises them." in client.get("/therapists/ben/").content.decode()


# --- Boards and their numbers -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("license_type", "number", "is_odd"),
    [
        ("lcsw", "SW12345", False),
        ("lcsw", " sw 12345 ", False),
        ("lcsw", "12345", True),
        ("lcsw", "MH12345", True),
        ("psychiatrist", "OS123", False),
        ("associate", "anything", False),
    ],
)
def test_a_number_unlike_those_of_its_board_is_a_question(license_type: str, number: str, is_odd: bool) -> None:
    assert bool(number_doubt("FL", license_type, number)) is is_odd
    assert number_doubt("WY", license_type, number) == "", "where nothing is known nothing is checked"
    TherapistFactory(licenses=[{"license_type": license_type, "jurisdiction": "FL", "number": number}])
    assert License.objects.unlike_their_board().exists() is is_odd


def test_every_board_says_how_we_know() -> None:
    codes = set(LicenseType.objects.values_list("code", flat=True))
    for (_, license_type), board in boards().items():
        assert license_type in codes
        assert board.source
        assert bool(board.number_pattern) == bool(board.number_in_words)
        assert board.number_pattern or board.register_url
        assert board.register_url == "" or board.register_url.startswith("https://")
    assert board_of("CA", "lmft") is not None
    assert register_url("WY", "lmft") == ""


# --- The form at the desk ---------------------------------------------------------------------------------------------
@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def test_a_curator_writes_a_check_down(desk: Client) -> None:
    license = TherapistFactory(licenses=[{"license_type": "lcsw", "jurisdiction": "FL", "number": "1"}]).licenses.get()
    url = reverse("admin:directory_license_verify", args=[license.pk])
    page = desk.get(url)
    assert "1 does not look like a number of the Florida Board" in page.content.decode()
    assert 'href="https://floridasmentalhealthprofessions.gov/"' in page.content.decode()
    sent = fields_of(page.context["form"]) | {"result": "not_found", "method": "register", "note": "Two of that name."}
    assert desk.post(url, sent).status_code == 302
    entry = Verification.objects.get()
    assert (entry.result, entry.by, entry.note) == ("not_found", "cora", "Two of that name.")
    license.refresh_from_db()
    assert license.verified_on is None
    change = desk.get(reverse("admin:directory_therapist_change", args=[license.therapist_id])).content.decode()
    assert "Two of that name." in change
    assert url in change


def test_what_the_log_refuses_is_said_on_the_form(desk: Client) -> None:
    license = TherapistFactory(licenses=[{"status": "suspended", **UNVERIFIED}]).licenses.get()
    url = reverse("admin:directory_license_verify", args=[license.pk])
    sent = fields_of(desk.get(url).context["form"]) | {"source": "B", "result": "confirmed", "method": "register"}
    answer = desk.post(url, sent)
    assert "The license is suspended." in answer.content.decode()
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    answer = desk.post(url, sent | {"checked_on": tomorrow, "result": ""})
    assert "This day is in the future." in answer.content.decode()
    assert answer.context["form"].errors["result"], "no result is chosen for the curator"
    assert not Verification.objects.exists()
    assert desk.get(reverse("admin:directory_license_verify", args=[license.pk + 1])).status_code == 404


def test_a_check_that_began_on_the_review_page_leads_back_to_it() -> None:
    license = TherapistFactory(licenses=[UNVERIFIED]).licenses.get()
    desk, url = signed_in(curator()), reverse("admin:directory_license_verify", args=[license.pk])
    sent = {"source": "BreEZe", "checked_on": timezone.localdate().isoformat(), "result": "confirmed"}
    by_nppes = desk.post(url, {**sent, "method": "nppes"})
    assert by_nppes.status_code == 200  # NPPES only repeats what people say of themselves
    review = reverse("admin:directory_therapist_review", args=[license.therapist_id])
    assert desk.post(f"{url}?back=review", {**sent, "method": "register"})["Location"] == review


def test_a_license_that_was_checked_stays_with_its_log() -> None:
    ana = TherapistFactory(name="Ana Demo")
    license = ana.licenses.get()
    actions.verify_license(license=license, by="Cora", source="Board", on=TODAY, result="not_found")
    desk = signed_in(curator())
    page = reverse("admin:directory_therapist_change", args=[ana.pk])
    answer = desk.post(page, as_sent(desk.get(page), **{"licenses-0-DELETE": "on"}))
    assert "it was checked, and the log is part of it" in answer.content.decode()
    assert ana.licenses.exists()


def test_a_license_made_active_again_has_to_be_verified_again() -> None:
    ana = TherapistFactory(name="Ana Demo", licenses=[{"status": "revoked"}])
    desk = signed_in(curator())
    page = reverse("admin:directory_therapist_change", args=[ana.pk])
    desk.post(page, as_sent(desk.get(page), **{"licenses-0-status": "active"}))
    license = ana.licenses.get()
    assert (license.status, license.verified_on, license.source) == ("active", None, "")
