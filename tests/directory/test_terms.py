"""Terms that go: what referred to them follows, their words keep their meaning, and nothing that is used can vanish."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from rest_framework.test import APIClient

from directory import actions
from directory.curation import terms
from directory.models import (
    Approach,
    Change,
    Concern,
    DemandCell,
    Evidence,
    InsurancePlan,
    Jurisdiction,
    SearchCard,
    Term,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.models.taxonomy import VOCABULARIES
from directory.roster.current import current
from directory.roster.requirements import Requirements
from directory.vocabulary import names, successors
from matching.codes_of_today import in_codes_of_today
from tests.factories import TODAY, PartnerFactory, TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(dt.datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=dt.UTC), tick=False):
        yield
    names.forget()
    successors.forget()


@pytest.fixture
def api() -> APIClient:
    key = actions.issue_key(partner=PartnerFactory())
    return APIClient(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def old() -> InsurancePlan:
    return InsurancePlan.objects.create(code="acme-old", name="Acme Old", synonyms=["Acme of the past"])


@pytest.fixture
def new() -> InsurancePlan:
    return InsurancePlan.objects.create(code="acme", name="Acme", synonyms=["Acme Health"])


@pytest.fixture
def cora() -> User:
    return User.objects.create_user("cora")


def merge(gone: Term, into: Term, by: User | str = "Cora", reason: str = "The plans became one") -> int:
    changed = actions.merge_terms(gone=gone, into=into, by=by, reason=reason, on=TODAY)
    names.forget()
    successors.forget()
    return changed


def plans_of(therapist: Therapist) -> list[str]:
    return sorted(therapist.insurance_plans.values_list("code", flat=True))


def searched(**codes: tuple[str, ...]) -> int:
    return current().select(Requirements(on=TODAY, **codes)).total


# --- Merge ------------------------------------------------------------------------------------------------------------
def test_profiles_that_named_the_term_name_the_other_one(old: InsurancePlan, new: InsurancePlan, cora: User) -> None:
    only, both, neither = (
        TherapistFactory(insurance_plans=plans) for plans in (["acme-old", "aetna"], ["acme-old", "acme"], ["aetna"])
    )
    assert merge(old, new, cora) == 2
    assert [plans_of(one) for one in (only, both, neither)] == [["acme", "aetna"], ["acme"], ["aetna"]]
    old.refresh_from_db()
    assert (old.retired_on, old.replaced_by) == (TODAY, new)


def test_search_rows_cards_and_feed_follow_in_the_same_transaction(old: InsurancePlan, new: InsurancePlan) -> None:
    ana, bo = TherapistFactory(insurance_plans=["acme-old"]), TherapistFactory(insurance_plans=["aetna"])
    Change.objects.all().delete()
    merge(old, new)
    assert SearchCard.objects.get(pk=ana.pk).card["insurance_plans"] == ["acme"]
    assert searched(insurance_plans=("acme",)) == 1
    assert [change.therapist_id for change in Change.objects.all()] == [ana.pk]
    assert SearchCard.objects.get(pk=bo.pk).card["insurance_plans"] == ["aetna"]


def test_history_says_who_merged_and_why(old: InsurancePlan, new: InsurancePlan, cora: User) -> None:
    ana, bo = TherapistFactory(insurance_plans=["acme-old"]), TherapistFactory(insurance_plans=["aetna"])
    rows = bo.history.count()
    merge(old, new, cora)
    record = ana.history.first()
    assert (record.history_user, record.history_change_reason) == (
        cora,
        "Merged acme-old into acme: The plans became one",
    )
    assert [row.insuranceplan.code for row in record.insurance_plans.all()] == ["acme"]
    assert bo.history.count() == rows
    assert old.history.first().history_user == cora
    assert new.history.first().synonyms == ["Acme Health", "acme-old", "Acme of the past"]


@pytest.mark.parametrize(
    ("of_the_old", "of_the_new", "kept"),
    [(True, False, True), (False, True, True), (False, False, False), (True, None, True), (False, None, False)],
)
def test_training_and_focus_are_kept_when_either_had_them(
    of_the_old: bool, of_the_new: bool | None, kept: bool
) -> None:
    gone = Approach.objects.create(code="old-way", name="Old way")
    gottman, ana = Approach.objects.get(code="gottman"), TherapistFactory()
    TherapistApproach.objects.create(therapist=ana, approach=gone, trained=of_the_old)
    worry, anxiety = Concern.objects.create(code="worry", name="Worry"), Concern.objects.get(code="anxiety")
    TherapistConcern.objects.create(therapist=ana, concern=worry, focus=of_the_old)
    if of_the_new is not None:
        TherapistApproach.objects.create(therapist=ana, approach=gottman, trained=of_the_new)
        TherapistConcern.objects.create(therapist=ana, concern=anxiety, focus=of_the_new)
    merge(gone, gottman)
    merge(worry, anxiety)
    [approach], [concern] = ana.stated_approaches.all(), ana.stated_concerns.all()
    assert (approach.approach, approach.trained) == (gottman, kept)
    assert (concern.concern, concern.focus) == (anxiety, kept)
    assert SearchCard.objects.get(pk=ana.pk).card["trained_in"] == (["gottman"] if kept else [])
    told = TherapistApproach.history.filter(therapist=ana, history_change_reason__contains="Merged old-way")
    assert [record.history_type for record in told.order_by("history_type")] == (
        ["~"] if of_the_new is None else ["-", "~"] if of_the_old and not of_the_new else ["-"]
    )


def test_what_was_merged_before_follows(old: InsurancePlan, new: InsurancePlan) -> None:
    older = InsurancePlan.objects.create(code="acme-oldest", name="Acme Oldest")
    merge(older, old)
    merge(old, new)
    older.refresh_from_db()
    assert older.replaced_by == new
    assert InsurancePlan.objects.codes_by_word()["acme oldest"] == "acme"


def test_what_was_asked_is_counted_under_the_new_code(old: InsurancePlan, new: InsurancePlan) -> None:
    asked = [("CA", "individual", "", code) for code in ("acme-old", "acme", "aetna")]
    DemandCell.objects.add(asked, on=TODAY)
    merge(old, new)
    assert dict(DemandCell.objects.values_list("insurance_plan", "asked")) == {"acme": 2, "aetna": 1}


# --- Old codes go on answering ----------------------------------------------------------------------------------------
@pytest.fixture
def merged(old: InsurancePlan, new: InsurancePlan) -> Therapist:
    ana: Therapist = TherapistFactory(name="Ana Demo", insurance_plans=["acme-old"])
    merge(old, new)
    return ana


@pytest.mark.parametrize("word", ["acme-old", "Acme Old", "acme of the past"])
def test_the_page_answers_an_old_word_with_the_new_term(client: Client, merged: Therapist, word: str) -> None:
    TherapistFactory(name="Bo Demo")
    page = client.get("/therapists/", {"insurance": word}).content.decode()
    assert "Ana Demo" in page
    assert "Bo Demo" not in page
    assert "acme-old" not in page  # filters, links and chips show the code of today


def test_the_api_answers_an_old_code_with_the_new_term(api: Any, merged: Therapist) -> None:
    found = api.get("/api/v1/therapists/", {"insurance": "acme-old", "facets": "true"}).json()
    assert [row["slug"] for row in found["results"]] == [merged.slug]
    assert found["facets"]["insurance"]["acme"] == 1
    assert "acme-old" not in found["facets"]["insurance"]


def test_matches_answer_an_old_code_as_they_answer_the_new_one(api: Any, merged: Therapist) -> None:
    intake = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual", "must": ["insurance"]}
    first, second = (
        api.post("/api/v1/matches/", intake | {"insurance": [code]}, format="json").json()
        for code in ("acme-old", "acme")
    )
    assert first == second
    assert first["total"] == 1


def test_an_import_with_an_old_code_states_the_new_term(merged: Therapist, tmp_path: Any) -> None:
    path = tmp_path / "people.csv"
    path.write_text("external_id,name,insurance_plans\nx1,Cy Demo,acme-old;Acme\n")
    call_command("import_therapists", str(path), stdout=StringIO())
    assert plans_of(Therapist.objects.get(external_id="x1")) == ["acme"]


def test_a_code_still_answers_when_a_curator_takes_the_synonym_away(merged: Therapist) -> None:
    InsurancePlan.objects.filter(code="acme").update(synonyms=[])
    InsurancePlan.objects.filter(code="aetna").update(synonyms=["acme old"])
    assert InsurancePlan.objects.codes_by_word()["acme old"] == "acme"


def test_vocabularies_of_the_api_list_the_new_term_with_the_old_words(api: Any, merged: Therapist) -> None:
    listed = {row["code"]: row for row in api.get("/api/v1/taxonomy/").json()["insurance_plans"]}
    assert "acme-old" not in listed
    assert {"acme-old", "Acme of the past"} <= {*listed["acme"]["synonyms"]}


def test_an_answer_that_was_given_before_the_merge_counts_as_the_new_term(old: Any, new: Any) -> None:
    worry, anxiety = Concern.objects.create(code="worry", name="Worry"), Concern.objects.get(code="anxiety")
    merge(old, new)
    merge(worry, anxiety)
    given = {"insurance": ["acme-old", "acme", "aetna"], "concerns": {"worry": 3, "anxiety": 1}, "must": ["insurance"]}
    assert in_codes_of_today(given) == {
        "insurance": ["acme", "aetna"],
        "concerns": {"anxiety": 3},
        "must": ["insurance"],
    }


# --- What cannot go ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("vocabulary", [name for name in VOCABULARIES if name != "insurance_plans"])
def test_a_code_that_ships_with_us_is_fixed(vocabulary: str) -> None:
    first, second = VOCABULARIES[vocabulary].objects.order_by("bit")[:2]
    with pytest.raises(actions.CannotRetire, match="is a fixed code"):
        merge(first, second)
    with pytest.raises(actions.CannotRetire, match="is a fixed code"):
        actions.retire_term(term=first, by="Cora", reason="Why not", on=TODAY)


def test_every_approach_with_evidence_is_fixed() -> None:
    for approach in Approach.objects.filter(pk__in=Evidence.objects.values("approach")):
        assert terms.is_fixed(approach), approach


def test_plans_that_ship_with_us_are_the_curators_own() -> None:
    ana = TherapistFactory(insurance_plans=["oscar"])
    merge(InsurancePlan.objects.get(code="oscar"), InsurancePlan.objects.get(code="aetna"))
    assert plans_of(ana) == ["aetna"]


def test_a_term_that_is_used_is_not_retired_without_a_replacement(old: InsurancePlan) -> None:
    TherapistFactory(insurance_plans=["acme-old"])
    with pytest.raises(actions.CannotRetire, match="One profile names “Acme Old”"):
        actions.retire_term(term=old, by="Cora", reason="Closed", on=TODAY)


def test_a_term_that_stands_for_others_is_not_retired_without_a_replacement(
    old: InsurancePlan, new: InsurancePlan
) -> None:
    merge(old, new)
    with pytest.raises(actions.CannotRetire, match="stands for 1 merged before"):
        actions.retire_term(term=new, by="Cora", reason="Closed", on=TODAY)


def test_a_merge_into_itself_into_what_is_retired_or_elsewhere_is_refused(
    old: InsurancePlan, new: InsurancePlan
) -> None:
    for into in (old, Concern.objects.get(code="anxiety")):
        with pytest.raises(actions.CannotRetire, match="Choose another term of the same vocabulary"):
            merge(old, into)
    actions.retire_term(term=new, by="Cora", reason="Closed", on=TODAY)
    with pytest.raises(actions.CannotRetire, match="is retired itself"):
        merge(old, new)
    with pytest.raises(actions.CannotRetire, match="is retired already"):
        merge(new, old)


@pytest.mark.parametrize("reason", ["", "  "])
def test_each_step_needs_a_reason(old: InsurancePlan, new: InsurancePlan, reason: str) -> None:
    with pytest.raises(ValueError, match="Say why"):
        merge(old, new, reason=reason)
    with pytest.raises(ValueError, match="Say why"):
        actions.retire_term(term=old, by="Cora", reason=reason, on=TODAY)
    with pytest.raises(ValueError, match="Say why"):
        actions.put_back_term(term=old, by="Cora", reason=reason)


# --- Retire, and put back ---------------------------------------------------------------------------------------------
def test_words_of_a_retired_term_mean_nothing_until_it_is_put_back(old: InsurancePlan) -> None:
    actions.retire_term(term=old, by="Cora", reason="Closed", on=TODAY)
    assert "acme old" not in InsurancePlan.objects.codes_by_word()
    assert "acme-old" not in names(fresh=True)["insurance_plans"]
    actions.put_back_term(term=old, by="Cora", reason="Open again")
    assert InsurancePlan.objects.codes_by_word()["acme of the past"] == "acme-old"
    assert [record.history_change_reason for record in old.history.all()][:2] == [
        "Cora: Back in use: Open again",
        "Cora: Retired: Closed",
    ]


def test_a_merged_term_that_is_put_back_has_its_words_again(old: InsurancePlan, new: InsurancePlan) -> None:
    ana = TherapistFactory(insurance_plans=["acme-old"])
    merge(old, new)
    actions.put_back_term(term=old, by="Cora", reason="They are two after all")
    new.refresh_from_db()
    assert new.synonyms == ["Acme Health"]
    assert InsurancePlan.objects.codes_by_word()["acme old"] == "acme-old"
    assert plans_of(ana) == ["acme"]  # nobody knows better than the therapist


def test_a_term_in_use_is_not_put_back(old: InsurancePlan) -> None:
    with pytest.raises(actions.CannotRetire, match="is in use"):
        actions.put_back_term(term=old, by="Cora", reason="Again")


# --- What the database refuses ----------------------------------------------------------------------------------------
def refused(constraint: str, sql: str, *values: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_term_is_ever_deleted(vocabulary: str) -> None:
    model = VOCABULARIES[vocabulary]
    term = model.objects.create(code="zz", name="Nobody names it")
    refused("no_term_is_ever_deleted", f"DELETE FROM {model._meta.db_table} WHERE id = %s", term.pk)
    with pytest.raises(IntegrityError, match="no term is ever deleted"), transaction.atomic():
        model.objects.filter(pk=term.pk).delete()


@pytest.mark.parametrize("vocabulary", terms.STATED)
def test_a_term_that_is_stated_cannot_be_retired_and_a_retired_one_cannot_be_stated(vocabulary: str) -> None:
    model, ana = VOCABULARIES[vocabulary], TherapistFactory()
    used, retired = (model.objects.create(code=code, name=code) for code in ("used-term", "gone-term"))
    model.objects.filter(pk=retired.pk).update(retired_on=TODAY)
    getattr(ana, vocabulary).add(used)
    refused(
        "used_term_is_not_retired",
        f"UPDATE {model._meta.db_table} SET retired_on = '2026-11-24' WHERE id = %s",
        used.pk,
    )
    with pytest.raises(IntegrityError, match="nobody can state it any more"), transaction.atomic():
        getattr(ana, vocabulary).add(retired)
    through, column = terms._through(vocabulary)
    refused(
        "stated_terms_are_in_use",
        f"UPDATE {through._meta.db_table} SET {column}_id = %s WHERE {column}_id = %s",
        retired.pk,
        used.pk,
    )


def test_a_replacement_is_retired_in_favor_of_something_else_that_is_in_use(
    old: InsurancePlan, new: InsurancePlan
) -> None:
    table = InsurancePlan._meta.db_table
    refused(
        "replaced_insuranceplan_is_retired", f"UPDATE {table} SET replaced_by_id = %s WHERE id = %s", new.pk, old.pk
    )
    both = f"UPDATE {table} SET retired_on = '2026-11-24', replaced_by_id = %s WHERE id = %s"
    refused("insuranceplan_does_not_replace_itself", both, old.pk, old.pk)
    merge(old, new)
    third = InsurancePlan.objects.create(code="third", name="Third")
    refused("replacement_is_in_use", both, third.pk, new.pk)
    refused("replacement_is_in_use", both, old.pk, third.pk)


def test_what_the_law_makes_is_never_retired() -> None:
    refused(
        "jurisdictions_are_never_retired",
        "UPDATE directory_jurisdiction SET retired_on = '2026-11-24' WHERE code = 'CA'",
    )
    refused(
        "license_types_are_never_retired",
        "UPDATE directory_licensetype SET retired_on = '2026-11-24' WHERE code = 'lmft'",
    )
    assert Jurisdiction.objects.in_use().count() == 51


def test_whatever_names_a_term_is_watched() -> None:
    """A new table that names terms needs the triggers of migration 0015, or a used term could vanish."""
    curated = {VOCABULARIES[name] for name in terms.STATED}
    naming = {
        (model._meta.db_table, field.column)
        for model in apps.get_app_config("directory").get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model in curated and field.db_constraint
        if model is not field.related_model
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'term_is_retired' AND tgnargs > 0"
        )
        watched = set()
        for (arguments,) in cursor.fetchall():
            parts = arguments.split("\\000")[:-1]
            watched |= set(zip(parts[::2], parts[1::2], strict=True))
    assert naming == watched


# --- The load of the fixtures -----------------------------------------------------------------------------------------
def load() -> str:
    output = StringIO()
    call_command("load_taxonomy", stdout=output)
    return output.getvalue()


def test_the_load_undoes_no_merge_no_retirement_and_no_word_of_a_curator() -> None:
    oscar, aetna, kaiser = (InsurancePlan.objects.get(code=code) for code in ("oscar", "aetna", "kaiser"))
    merge(oscar, aetna)
    actions.retire_term(term=kaiser, by="Cora", reason="Left the state", on=TODAY)
    InsurancePlan.objects.filter(code="cigna").update(name="Cigna of our town", synonyms=["C"])
    aetna.refresh_from_db()
    said = load()
    oscar.refresh_from_db()
    kaiser.refresh_from_db()
    assert (oscar.replaced_by, kaiser.retired_on) == (aetna, TODAY)
    assert "oscar" in InsurancePlan.objects.get(code="aetna").synonyms
    cigna = InsurancePlan.objects.get(code="cigna")
    assert (cigna.name, cigna.synonyms) == ("Cigna of our town", ["C"])
    assert "Kept as curators changed them: aetna, cigna" in said


def test_what_the_file_says_anew_is_taken_over_beside_a_curators_words(settings: Any, tmp_path: Any) -> None:
    shutil.copytree(settings.FIXTURES, tmp_path / "fixtures")
    settings.FIXTURES = tmp_path / "fixtures"
    path = settings.FIXTURES / "taxonomy" / "approaches.json"
    entries = json.loads(path.read_text())
    gottman = next(entry for entry in entries if entry["code"] == "gottman")
    _, *others = gottman["synonyms"]
    Approach.objects.filter(code="gottman").update(name="Gottman for two", synonyms=[*others, "Love lab"])
    gottman |= {"name": "Gottman anew", "summary": "A new summary.", "synonyms": [*gottman["synonyms"], "Sound house"]}
    path.write_text(json.dumps(entries))
    load()
    row = Approach.objects.get(code="gottman")
    assert (row.name, row.summary) == ("Gottman for two", "A new summary.")
    assert row.synonyms == [*others, "Love lab", "Sound house"]
