"""Compacts: a law that is passed opens nothing, a privilege takes what its compact asks for, and a state can leave."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.actions import CannotVerify, leave_compact, verify_privilege
from directory.curation.licenses import why_not_verifiable
from directory.models import Compact, CompactMembership, CompactPrivilege, Jurisdiction, Therapist, Verification
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, LicenseFactory, TherapistFactory

pytestmark = pytest.mark.django_db


def privilege(
    *,
    home: str = "AZ",
    state: str = "MN",
    compact: str | None = "counseling",
    license_type: str = "lpc",
    number: str = "",
    **license: Any,
) -> CompactPrivilege:
    therapist = TherapistFactory(licenses=[{"license_type": license_type, "jurisdiction": home, **license}])
    return CompactPrivilege.objects.create(
        therapist=therapist,
        jurisdiction=Jurisdiction.objects.get(code=state),
        compact=None if compact is None else Compact.objects.get(code=compact),
        credential_number=number,
    )


def member(compact: str, state: str) -> CompactMembership:
    return CompactMembership.objects.get(compact__code=compact, jurisdiction__code=state)


def verify(held: CompactPrivilege, **values: Any) -> None:
    verify_privilege(privilege=held, **{"by": "Cora", "source": "The compact's register", "on": TODAY} | values)


@pytest.mark.parametrize(
    ("description", "held"),
    [
        ("a counselor between two states in operation", {}),
        ("a psychologist with a number", {"compact": "psypact", "license_type": "psychologist", "number": "1234"}),
    ],
)
def test_a_privilege_between_two_states_in_operation_is_verified(description: str, held: dict[str, Any]) -> None:
    right = privilege(**held)
    assert not Therapist.objects.licensed_in(["MN"], on=TODAY).exists()
    verify(right)
    assert Therapist.objects.licensed_in(["MN"], on=TODAY).get() == right.therapist
    entry = Verification.objects.get()
    assert entry.privilege == right
    assert right.compact is not None
    assert entry.subject.startswith(right.compact.name)


@pytest.mark.parametrize(
    ("description", "held", "message"),
    [
        ("no compact", {"compact": None}, "under which compact"),
        ("no number", {"compact": "psypact", "license_type": "psychologist"}, r"personal number \(APIT number\)"),
        ("another profession", {"compact": "psypact", "number": "1"}, "of type psychologist. None is on record"),
        ("a license that ran out", {"expires_on": TODAY - dt.timedelta(days=1)}, "None is on record"),
        (
            "a law that is only passed",
            {"state": "TN"},
            "Tennessee has passed the law for Counseling Compact, but",
        ),
        ("a home where it is only passed", {"home": "TN"}, r"home state \(Tennessee\) is not in operation"),
        ("a state outside", {"state": "CA"}, "California is no member of Counseling Compact"),
        ("social work", {"compact": "social-work", "license_type": "lcsw", "state": "UT"}, "passed .* on 2024-03-13"),
    ],
)
def test_what_opens_nothing_is_refused_in_words(description: str, held: dict[str, Any], message: str) -> None:
    right = privilege(**held)
    with pytest.raises(CannotVerify, match=message):
        verify(right)
    right.refresh_from_db()
    assert right.verified_on is None
    assert not Verification.objects.exists()


def test_a_day_before_a_state_began_opens_nothing() -> None:
    right = privilege(home="MN", state="IN", license_type="lpcc", verified_on=dt.date(2026, 6, 1))
    assert why_not_verifiable(right, on=dt.date(2026, 6, 7)) == [
        "Indiana is in operation in Counseling Compact from 2026-06-08 on."
    ]
    assert why_not_verifiable(right, on=dt.date(2026, 6, 8)) == []


def test_a_bad_result_ends_a_privilege() -> None:
    right = privilege()
    verify(right)
    verify(right, result="not_found")
    right.refresh_from_db()
    assert (right.verified_on, right.source, right.method) == (None, "", "")
    assert Verification.objects.count() == 2


def test_what_a_file_brought_without_a_compact_keeps_counting_and_waits_in_a_queue(client: Client) -> None:
    therapist = TherapistFactory(compact_privileges=["NY"])
    assert therapist in Therapist.objects.licensed_in(["NY"], on=TODAY)
    queues = signed_in(curator()).get("/admin/").context["queues"]
    assert {queue.label: queue.count for queue in queues}["privileges without a compact"] == 1


def test_privileges_end_when_a_state_leaves() -> None:
    there, away, home = privilege(), privilege(state="OH"), privilege(home="MN", state="OH", license_type="lpcc")
    for right in (there, away, home):
        verify(right)
    on = TODAY + dt.timedelta(days=10)
    last = on - dt.timedelta(days=1)
    assert leave_compact(membership=member("counseling", "MN"), by="Lea", on=on) == 2
    ends = dict(CompactPrivilege.objects.values_list("pk", "expires_on"))
    assert ends == {there.pk: last, away.pk: None, home.pk: last}
    assert Therapist.objects.licensed_in(["MN"], on=last).filter(pk=there.therapist_id).exists()
    assert not Therapist.objects.licensed_in(["MN"], on=on).filter(pk=there.therapist_id).exists()
    assert "Minnesota left" in there.history.latest().history_change_reason
    with pytest.raises(CannotVerify, match="Minnesota left Counseling Compact on 2026-12-04"):
        verify(there, on=on)


def test_who_has_another_home_in_the_compact_keeps_the_privilege() -> None:
    right = privilege(home="MN", state="OH", license_type="lpcc")
    LicenseFactory(therapist=right.therapist, license_type="lpc", jurisdiction="AZ")
    verify(right)
    assert leave_compact(membership=member("counseling", "MN"), by="Lea", on=TODAY) == 0


def test_a_lead_records_at_the_desk_that_a_state_left() -> None:
    right = privilege()
    today = timezone.localdate()
    CompactPrivilege.objects.update(verified_on=today, source="Register")
    right.therapist.licenses.update(expires_on=today + dt.timedelta(days=400))
    lead = signed_in(User.objects.create_superuser("lea"))
    row = member("counseling", "MN")
    url = reverse("admin:directory_compactmembership_change", args=[row.pk])
    assert lead.post(url, as_sent(lead.get(url), left_on=today.isoformat())).status_code == 302
    right.refresh_from_db()
    assert right.expires_on == today - dt.timedelta(days=1)
    row.refresh_from_db()
    assert row.curated


# --- The file ---------------------------------------------------------------------------------------------------------
def test_every_membership_has_a_source_and_no_day_is_guessed() -> None:
    document = json.loads((settings.FIXTURES / "compacts.json").read_text())
    assert {row["compact"] for row in document["memberships"]} == {"psypact", "counseling", "social-work"}
    for row in document["memberships"]:
        assert row["source"]
        if row["operational_on"] is None:
            assert row["note"], "why it is not in operation, or not known"
    begun = {
        row.jurisdiction.code: row.operational_on
        for row in CompactMembership.objects.filter(compact__code="counseling").select_related("jurisdiction")
        if row.operational_on
    }
    assert begun == {
        "AZ": dt.date(2025, 9, 30),
        "MN": dt.date(2025, 9, 30),
        "OH": dt.date(2026, 1, 5),
        "LA": dt.date(2026, 4, 20),
        "GA": dt.date(2026, 6, 2),
        "IN": dt.date(2026, 6, 8),
    }
    assert not CompactMembership.objects.filter(compact__code="social-work", operational_on__isnull=False).exists()
    outside = {"CA", "NY", "MA", "HI"}
    assert not CompactMembership.objects.filter(compact__code="psypact", jurisdiction__code__in=outside).exists()


@pytest.fixture
def fixtures(tmp_path: Path, settings: Any) -> Path:
    """fixtures/ with a compacts.json that a test may change."""
    for path in settings.FIXTURES.iterdir():
        if path.name != "compacts.json":
            (tmp_path / path.name).symlink_to(path)
    document = json.loads((settings.FIXTURES / "compacts.json").read_text())
    (tmp_path / "compacts.json").write_text(json.dumps(document))
    settings.FIXTURES = tmp_path
    return tmp_path / "compacts.json"


def test_loading_leaves_alone_what_the_desk_changed_and_ends_what_a_state_leaves(fixtures: Path) -> None:
    right = privilege()
    verify(right)
    edited = member("counseling", "OH")
    edited.curated, edited.note = True, "Asked the board."
    edited.save()
    document = json.loads(fixtures.read_text())
    for row in document["memberships"]:
        if row["compact"] == "counseling":
            row["note"] = "New words."
            if row["jurisdiction"] == "MN":
                row["left_on"] = "2026-12-24"
    fixtures.write_text(json.dumps(document))
    call_command("load_taxonomy", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    assert member("counseling", "OH").note == "Asked the board."
    assert member("counseling", "AZ").note == "New words."
    right.refresh_from_db()
    assert right.expires_on == dt.date(2026, 12, 23)
    assert member("counseling", "MN").history.count() == 3  # loaded, new words, left
