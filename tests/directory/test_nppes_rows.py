"""Rows of NPPES: every trap of the layout, with invented people."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from directory.curation.nppes_names import (
    PersonName,
    as_written,
    credentials_of,
    license_number,
    same_number,
    same_person_by_name,
)
from directory.curation.nppes_rows import ColumnsMissing, NppesRow, RowBroken, Rows, day, zip_of
from directory.curation.nucc import license_type_of
from tests.nppes_files import deactivated, file_of, lines, npi, person


def read(file: io.BytesIO) -> list[NppesRow]:
    rows = Rows(file)
    return [rows.layout.read(cells) for cells in rows]


def row(**values: str) -> NppesRow:
    return read(file_of(person(**values)))[0]


# --- Columns ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("year", [2018, 2025])
def test_columns_are_found_by_their_name_of_that_year(year: int) -> None:
    sex = "Provider Sex Code" if year == 2025 else "Provider Gender Code"
    (found,) = read(file_of(person(**{sex: "F"}), year=year))
    assert (found.npi, found.sex, found.name) == (npi(1), "F", ("ANA", "", "LOPEZ", ""))


def test_order_and_spelling_of_the_columns_do_not_matter() -> None:
    header, *rest = lines([person()])
    odd = "\ufeff" + header.upper().replace(" ", "  ").replace("_1", " 1")
    (found,) = read(io.BytesIO((odd + "".join(rest)).encode()))
    assert found.slots[0] == ("106H00000X", "12345", "CA", True)
    backwards = [",".join(reversed(line.strip().split(","))) for line in lines([person()])]
    assert read(io.BytesIO("\n".join(backwards).encode()))[0] == found


def test_a_missing_column_is_named_with_its_name_of_today() -> None:
    header, rest = list(lines([person()]))
    text = header.replace("Provider License Number_7", "License 7").replace("Provider Sex Code", "Sex")
    with pytest.raises(ColumnsMissing, match="“Provider Sex Code”, “Provider License Number_7” is missing") as caught:
        read(io.BytesIO((text + rest).encode()))
    assert caught.value.columns == ["Provider Sex Code", "Provider License Number_7"]


@pytest.mark.parametrize("file", [b"", b"name,zip\nAna,90012\n", b"\xff\xfe\x00\x01"])
def test_another_file_is_refused(file: bytes) -> None:
    with pytest.raises(ColumnsMissing, match="no NPPES file"):
        Rows(io.BytesIO(file))


def test_a_file_that_was_cut_off_says_where() -> None:
    text = "".join(lines([person(1), person(2)])).encode()
    with pytest.raises(RowBroken, match=r"Line 3 has [0-9]+ values, the header 330") as caught:
        read(io.BytesIO(text[:-500]))
    assert caught.value.line == 3


def test_both_encodings_are_read_line_by_line() -> None:
    header, muller, nunez = lines([person(1, last="MÜLLER"), person(2, last="NUÑEZ")])
    found = read(io.BytesIO(header.encode() + muller.encode("iso-8859-1") + nunez.encode()))
    assert [x.name.last for x in found] == ["MÜLLER", "NUÑEZ"]


def test_a_value_may_hold_a_comma_or_a_line_break() -> None:
    assert row(last="LOPEZ,\nDIAZ").name.last == "LOPEZ, DIAZ"


# --- Values -----------------------------------------------------------------------------------------------------------
def test_what_went_through_pandas_is_mended() -> None:
    found = row(entity="1.0", zip="38017156.0", number="1234.0")
    assert (found.entity, found.practice.zip, found.slots[0].number) == ("1", "03801", "1234")
    assert row(number="1234.0").slots[0].number == "1234.0"  # this row did not


@pytest.mark.parametrize(
    ("text", "zip"),
    [
        ("90012", "90012"), ("900121234", "90012"), ("90012-1234", "90012"), ("6030", "06030"), ("60300001", "06030"),
        ("601.0", "00601"), ("", ""), ("SW1A 1AA", ""), ("12", ""), ("9001212345", ""),
    ],
)  # fmt: skip
def test_zips_of_five_and_nine_digits(text: str, zip: str) -> None:
    assert zip_of(text) == zip


def test_addresses_abroad_have_no_zip_of_ours() -> None:
    abroad = row(**{"Provider Business Practice Location Address Country Code (If outside U.S.)": "DE"})
    assert (abroad.practice.country, abroad.practice.zip) == ("DE", "")


def test_the_primary_specialty_is_in_any_slot_or_in_none() -> None:
    second = {
        "Healthcare Provider Primary Taxonomy Switch_1": "N",
        "Healthcare Provider Taxonomy Code_9": "101YM0800X",
        "Provider License Number_9": "MH7",
        "Provider License Number State Code_9": "NY",
        "Healthcare Provider Primary Taxonomy Switch_9": "Y",
    }
    found = row(**second)
    assert found.primary == ("101YM0800X", "MH7", "NY", True)
    assert found.jurisdictions == {"CA", "NY"}
    assert row(**{"Healthcare Provider Primary Taxonomy Switch_1": "X"}).primary is None


@pytest.mark.parametrize(
    ("description", "values", "gone"),
    [
        ("never", {}, False),
        ("given up", {"deactivated": "03/03/2021"}, True),
        ("given up and taken back", {"deactivated": "03/03/2021", "reactivated": "04/01/2021"}, False),
        ("taken back on the same day", {"deactivated": "03/03/2021", "reactivated": "03/03/2021"}, False),
        ("taken back, and given up again", {"deactivated": "03/03/2021", "reactivated": "04/01/2019"}, True),
        ("blank", {"entity": ""}, True),
    ],
)
def test_deactivation_counts_unless_it_was_taken_back(description: str, values: dict[str, str], gone: bool) -> None:
    assert row(**values).is_deactivated is gone, description


def test_a_deactivated_row_is_blank() -> None:
    (found,) = read(file_of(deactivated()))
    assert (found.entity, found.is_person, found.name.last, found.slots) == ("", False, "", ())
    assert found.deactivated_on == dt.date(2021, 3, 3)


def test_mail_that_comes_to_the_office_may_mean_a_home() -> None:
    assert row(mail="12 HOME ST").office_may_be_home
    assert not row(mail="PO BOX 1").office_may_be_home


@pytest.mark.parametrize(
    ("text", "expected"),
    [("05/06/2025", dt.date(2025, 5, 6)), ("2025-05-06", dt.date(2025, 5, 6)), ("13/45/2025", None), ("", None)],
)
def test_days(text: str, expected: dt.date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PH.D.", ["PHD"]), ("PH. D.", ["PHD"]), ("Ph D", ["PHD"]), ("PHD, LMHC", ["PHD", "LMHC"]),
        ("L.I.C.S.W.", ["LICSW"]), ("MSSS / LCSW", ["MSSS", "LCSW"]), ("M.A.; LMHC", ["MA", "LMHC"]),
        ("MSW LICSW", ["MSW", "LICSW"]), ("PSYD, HSPP", ["PSYD", "HSPP"]), ("M.D. PH.D.", ["MD", "PHD"]),
        ("LICSW,CEAP,BCD", ["LICSW", "CEAP", "BCD"]), ("", []),
    ],
)  # fmt: skip
def test_credentials_are_read_in_any_spelling(text: str, words: list[str]) -> None:
    assert list(credentials_of(text)) == words


# --- Names and numbers ------------------------------------------------------------------------------------------------
def name(first: str, last: str, middle: str = "", suffix: str = "") -> PersonName:
    return PersonName(first, middle, last, suffix)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Ana Lopez", name("ANA", "LOPEZ"), True),
        ("Ana López", name("ANA", "LOPEZ"), True),
        ("Dr. Ana Lopez, LMFT", name("ANA", "LOPEZ"), True),
        ("Ana Maria Lopez", name("ANA", "LOPEZ", "M"), True),
        ("Maria Lopez", name("ANA", "LOPEZ", "MARIA"), True),
        ("A. Lopez", name("ANA", "LOPEZ"), True),
        ("Ana Lopez-Gomez", name("ANA", "GOMEZ"), True),
        ("Ana Lopez", name("ANA", "LOPEZ GOMEZ"), True),
        ("Sam O’Neil Jr.", name("SAM", "ONEIL", suffix="JR."), True),
        ("Roseann Katz", name("ROSE-ANN", "KATZ"), True),
        ("Ian McDonald", name("IAN", "MC DONALD"), True),
        ("Søren Kjær", name("SOREN", "KJAER"), True),
        ("Ana de la Cruz", name("ANA", "DE LA ROSA"), False),
        ("Ana Lopez", name("EVA", "LOPEZ"), False),
        ("Ana Lopez", name("ANA", "KATZ"), False),
        ("Lopez", name("ANA", "LOPEZ"), False),
        ("Ana Lopez", name("", "LOPEZ"), False),
    ],
)
def test_names_agree_by_a_given_name_and_a_surname(ours: str, theirs: PersonName, same: bool) -> None:
    assert same_person_by_name(ours, theirs) is same


def test_a_former_name_is_a_name() -> None:
    married = row(last="KATZ", other_last="LOPEZ")
    assert same_person_by_name("Ana Lopez", *married.names)
    assert not same_person_by_name("Ana Lopez", married.name)


def test_names_in_capitals_are_written_as_people_do() -> None:
    assert as_written(name("MARIA", "DE LA CRUZ-O'NEIL", suffix="III")) == "Maria de la Cruz-O'Neil III"
    assert as_written(name("ANA B,", "LOPEZ")) == "Ana B Lopez"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12345", "12345", True), ("012345", "12345", True), ("lmft-12345", "LMFT 12345", True),
        ("LMFT12345", "12345", True), ("12345-C", "12345", True), ("PSY12345", "LMFT12345", False),
        ("12345", "123450", False), ("37PC00123456", "37pc 00123456", True), ("37PC00123456", "37PC123456", False),
        ("PENDING", "PENDING", False), ("0000", "0", False), ("", "", False),
    ],
)  # fmt: skip
def test_license_numbers_are_compared_with_care(one: str, other: str, same: bool) -> None:
    assert same_number(license_number(one), license_number(other)) is same
    assert same_number(license_number(other), license_number(one)) is same


@pytest.mark.parametrize(
    ("code", "jurisdiction", "credentials", "type"),
    [
        ("106H00000X", "CA", [], "lmft"), ("1041C0700X", "CT", [], "lcsw"), ("103TP2700X", "RI", [], "psychologist"),
        ("2084P0800X", "MA", [], "psychiatrist"), ("363LP0808X", "MA", [], "pmhnp"), ("101YP2500X", "OH", [], "lpcc"),
        ("101YP2500X", "TX", [], "lpc"), ("101YM0800X", "NY", [], "lmhc"), ("101YM0800X", "OH", ["MA", "LMHC"], "lmhc"),
        ("102L00000X", "NY", [], ""), ("207R00000X", "NY", ["LPC"], ""),
    ],
)  # fmt: skip
def test_the_license_type_is_guessed(code: str, jurisdiction: str, credentials: list[str], type: str) -> None:
    assert license_type_of(code, jurisdiction=jurisdiction, credentials=credentials) == type
