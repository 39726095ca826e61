"""Vocabularies in the admin: words are edited, codes stay, nothing vanishes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Approach, InsurancePlan, Population
from directory.roster.schema import CODES_PER_WORD
from tests.directory.admin_people import curator, signed_in

pytestmark = pytest.mark.django_db
VOCABULARIES = [
    "approach", "concern", "population", "sessionformat", "deliverymethod", "language", "insuranceplan",
    "licensetype", "jurisdiction",
]  # fmt: skip


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_vocabulary_can_be_searched_and_completed(desk: Client, vocabulary: str) -> None:
    page = reverse(f"admin:directory_{vocabulary}_changelist")
    [first, *_] = desk.get(page).context["cl"].result_list
    assert first in desk.get(page, {"q": first.name}).context["cl"].result_list


def test_a_term_is_completed_from_its_synonym(desk: Client) -> None:
    answer = desk.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "directory",
            "model_name": "therapistapproach",
            "field_name": "approach",
            "term": "emotionally focused",
        },
    ).json()
    eft = Approach.objects.get(code="emotionally-focused")
    assert str(eft.pk) in [result["id"] for result in answer["results"]]
    assert desk.get(reverse("admin:directory_approach_changelist"), {"q": "EFT"}).context["cl"].result_count >= 1


def test_a_new_term_gets_the_next_place_by_itself(desk: Client) -> None:
    last = InsurancePlan.objects.order_by("-bit")[0].bit
    add = reverse("admin:directory_insuranceplan_add")
    desk.post(add, {"code": "demo-plan", "name": "Demo Plan", "synonyms": "Demo, demo  one, Demo", "summary": ""})
    plan = InsurancePlan.objects.get(code="demo-plan")
    assert (plan.bit, plan.synonyms) == (last + 1, ["Demo", "demo one"])


def test_a_full_vocabulary_says_so(desk: Client) -> None:
    last = Population.objects.order_by("-bit")[0]
    last.bit = CODES_PER_WORD - 1
    last.save(update_fields=["bit"])
    response = desk.post(
        reverse("admin:directory_population_add"),
        {"code": "one-more", "name": "One more", "synonyms": "", "summary": ""},
    )
    assert "This vocabulary is full" in response.content.decode()
    assert not Population.objects.filter(code="one-more").exists()


def test_the_code_of_a_term_cannot_be_changed(desk: Client) -> None:
    gottman = Approach.objects.get(code="gottman")
    page = reverse("admin:directory_approach_change", args=[gottman.pk])
    desk.post(page, {"code": "other", "name": "Gottman couples work", "synonyms": "", "summary": "Plain."})
    gottman.refresh_from_db()
    assert (gottman.code, gottman.name) == ("gottman", "Gottman couples work")


def test_a_word_that_another_term_has_is_refused(desk: Client) -> None:
    gottman = Approach.objects.get(code="gottman")
    page = reverse("admin:directory_approach_change", args=[gottman.pk])
    response = desk.post(page, {"name": gottman.name, "synonyms": "Gottman Method, ABFT", "summary": ""})
    assert "“ABFT” already means “attachment-based-family”." in response.content.decode()


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_term_can_be_deleted(desk: Client, vocabulary: str) -> None:
    page = reverse(f"admin:directory_{vocabulary}_changelist")
    response = desk.get(page)
    [first, *_] = response.context["cl"].result_list
    actions: Any = response.context["action_form"]
    assert actions is None or "delete_selected" not in dict(actions.fields["action"].choices)
    assert (
        desk.post(reverse(f"admin:directory_{vocabulary}_delete", args=[first.pk]), {"post": "yes"}).status_code == 403
    )
