"""Pairs that look like one person are found among all profiles, asked about once, and merged with their history."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, connection, transaction
from django.test import Client

from directory import actions
from directory.curation.duplicates import find_duplicates
from directory.curation.merge_choices import FACTS
from directory.curation.merging import CannotMerge
from directory.demo.loading import seed_demo
from directory.models import (
    AttestationLink,
    DuplicateCandidate,
    License,
    ScreeningFlag,
    Therapist,
    TherapistConcern,
    Verification,
)
from tests.directory.admin_people import curator, signed_in
from tests.directory.links import link_to
from tests.factories import TODAY, TherapistFactory

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PHONE = "(213) 555-0101"


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def maria(db: None) -> Therapist:
    therapist: Therapist = TherapistFactory(
        name="Maria Garcia", slug="maria-garcia", phone=PHONE, zips=["90012"], focus_concerns=["grief"]
    )
    return therapist


def her_again(**facts: Any) -> Therapist:
    """A second profile of Maria: licensed in another state, confirmed later."""
    usual: dict[str, Any] = {
        "name": "María L. García",
        "slug": "maria-l-garcia",
        "phone": "+1 213 555 0101",
        "npi": "1234567893",
        "external_id": "x1",
        "headline": "Newer words",
        "concerns": ["anxiety"],
        "languages": ["es"],
        "zips": ["90013"],
        "licenses": [{"jurisdiction": "NY", "license_type": "lmft"}],
        "attested_on": TODAY,
    }
    therapist: Therapist = TherapistFactory(**{**usual, **facts})
    return therapist


def merge(keep: Therapist, gone: Therapist, **choices: str) -> DuplicateCandidate:
    return actions.merge_therapists(
        keep=keep, gone=gone, choices=choices, by="Lead", reason="She called: one person", at=NOW
    )


# --- Finding ----------------------------------------------------------------------------------------------------------
def test_a_pair_is_found_once(maria: Therapist) -> None:
    again = her_again()
    TherapistFactory(name="John Miller", phone=PHONE)
    assert find_duplicates(TODAY) == 1
    assert find_duplicates(TODAY + dt.timedelta(days=1)) == 0
    pair = DuplicateCandidate.objects.get()
    assert (pair.a, pair.b, pair.state, pair.found_on) == (maria, again, "open", TODAY)
    assert "same phone number" in pair.why
    assert PHONE not in pair.why


def test_a_decided_pair_is_not_asked_about_again(maria: Therapist) -> None:
    her_again()
    find_duplicates(TODAY)
    pair = DuplicateCandidate.objects.get()
    actions.call_different(pair=pair, by="Curator", reason="Aunt and niece", at=NOW)
    assert find_duplicates(TODAY) == 0
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.reason) == ("different", "Curator", "Aunt and niece")
    with pytest.raises(actions.AlreadyDecided):
        actions.call_different(pair=pair, by="Curator", reason="Again", at=NOW)
    with pytest.raises(actions.ReasonMissing):
        actions.call_different(pair=pair, by="Curator", reason=" ", at=NOW)


def test_a_pair_that_looks_alike_no_longer_is_not_asked_about(maria: Therapist) -> None:
    again = her_again()
    find_duplicates(TODAY)
    Therapist.objects.filter(pk=again.pk).update(name="Ana Miller")
    assert find_duplicates(TODAY) == 0
    assert not DuplicateCandidate.objects.exists()


def test_an_initial_meets_the_whole_name(maria: Therapist) -> None:
    TherapistFactory(name="Mona Garcia", zips=["90012"])  # begins alike, and is somebody else
    again = her_again(name="M. Garcia", phone="", zips=["90012"])
    License.objects.filter(therapist=again).delete()
    assert find_duplicates(TODAY) == 0  # a name in its short form and a place are not enough
    Therapist.objects.filter(pk=again.pk).update(phone=PHONE)
    assert find_duplicates(TODAY) == 1


def test_who_is_archived_is_nobodys_duplicate(maria: Therapist) -> None:
    her_again(life="archived")
    assert find_duplicates(TODAY) == 0


def test_planted_pairs_are_found_among_two_thousand_invented_people_and_few_others(db: None) -> None:
    seed_demo(therapists=2000, seed=1, on=TODAY)
    planted = set()
    for place, therapist in enumerate(Therapist.objects.exclude(email="").order_by("pk")[:5]):
        Therapist.objects.filter(pk=therapist.pk).update(phone=f"(213) 555-02{place:02d}")
        twin = TherapistFactory(name=therapist.name.replace(" ", " J. "), phone=f"213.555.02{place:02d}", licenses=[])
        planted.add((therapist.pk, twin.pk))
    find_duplicates(TODAY)
    found = {*DuplicateCandidate.objects.values_list("a", "b")}
    assert planted <= found
    assert len(found - planted) <= 2


@pytest.mark.usefixtures("committed")
def test_two_searches_at_once_find_a_pair_once() -> None:
    TherapistFactory(name="Maria Garcia", phone=PHONE)
    her_again()
    found: list[int] = []

    def search() -> None:
        try:
            found.append(find_duplicates(TODAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1]


# --- Merging ----------------------------------------------------------------------------------------------------------
def test_the_kept_profile_gets_what_the_other_one_has(maria: Therapist) -> None:
    again = her_again()
    ScreeningFlag.objects.create(
        therapist=again, tier="context", term="x", field="import", sentence="X.", found_on=TODAY
    )
    merge(maria, again)
    assert {str(code) for code in maria.licenses.values_list("jurisdiction__code", flat=True)} == {"CA", "NY"}
    assert maria.npi == "1234567893"
    assert maria.external_id == "x1"
    assert maria.name == "María L. García"  # confirmed later
    assert [*maria.languages.values_list("code", flat=True)] == ["es"]
    assert {*maria.stated_concerns.values_list("concern__code", "focus")} == {("grief", True), ("anxiety", False)}
    assert maria.screening_flags.get().sentence == "X."
    assert maria.attested_on == TODAY - dt.timedelta(days=5)  # the earlier of the two: not all is as fresh
    assert (again.life, again.life_reason, again.npi) == ("archived", "Merged into maria-garcia", None)


def test_a_curator_chooses_fact_by_fact(maria: Therapist) -> None:
    again = her_again(focus_concerns=["anxiety"])
    merge(maria, again, name="keep", headline="keep", concerns="gone", npi="keep")
    assert (maria.name, maria.headline, maria.npi) == ("Maria Garcia", "", None)
    assert [*maria.stated_concerns.values_list("concern__code", "focus")] == [("anxiety", True)]


def test_what_nobody_confirmed_does_not_pass_for_confirmed(maria: Therapist) -> None:
    again = her_again(attested_on=None, life="draft")
    with pytest.raises(CannotMerge, match="Confirm them first, or keep: Headline, Languages"):
        merge(maria, again, headline="gone", languages="both")
    merge(maria, again)
    assert (maria.name, maria.headline, maria.languages.count()) == ("Maria Garcia", "", 0)
    assert (maria.npi, maria.attested_on) == ("1234567893", TODAY - dt.timedelta(days=5))


def test_a_profile_that_is_not_published_takes_them_and_has_to_be_confirmed_again(maria: Therapist) -> None:
    Therapist.objects.filter(pk=maria.pk).update(life="suspended", specialties_as_of=TODAY)
    merge(maria, her_again(attested_on=None, life="draft"), headline="gone", languages="both")
    assert (maria.headline, maria.attested_on, maria.specialties_as_of) == ("Newer words", None, None)


def test_joined_lists_have_five_focus_concerns_at_most(maria: Therapist) -> None:
    again = her_again(focus_concerns=["anxiety", "panic", "ocd", "burnout", "stress"])
    merge(maria, again)
    connection.check_constraints()
    focus = {*TherapistConcern.objects.filter(therapist=maria, focus=True).values_list("concern__code", flat=True)}
    assert len(focus) == 5
    assert "grief" in focus
    assert maria.stated_concerns.count() == 6


def test_a_row_that_both_have_stays_where_it_is(maria: Therapist) -> None:
    again = her_again(zips=["90012"])
    merge(maria, again)
    assert maria.locations.count() == 1
    assert again.locations.count() == 1


def test_the_checks_of_a_license_move_with_it_and_outlive_the_other_profile(maria: Therapist) -> None:
    again = her_again(compact_privileges=["AZ"])
    license = again.licenses.get()
    actions.verify_license(license=license, by="Cora", source="The board", on=TODAY)
    right = again.compact_privileges.get()
    actions.verify_privilege(privilege=right, by="Cora", source="The register", on=TODAY, result="differs")
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        Verification.objects.update(therapist=maria)  # the license is not hers yet
    merge(maria, again)
    Therapist.objects.get(pk=again.pk).delete()
    assert sorted(maria.verifications.values_list("source", "result")) == [
        ("The board", "confirmed"),
        ("The register", "differs"),
    ]
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        Verification.objects.update(therapist=maria, note="Otherwise")


def test_both_histories_tell_the_merge(maria: Therapist) -> None:
    again = her_again()
    pair = merge(maria, again)
    assert (pair.state, pair.kept, pair.decided_by, pair.reason) == ("merged", maria, "Lead", "She called: one person")
    kept, gone = (row.history.latest("history_id").history_change_reason for row in (maria, again))
    assert kept == "Lead: Merged with maria-l-garcia: She called: one person"
    assert gone == "Lead: Merged into maria-garcia: She called: one person"
    moved = License.history.filter(therapist=maria, jurisdiction__code="NY").latest("history_id")
    assert "Merged with" in moved.history_change_reason
    desk = signed_in(curator())
    for therapist in (maria, again):
        page = desk.get(f"/admin/directory/therapist/{therapist.pk}/history/").content.decode()
        assert "She called: one person" in page


def test_what_was_decided_about_the_other_one_holds_for_the_kept_one(maria: Therapist) -> None:
    again, carla = her_again(), TherapistFactory(name="Maria Carla Garcia")
    for state in ("different", "open"):
        third = carla if state == "different" else TherapistFactory()
        DuplicateCandidate.objects.create(
            a=again, b=third, score=80, found_on=TODAY, state=state, reason="…", decided_by="Curator", decided_at=NOW
        )
    merge(maria, again)
    assert DuplicateCandidate.objects.get(a=maria, b=carla).state == "different"
    assert not DuplicateCandidate.objects.open().exists()


def test_what_cannot_be_merged_is_said_and_changes_nothing(maria: Therapist) -> None:
    again, third = her_again(), TherapistFactory()
    with pytest.raises(CannotMerge, match="with itself"):
        merge(maria, maria)
    with pytest.raises(CannotMerge, match="no choice"):
        merge(maria, again, name="both")
    with pytest.raises(actions.ReasonMissing):
        actions.merge_therapists(keep=maria, gone=again, choices={}, by="Lead", reason="", at=NOW)
    merge(maria, again)
    with pytest.raises(CannotMerge, match="archived already"):
        merge(third, again)
    with pytest.raises(actions.AlreadyDecided):
        merge(maria, again)


def test_two_people_are_not_merged_once_somebody_said_so(maria: Therapist) -> None:
    again = her_again()
    pair = DuplicateCandidate.objects.create(a=maria, b=again, score=80, found_on=TODAY)
    actions.call_different(pair=pair, by="Cora", reason="Mother and daughter", at=NOW)
    for keep, gone in ((maria, again), (again, maria)):
        with pytest.raises(actions.AlreadyDecided):
            merge(keep, gone)
    assert not Therapist.objects.filter(life="archived").exists()


def test_the_old_address_leads_to_the_kept_profile_while_that_is_listed(client: Client, maria: Therapist) -> None:
    again, third = her_again(), her_again(slug="third", npi=None, external_id=None)
    merge(again, third)
    merge(maria, again)
    for slug in ("maria-l-garcia", "third"):
        answer = client.get(f"/therapists/{slug}/")
        assert (answer.status_code, answer["Location"]) == (301, "/therapists/maria-garcia/")
    actions.suspend(therapist=maria, by="Lead", reason="On leave")
    assert client.get("/therapists/third/").status_code == 410


def test_erasing_a_therapist_erases_what_was_asked_about_them(maria: Therapist) -> None:
    merge(maria, her_again())
    maria.delete()
    assert not DuplicateCandidate.objects.exists()


# --- On the desk ------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(maria: Therapist) -> DuplicateCandidate:
    her_again()
    find_duplicates(TODAY)
    return DuplicateCandidate.objects.get()


def lead() -> User:
    user = curator("lea")
    user.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="directory", content_type__model="duplicatecandidate")
    )
    return user


def test_the_desk_shows_a_pair_side_by_side(pair: DuplicateCandidate) -> None:
    desk = signed_in(lead())
    counts = {queue.label: queue.count for queue in desk.get("/admin/").context["queues"]}
    assert counts["possible duplicates"] == 1
    assert "Maria Garcia and María L. García" in desk.get("/admin/directory/duplicatecandidate/").content.decode()
    answer = desk.get(f"/admin/directory/duplicatecandidate/{pair.pk}/change/")
    page = answer.content.decode()
    assert "Turn the sides round" in page
    rows = {row.label: row for row in answer.context["rows"]}
    assert rows["Headline"].differs
    assert not rows["Bio"].differs
    assert rows["Bio"].field is None
    assert {fact.label for fact in FACTS} <= rows.keys()
    turned = desk.get(f"/admin/directory/duplicatecandidate/{pair.pk}/change/?keep=b")
    assert turned.context["sides"][0]["therapist"] == pair.b


def test_a_lead_merges_on_the_desk(pair: DuplicateCandidate) -> None:
    desk = signed_in(lead())
    url = f"/admin/directory/duplicatecandidate/{pair.pk}/change/?keep=b"
    assert desk.post(url, {"merge": "1", "reason": ""}).status_code == 200
    answer = desk.post(url, {"merge": "1", "reason": "One NPI", "name": "gone"}, follow=True)
    assert "stays, the other profile is archived" in answer.content.decode()
    pair.refresh_from_db()
    assert (pair.state, pair.kept, pair.decided_by) == ("merged", pair.b, "lea")
    assert pair.kept.name == "Maria Garcia"
    assert "One NPI" in desk.get(url).content.decode()


def test_a_curator_may_part_two_people_and_not_merge_them(pair: DuplicateCandidate) -> None:
    user = lead()
    user.user_permissions.remove(Permission.objects.get(codename="merge_therapist"))
    desk, url = signed_in(user), f"/admin/directory/duplicatecandidate/{pair.pk}/change/"
    assert "One person: merge" not in desk.get(url).content.decode()
    assert desk.post(url, {"merge": "1", "reason": "One NPI"}).status_code == 403
    assert desk.post(url, {"different": "1", "reason": "Aunt and niece"}).status_code == 302
    pair.refresh_from_db()
    assert pair.state == "different"


def test_who_only_reads_decides_nothing(pair: DuplicateCandidate) -> None:
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_duplicatecandidate"))
    desk, url = signed_in(reader), f"/admin/directory/duplicatecandidate/{pair.pk}/change/"
    assert "Different people" not in desk.get(url).content.decode()
    assert desk.post(url, {"different": "1", "reason": "Aunt and niece"}).status_code == 403


def test_a_link_to_the_profile_that_goes_opens_nothing(client: Client, maria: Therapist) -> None:
    again = her_again()
    address = link_to(again)
    merge(maria, again)
    assert client.get(address).status_code == 410
    assert not AttestationLink.objects.filter(therapist=maria).exists()


@pytest.mark.parametrize(
    ("keep", "gone", "why"),
    [("published", "suspended", "is suspended: Board case"), ("draft", "published", "is published and the other")],
)
def test_a_merge_loses_no_suspension_and_no_public_page(keep: str, gone: str, why: str, maria: Therapist) -> None:
    Therapist.objects.filter(pk=maria.pk).update(life=keep)
    again = her_again(life=gone, life_reason="Board case")
    with pytest.raises(CannotMerge, match=why):
        merge(maria, again)


def test_what_waited_about_who_left_waits_no_longer(maria: Therapist) -> None:
    again = her_again()
    DuplicateCandidate.objects.create(a=maria, b=again, score=80, found_on=TODAY)
    asked = actions.ask_correction(therapist=again, field="name", new="M. Garcia", on=TODAY)
    actions.archive(therapist=again, by="Lead", reason="Moved abroad")
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("declined", "The profile was archived.")
    assert not DuplicateCandidate.objects.exists()
