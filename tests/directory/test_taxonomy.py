"""The vocabularies: every code of the contract, one meaning for each word, and a load that can be repeated."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from assessments import catalogue
from directory.models import Approach, Concern, Evidence, InsurancePlan, LicenseType, ZipCentroid
from directory.models.taxonomy import VOCABULARIES, UnknownZip, folded
from directory.roster.requirements import Near
from directory.roster.schema import CODES_PER_WORD, WORDS

CONTRACT = {
    "session_formats": "individual couple family group",
    "delivery_methods": "in_person telehealth",
    "populations": """
        adults children adolescents older-adults couples parents blended-families adoptive-families foster-families
        lgbtq veterans students immigrants neurodivergent first-responders perinatal
    """,
    "approaches": """
        attachment-based emotionally-focused gottman trauma-informed attachment-based-family attachment-compassion
        cognitive-behavioral trauma-focused-cbt cognitive-processing prolonged-exposure emdr dialectical-behavior
        acceptance-commitment interpersonal psychodynamic mentalization-based schema internal-family-systems
        somatic sensorimotor narrative solution-focused family-systems structural-family imago
        integrative-behavioral-couple discernment circle-of-security parent-child-interaction
        child-parent-psychotherapy dyadic-developmental theraplay play expressive-arts
        mindfulness-based compassion-focused motivational-interviewing person-centered existential humanistic
        exposure-response group-process
    """,
    "concerns": """
        relationship-difficulties trust-and-abandonment intense-emotions low-self-esteem intimacy communication
        infidelity separation-divorce premarital family-conflict parenting adoption-foster blended-family
        child-behavior childhood-trauma ptsd abuse-survivor domestic-violence adult-attachment-difficulties
        emotional-numbness boundaries depression anxiety panic ocd adjustment life-transitions grief stress burnout
        anger adhd autism eating-disorders body-image substance-use self-harm suicidal-thoughts bipolar
        personality-disorders psychosis sleep chronic-illness perinatal infertility sexuality gender-identity
        lgbtq-identity racism-discrimination immigration spirituality loneliness work-career academic caregiving
        aging men-issues women-issues
    """,
    "license_types": "lpc lmhc lcpc lpcc lmft lcsw psychologist psychiatrist pmhnp associate",
    "jurisdictions": """
        AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
        OR PA RI SC SD TN TX UT VT VA WA WV WI WY
    """,
}

SYNONYMS_OF_THE_CONTRACT = {
    "approaches": {
        "attachment-based therapy": "attachment-based",
        "attachment therapy": "attachment-based",
        "EFT": "emotionally-focused",
        "emotionally focused therapy": "emotionally-focused",
        "Gottman Method": "gottman",
        "ABFT": "attachment-based-family",
        "ABCT": "attachment-compassion",
        "CBT": "cognitive-behavioral",
        "TF-CBT": "trauma-focused-cbt",
        "CPT": "cognitive-processing",
        "PE": "prolonged-exposure",
        "EMDR": "emdr",
        "DBT": "dialectical-behavior",
        "ACT": "acceptance-commitment",
        "IPT": "interpersonal",
        "MBT": "mentalization-based",
        "IFS": "internal-family-systems",
        "IBCT": "integrative-behavioral-couple",
        "PCIT": "parent-child-interaction",
        "CPP": "child-parent-psychotherapy",
        "DDP": "dyadic-developmental",
        "ERP": "exposure-response",
    },
    "concerns": {"RAD": "adult-attachment-difficulties", "DSED": "adult-attachment-difficulties"},
    "jurisdictions": {"california": "CA", "New  York": "NY", "District of Columbia": "DC"},
    "languages": {"Spanish": "es", "español": "es", "ASL": "ase", "Mandarin": "zh", "Cantonese": "yue"},
    "insurance_plans": {"BCBS": "blue-cross-blue-shield", "Aetna": "aetna", "self-pay": "private-pay"},
    "license_types": {"LMFT": "lmft", "PsyD": "psychologist"},
    "delivery_methods": {"in-person": "in_person", "online": "telehealth"},
}

LANGUAGES = "en es zh yue vi tl ko ar fr ht ru pt hi ur bn pa gu fa de it pl ja uk he so am ase sw"
PLANS = """
    aetna cigna blue-cross-blue-shield united-healthcare kaiser humana medicaid medicare tricare optum magellan anthem
    oscar molina centene medi-cal private-pay
