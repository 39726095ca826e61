"""The columns of the therapist CSV: how long a cell may be, and how its text becomes a value."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from directory.curation.npi import is_npi
from directory.curation.plain_texts import plain_line, plain_text
from directory.models import Therapist, ZipCentroid
from directory.models.taxonomy import VOCABULARIES, folded
from directory.models.therapist import WEBSITE


class BadCell(Exception):
    """A cell that cannot be read; the message says what is wrong with it, for the person who made the file."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """What cells are read against: words of every vocabulary, the ZIPs that exist, and the day of the import."""

    words: Mapping[str, Mapping[str, str]]
    zips: Mapping[str, tuple[float, float]] = field(repr=False)
    on: dt.date

    @classmethod
    def load(cls, *, on: dt.date) -> Lookup:
        return cls(
            words={name: model.objects.codes_by_word() for name, model in VOCABULARIES.items()},
            zips={z: (lat, lon) for z, lat, lon in ZipCentroid.objects.values_list("zip", "latitude", "longitude")},
            on=on,
        )


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `read` gets the stripped text of a cell that is not empty, and returns its value or raises BadCell.

    `empty` is the value of an empty cell: not stated.
    """

    name: str
    longest: int
    read: Callable[[str, Lookup], Any]
    empty: Any = ""


def _line(text: str, lookup: Lookup) -> str:
    return plain_line(text)


def _lines(text: str, lookup: Lookup) -> str:
    return plain_text(text)


def _id(text: str, lookup: Lookup) -> str:
    if any(unicodedata.category(c).startswith("C") for c in text):
        raise BadCell("An id holds no control characters.")
    return text


def _name(text: str, lookup: Lookup) -> str:
    name = _line(text, lookup)
    if not name:
        raise BadCell("Nothing is left of this name without its markup.")
    return name


def _email(text: str, lookup: Lookup) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise BadCell(f"“{_short(text)}” is not an email address.") from None
    return text


def _website(text: str, lookup: Lookup) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise BadCell(f"“{_short(text)}” is not a web address that starts with https:// or http://.") from None
    if not re.search(WEBSITE, text):
        raise BadCell("A web address holds no user name and no password.")
    return text


def _phone(text: str, lookup: Lookup) -> str:
    if not re.fullmatch(r"[0-9+().\-/ x]+", text) or not 7 <= sum(c.isdigit() for c in text) <= 15:
        raise BadCell(f"“{_short(text)}” is not a phone number.")
    return text


def _npi(text: str, lookup: Lookup) -> str:
    if not re.fullmatch(r"[0-9]{10}", text):
        raise BadCell("An NPI has ten digits.")
    if not is_npi(text):
        raise BadCell(f"{text} is not an NPI: its check digit is wrong. Is a digit mistyped?")
    return text


def _date(text: str, lookup: Lookup) -> dt.date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadCell(f"“{_short(text)}” is not a date. Write it as year-month-day, such as 2026-11-24.") from None
    if not 1900 <= day.year <= 2199:
        raise BadCell(f"{text} is not a year we can use.")
    return day


def _past_date(text: str, lookup: Lookup) -> dt.date:
    day = _date(text, lookup)
    if day > lookup.on:
        raise BadCell(f"{text} lies in the future.")
    return day


def _number(most: int, what: str) -> Callable[[str, Lookup], int]:
    def read(text: str, lookup: Lookup) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise BadCell(f"“{_short(text)}” is not {what}. Write digits only.")
        number = int(text)
        if number > most:
            raise BadCell(f"{number} is too large: at most {most}.")
        return number

    return read


def _yes_or_no(text: str, lookup: Lookup) -> bool:
    answers = {"yes": True, "true": True, "no": False, "false": False}
    if text.casefold() not in answers:
        raise BadCell(f"“{_short(text)}” is neither yes nor no.")
    return answers[text.casefold()]


def _one_of(choices: list[str]) -> Callable[[str, Lookup], str]:
    def read(text: str, lookup: Lookup) -> str:
        if text.casefold() not in choices:
            raise BadCell(f"“{_short(text)}” is none of {', '.join(choices)}.{_guess(text, choices)}")
        return text.casefold()

    return read


def _code(vocabulary: str) -> Callable[[str, Lookup], str]:
    def read(text: str, lookup: Lookup) -> str:
        code = lookup.words[vocabulary].get(folded(text))
        if code is None:
            kind = VOCABULARIES[vocabulary]._meta.verbose_name
            raise BadCell(f"“{_short(text)}” is not a known {kind}.{_guess(text, lookup.words[vocabulary])}")
        return code

    return read


