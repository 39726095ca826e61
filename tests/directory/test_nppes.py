"""NPPES against our therapists: what is proposed, what is not, and what accepting writes. Invented people."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from directory import actions
from directory.curation.nppes_decisions import CannotAccept, ProposalDecided
from directory.curation.nppes_match import NotAWholeFile, Report, Source, match_file
from directory.models import License, NppesProposal, PracticeLocation, Therapist
from tests.factories import TherapistFactory
from tests.nppes_files import deactivated, file_of, lines, npi, person

pytestmark = pytest.mark.django_db
Row = Mapping[str, str]
JUNE, JULY = dt.date(2025, 6, 8), dt.date(2025, 7, 13)
NOW = dt.datetime(2025, 7, 14, 9, tzinfo=dt.UTC)
MAILING = "Provider First Line Business Mailing Address"
NY_LICENSE = {
    "Healthcare Provider Taxonomy Code_2": "101YM0800X",
    "Provider License Number_2": "MH77",
    "Provider License Number State Code_2": "NY",
}


def ana(**values: Any) -> Therapist:
    """Ana Lopez of Los Angeles, whom person(1) is about."""
    facts = {"name": "Ana Lopez", "npi": npi(1), "licenses": [{"number": "12345"}], "zips": ["90012"]}
    return TherapistFactory(**{**facts, **values})


def match(*rows: Row, date: dt.date = JUNE, complete: bool = False) -> Report:
    return match_file(file_of(*rows), source=Source(name=f"npidata {date}", date=date, complete=complete))


def told(**values: Any) -> list[tuple[str, str, str, str]]:
    found = NppesProposal.objects.filter(**values).in_order()
    return [(p.kind, p.field, p.ours, p.theirs) for p in found]


def only() -> NppesProposal:
    return NppesProposal.objects.get()


# --- What is proposed -------------------------------------------------------------------------------------------------
def test_a_row_that_says_what_we_say_proposes_nothing() -> None:
    ana()
    report = match(person())
    assert (report.rows, report.people, report.matched, report.new.total()) == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("description", "profile", "values", "proposed"),
    [
        ("no NPI of ours", {"npi": None}, {}, ("add", "npi", "", npi(1))),
        ("no NPI of ours, number in another dress", {"npi": None, "licenses": [{"number": "LMFT 012345"}]},
         {}, ("add", "npi", "", npi(1))),
        ("another NPI of ours", {"npi": npi(7)}, {}, ("differs", "npi", npi(7), npi(1))),
        ("a license in a second state", {}, NY_LICENSE, ("add", "license", "", "LMHC MH77 (NY)")),
        ("another license number", {"licenses": [{"number": "777"}]}, {},
         ("differs", "license", "LMFT 777 (CA)", "LMFT 12345 (CA)")),
        ("no office of ours", {"zips": []}, {}, ("add", "office", "", "Los Angeles, CA 90012")),
        ("an office elsewhere", {}, {"zip": "94110"}, ("differs", "office", "90012", "Los Angeles, CA 94110")),
        ("a third office", {"zips": ["90012", "10001"]}, {"zip": "94110"},
         ("add", "office", "", "Los Angeles, CA 94110")),
        ("another name", {"name": "Eva Katz", "licenses": [{"number": "9"}]}, {},
         ("differs", "name", "Eva Katz", "Ana Lopez")),
        ("an organization", {}, {"entity": "2", "Provider Organization Name (Legal Business Name)": "Maple Clinic"},
         ("differs", "npi", npi(1), "the NPI of an organization: Maple Clinic")),
        ("given up", {}, {"entity": "", "deactivated": "03/03/2021", "Replacement NPI": npi(2)},
         ("deactivated", "npi", npi(1), f"deactivated on 2021-03-03, replaced by {npi(2)}")),
    ],
)  # fmt: skip
def test_each_difference_is_one_proposal(
    description: str, profile: dict[str, Any], values: dict[str, str], proposed: tuple[str, ...]
) -> None:
    therapist = ana(**profile)
    match(person(**values))
    assert told() == [proposed], description
    found = only()
    assert (found.file_name, found.file_date, found.decision) == ("npidata 2025-06-08", JUNE, "open")
    assert found.row_updated_on == dt.date(2025, 5, 6)
    therapist.refresh_from_db()
    assert therapist.npi == profile.get("npi", npi(1)), "nothing is written into the profile"


@pytest.mark.parametrize(
    ("description", "profile", "values"),
    [
        ("the same name and number in another state", {}, {"jurisdiction": "NV"}),
        ("the same name with another number", {}, {"number": "54321"}),
        ("the same number with another name", {}, {"first": "EVA"}),
        ("the number of another profession", {}, {"code": "122300000X"}),
        ("letters of another profession", {"licenses": [{"number": "LMFT12345"}]}, {"number": "PSY12345"}),
        ("an organization", {}, {"entity": "2"}),
        ("nobody's number", {"licenses": [{"number": "PENDING"}]}, {"number": "PENDING"}),
        ("somebody archived", {"life": "archived"}, {}),
        ("an NPI with a wrong check digit", {}, {"npi": "1234567890"}),
    ],
)
def test_nobody_is_found_by_less_than_name_jurisdiction_and_number(
    description: str, profile: dict[str, Any], values: dict[str, str]
) -> None:
    ana(npi=None, **profile)
    match(person(**values))
    assert told() == [], description


@pytest.mark.parametrize("life", ["draft", "in_review", "published", "suspended"])
def test_all_lives_but_the_archived_are_looked_for(life: str) -> None:
    ana(npi=None, life=life)
    match(person())
    assert told() == [("add", "npi", "", npi(1))]


def test_a_former_name_finds_the_person_and_is_no_difference() -> None:
    ana(npi=None)
    match(person(last="KATZ", other_last="LOPEZ"))
    assert told() == [("add", "npi", "", npi(1))]
    assert only().note == "The row is of Ana Katz."


def test_a_row_under_another_name_gives_neither_license_nor_office() -> None:
    ana(name="Eva Katz", licenses=[{"number": "9"}], zips=[])
    match(person(**NY_LICENSE))
    assert told() == [("differs", "name", "Eva Katz", "Ana Lopez")]


def test_several_specialties_on_one_license_are_one_proposal() -> None:
    ana(licenses=[{"jurisdiction": "NY", "number": "3"}])
    again = {key.replace("_1", "_5"): value for key, value in person().items() if key.endswith("_1")}
    match(person(**again))
    assert told() == [("add", "license", "", "LMFT 12345 (CA)")]


def test_a_license_in_a_jurisdiction_that_we_do_not_know_is_left_alone() -> None:
    ana()
    match(person(**{**NY_LICENSE, "Provider License Number State Code_2": "PR"}))
    assert told() == []


def test_two_rows_that_fit_are_two_proposals_that_name_each_other_rivals() -> None:
    ana(npi=None)
    match(person(1), person(2, middle="B"))
    assert told() == [("add", "npi", "", npi(1)), ("add", "npi", "", npi(2))]
    assert [p.has_rivals for p in NppesProposal.objects.with_rivals()] == [True, True]


def test_one_row_that_fits_two_profiles_is_proposed_to_both() -> None:
    one, other = ana(npi=None), ana(npi=None, licenses=[{"number": "12345", "license_type": "lcsw"}])
    match(person())
    assert {p.therapist_id for p in NppesProposal.objects.with_rivals() if p.has_rivals} == {one.pk, other.pk}


# --- Files that come again --------------------------------------------------------------------------------------------
def test_the_same_file_twice_writes_nothing_new() -> None:
    ana(npi=None, zips=[])
    first = match(person(**NY_LICENSE))
    before = list(NppesProposal.objects.order_by("pk").values())
    again = match(person(**NY_LICENSE))
    assert (first.new.total(), again.new.total(), again.known) == (3, 0, 3)
    assert list(NppesProposal.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("decision", ["accept", "decline"])
def test_what_was_decided_does_not_come_back_for_the_same_values(decision: str) -> None:
    ana(zips=[])
    match(person())
    if decision == "accept":
        actions.accept_proposal(proposal=only(), by="cora", at=NOW)
    else:
        actions.decline_proposal(proposal=only(), by="cora", at=NOW, reason="Their home")
    match(person(), date=JULY)
    assert only().decision == {"accept": "accepted", "decline": "declined"}[decision]
    match(person(zip="10001"), date=JULY)
    assert NppesProposal.objects.waiting().count() == 1, "another value is another question"


def test_a_newer_file_replaces_what_is_open() -> None:
    ana(zips=[])
    match(person())
    report = match(person(zip="10001"), date=JULY)
    assert report.replaced == 1
    assert told() == [("add", "office", "", "Los Angeles, CA 10001")]
    match(person(zip="10001", updated="08/08/2025"), date=dt.date(2025, 8, 10))
    assert (only().file_date, only().row_updated_on) == (dt.date(2025, 8, 10), dt.date(2025, 8, 8))


def test_an_older_file_has_no_say_where_a_newer_one_has_spoken() -> None:
    ana(zips=[])
    match(person(zip="10001"), date=JULY)
    assert match(person(), date=JUNE).older == 1
    assert told() == [("add", "office", "", "Los Angeles, CA 10001")]


def test_a_question_that_the_desk_has_answered_by_hand_is_gone_with_the_next_file() -> None:
    therapist = ana(npi=None)
    match(person())
    Therapist.objects.filter(pk=therapist.pk).update(npi=npi(1))
    match(date=JULY)
    assert told() == []


def test_only_a_complete_file_can_miss_somebody() -> None:
    ana()
    match(person(2, last="KATZ"))
    assert told() == []
    match(person(2, last="KATZ"), complete=True)
    assert told() == [("not_found", "npi", npi(1), "not in the file")]
    match(person(1), date=JULY)
    assert told() == [], "it is there again"


def test_a_complete_file_takes_away_what_only_an_older_one_said() -> None:
    ana(zips=[])
    match(person())
    match(person(2, last="KATZ"), date=JULY, complete=True)
    assert told() == [("not_found", "npi", npi(1), "not in the file")]


def test_a_file_without_most_of_us_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("directory.curation.nppes_match.MANY", 0)
    ana()
    with pytest.raises(NotAWholeFile, match="1 of our 1 NPIs"):
        match(person(2, last="KATZ"), complete=True)
    assert told() == []


# --- The command ------------------------------------------------------------------------------------------------------
def ran(path: Path, **options: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("nppes_match", path, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_command_reads_a_csv_and_the_zip_it_came_in(tmp_path: Path) -> None:
    ana(zips=[])
    text = "".join(lines([person(), deactivated(2)]))
    plain = tmp_path / "npidata_pfile_20050523-20250608.csv"
    plain.write_text(text)
    out, err = ran(plain)
    assert "2025-06-08: 2 rows: 1 people, 0 organizations, 1 deactivated or blank." in out
    assert "1 new proposals: 1 that we lack something." in out
    assert err == ""
    packed = tmp_path / "NPPES_Data_Dissemination_June_2025.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("npidata_pfile_20050523-20250608_fileheader.csv", "x")
        archive.writestr("othername_pfile_20050523-20250608.csv", "x")
        archive.writestr(plain.name, text)
    assert "0 new proposals." in ran(packed)[0]
    assert only().file_name == plain.name


def test_the_day_of_a_file_is_in_its_name_or_is_said(tmp_path: Path) -> None:
    ana(zips=[])
    path = tmp_path / "some.csv"
    path.write_text("".join(lines([person()])))
    assert "The name tells no day" in ran(path)[1]
    NppesProposal.objects.all().delete()
    assert ran(path, date=JUNE)[1] == ""
    assert only().file_date == JUNE


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    path, weekly = tmp_path / "other.csv", tmp_path / "npidata_pfile_20250602-20250608.csv"
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        ran(path)
    path.write_text("name,zip\n")
    with pytest.raises(CommandError, match="“NPI”, “Entity Type Code”"):
        ran(path, date=JUNE)
    weekly.write_text("".join(lines([person()])))
    with pytest.raises(CommandError, match="is a weekly file"):
        ran(weekly, complete=True)
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(CommandError, match="holds 0 files of providers"):
        ran(empty)


# --- Decisions --------------------------------------------------------------------------------------------------------
def accept(proposal: NppesProposal, **options: Any) -> None:
    actions.accept_proposal(proposal=proposal, by=options.pop("by", "cora"), at=NOW, **options)


def test_accepting_an_npi_sets_it_and_history_says_who() -> None:
    therapist, cora = ana(npi=None), User.objects.create_user("cora", is_staff=True)
    match(person())
    accept(only(), by=cora)
    therapist.refresh_from_db()
    assert therapist.npi == npi(1)
    newest = therapist.history.latest()
    assert (newest.history_user, newest.history_change_reason) == (cora, "NPI taken over from NPPES")
    assert (only().decision, only().decided_by, only().decided_at) == ("accepted", "cora", NOW)


def test_accepting_one_of_two_rivals_declines_the_other() -> None:
    therapist = ana(npi=None)
    match(person(1), person(2))
    accept(NppesProposal.objects.get(npi=npi(2)))
    therapist.refresh_from_db()
    other = NppesProposal.objects.get(npi=npi(1))
    assert (therapist.npi, other.decision, other.decided_by) == (npi(2), "declined", "cora")
    assert other.reason == f"NPI {npi(2)} was accepted for Ana Lopez."


def test_an_accepted_license_counts_for_nothing_until_it_is_verified() -> None:
    therapist = ana()
    match(person(**NY_LICENSE))
    accept(only())
    license = License.objects.get(jurisdiction__code="NY")
    assert (license.license_type.code, license.number, license.verified_on, license.source) == (
        "lmhc",
        "MH77",
        None,
        "",
    )
    assert "not verified" in license.history.latest().history_change_reason
    assert not Therapist.objects.licensed_in(["NY"], on=JULY).exists()
    assert therapist.licenses.count() == 2


def test_an_accepted_number_has_to_be_verified_again() -> None:
    therapist = ana(licenses=[{"number": "777", "method": "register"}])
    match(person())
    accept(only())
    license = License.objects.get()
    assert (license.number, license.verified_on, license.source, license.method) == ("12345", None, "", "")
    version, row = therapist.history.latest(), license.history.latest()
    assert version.history_change_reason == row.history_change_reason  # a version of its own: a revert can meet it


@pytest.mark.parametrize(("with_street", "street"), [(False, ""), (True, "12 HOME ST")])
def test_an_office_comes_without_its_street_unless_it_is_ticked(with_street: bool, street: str) -> None:
    ana(zips=[])
    match(person(**{MAILING: "12 HOME ST"}))
    assert "may be their home" in only().note
    accept(only(), with_street=with_street)
    office = PracticeLocation.objects.get()
    assert (office.street, office.city, office.zip) == (street, "Los Angeles", "90012")
    assert str(office.jurisdiction) == "California"
    assert "street" not in only().values, "the street is forgotten"


def test_an_office_that_moved_is_moved() -> None:
    ana()
    match(person(zip="10001"))
    accept(only())
    assert [office.zip for office in PracticeLocation.objects.all()] == ["10001"]


def test_an_accepted_name_keeps_the_address_of_the_profile() -> None:
    therapist = ana(name="Eva Katz", slug="eva-katz")
    match(person())
    accept(only())
    therapist.refresh_from_db()
    assert (therapist.name, therapist.slug) == ("Ana Lopez", "eva-katz")


@pytest.mark.parametrize(
    ("life", "after"), [("published", "suspended"), ("draft", "draft"), ("suspended", "suspended")]
)
def test_an_npi_that_was_given_up_suspends_a_published_profile(life: str, after: str) -> None:
    therapist = ana(life=life)
    match(deactivated())
    accept(only(), reason="Retired.")
    therapist.refresh_from_db()
    assert therapist.life == after
    if life == "published":
        assert therapist.life_reason == f"NPPES: NPI {npi(1)} deactivated on 2021-03-03. Retired."


def test_an_npi_that_is_nowhere_is_taken_off() -> None:
    therapist = ana()
    match(complete=True)
    accept(only())
    therapist.refresh_from_db()
    assert therapist.npi is None


@pytest.mark.parametrize(
    ("description", "values", "change", "why"),
    [
        ("the NPI was set by hand", {"npi": None}, lambda ana: Therapist.objects.update(npi=npi(5)), "NPI is"),
        ("somebody else has it", {"npi": None}, lambda ana: TherapistFactory(name="Bo", npi=npi(1)), "profile of Bo"),
        ("the name was changed", {"name": "Eva Katz"}, lambda ana: Therapist.objects.update(name="Eva K."), "Eva K."),
        ("the number was changed", {"licenses": [{"number": "777"}]}, lambda ana: License.objects.update(number="8"),
         "changed since"),
        ("the office is there", {"zips": []}, lambda ana: actions.place(therapist=ana, zip="90012"), "by now"),
        ("the office was moved", {"zips": ["10001"]}, lambda ana: PracticeLocation.objects.update(city="New York"),
         "changed since"),
    ],
)  # fmt: skip
def test_a_profile_that_changed_since_is_not_overwritten(
    description: str, values: dict[str, Any], change: Any, why: str
) -> None:
    therapist = ana(**values)
    match(person())
    proposal = only()
    change(therapist)
    with pytest.raises(CannotAccept, match=why):
        accept(proposal)
    assert only().decision == "open", description


def test_what_hangs_on_an_npi_waits_for_it() -> None:
    ana(npi=None, zips=[])
    match(person())
    number, office = NppesProposal.objects.in_order()
    with pytest.raises(CannotAccept, match="accept that NPI first"):
        accept(office)
    accept(number)
    accept(office)
    assert PracticeLocation.objects.count() == 1


def test_nothing_is_decided_twice() -> None:
    ana(npi=None)
    match(person())
    proposal = only()
    accept(only())
    with pytest.raises(ProposalDecided, match="was accepted by cora"):
        actions.decline_proposal(proposal=proposal, by="dan", at=NOW, reason="No")


def test_declining_needs_a_reason() -> None:
    ana(npi=None)
    match(person())
    with pytest.raises(actions.ReasonMissing):
        actions.decline_proposal(proposal=only(), by="cora", at=NOW, reason=" ")


def test_erasing_a_therapist_takes_the_proposals_along() -> None:
    therapist = ana(npi=None)
    match(person())
    therapist.delete()
    assert not NppesProposal.objects.exists()