"""


@pytest.mark.django_db
@pytest.mark.parametrize(("vocabulary", "codes"), CONTRACT.items())
def test_every_code_of_the_contract_is_loaded_and_no_other(vocabulary: str, codes: str) -> None:
    loaded = VOCABULARIES[vocabulary]._default_manager.values_list("code", flat=True)

    assert sorted(loaded) == sorted(codes.split())


@pytest.mark.django_db
def test_languages_and_plans_that_people_ask_for_are_there() -> None:
    languages = set(VOCABULARIES["languages"]._default_manager.values_list("code", flat=True))
    plans = set(InsurancePlan.objects.values_list("code", flat=True))

    assert languages >= set(LANGUAGES.split())
    assert len(languages) >= 40
    assert plans >= set(PLANS.split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("vocabulary", "word", "code"),
    [
        (vocabulary, word, code)
        for vocabulary, words in SYNONYMS_OF_THE_CONTRACT.items()
        for word, code in words.items()
    ],
)
def test_a_synonym_resolves_to_its_code(vocabulary: str, word: str, code: str) -> None:
    codes = VOCABULARIES[vocabulary]._default_manager.codes_by_word()

    assert codes[folded(word)] == code


@pytest.mark.django_db
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_code_resolves_to_itself(vocabulary: str) -> None:
    terms = VOCABULARIES[vocabulary]._default_manager
    codes = terms.codes_by_word()

    for code in terms.values_list("code", flat=True):
        assert codes[folded(code)] == code


@pytest.mark.django_db
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_word_means_two_things_or_stands_twice(vocabulary: str) -> None:
    meanings: dict[str, str] = {}
    for term in VOCABULARIES[vocabulary]._default_manager.all():
        assert len({folded(synonym) for synonym in term.synonyms}) == len(term.synonyms), term.code
        for word in (term.code, term.name, *term.synonyms):
            assert meanings.setdefault(folded(word), term.code) == term.code, word


@pytest.mark.django_db
def test_a_code_wins_over_the_synonym_of_another_term() -> None:
    Concern.objects.create(code="sadness-and-grief", name="Sadness and grief", synonyms=["grief", "blue days"])

    codes = Concern.objects.codes_by_word()

    assert codes["grief"] == "grief"
    assert codes["blue days"] == "sadness-and-grief"


@given(word=st.text(max_size=40))
def test_folding_twice_is_folding_once(word: str) -> None:
    assert folded(folded(word)) == folded(word)


@pytest.mark.parametrize(
    ("description", "written", "meant"),
    [
        ("capitals", "CBT", "cbt"),
        ("hyphens as spaces", "TF-CBT", "tf cbt"),
        ("several spaces as one", "  New \t York ", "new york"),
        ("hyphen with spaces around it", "post - traumatic", "post traumatic"),
    ],
)
def test_words_are_compared_without_case_hyphens_and_extra_spaces(description: str, written: str, meant: str) -> None:
    assert folded(written) == meant, description


@pytest.mark.django_db
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_bit_is_its_own_and_fits_the_masks(vocabulary: str) -> None:
    bits = list(VOCABULARIES[vocabulary]._default_manager.values_list("bit", flat=True))

    assert len(set(bits)) == len(bits)
    assert max(bits) < CODES_PER_WORD * WORDS[vocabulary]


@pytest.mark.django_db
def test_a_term_added_by_a_curator_gets_the_next_bit() -> None:
    highest = InsurancePlan.objects.order_by("-bit").values_list("bit", flat=True)[0]

    plan = InsurancePlan.objects.create(code="acme-health", name="Acme Health")

    assert plan.bit == highest + 1


@pytest.mark.django_db
def test_license_types_say_what_stands_behind_a_name() -> None:
    abbreviations = dict(LicenseType.objects.values_list("code", "abbreviation"))

    assert abbreviations == {
        "lpc": "LPC",
        "lmhc": "LMHC",
        "lcpc": "LCPC",
        "lpcc": "LPCC",
        "lmft": "LMFT",
        "lcsw": "LCSW",
        "psychologist": "Psychologist",
        "psychiatrist": "Psychiatrist",
        "pmhnp": "PMHNP",
        "associate": "Associate",
    }


# --- ZIP centroids ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_near_a_known_zip_is_a_circle_around_its_middle(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        near = ZipCentroid.objects.near("10001", 25)

    assert near == Near(latitude=40.75065, longitude=-73.997293, miles=25)


@pytest.mark.django_db
@pytest.mark.parametrize("zip", ["00000", "9001", "90012-1234", "", "zip"])
def test_an_unknown_zip_is_a_named_error(zip: str) -> None:
    with pytest.raises(UnknownZip) as caught:
        ZipCentroid.objects.near(zip, 25)

    assert caught.value.zip == zip


@pytest.mark.django_db
def test_every_zip_area_of_the_census_table_is_there_with_its_leading_zeros() -> None:
    assert ZipCentroid.objects.count() == 33_791
    assert ZipCentroid.objects.filter(zip="02139").exists()
    assert not ZipCentroid.objects.exclude(zip__regex=r"^\d{5}$").exists()
    assert not ZipCentroid.objects.exclude(latitude__range=(-15, 72), longitude__range=(-180, 180)).exists()


# --- load_taxonomy ----------------------------------------------------------------------------------------------------
@pytest.fixture
def fixtures(tmp_path: Path, settings: Settings) -> Path:
    """A copy of fixtures/ that a test may spoil; the command reads it instead."""
    copy = tmp_path / "fixtures"
    copy.mkdir()
    shutil.copytree(project_settings.FIXTURES / "taxonomy", copy / "taxonomy")
    shutil.copytree(project_settings.FIXTURES / "instruments", copy / "instruments")
    shutil.copytree(project_settings.FIXTURES / "evidence", copy / "evidence")
    for name in ("compacts.json", "zip_centroids.csv"):
        shutil.copy(project_settings.FIXTURES / name, copy / name)
    settings.FIXTURES = copy
    return copy


def read(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def write(path: Path, entries: Any) -> None:
    path.write_text(json.dumps(entries), encoding="utf-8")


def load() -> dict[str, tuple[int, ...]]:
    """What the command says it did: created, updated, unchanged, removed for each vocabulary."""
    output = StringIO()
    call_command("load_taxonomy", stdout=output)
    rows = [line.split() for line in output.getvalue().splitlines()[1:13]]
    return {name: tuple(int(count.replace(",", "")) for count in counts) for name, *counts in rows}


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    did = load()

    assert did["approaches"] == (0, 0, 42, 0)
    assert did["compacts"] == (0, 0, 93, 0)
    assert did["zip_centroids"] == (0, 0, 33_791, 0)
    assert {created + updated + removed for created, updated, _, removed in did.values()} == {0}


@pytest.mark.django_db
def test_a_silent_load_says_nothing() -> None:
    output = StringIO()
    call_command("load_taxonomy", stdout=output, verbosity=0)

    assert output.getvalue() == ""


@pytest.mark.django_db
def test_a_changed_summary_is_updated_and_keeps_its_bit(fixtures: Path) -> None:
    path = fixtures / "taxonomy" / "approaches.json"
    entries = read(path)
    entries[3]["summary"] = "A kinder summary."
    entries.reverse()  # the order of the file gives no new bits
    write(path, entries)
    bits = dict(Approach.objects.values_list("code", "bit"))

    did = load()

    assert did["approaches"] == (0, 1, 41, 0)
    assert Approach.objects.get(code="trauma-informed").summary == "A kinder summary."
    assert dict(Approach.objects.values_list("code", "bit")) == bits


@pytest.mark.django_db
def test_a_new_code_gets_a_bit_after_all_others(fixtures: Path) -> None:
    path = fixtures / "taxonomy" / "approaches.json"
    new = {"code": "walk-and-talk", "name": "Walk and talk", "synonyms": [], "summary": ""}
    write(path, [new, *read(path)])
    highest = max(Approach.objects.values_list("bit", flat=True))

    did = load()

    assert did["approaches"] == (1, 0, 42, 0)
    assert Approach.objects.get(code="walk-and-talk").bit == highest + 1


@pytest.mark.django_db
def test_what_a_curator_added_stays(fixtures: Path) -> None:
    plan = InsurancePlan.objects.create(code="acme-health", name="Acme Health")
    path = fixtures / "taxonomy" / "insurance_plans.json"
    write(path, read(path)[:-1])

    load()

    assert InsurancePlan.objects.get(code="acme-health").bit == plan.bit
    assert InsurancePlan.objects.filter(code="employee-assistance").exists()


@pytest.mark.django_db
def test_evidence_that_left_the_file_is_removed(fixtures: Path) -> None:
    path = fixtures / "evidence" / "2026.1.json"
    gone, *rest = read(path)
    rest[0]["grade"] = "C"
    write(path, rest)

    did = load()

    assert did["evidence"] == (0, 1, len(rest) - 1, 1)
    assert not Evidence.objects.filter(code=gone["code"]).exists()
    assert Evidence.objects.get(code=rest[0]["code"]).grade == "C"


@pytest.mark.django_db
def test_only_the_edition_of_the_ruleset_in_force_is_loaded(fixtures: Path) -> None:
    edition = fixtures / "evidence" / "2026.1.json"
    write(fixtures / "evidence" / "2099.1.json", read(edition)[:1])
    load()
    assert Evidence.objects.count() == len(read(edition))


@pytest.mark.django_db
def test_changed_centroids_are_replaced(fixtures: Path) -> None:
    (fixtures / "zip_centroids.csv").write_text("zip,lat,lon\n10001,40.0,-74.0\n99999,1.5,2.5\n")

    did = load()

    assert did["zip_centroids"] == (1, 1, 0, 33_790)
    assert list(ZipCentroid.objects.order_by("zip").values_list()) == [("10001", 40.0, -74.0), ("99999", 1.5, 2.5)]


def _spoil(entries: list[dict[str, Any]], **values: Any) -> None:
    entries[1].update(values)


BROKEN = [
    ("a missing key", lambda entries: entries[1].pop("summary"), "missing or unknown keys: summary"),
    ("an unknown key", lambda entries: _spoil(entries, colour="red"), "missing or unknown keys: colour"),
    ("a code twice", lambda entries: _spoil(entries, code=entries[0]["code"]), "already means|there twice"),
    ("a synonym taken", lambda entries: _spoil(entries, synonyms=["attachment  THERAPY"]), "already means attachment"),
    ("a code with spaces", lambda entries: _spoil(entries, code="two words"), "two words: code: "),
    ("no name", lambda entries: _spoil(entries, name=""), "emotionally-focused: name: "),
    (
        "synonyms that are no list",
        lambda entries: _spoil(entries, synonyms="EFT; EFCT"),
        "emotionally-focused: synonyms",
    ),
    ("a synonym that is no text", lambda entries: _spoil(entries, synonyms=[1]), "emotionally-focused: synonyms"),
    ("a name too long", lambda entries: _spoil(entries, name="x" * 121), "emotionally-focused: name: "),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("description", "spoil", "message"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_fixture_names_its_file_and_code(description: str, spoil: Any, message: str, fixtures: Path) -> None:
    path = fixtures / "taxonomy" / "approaches.json"
    entries = read(path)
    spoil(entries)
    write(path, entries)

    with pytest.raises(CommandError, match=rf"approaches\.json: .*({message})"):
        load()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "file", "text", "message"),
    [
        ("no JSON", "taxonomy/concerns.json", "[{", r"concerns\.json: cannot be read"),
        ("no list", "taxonomy/concerns.json", '{"code": "x"}', r"concerns\.json: must be a list"),
        ("a list of words", "taxonomy/concerns.json", '["grief"]', r"concerns\.json: must be a list of objects"),
        ("no centroid", "zip_centroids.csv", "zip,lat,lon\n10001,north,-74\n", r"zip_centroids\.csv: 10001: not a"),
        ("no columns", "zip_centroids.csv", "a,b\n1,2\n", r"zip_centroids\.csv: None: not a centroid"),
    ],
)
def test_a_file_of_another_kind_is_named(description: str, file: str, text: str, message: str, fixtures: Path) -> None:
    (fixtures / file).write_text(text)

    with pytest.raises(CommandError, match=message):
        load()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "values", "message"),
    [
        ("an unknown approach", {"approach": "tapping"}, "there is no approach 'tapping'"),
        ("a day that is none", {"checked_on": "soon"}, "'soon' is not a date"),
        ("a grade that is none", {"grade": "A+"}, "grade: "),
        ("nobody who was studied", {"population": ""}, "population: "),
    ],
)
def test_broken_evidence_names_its_code(description: str, values: dict[str, str], message: str, fixtures: Path) -> None:
    path = fixtures / "evidence" / "2026.1.json"
    entries = read(path)
    entries[0].update(values)
    write(path, entries)

    with pytest.raises(CommandError, match=rf"2026\.1\.json: emotionally-focused-couple-distress: {message}"):
        load()


@pytest.mark.django_db
def test_a_broken_fixture_leaves_everything_as_it_was(fixtures: Path) -> None:
    approaches = read(fixtures / "taxonomy" / "approaches.json")
    evidence = read(fixtures / "evidence" / "2026.1.json")
    approaches[0]["name"] = "Renamed"
    evidence[-1]["approach"] = "tapping"
    write(fixtures / "taxonomy" / "approaches.json", approaches)
    write(fixtures / "evidence" / "2026.1.json", evidence)

    with pytest.raises(CommandError):
        load()

    assert not Approach.objects.filter(name="Renamed").exists()


@pytest.mark.django_db
def test_a_full_vocabulary_says_where_to_make_room(fixtures: Path) -> None:
    path = fixtures / "taxonomy" / "session_formats.json"
    new = [{"code": f"format-{n}", "name": f"Format {n}", "synonyms": [], "summary": ""} for n in range(60)]
    write(path, read(path) + new)

    with pytest.raises(CommandError, match=r"session_formats\.json: format-59: no room, .* holds 63 .*schema\.py"):
        load()


@pytest.mark.django_db
def test_a_broken_instrument_stops_the_load(fixtures: Path) -> None:
    (fixtures / "instruments" / "closeness-12.json").write_text('{"resourceType": "Questionnaire"}')
    catalogue.shipped.cache_clear()
    try:
        with pytest.raises(CommandError, match=r"instruments: .*closeness-12\.json"):
            load()
    finally:
        catalogue.shipped.cache_clear()
