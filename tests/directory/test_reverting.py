"""An earlier version of a profile comes back whole: fields, terms and rows; and what must not come back stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from directory import actions
from directory.curation.versions import differences, version_of, version_today
from directory.models import (
    Compact,
    CompactPrivilege,
    Concern,
    InsurancePlan,
    Jurisdiction,
    Language,
    License,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, LicenseFactory, TherapistFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ana() -> Therapist:
    therapist: Therapist = TherapistFactory(
        name="Ana Demo",
        languages=["en"],
        populations=["adults"],
        trained_in=["gottman"],
        focus_concerns=["intimacy"],
        zips=["90012"],
        licenses=[{"number": "77"}],
        fee_min=100,
    )
    therapist.save()  # a record of the whole profile, its rows included
    return therapist


def newest(therapist: Therapist) -> Any:
    return Therapist.history.filter(id=therapist.pk).order_by("-history_date", "-pk")[0]


def spoil(ana: Therapist) -> None:
    """What a curator may do in one sitting, all of it wrong."""
    ana.name, ana.fee_min, ana.headline = "Wrong Name", 900, "Wrong"
    ana.save()
    ana.languages.set(Language.objects.filter(code__in=["es", "fr"]))
    ana.populations.clear()
    TherapistApproach.objects.get(therapist=ana).delete()
    row = ana.stated_concerns.get()
    row.focus = False
    row.save()
    PracticeLocation.objects.get(therapist=ana).delete()
    license = ana.licenses.get()
    license.number, license.verified_on, license.source = "88", None, ""
    license.save()
    LicenseFactory(therapist=ana, jurisdiction="NY", number="99")


def said(therapist: Therapist) -> dict[str, Any]:
    therapist = Therapist.objects.get(pk=therapist.pk)
    return {
        "fields": (therapist.name, therapist.fee_min, therapist.headline),
        "languages": sorted(term.code for term in therapist.languages.all()),
        "populations": sorted(term.code for term in therapist.populations.all()),
        "approaches": [(row.approach.code, row.trained) for row in therapist.stated_approaches.order_by("pk")],
        "concerns": [(row.concern.code, row.focus) for row in therapist.stated_concerns.order_by("pk")],
        "offices": [row.zip for row in therapist.locations.order_by("pk")],
        "licenses": [(row.jurisdiction.code, row.number) for row in therapist.licenses.order_by("pk")],
    }


def revert(therapist: Therapist, to: Any, **values: Any) -> Any:
    options = {"by": "Cora", "reason": "entered by mistake", "on": TODAY} | values
    return actions.revert_therapist(therapist=therapist, to=to, **options)


def test_a_revert_brings_everything_back_and_a_revert_of_it_undoes_it(ana: Therapist) -> None:
    right, record = said(ana), newest(ana)
    spoil(ana)
    wrong, wrong_record = said(ana), newest(ana)
    assert right != wrong

    changes = revert(ana, record)
    assert said(ana) == right
    assert {"name", "fee min", "languages", "license", "practice location"} <= {change.what for change in changes}
    assert differences(version_of(newest(ana)), version_today(ana)) == []

    revert(ana, wrong_record)
    assert said(ana) == wrong
    revert(ana, record)
    assert said(ana) == right


def test_history_tells_of_the_revert_who_and_why(ana: Therapist) -> None:
    record = newest(ana)
    spoil(ana)
    cora = curator()
    before = Therapist.history.filter(id=ana.pk).count()
    revert(ana, record, by=cora)
    last = newest(ana)
    assert Therapist.history.filter(id=ana.pk).count() == before + 1, "one revert, one version"
    assert last.history_user == cora
    assert last.history_change_reason.startswith("Put back the version of ")
    assert last.history_change_reason.endswith("entered by mistake")
    assert License.history.filter(therapist_id=ana.pk).latest().history_change_reason == last.history_change_reason


def test_life_address_and_consent_do_not_come_back(ana: Therapist) -> None:
    record = newest(ana)
    Therapist.objects.filter(pk=ana.pk).update(consented_on=TODAY, slug="ana-new")
    ana.refresh_from_db()
    actions.suspend(therapist=ana, by="Cora", reason="On leave")
    ana.name = "Wrong Name"
    ana.save()
    revert(ana, record)
    ana.refresh_from_db()
    assert (ana.name, ana.life, ana.life_reason) == ("Ana Demo", "suspended", "On leave")
    assert (ana.slug, ana.consented_on) == ("ana-new", TODAY)


def test_a_license_that_comes_back_waits_for_a_verification_and_an_equal_one_keeps_todays(ana: Therapist) -> None:
    license = ana.licenses.get()
    record = newest(ana)
    actions.verify_license(license=license, by="Cora", source="Another register", on=TODAY)
    ana.name = "Wrong Name"
    ana.save()
    revert(ana, record)
    license.refresh_from_db()
    assert (license.verified_on, license.source) == (TODAY, "Another register"), "it says the same as today"

    license.number = "88"
    license.save()
    revert(ana, record)
    license.refresh_from_db()
    assert (license.number, license.verified_on, license.source) == ("77", None, "")


def test_texts_that_come_back_are_screened(ana: Therapist) -> None:
    ana.bio = "I offer rebirthing therapy to children."
    ana.save()
    harmful = newest(ana)
    ana.bio = "I am kind."
    ana.save()
    revert(ana, harmful)
    assert not Therapist.objects.published(on=TODAY).filter(pk=ana.pk).exists()


def test_what_somebody_else_has_by_now_is_refused_and_nothing_changes(ana: Therapist) -> None:
    record = newest(ana)
    spoil(ana)
    wrong = said(ana)
    LicenseFactory(therapist=TherapistFactory(), number="77")
    with pytest.raises(ValidationError, match="already listed"):
        revert(ana, record)
    assert said(ana) == wrong


def test_a_revert_needs_a_reason_and_a_version_of_the_same_profile(ana: Therapist) -> None:
    with pytest.raises(actions.ReasonMissing):
        revert(ana, newest(ana), reason=" ")
    other = TherapistFactory()
    with pytest.raises(ValueError, match="another profile"):
        revert(ana, newest(other))


def test_a_version_that_says_what_is_so_writes_nothing(ana: Therapist) -> None:
    before = Therapist.history.count()
    assert revert(ana, newest(ana)) == []
    assert Therapist.history.count() == before


def test_the_history_page_shows_what_a_revert_changes_and_does_it(ana: Therapist) -> None:
    record = newest(ana)
    spoil(ana)
    desk = signed_in(curator())
    url = reverse("admin:directory_therapist_revert", args=[ana.pk, record.pk])
    assert url in desk.get(reverse("admin:directory_therapist_history", args=[ana.pk])).content.decode()

    text = desk.get(url).content.decode()
    assert "<del>Wrong Name</del>" in text
    assert "<ins>Ana Demo</ins>" in text
    assert "<ins>English</ins>" in text
    assert said(ana)["fields"][0] == "Wrong Name", "looking changes nothing"

    assert "This field is required" in desk.post(url, {"reason": " "}).content.decode()
    desk.post(url, {"reason": "entered by mistake"})
    assert said(ana)["fields"][0] == "Ana Demo"
    assert "There is nothing to put back" in desk.get(url).content.decode()


def test_the_page_says_why_a_revert_is_refused(ana: Therapist) -> None:
    record = newest(ana)
    spoil(ana)
    LicenseFactory(therapist=TherapistFactory(), number="77")
    url = reverse("admin:directory_therapist_revert", args=[ana.pk, record.pk])
    assert "already listed" in signed_in(curator()).post(url, {"reason": "mistake"}).content.decode()


def test_a_version_of_an_import_has_the_rows_of_that_import(ana: Therapist) -> None:
    from io import BytesIO

    from directory.curation.imports import import_therapists

    Therapist.objects.filter(pk=ana.pk).update(external_id="d1")

    def bring(concerns: str) -> None:
        file = BytesIO(f"external_id,name,concerns\nd1,Ana Demo,{concerns}\n".encode())
        import_therapists(file, by="Ada", on=TODAY)

    bring("grief")
    first = newest(ana)
    bring("anxiety;panic")
    grief = Concern.objects.get(code="grief").pk
    rows = version_of(first).rows[type(ana.stated_concerns.first())]
    assert [row["concern_id"] for row in rows.values()] == [grief]


def test_a_term_that_was_merged_comes_back_as_what_it_was_merged_into_and_a_retired_one_not_at_all(
    ana: Therapist,
) -> None:
    plans = [InsurancePlan.objects.create(code=f"plan-{place}", name=f"Plan {place}") for place in range(3)]
    merged, gone, into = plans
    old = Concern.objects.create(code="old-word", name="Old word")
    TherapistConcern.objects.create(therapist=ana, concern=old)
    ana.insurance_plans.set([merged, gone])
    ana.save()
    then = newest(ana)
    ana.insurance_plans.clear()
    ana.stated_concerns.filter(concern=old).delete()
    ana.fee_min = 120
    ana.save()
    actions.merge_terms(gone=merged, into=into, by="Lee", reason="One company now", on=TODAY)
    actions.retire_term(term=gone, by="Lee", reason="Closed", on=TODAY)
    actions.merge_terms(gone=old, into=Concern.objects.get(code="intimacy"), by="Lee", reason="The same", on=TODAY)
    revert(ana, then)
    assert [plan.code for plan in ana.insurance_plans.all()] == [into.code]
    assert [(row.concern.code, row.focus) for row in ana.stated_concerns.all()] == [("intimacy", True)]


def test_a_right_that_reads_differently_again_has_no_trace_of_the_check(ana: Therapist) -> None:
    license, compact = ana.licenses.get(), Compact.objects.get(code="psypact")
    right = CompactPrivilege.objects.create(
        therapist=ana, jurisdiction=Jurisdiction.objects.get(code="AZ"), compact=compact, credential_number="1"
    )
    ana.save()
    record = newest(ana)
    ana.headline = "Later"
    ana.save()
    license.number = "88"
    right.credential_number = "2"
    for checked in (license, right):
        checked.verified_on, checked.source, checked.method = TODAY, "The register", "register"
        checked.save()
    revert(ana, record)
    for checked in (license, right):
        checked.refresh_from_db()
        assert (checked.verified_on, checked.source, checked.method) == (None, "", "")
    assert (license.number, right.credential_number) == ("77", "1")


def test_the_check_of_today_stays_whole_with_what_reads_the_same(ana: Therapist) -> None:
    record = newest(ana)
    ana.headline = "Later"
    ana.save()
    license = ana.licenses.get()
    actions.verify_license(license=license, by="Cora", source="Letter of the board", on=TODAY, method="letter")
    revert(ana, record)
    license.refresh_from_db()
    assert (license.verified_on, license.source, license.method) == (TODAY, "Letter of the board", "letter")


def test_a_license_that_was_revoked_since_stays_revoked(ana: Therapist) -> None:
    record = newest(ana)
    ana.headline = "Later"
    ana.save()
    license = ana.licenses.get()
    license.status = License.Status.REVOKED
    license.save()
    revert(ana, record)
    assert ana.headline != "Later"
    license.refresh_from_db()
    assert license.status == License.Status.REVOKED
    assert not Therapist.objects.published(on=TODAY).exists()
