"""Taking a term out of use on the desk: counts, a preview, a reason, and only for who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from directory.models import Approach, InsurancePlan, Therapist
from directory.vocabulary import names, successors
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

NEEDED = {"name": "Acme", "synonyms": "", "summary": ""}


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


@pytest.fixture
def old() -> InsurancePlan:
    return InsurancePlan.objects.create(code="acme-old", name="Acme Old", synonyms=["Acme of the past"])


@pytest.fixture
def new() -> Any:
    yield InsurancePlan.objects.create(code="acme", name="Acme")
    names.forget()
    successors.forget()


def url(page: str, term: Any) -> str:
    return reverse(f"admin:directory_{term._meta.model_name}_{page}", args=[term.pk])


def test_a_merge_is_shown_before_it_is_done(desk: Client, old: InsurancePlan, new: InsurancePlan) -> None:
    TherapistFactory(insurance_plans=["acme-old"])
    TherapistFactory(insurance_plans=["acme-old", "acme"], life=Therapist.Life.SUSPENDED)
    page = desk.get(url("change", old)).content.decode()
    assert "2 profiles (1 published)" in page
    assert url("merge", old) in page

    asked = {"into": new.pk, "reason": "They became one"}
    shown = desk.post(url("merge", old), asked)
    assert (shown.context["preview"].stating, shown.context["preview"].both) == (2, 1)
    assert "“acme-old”, “Acme of the past”" in shown.content.decode()
    old.refresh_from_db()
    assert old.retired_on is None

    done = desk.post(url("merge", old), asked | {"confirmed": "Merge now"}, follow=True)
    assert "Merged “Acme Old” into “Acme”: 2 profiles changed." in done.content.decode()
    old.refresh_from_db()
    assert old.replaced_by == new
    assert old.history.first().history_user.username == "cora"
    assert "merged into" in desk.get(url("change", old)).content.decode()


@pytest.mark.parametrize("missing", ["into", "reason"])
def test_a_merge_needs_another_term_and_a_reason(
    desk: Client, old: InsurancePlan, new: InsurancePlan, missing: str
) -> None:
    asked = {"into": new.pk, "reason": "They became one", "confirmed": "Merge now"} | {missing: ""}
    assert desk.post(url("merge", old), asked).context["form"].errors.keys() == {missing}
    old.refresh_from_db()
    assert old.retired_on is None


def test_a_term_that_is_used_says_so_when_it_is_to_be_retired(desk: Client, old: InsurancePlan) -> None:
    TherapistFactory(insurance_plans=["acme-old"])
    page = desk.post(url("retire", old), {"reason": "Closed"}).content.decode()
    assert "One profile names “Acme Old”. Merge it into another term: then they keep it." in page


def test_an_unused_term_is_retired_and_put_back(desk: Client, old: InsurancePlan) -> None:
    assert desk.post(url("retire", old), {"reason": ""}).status_code == 200
    assert desk.post(url("retire", old), {"reason": "Closed"}).status_code == 302
    old.refresh_from_db()
    assert old.retired_on is not None
    assert url("put_back", old) in desk.get(url("change", old)).content.decode()
    desk.post(url("put_back", old), {"reason": "Open again"})
    old.refresh_from_db()
    assert old.retired_on is None


def test_a_fixed_code_has_no_such_steps_and_says_why(desk: Client) -> None:
    gottman, imago = (Approach.objects.get(code=code) for code in ("gottman", "imago"))
    page = desk.get(url("change", gottman)).content.decode()
    assert "Fixed code" in page
    assert url("merge", gottman) not in page
    refused = desk.post(url("merge", gottman), {"into": imago.pk, "reason": "Alike", "confirmed": "Merge now"})
    assert "is a fixed code" in refused.content.decode()


def test_steps_are_for_who_may_merge(old: InsurancePlan, new: InsurancePlan) -> None:
    editor = curator("ed")
    editor.user_permissions.remove(Permission.objects.get(codename="merge_term"))
    client = signed_in(editor)
    assert url("merge", old) not in client.get(url("change", old)).content.decode()
    for step in ("merge", "retire", "put_back"):
        for answer in (
            client.get(url(step, old)),
            client.post(url(step, old), {"into": new.pk, "reason": "x", "confirmed": "1"}),
        ):
            assert answer.status_code == 403, step
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_insuranceplan", "merge_term"]))
    assert signed_in(reader).post(url("retire", old), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("use", "listed"),
    [
        ("", {"acme", "acme-old"}),
        ("unused", {"acme"}),
        ("retired", {"acme-gone"}),
        ("all", {"acme", "acme-old", "acme-gone"}),
    ],
)
def test_the_list_tells_what_is_used_unused_and_retired(
    desk: Client, old: InsurancePlan, new: InsurancePlan, use: str, listed: set[str]
) -> None:
    TherapistFactory(insurance_plans=["acme-old"])
    InsurancePlan.objects.create(code="acme-gone", name="Acme Gone", retired_on=TODAY)
    page = desk.get(reverse("admin:directory_insuranceplan_changelist"), {"q": "acme", "use": use})
    rows = {term.code: term.uses for term in page.context["cl"].result_list}
    assert rows.keys() == listed
    assert rows.get("acme-old", 1) == 1


def test_the_list_counts_uses_in_its_own_query(desk: Client, django_assert_max_num_queries: Any) -> None:
    TherapistFactory(insurance_plans=["aetna"])
    with django_assert_max_num_queries(7):  # session, user, two for rights, two counts, rows
        desk.get(reverse("admin:directory_insuranceplan_changelist"))


def test_a_retired_term_is_not_offered_to_a_profile(desk: Client, old: InsurancePlan) -> None:
    InsurancePlan.objects.filter(pk=old.pk).update(retired_on=TODAY)
    asked = {"app_label": "directory", "model_name": "therapist", "field_name": "insurance_plans", "term": "acme"}
    assert desk.get(reverse("admin:autocomplete"), asked).json()["results"] == []


def test_a_change_of_words_is_in_the_history_and_can_be_put_back(desk: Client, new: InsurancePlan) -> None:
    desk.post(url("change", new), NEEDED | {"name": "Acme Health"})
    new.refresh_from_db()
    assert new.name == "Acme Health"
    page = desk.get(url("history", new)).content.decode()
    assert "Acme Health" in page
    first = new.history.last()
    version = reverse("admin:directory_insuranceplan_simple_history", args=[new.pk, first.history_id])
    assert desk.get(version).status_code == 200
    desk.post(version, NEEDED)
    new.refresh_from_db()
    assert new.name == "Acme"


def test_putting_old_words_back_takes_no_step(desk: Client, old: InsurancePlan, new: InsurancePlan) -> None:
    first = old.history.last()
    desk.post(url("merge", old), {"into": new.pk, "reason": "One", "confirmed": "1"})
    version = reverse("admin:directory_insuranceplan_simple_history", args=[old.pk, first.history_id])
    desk.post(version, NEEDED | {"name": "Acme Older"})
    old.refresh_from_db()
    assert (old.name, old.replaced_by) == ("Acme Older", new)


def test_words_that_came_from_a_merge_can_be_saved_again(desk: Client, old: InsurancePlan, new: InsurancePlan) -> None:
    desk.post(url("merge", old), {"into": new.pk, "reason": "One", "confirmed": "1"})
    new.refresh_from_db()
    saved = desk.post(url("change", new), NEEDED | {"synonyms": ", ".join(new.synonyms)})
    assert saved.status_code == 302
