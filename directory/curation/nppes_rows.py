"""Rows of the NPPES file of providers: found by the names of its columns, read one by one.

The file is CSV with a header, 329 columns in 2018 and 330 in 2025, every value in quotes. Names have changed over the
years, so that columns are found by name, never by position. What once went through pandas ends in `.0` and has lost
the zeros in front.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, NamedTuple

from directory.curation.nppes_names import PersonName, credentials_of
from directory.curation.nucc import MENTAL_HEALTH

SLOTS: Final = 15
PERSON, ORGANIZATION = "1", "2"
PRACTICE, MAILING = "Business Practice Location Address", "Business Mailing Address"

NEEDED: Final[dict[str, str]] = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "replacement": "Replacement NPI",
    "organization": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "suffix": "Provider Name Suffix Text",
    "credentials": "Provider Credential Text",
    "other_last": "Provider Other Last Name",
    "other_first": "Provider Other First Name",
    "other_middle": "Provider Other Middle Name",
    "other_suffix": "Provider Other Name Suffix Text",
    "sex": "Provider Sex Code",
    **{
        f"{which}_{part}": f"Provider {before}{address}{after}"
        for which, address in (("practice", PRACTICE), ("mailing", MAILING))
        for part, before, after in (
            ("line_1", "First Line ", ""),
            ("line_2", "Second Line ", ""),
            ("city", "", " City Name"),
            ("state", "", " State Name"),
            ("zip", "", " Postal Code"),
            ("country", "", " Country Code (If outside U.S.)"),
        )
    },
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    **{f"code_{n}": f"Healthcare Provider Taxonomy Code_{n}" for n in range(1, SLOTS + 1)},
    **{f"number_{n}": f"Provider License Number_{n}" for n in range(1, SLOTS + 1)},
    **{f"jurisdiction_{n}": f"Provider License Number State Code_{n}" for n in range(1, SLOTS + 1)},
    **{f"primary_{n}": f"Healthcare Provider Primary Taxonomy Switch_{n}" for n in range(1, SLOTS + 1)},
}
OPTIONAL: Final[dict[str, str]] = {"certified": "Certification Date"}  # since 2020
ALIASES: Final[dict[str, tuple[str, ...]]] = {"sex": ("Provider Gender Code",)}  # until 2024


class ColumnsMissing(ValueError):
    """The header lacks columns that are needed; `columns` are their names of today."""

    def __init__(self, columns: list[str]) -> None:
        names = ", ".join(f"“{column}”" for column in columns[:5])
        more = f" and {len(columns) - 5} more" if len(columns) > 5 else ""
        super().__init__(f"This is no NPPES file of providers: the column {names}{more} is missing.")
        self.columns = columns


class RowBroken(ValueError):
    """A row has not as many values as the header: the file was cut off, or changed; `line` is where it ends."""

    def __init__(self, *, line: int, values: int, columns: int) -> None:
        super().__init__(f"Line {line:,} has {values} values, the header {columns}. Was the download cut off?")
        self.line = line


class Slot(NamedTuple):
    """One of the fifteen specialties of a provider, with the license they gave for it, as they gave it."""

    code: str
    number: str
    jurisdiction: str
    is_primary: bool


class Address(NamedTuple):
    """An address. `zip` has five digits, or is empty; `jurisdiction` two letters in the US."""

    line_1: str
    line_2: str
    city: str
    jurisdiction: str
    zip: str
    country: str

    @property
    def street(self) -> str:
        return ", ".join(line for line in (self.line_1, self.line_2) if line)


@dataclass(frozen=True, kw_only=True, slots=True)
class NppesRow:
    """What NPPES says about one NPI. All of it is as the provider stated it; nobody checked it."""

    npi: str
    entity: str
    replacement_npi: str
    organization: str
    name: PersonName
    other_name: PersonName
    credentials: tuple[str, ...]
    sex: str  # as the form asks it. It is no gender, and is compared with none
    slots: tuple[Slot, ...]
    practice: Address
    mailing: Address
    updated_on: dt.date | None
    certified_on: dt.date | None
    deactivated_on: dt.date | None
    reactivated_on: dt.date | None

    @property
    def is_deactivated(self) -> bool:
        """Whether the NPI no longer counts. Such a row is blank but for the number and the day."""
        if self.deactivated_on is None:
            return not self.entity
        return self.reactivated_on is None or self.reactivated_on < self.deactivated_on

    @property
    def is_person(self) -> bool:
        return self.entity == PERSON

    @property
    def names(self) -> tuple[PersonName, ...]:
        """The legal name and, where there is one, the other name: a former or professional one."""
        if not self.other_name.last:
            return (self.name,)
        other = self.other_name
        return (self.name, other if other.first else other._replace(first=self.name.first))

    @property
    def primary(self) -> Slot | None:
        """The specialty that they call their first. It is in any slot, and some have none."""
        return next((slot for slot in self.slots if slot.is_primary), None)

    @property
    def is_mental_health(self) -> bool:
        return any(slot.code in MENTAL_HEALTH for slot in self.slots)

    @property
    def jurisdictions(self) -> frozenset[str]:
        """Where they say that they are licensed."""
        return frozenset(slot.jurisdiction for slot in self.slots if slot.jurisdiction)

    @property
    def office_may_be_home(self) -> bool:
        """Whether they get their mail where they see people: then it often is where they live."""
        return bool(self.practice.line_1) and self.practice.line_1 == self.mailing.line_1


class Layout:
    """Where the columns of one file are. Raises ColumnsMissing for a header that lacks some."""

    def __init__(self, header: list[str]) -> None:
        places = {_folded(name): place for place, name in reversed(list(enumerate(header)))}
        at: dict[str, int] = {}
        missing = []
        for key, name in (NEEDED | OPTIONAL).items():
            found = (places.get(_folded(alias)) for alias in (name, *ALIASES.get(key, ())))
            place = next((place for place in found if place is not None), None)
            if place is not None:
                at[key] = place
            elif key in NEEDED:
                missing.append(name)
        if missing:
            raise ColumnsMissing(missing)
        self.columns, self._at = len(header), at
        self.npi: Callable[[list[str]], str] = itemgetter(at["npi"])
        self.entity: Callable[[list[str]], str] = itemgetter(at["entity"])
        every = range(1, SLOTS + 1)
        self.codes: Callable[[list[str]], tuple[str, ...]] = itemgetter(*(at[f"code_{n}"] for n in every))
        self._number_at = [at[f"number_{n}"] for n in every]
        self._jurisdiction_at = [at[f"jurisdiction_{n}"] for n in every]

    def licenses(self, cells: list[str]) -> Iterator[tuple[str, str]]:
        """Jurisdiction and number of the mental-health licenses in a row, as they stand there. Cheap: asked of all."""
        for slot, code in enumerate(self.codes(cells)):
            if code and code in MENTAL_HEALTH and (number := cells[self._number_at[slot]]):
                yield cells[self._jurisdiction_at[slot]].strip().upper(), number

    def read(self, cells: list[str]) -> NppesRow:
        """The whole row."""

        def text(key: str) -> str:
            return " ".join(cells[self._at[key]].split()) if key in self._at else ""

        entity = text("entity")
        from_pandas = entity.endswith(".0")

        def code(key: str) -> str:
            return text(key).removesuffix(".0")

        def slots() -> Iterator[Slot]:
            for n in range(1, SLOTS + 1):
                number = code(f"number_{n}") if from_pandas else text(f"number_{n}")
                jurisdiction = text(f"jurisdiction_{n}").upper()
                if text(f"code_{n}") or number or jurisdiction:
                    yield Slot(text(f"code_{n}"), number, jurisdiction, text(f"primary_{n}") == "Y")

        def address(which: str) -> Address:
            country = text(f"{which}_country") or "US"
            return Address(
                line_1=text(f"{which}_line_1"),
                line_2=text(f"{which}_line_2"),
                city=text(f"{which}_city"),
                jurisdiction=text(f"{which}_state").upper(),
                zip=zip_of(text(f"{which}_zip")) if country in ("US", "UM") else "",  # UM: chosen by mistake
                country=country,
            )

        return NppesRow(
            npi=code("npi"),
            entity=code("entity"),
            replacement_npi=code("replacement"),
            organization=text("organization"),
            name=PersonName(text("first"), text("middle"), text("last"), text("suffix")),
            other_name=PersonName(text("other_first"), text("other_middle"), text("other_last"), text("other_suffix")),
            credentials=credentials_of(text("credentials")),
            sex=text("sex"),
            slots=tuple(slots()),
            practice=address("practice"),
            mailing=address("mailing"),
            updated_on=day(text("updated")),
            certified_on=day(text("certified")),
            deactivated_on=day(text("deactivated")),
            reactivated_on=day(text("reactivated")),
        )


class Rows:
    """The rows of a file as lists of cells, one after the other; memory stays that of one row.

    `lines` are lines of bytes, each in UTF-8 or else in ISO 8859-1. `read` counts the bytes that are done.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.read = 0
        self._reader = csv.reader(self._decoded(lines))
        self.layout = Layout(next(self._reader, []))

    def __iter__(self) -> Iterator[list[str]]:
        columns = self.layout.columns
        for cells in self._reader:
            if len(cells) != columns:
                if not cells:
                    continue  # an empty line
                raise RowBroken(line=self._reader.line_num, values=len(cells), columns=columns)
            yield cells

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[str]:
        for line in lines:
            self.read += len(line)
            try:
                text = line.decode()
            except UnicodeDecodeError:
                text = line.decode("iso-8859-1")
            yield text.replace("\0", "")


def zip_of(text: str) -> str:
    """The first five digits of a ZIP of five or nine; zeros in front that a spreadsheet took come back. Else ""."""
    digits = text.removesuffix(".0").replace("-", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{3,9}", digits):
        return ""
    return digits.zfill(5 if len(digits) <= 5 else 9)[:5]


def day(text: str) -> dt.date | None:
    """A day written 11/24/2026, or 2026-11-24; None where there is none."""
    if found := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        month, of_month, year = map(int, found.groups())
    elif found := re.match(r"(\d{4})-(\d{2})-(\d{2})", text):
        year, month, of_month = map(int, found.groups())
    else:
        return None
    try:
        return dt.date(year, month, of_month)
    except ValueError:
        return None


def _folded(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", name.lstrip("﻿").casefold()))
