"""The queue of proposals from NPPES: listed, searched, shown before they are taken, one by one and in bulk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import NppesProposal, PracticeLocation, Therapist
from tests.directory.admin_people import curator, signed_in
from tests.directory.test_nppes import NY_LICENSE, ana, match
from tests.factories import TherapistFactory
from tests.nppes_files import npi, person

pytestmark = pytest.mark.django_db
QUEUE = "/admin/directory/nppesproposal/"


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def page_of(proposal: NppesProposal) -> str:
    return reverse("admin:directory_nppesproposal_change", args=[proposal.pk])


def bulk(desk: Client, verb: str, **more: Any) -> Any:
    chosen = list(NppesProposal.objects.values_list("pk", flat=True))
    return desk.post(QUEUE, {"action": verb, "_selected_action": chosen, **more}, follow=True)


def text(response: Any) -> str:
    return response.content.decode()


def test_the_queue_shows_both_sides_and_counts_itself(desk: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        ana(npi=None, licenses=[{"number": f"{number}7"}], zips=["90012"])
        match(person(number, number=f"{number}7"))
    with django_assert_max_num_queries(8):
        page = text(desk.get(QUEUE))
    assert page.count(">NPI: we lack it<") == 12
    assert npi(11) in page
    assert "May 6, 2025" in page
    (queue,) = [x for x in desk.get("/admin/").context["queues"] if x.label == "proposals from NPPES"]
    assert (queue.count, queue.url) == (12, QUEUE)


def test_an_empty_queue_says_where_proposals_come_from(desk: Client) -> None:
    assert "manage.py nppes_match FILE" in text(desk.get(QUEUE))


def test_the_queue_is_filtered_and_searched(desk: Client) -> None:
    ana(zips=[])
    match(person(**NY_LICENSE))
    for question, shown, hidden in (
        ({"field": "license"}, "LMHC MH77", "Los Angeles, CA"),
        ({"field__exact": "office"}, "Los Angeles, CA", "LMHC MH77"),
        ({"jurisdiction": "NY"}, "LMHC MH77", "Los Angeles, CA"),
        ({"q": "mh77"}, "LMHC MH77", "Los Angeles, CA"),
    ):
        if "field" in question:
            question = {"field__exact": question["field"]}
        page = text(desk.get(QUEUE, question))
        assert shown in page, question
        assert hidden not in page, question
    assert "0 NPPES proposals" in text(desk.get(QUEUE, {"q": "nobody"}))
    assert "0 NPPES proposals" in text(desk.get(QUEUE, {"kind__exact": "deactivated"}))


def test_one_is_accepted_on_its_page(desk: Client) -> None:
    therapist = ana(zips=[])
    match(person())
    proposal = NppesProposal.objects.get()
    page = text(desk.get(page_of(proposal)))
    assert reverse("admin:directory_therapist_change", args=[therapist.pk]) in page
    assert "12 HOME ST" in page
    response = desk.post(page_of(proposal), {"verdict": "accepted", "with_street": "on", "because": ""}, follow=True)
    assert "Accepted: Ana Lopez, Office: we lack it." in text(response)
    assert PracticeLocation.objects.get().street == "12 HOME ST"
    after = text(desk.get(page_of(proposal)))
    assert "verdict" not in after
    assert "cora" in after
    assert "Ana Lopez" not in text(desk.get(QUEUE))
    assert "Ana Lopez" in text(desk.get(QUEUE, {"decision": "accepted"}))


def test_one_is_declined_with_a_reason(desk: Client) -> None:
    ana(zips=[])
    match(person())
    proposal = NppesProposal.objects.get()
    refused = desk.post(page_of(proposal), {"verdict": "declined", "because": " "})
    assert "Say why" in text(refused)
    desk.post(page_of(proposal), {"verdict": "declined", "because": "Their home"})
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.reason, proposal.decided_by) == ("declined", "Their home", "cora")


def test_what_cannot_be_accepted_is_said_and_stays_open(desk: Client) -> None:
    ana(npi=None)
    match(person())
    TherapistFactory(name="Bo", npi=npi(1))
    proposal = NppesProposal.objects.get()
    response = desk.post(page_of(proposal), {"verdict": "accepted"}, follow=True)
    assert "Not done. The NPI stands on the profile of Bo." in text(response)
    proposal.refresh_from_db()
    assert proposal.decision == "open"


def test_many_are_shown_before_they_are_accepted(desk: Client) -> None:
    therapist = ana(npi=None, zips=[])
    match(person(**NY_LICENSE))
    preview = text(bulk(desk, "accept"))
    assert "Nothing is written yet. This would change in 3 places:" in preview
    assert "Adds the license, not verified" in preview
    assert NppesProposal.objects.waiting().count() == 3
    done = text(bulk(desk, "accept", confirmed="1"))
    assert "Accepted 3." in done
    therapist.refresh_from_db()
    assert (therapist.npi, therapist.licenses.count(), therapist.locations.get().street) == (npi(1), 2, "")


def test_rivals_are_left_out_of_a_heap(desk: Client) -> None:
    ana(npi=None)
    match(person(1), person(2))
    assert "2 left out" in text(bulk(desk, "accept"))
    assert "Accepted 0." in text(bulk(desk, "accept", confirmed="1"))
    assert NppesProposal.objects.waiting().count() == 2
    assert not Therapist.objects.filter(npi__isnull=False).exists()


def test_what_could_not_be_done_is_told_one_by_one(desk: Client) -> None:
    ana(npi=None, zips=[])
    match(person())
    TherapistFactory(name="Bo", npi=npi(1))
    done = text(bulk(desk, "accept", confirmed="1"))
    assert "Ana Lopez, NPI: we lack it: The NPI stands on the profile of Bo." in done
    assert "Ana Lopez, Office: we lack it: It is from the row of NPI" in done


def test_many_are_declined_with_one_reason(desk: Client) -> None:
    ana(npi=None, zips=[])
    match(person())
    assert "2 proposals would be declined" in text(bulk(desk, "decline"))
    assert "This field is required" in text(bulk(desk, "decline", confirmed="1", reason=""))
    assert "Declined 2." in text(bulk(desk, "decline", confirmed="1", reason="Another Ana"))
    assert {p.reason for p in NppesProposal.objects.all()} == {"Another Ana"}
