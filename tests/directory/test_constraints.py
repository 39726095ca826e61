"""What must always hold in the directory, broken once each: the database says no, and names the rule."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from directory.models import (
    Approach,
    AttestationLink,
    Change,
    Compact,
    CompactMembership,
    CompactPrivilege,
    Concern,
    Correction,
    DemandCell,
    DirectoryFigures,
    DuplicateCandidate,
    Evidence,
    Jurisdiction,
    License,
    LicenseType,
    NppesProposal,
    Partner,
    PartnerKey,
    Picture,
    PracticeLocation,
    ProblemReport,
    Reminder,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    TherapistConcern,
    Verification,
)
from directory.models.taxonomy import VOCABULARIES
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db


def change_of(ada: Therapist, **values: Any) -> None:
    Therapist.objects.filter(pk=ada.pk).update(**values)


def license_of(ada: Therapist, **values: Any) -> None:
    License.objects.filter(therapist=ada).update(**values)


def office_of(ada: Therapist, **values: Any) -> None:
    PracticeLocation.objects.filter(therapist=ada).update(**values)


def privilege_of(ada: Therapist, **values: Any) -> None:
    CompactPrivilege.objects.create(therapist=ada, jurisdiction=Jurisdiction.objects.get(code="NY"), **values)


def check_of(ada: Therapist, **values: Any) -> None:
    given = {"license": ada.licenses.get(), "source": "BreEZe", "by": "Cora", "method": "register"}
    drawn = {"result": "confirmed", "checked_on": TODAY, "subject": "LMFT 1 (CA)"}
    Verification.objects.create(therapist=ada, **{**given, **drawn, **values})


def membership_of(state: str, **values: Any) -> None:
    given = {"compact": Compact.objects.get(code="psypact"), "source": "The commission", "as_of": TODAY}
    CompactMembership.objects.create(jurisdiction=Jurisdiction.objects.get(code=state), **{**given, **values})


def flag_of(ada: Therapist, **values: Any) -> None:
    drawn = {"tier": "hold", "term": "holding", "field": "bio", "sentence": "…", "found_on": TODAY}
    ScreeningFlag.objects.create(therapist=ada, **{**drawn, **values})


NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DECIDED = {"reason": "…", "decided_by": "Curator", "decided_at": NOW}


def link_of(ada: Therapist, **values: Any) -> None:
    made = {"digest": secrets.token_bytes(32), "made_at": NOW, "made_by": "Curator"}
    AttestationLink.objects.create(therapist=ada, **{**made, "expires_at": NOW + dt.timedelta(days=1), **values})


def correction_of(ada: Therapist, **values: Any) -> None:
    Correction.objects.create(therapist=ada, **{"field": "name", "new": "Ada B.", "asked_on": TODAY, **values})


def reminder_of(ada: Therapist, **values: Any) -> None:
    Reminder.objects.create(therapist=ada, **{"kind": "consent", "due_on": TODAY, **values})


def report_of(ada: Therapist, **values: Any) -> None:
    ProblemReport.objects.create(therapist=ada, **{"kind": "phone", "received_on": TODAY, **values})


def proposal_of(ada: Therapist, **values: Any) -> None:
    facts = {"npi": "1234567893", "kind": "add", "field": "npi", "theirs": "1234567893"}
    file = {"file_name": "npidata.csv", "file_date": TODAY}
    NppesProposal.objects.create(therapist=ada, **{**facts, **file, **values})


def twice(write: Callable[[], object]) -> None:
    write()
    write()


NPI_RULE = "npi_has_ten_digits_and_its_check_digit"
DECIDED_RULE = "nppes_decision_has_author_and_time_and_a_no_its_reason"
DECIDED = {"decided_by": "cora", "decided_at": dt.datetime(2026, 11, 24, tzinfo=dt.UTC)}


def demand_of(**values: Any) -> None:
    DemandCell.objects.create(
        **{"week": dt.date(2026, 11, 23), "jurisdiction": "CA", "session_format": "couple", "asked": 1, **values}
    )


def replaced(model: Any, *, retired_on: dt.date | None, by_itself: bool = False) -> None:
    one, other = model.objects.order_by("pk")[:2]
    model.objects.filter(pk=one.pk).update(replaced_by=one if by_itself else other, retired_on=retired_on)


BREAKS: list[tuple[str, Callable[[Therapist], object], str]] = [
    (
        "the lowest fee is above the highest",
        lambda ada: change_of(ada, fee_min=200, fee_max=100),
        "fee_min_is_at_most_fee_max",
    ),
    (
        "published without consent",
        lambda ada: change_of(ada, consented_on=None),
        "published_therapist_has_consent_and_slug",
    ),
    (
        "published without a confirmation",
        lambda ada: change_of(ada, attested_on=None),
        "published_therapist_has_attested_facts",
    ),
    ("published without a slug", lambda ada: change_of(ada, slug=None), "published_therapist_has_consent_and_slug"),
    ("a life that nobody knows", lambda ada: change_of(ada, life="paused"), "life_is_known"),
    ("a gender outside the vocabulary", lambda ada: change_of(ada, gender="other"), "gender_is_known"),
    ("accepting perhaps", lambda ada: change_of(ada, accepting_clients="maybe"), "accepting_clients_is_known"),
    ("an NPI of nine digits", lambda ada: change_of(ada, npi="123456789"), NPI_RULE),
    ("an NPI with another check digit", lambda ada: change_of(ada, npi="1234567890"), NPI_RULE),
    ("an NPI with two digits swapped", lambda ada: change_of(ada, npi="1243567893"), NPI_RULE),
    (
        "the same proposal twice",
        lambda ada: twice(lambda: proposal_of(ada)),
        "one_nppes_proposal_per_pair_of_values",
    ),
    ("a proposal from no NPI", lambda ada: proposal_of(ada, npi="1234567890"), "nppes_proposal_has_a_valid_npi"),
    ("a kind of proposal of our own", lambda ada: proposal_of(ada, kind="delete"), "nppes_proposal_kind_is_known"),
    ("a proposal about the sex", lambda ada: proposal_of(ada, field="sex"), "nppes_proposal_field_is_known"),
    (
        "a proposal declined without a reason",
        lambda ada: proposal_of(ada, decision="declined", **DECIDED),
        DECIDED_RULE,
    ),
    ("a proposal that nobody accepted", lambda ada: proposal_of(ada, decision="accepted"), DECIDED_RULE),
    ("nobody's name", lambda ada: change_of(ada, name=""), "therapist_has_a_name"),
    (
        "one license number listed twice",
        lambda ada: twice(lambda: _license(ada)),
        "one_license_number_per_jurisdiction_and_type",
    ),
    ("verified, but nowhere", lambda ada: license_of(ada, source=""), "verified_license_names_its_source"),
    ("a license that is on holiday", lambda ada: license_of(ada, status="resting"), "license_status_is_known"),
    ("a license without a number", lambda ada: license_of(ada, number=""), "license_has_a_number"),
    (
        "two privileges for one state",
        lambda ada: twice(lambda: privilege_of(ada)),
        "one_compact_privilege_per_therapist_and_jurisdiction",
    ),
    (
        "a privilege verified, but nowhere",
        lambda ada: privilege_of(ada, verified_on=TODAY),
        "verified_privilege_names_its_source",
    ),
    (
        "a check of nothing",
        lambda ada: check_of(ada, license=None),
        "verification_is_of_a_license_or_a_privilege",
    ),
    ("a check with no source", lambda ada: check_of(ada, source=""), "verification_names_its_source"),
    ("a check by nobody", lambda ada: check_of(ada, by=""), "verification_names_who_checked"),
    ("a check by hearsay", lambda ada: check_of(ada, method="hearsay"), "verification_method_is_known"),
    ("a check that came out well", lambda ada: check_of(ada, result="fine"), "verification_result_is_known"),
    (
        "a state that is twice in a compact",
        lambda ada: twice(lambda: membership_of("NY")),
        "one_membership_per_compact_and_state",
    ),
    ("a membership from nowhere", lambda ada: membership_of("NY", source=""), "membership_names_its_source"),
    (
        "a state that leaves before it is in operation",
        lambda ada: membership_of("NY", operational_on=TODAY, left_on=TODAY - dt.timedelta(days=1)),
        "membership_ends_after_it_begins",
    ),
    ("one office listed twice", lambda ada: twice(lambda: _office(ada)), "one_location_per_therapist_street_and_zip"),
    ("a ZIP of four digits", lambda ada: office_of(ada, zip="9001"), "zip_has_five_digits"),
    ("an office beyond the pole", lambda ada: office_of(ada, latitude=90.5), "coordinates_are_on_earth"),
    (
        "an approach stated twice",
        lambda ada: twice(
            lambda: TherapistApproach.objects.create(therapist=ada, approach=Approach.objects.get(code="emdr"))
        ),
        "one_row_per_therapist_and_approach",
    ),
    (
        "a concern stated twice",
        lambda ada: twice(
            lambda: TherapistConcern.objects.create(therapist=ada, concern=Concern.objects.get(code="anxiety"))
        ),
        "one_row_per_therapist_and_concern",
    ),
    (
        "the same sentence flagged twice",
        lambda ada: twice(lambda: flag_of(ada)),
        "one_flag_per_therapist_term_and_sentence",
    ),
    (
        "a flag cleared without a reason",
        lambda ada: flag_of(ada, decision="cleared", decided_by="Curator", decided_at=dt.datetime.now(dt.UTC)),
        "screening_decision_has_reason_author_and_time",
    ),
    ("a flag of no tier", lambda ada: flag_of(ada, tier="Hold"), "screening_tier_is_known"),
    (
        "a flag decided in a third way",
        lambda ada: flag_of(
            ada, decision="later", reason="…", decided_by="Curator", decided_at=dt.datetime.now(dt.UTC)
        ),
        "screening_decision_is_known",
    ),
    ("a website by FTP", lambda ada: change_of(ada, website="ftp://example.org/"), "website_is_a_page_on_the_web"),
    (
        "a website with a password in it",
        lambda ada: change_of(ada, website="https://ada:secret@example.org/"),
        "website_is_a_page_on_the_web",
    ),
    (
        "a named training that was not completed",
        lambda ada: _approach(ada, training="EMDRIA basic training"),
        "named_training_is_completed",
    ),
    (
        "a confirmed training without a name",
        lambda ada: _approach(ada, trained=True, training_confirmed_on=TODAY, training_source="EMDRIA"),
        "confirmed_training_is_named_and_sourced",
    ),
    (
        "a training confirmed by nobody",
        lambda ada: _approach(ada, trained=True, training="EMDRIA basic training", training_confirmed_on=TODAY),
        "confirmed_training_is_named_and_sourced",
    ),
    (
        "another training that is confirmed as the first one was",
        lambda ada: _renamed(ada, training="Weekend course"),
        "another_training_is_not_confirmed",
    ),
    ("a picture without a digest", lambda ada: _picture(ada, sha256=""), "picture_has_a_digest"),
    ("a picture as large as a wall", lambda ada: _picture(ada, width=4000), "picture_is_small"),
    ("one pair asked about twice", lambda ada: twice(lambda: _pair(ada)), "one_question_per_pair_of_therapists"),
    ("somebody who is their own duplicate", lambda ada: _pair(ada, a=ada, b=ada), "pair_of_therapists_is_in_order"),
    (
        "two people, nobody knows why",
        lambda ada: _pair(ada, state="different"),
        "duplicate_decision_has_reason_author_and_time",
    ),
    (
        "a merge that keeps neither",
        lambda ada: _pair(ada, state="merged", reason="…", decided_by="Curator", decided_at=dt.datetime.now(dt.UTC)),
        "merge_keeps_one_of_the_two",
    ),
    ("a key for a scope that no view asks for", lambda ada: _key(scopes=["all"]), "partner_key_scopes_are_known"),
    ("a key that opens nothing", lambda ada: _key(scopes=[]), "partner_key_has_a_scope"),
    ("evidence of an unknown kind", lambda ada: Evidence.objects.update(kind="guess"), "evidence_kind_is_known"),
    ("evidence of an unknown grade", lambda ada: Evidence.objects.update(grade="D"), "evidence_grade_is_known"),
    (
        "two changes of one therapist in one transaction",
        lambda ada: twice(lambda: Change.objects.create(therapist_id=-1, kind="updated", slug="x")),
        "one_change_per_therapist_and_transaction",
    ),
    (
        "a change of an unknown kind",
        lambda ada: Change.objects.create(therapist_id=-1, kind="renamed", slug="x"),
        "change_kind_is_known",
    ),
    ("a second open link", lambda ada: twice(lambda: link_of(ada)), "one_open_link_per_therapist"),
    ("a link that ends as it is made", lambda ada: link_of(ada, expires_at=NOW), "link_ends_after_it_is_made"),
    (
        "a used link that ended as well",
        lambda ada: link_of(ada, used_at=NOW, ended_at=NOW),
        "used_link_is_not_ended_as_well",
    ),
    (
        "a correction that nobody decided on",
        lambda ada: correction_of(ada, state="accepted"),
        "decided_correction_has_reason_author_and_time",
    ),
    ("a correction of the bio", lambda ada: correction_of(ada, field="bio"), "correction_field_is_known"),
    ("a lost correction", lambda ada: correction_of(ada, state="lost", **DECIDED), "correction_state_is_known"),
    ("a correction that says nothing", lambda ada: correction_of(ada, new=""), "correction_says_something"),
    (
        "two open corrections of one field",
        lambda ada: twice(lambda: correction_of(ada)),
        "one_open_correction_per_therapist_and_field",
    ),
    (
        "the same reminder twice",
        lambda ada: twice(lambda: reminder_of(ada)),
        "one_reminder_per_therapist_kind_and_day",
    ),
    ("a reminder of a birthday", lambda ada: reminder_of(ada, kind="birthday"), "reminder_kind_is_known"),
    (
        "a reminder that was sent and dropped",
        lambda ada: reminder_of(ada, sent_at=NOW, dropped_at=NOW),
        "sent_reminder_is_not_dropped",
    ),
    (
        "a report that nobody resolved",
        lambda ada: report_of(ada, state="resolved"),
        "resolved_report_has_reason_author_and_time",
    ),
    ("a report of gossip", lambda ada: report_of(ada, kind="gossip"), "report_kind_is_known"),
    ("a lost report", lambda ada: report_of(ada, state="lost", **DECIDED), "report_state_is_known"),
    (
        "a license type that is retired",
        lambda ada: LicenseType.objects.update(retired_on=TODAY),
        "license_types_are_never_retired",
    ),
    (
        "a state that is retired",
        lambda ada: Jurisdiction.objects.update(retired_on=TODAY),
        "jurisdictions_are_never_retired",
    ),
    (
        "demand counted twice",
        lambda ada: twice(lambda: demand_of()),
        "one_demand_cell_per_week_and_combination",
    ),
    ("demand of a day", lambda ada: demand_of(week=TODAY), "demand_is_counted_by_week"),
    ("demand of nobody", lambda ada: demand_of(asked=0), "demand_was_asked"),
    (
        "more appointable listings than listings",
        lambda ada: DirectoryFigures.objects.create(day=TODAY, listed=1, accepting_fresh=2),
        "appointable_listings_are_listed",
    ),
    *(
        case
        for model in VOCABULARIES.values()
        for case in (
            (
                f"a {model._meta.verbose_name} that was replaced and is in use",
                lambda ada, model=model: replaced(model, retired_on=None),
                f"replaced_{model._meta.model_name}_is_retired",
            ),
            (
                f"a {model._meta.verbose_name} that replaces itself",
                lambda ada, model=model: replaced(
                    model, retired_on=None if model in (LicenseType, Jurisdiction) else TODAY, by_itself=True
                ),
                f"{model._meta.model_name}_does_not_replace_itself",
            ),
        )
    ),
]


def _license(ada: Therapist) -> None:
    held = License.objects.filter(therapist=ada).earliest("id")
    License.objects.create(
        therapist=ada, license_type=held.license_type, jurisdiction=held.jurisdiction, number="one-number"
    )


def _approach(ada: Therapist, **values: Any) -> TherapistApproach:
    return TherapistApproach.objects.create(therapist=ada, approach=Approach.objects.get(code="emdr"), **values)


def _renamed(ada: Therapist, training: str) -> None:
    stated = _approach(ada, trained=True, training="EMDRIA", training_confirmed_on=TODAY, training_source="Its list")
    TherapistApproach.objects.filter(pk=stated.pk).update(training=training)


def _picture(ada: Therapist, **values: Any) -> None:
    drawn = {"content": b"", "width": 400, "height": 400, "sha256": "0" * 64, "made_at": dt.datetime.now(dt.UTC)}
    Picture.objects.create(therapist=ada, **{**drawn, **values})


def _pair(ada: Therapist, **values: Any) -> None:
    other = Therapist.objects.filter(name="Bea").first() or TherapistFactory(name="Bea")
    DuplicateCandidate.objects.create(**{"a": ada, "b": other, "score": 80, "found_on": TODAY, **values})


def _office(ada: Therapist) -> None:
    PracticeLocation.objects.create(therapist=ada, street="1 Main St", zip="90012", latitude=34, longitude=-118)


def _key(scopes: list[str]) -> None:
    PartnerKey.objects.create(partner=Partner.objects.create(name="Some site"), prefix="p", digest=b"", scopes=scopes)


OF_TRIGGERS = {"another_training_is_not_confirmed"}  # at_most_five_focus_concerns: below, it waits for the end
FIVE = ["intimacy", "infidelity", "communication", "premarital", "grief"]


@pytest.mark.parametrize(("description", "write", "constraint"), BREAKS, ids=[row[0] for row in BREAKS])
def test_the_database_refuses(description: str, write: Callable[[Therapist], object], constraint: str) -> None:
    ada = TherapistFactory(zips=["90012"])
    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        write(ada)


def test_every_constraint_is_broken_here() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("directory").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert named | OF_TRIGGERS == {constraint for _, _, constraint in BREAKS}


# --- At most five focus concerns --------------------------------------------------------------------------------------
def test_a_sixth_focus_is_refused_when_the_transaction_ends() -> None:
    ada = TherapistFactory(focus_concerns=FIVE)
    _focus_on(ada, "anxiety")
    with pytest.raises(IntegrityError, match='"at_most_five_focus_concerns"'), transaction.atomic():
        connection.check_constraints()
    TherapistConcern.objects.filter(therapist=ada, concern__code="anxiety").delete()


def test_marking_the_sixth_in_bulk_is_refused_as_well() -> None:
    ada = TherapistFactory(focus_concerns=FIVE, concerns=["anxiety"])
    TherapistConcern.objects.filter(therapist=ada).update(focus=True)
    with pytest.raises(IntegrityError, match='"at_most_five_focus_concerns"'), transaction.atomic():
        connection.check_constraints()
    TherapistConcern.objects.filter(therapist=ada, concern__code="anxiety").delete()


def test_marks_may_move_in_any_order_within_a_transaction() -> None:
    ada = TherapistFactory(focus_concerns=FIVE)
    with transaction.atomic():
        _focus_on(ada, "anxiety")
        TherapistConcern.objects.filter(therapist=ada, concern__code=FIVE[0]).update(focus=False)
        connection.check_constraints()
    assert TherapistConcern.objects.filter(therapist=ada, focus=True).count() == 5


def _focus_on(ada: Therapist, code: str) -> None:
    TherapistConcern.objects.create(therapist=ada, concern=Concern.objects.get(code=code), focus=True)
