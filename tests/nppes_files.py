"""Files in the layout of NPPES with invented people, for tests and for the measure at full size."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from directory.curation.npi import check_digit

PRACTICE, MAILING = "Business Practice Location Address", "Business Mailing Address"


def _address_columns(address: str) -> list[str]:
    return [
        f"Provider First Line {address}", f"Provider Second Line {address}", f"Provider {address} City Name",
        f"Provider {address} State Name", f"Provider {address} Postal Code",
        f"Provider {address} Country Code (If outside U.S.)", f"Provider {address} Telephone Number",
        f"Provider {address} Fax Number",
    ]  # fmt: skip


def columns(*, year: int = 2025) -> list[str]:
    """The columns of a file of that year, in their order: 330 since 2020, 329 before."""
    names = [
        "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)", "Provider First Name",
        "Provider Middle Name", "Provider Name Prefix Text", "Provider Name Suffix Text", "Provider Credential Text",
        "Provider Other Organization Name", "Provider Other Organization Name Type Code", "Provider Other Last Name",
        "Provider Other First Name", "Provider Other Middle Name", "Provider Other Name Prefix Text",
        "Provider Other Name Suffix Text", "Provider Other Credential Text", "Provider Other Last Name Type Code",
        *_address_columns(MAILING), *_address_columns(PRACTICE),
        "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
        "NPI Reactivation Date", "Provider Sex Code" if year >= 2024 else "Provider Gender Code",
        "Authorized Official Last Name", "Authorized Official First Name", "Authorized Official Middle Name",
        "Authorized Official Title or Position", "Authorized Official Telephone Number",
    ]  # fmt: skip
    for n in range(1, 16):
        names += [
            f"Healthcare Provider Taxonomy Code_{n}", f"Provider License Number_{n}",
            f"Provider License Number State Code_{n}", f"Healthcare Provider Primary Taxonomy Switch_{n}",
        ]  # fmt: skip
    for n in range(1, 51):
        names += [
            f"Other Provider Identifier_{n}", f"Other Provider Identifier Type Code_{n}",
            f"Other Provider Identifier State_{n}", f"Other Provider Identifier Issuer_{n}",
        ]  # fmt: skip
    names += ["Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN"]
    names += [f"Authorized Official {part}" for part in ("Name Prefix Text", "Name Suffix Text", "Credential Text")]
    names += [f"Healthcare Provider Taxonomy Group_{n}" for n in range(1, 16)]
    return [*names, "Certification Date"] if year >= 2020 else names


def npi(number: int) -> str:
    """The NPI that begins with 1 and ends, before its check digit, in that number."""
    first_nine = f"1{number:08d}"
    return first_nine + check_digit(first_nine)


def person(number: int = 1, /, **values: str) -> dict[str, str]:
    """The row of a marriage and family therapist of Los Angeles. `values` by short names (KEYS) or whole columns."""
    row = {
        "NPI": npi(number),
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "LOPEZ",
        "Provider First Name": "ANA",
        "Healthcare Provider Taxonomy Code_1": "106H00000X",
        "Provider License Number_1": "12345",
        "Provider License Number State Code_1": "CA",
        "Healthcare Provider Primary Taxonomy Switch_1": "Y",
        "Last Update Date": "05/06/2025",
        f"Provider First Line {PRACTICE}": "12 HOME ST",
        f"Provider {PRACTICE} City Name": "LOS ANGELES",
        f"Provider {PRACTICE} State Name": "CA",
        f"Provider {PRACTICE} Postal Code": "900121234",
        f"Provider {PRACTICE} Country Code (If outside U.S.)": "US",
    }
    return row | {KEYS.get(key, key): value for key, value in values.items()}


KEYS = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "last": "Provider Last Name (Legal Name)",
    "other_last": "Provider Other Last Name",
    "credentials": "Provider Credential Text",
    "number": "Provider License Number_1",
    "jurisdiction": "Provider License Number State Code_1",
    "code": "Healthcare Provider Taxonomy Code_1",
    "zip": f"Provider {PRACTICE} Postal Code",
    "mail": f"Provider First Line {MAILING}",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "updated": "Last Update Date",
}


def deactivated(number: int = 1, on: str = "03/03/2021") -> dict[str, str]:
    """The row of an NPI that was given up: blank but for the number and the day."""
    return {"NPI": npi(number), "NPI Deactivation Date": on}


def file_of(*rows: Mapping[str, str], year: int = 2025) -> io.BytesIO:
    """A file with these rows, every value in quotes."""
    return io.BytesIO("".join(lines(rows, year=year)).encode())


def lines(rows: Iterable[Mapping[str, str]], *, year: int = 2025) -> Iterator[str]:
    """The lines of a file with these rows, the header first."""
    names, text = columns(year=year), io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for cells in (names, *([row.get(name, "") for name in names] for row in rows)):
        writer.writerow(cells)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