def _codes(vocabulary: str) -> Callable[[str, Lookup], tuple[str, ...]]:
    one = _code(vocabulary)

    def read(text: str, lookup: Lookup) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one(part, lookup) for part in parts_of(text)))

    return read


def _zip(text: str, lookup: Lookup) -> str:
    match = re.fullmatch(r"([0-9]{5})(-[0-9]{4})?", text)
    if match is None:
        raise BadCell(f"“{_short(text)}” is not a ZIP: five digits. Did a spreadsheet drop a leading zero?")
    if match[1] not in lookup.zips:
        raise BadCell(f"{match[1]} is not a ZIP code that we know.")
    return match[1]


def read_text(column: str, text: str) -> str:
    """A text as the import would read it from this column (name, pronouns, phone, headline, street …).

    Raises BadCell. For forms: what is entered by hand follows the same rule. Not for columns of codes or ZIPs.
    """
    value: str = COLUMNS[column].read(text, _NO_LOOKUP)
    return value


def parts_of(cell: str) -> list[str]:
    """The values of a cell that may hold several."""
    return [part for part in (part.strip() for part in cell.split(";")) if part]


def _guess(text: str, words: Mapping[str, str] | list[str]) -> str:
    near = difflib.get_close_matches(folded(text[:80]), list(words), n=1, cutoff=0.6)
    if not near:
        return ""
    return f" Did you mean “{words[near[0]] if isinstance(words, Mapping) else near[0]}”?"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"


COLUMNS = {
    column.name: column
    for column in (
        Column(name="external_id", longest=80, read=_id),
        Column(name="name", longest=120, read=_name),
        Column(name="pronouns", longest=40, read=_line),
        Column(name="gender", longest=40, read=_one_of(list(Therapist.Gender.values))),
        Column(name="email", longest=254, read=_email),
        Column(name="phone", longest=30, read=_phone),
        Column(name="website", longest=200, read=_website),
        Column(name="npi", longest=40, read=_npi, empty=None),
        Column(name="license_type", longest=120, read=_code("license_types")),
        Column(name="license_number", longest=40, read=_line),
        Column(name="license_jurisdiction", longest=120, read=_code("jurisdictions")),
        Column(name="license_expires_on", longest=40, read=_date, empty=None),
        Column(name="compact_privileges", longest=500, read=_codes("jurisdictions"), empty=()),
        Column(name="years_in_practice", longest=40, read=_number(80, "a number of years"), empty=None),
        Column(name="approaches", longest=3000, read=_codes("approaches"), empty=()),
        Column(name="trained_in", longest=3000, read=_codes("approaches"), empty=()),
        Column(name="concerns", longest=3000, read=_codes("concerns"), empty=()),
        Column(name="focus_concerns", longest=3000, read=_codes("concerns"), empty=()),
        Column(name="populations", longest=3000, read=_codes("populations"), empty=()),
        Column(name="session_formats", longest=500, read=_codes("session_formats"), empty=()),
        Column(name="delivery_methods", longest=500, read=_codes("delivery_methods"), empty=()),
        Column(name="languages", longest=3000, read=_codes("languages"), empty=()),
        Column(name="insurance_plans", longest=3000, read=_codes("insurance_plans"), empty=()),
        Column(name="fee_min", longest=40, read=_number(10_000, "a fee in whole dollars"), empty=None),
        Column(name="fee_max", longest=40, read=_number(10_000, "a fee in whole dollars"), empty=None),
        Column(name="sliding_scale", longest=40, read=_yes_or_no, empty=None),
        Column(name="accepting_clients", longest=40, read=_one_of(list(Therapist.Accepting.values))),
        Column(name="next_opening_on", longest=40, read=_date, empty=None),
        Column(name="street", longest=200, read=_line),
        Column(name="city", longest=100, read=_line),
        Column(name="state", longest=120, read=_code("jurisdictions")),
        Column(name="zip", longest=40, read=_zip),
        Column(name="headline", longest=160, read=_line),
        Column(name="bio", longest=4000, read=_lines),
        Column(name="consented_on", longest=40, read=_past_date, empty=None),
    )
}
_NO_LOOKUP = Lookup(words={}, zips={}, on=dt.date.max)
