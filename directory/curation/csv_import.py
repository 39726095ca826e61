"""Reads the therapist CSV: a file in, rows and problems out. Writes nothing (directory/curation/imports.py does)."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from directory.curation.csv_cells import COLUMNS, BadCell, Lookup, parts_of
from directory.curation.csv_formulas import unguarded
from directory.curation.flags import which_eft
from directory.curation.screening import Hit
from directory.curation.seen_keys import SeenKeys
from directory.models import TherapistConcern

REQUIRED = ("external_id", "name")
# One column of a pair means nothing without the other.
NEEDS_COLUMN = {
    "trained_in": "approaches",
    "focus_concerns": "concerns",
    "license_type": "license_number",
    "license_number": "license_jurisdiction",
    "license_jurisdiction": "license_type",
    "license_expires_on": "license_number",
    "street": "zip",
    "city": "zip",
    "state": "zip",
}
LICENSE = ("license_type", "license_number", "license_jurisdiction")
PROBLEMS_SHOWN = 200
# Longer than any cell may be, so that a long cell is our error, with its column, and not the parser's.
csv.field_size_limit(16 * 1024 * 1024)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong, and where: the line of the file on which the row starts, and the column (empty: the whole row)."""

    line: int
    column: str = ""
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One therapist of the file. `values` holds what each column of the file says, by the column's name.

    Texts are plain, codes are resolved, dates are dates; several codes are a tuple; not stated is "", None or ().
    `questions` are hits of the screen in cells that are no text.
    """

    line: int
    values: dict[str, Any]
    questions: tuple[tuple[str, Hit], ...] = ()


@dataclass(kw_only=True)
class Problems:
    """The problems of a file: all are counted and told, the first 200 kept."""

    shown: list[Problem] = field(default_factory=list)
    count: int = 0
    tell: Callable[[Problem], None] | None = None

    def add(self, line: int, column: str, message: str) -> None:
        problem = Problem(line=line, column=column, message=message)
        self.count += 1
        if len(self.shown) < PROBLEMS_SHOWN:
            self.shown.append(problem)
        if self.tell:
            self.tell(problem)

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, kw_only=True)
class ParsedFile:
    """A whole file: the rows that can be read, and what is wrong with the others."""

    rows: list[Row]
    errors: list[Problem]
    error_count: int


def read_rows(file: BinaryIO, *, on: dt.date) -> ParsedFile:
    """Read a therapist CSV opened in binary. Good rows are returned even when others have errors; write none then.

    Holds every row in memory: for a large file use `each_row`.
    """
    problems = Problems()
    rows = list(each_row(file, lookup=Lookup.load(on=on), problems=problems))
    return ParsedFile(rows=rows, errors=problems.shown, error_count=problems.count)


def each_row(file: Iterable[bytes], *, lookup: Lookup, problems: Problems) -> Iterator[Row]:
    """Yield the good rows of a therapist CSV, one at a time, and add what is wrong with the others to `problems`."""
    reader = csv.reader(_lines_of(file, problems), strict=True)
    header: list[str] | None = None
    seen = SeenKeys()
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            problems.add(line, "", _in_plain_words(error))
            return  # after this the parser cannot tell where a row starts
        if not any(cell.strip() for cell in cells):
            continue  # spreadsheets leave empty rows at the end
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _header_is_sound(header, line, problems):
                return
            continue
        if len(cells) != len(header):
            problems.add(line, "", f"The row has {len(cells)} cells, the header {len(header)}.")
            continue
        row = _row(line, dict(zip(header, cells, strict=True)), lookup, problems)
        if row is not None and _is_first_of_its_kind(row, seen, problems):
            yield row
    if header is None and not problems:
        problems.add(1, "", "The file is empty. The first line must name the columns.")


def _lines_of(file: Iterable[bytes], problems: Problems) -> Iterator[str]:
    for number, raw in enumerate(file, start=1):
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                problems.add(1, "", "The file is UTF-16. Save it as “CSV UTF-8”.")
                return
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.add(number, "", f"Byte {error.start + 1} of this line is not UTF-8. Save the file as “CSV UTF-8”.")
            line = raw.decode("utf-8", errors="replace")
        if "\0" in line:
            problems.add(number, "", "The line holds a NUL byte. Is this a CSV file?")
            line = line.replace("\0", "")
        yield line


def _in_plain_words(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return "A cell has more than 16 million characters. Is a closing quote missing? Nothing after it was read."
    if "unexpected end" in text:
        return "A quote is opened and never closed."
    if "new-line" in text:
        return "The lines end in bare carriage returns. Save the file with Windows or Unix line ends."
    return (
        "A quoted cell goes on after its closing quote. A quote inside a cell is written twice. Nothing more was read."
    )


def _header_is_sound(header: list[str], line: int, problems: Problems) -> bool:
    before = problems.count
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        problems.add(line, "", "The columns are not separated by commas.")
        return False
    for place, name in enumerate(header, start=1):
        if not name:
            problems.add(line, "", f"Column {place} has no name.")
        elif name not in COLUMNS:
            near = difflib.get_close_matches(name.casefold()[:80], COLUMNS, n=1)
            guess = f" Did you mean “{near[0]}”?" if near else ""
            problems.add(line, name[:60], f"There is no column of this name.{guess}")
        elif name in header[: place - 1]:
            problems.add(line, name, "The column is there twice.")
    for name in REQUIRED:
        if name not in header:
            problems.add(line, name, "The column is missing.")
    for name, other in NEEDS_COLUMN.items():
        if name in header and other not in header:
            problems.add(line, name, f"The column needs the column {other} beside it.")
    return problems.count == before


def _row(line: int, cells: dict[str, str], lookup: Lookup, problems: Problems) -> Row | None:
    before = problems.count
    values: dict[str, Any] = {}
    for name, raw in cells.items():
        column, text = COLUMNS[name], unguarded(raw.strip()).strip()
        if len(text) > column.longest:
            problems.add(line, name, f"The cell has {len(text):,} characters; at most {column.longest:,} fit.")
        elif not text:
            values[name] = column.empty
            if name in REQUIRED:
                problems.add(line, name, "The cell is empty. Every therapist has one.")
        else:
            try:
                value = column.read(text, lookup)
            except BadCell as bad:
                problems.add(line, name, str(bad))
                continue
            if isinstance(value, str) and len(value) > column.longest:  # composing letters can lengthen a text
                problems.add(line, name, f"The cell has {len(value):,} characters; at most {column.longest:,} fit.")
            values[name] = value
    _check_together(line, values, problems)
    if problems.count > before:
        return None
    eft = which_eft(parts_of(cells.get("approaches", "")))
    return Row(line=line, values=values, questions=(("approaches", eft),) if eft else ())


def _check_together(line: int, values: dict[str, Any], problems: Problems) -> None:
    """The rules between cells. A cell that could not be read is absent, and was reported already."""

    def missing_from(part: str, whole: str) -> list[str]:
        if part not in values or whole not in values:
            return []
        return [code for code in values[part] if code not in values[whole]]

    for part, whole in (("trained_in", "approaches"), ("focus_concerns", "concerns")):
        if lacking := missing_from(part, whole):
            problems.add(line, part, f"{', '.join(lacking)}: name it in {whole} as well.")
    if len(values.get("focus_concerns", ())) > TherapistConcern.MOST_FOCUS_CONCERNS:
        most = TherapistConcern.MOST_FOCUS_CONCERNS
        problems.add(line, "focus_concerns", f"{len(values['focus_concerns'])} are named; at most {most}.")
    low, high = values.get("fee_min"), values.get("fee_max")
    if low is not None and high is not None and low > high:
        problems.add(line, "fee_min", f"The lowest fee ({low}) is above the highest ({high}).")
    stated = [name for name in LICENSE if values.get(name)]
    if stated or values.get("license_expires_on"):
        for name in LICENSE:
            if values.get(name) == "":
                problems.add(line, name, "A license needs its type, number and jurisdiction together.")
    if values.get("zip") == "" and any(values.get(name) for name in ("street", "city", "state")):
        problems.add(line, "zip", "An address needs its ZIP.")


def _is_first_of_its_kind(row: Row, seen: SeenKeys, problems: Problems) -> bool:
    values = row.values
    keys = [("external_id", values["external_id"])]
    if values.get("npi"):
        keys.append(("npi", values["npi"]))
    if values.get("license_number"):
        keys.append(("license_number", *(values[name] for name in LICENSE)))
    fresh = True
    for key in keys:
        earlier = seen.line_of(key, row.line)
        if earlier is not None:
            what = {"external_id": "id", "npi": "NPI", "license_number": "license"}[key[0]]
            problems.add(row.line, key[0], f"The same {what} stands on line {earlier}.")
            fresh = False
    return fresh
