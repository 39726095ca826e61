"""A therapist CSV of invented people, as large as wanted, with all columns. Needs the vocabularies in the database."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from directory.curation.csv_cells import COLUMNS
from directory.curation.npi import is_npi
from directory.curation.profiles import TERM_SETS
from directory.demo.loading import zips_by_state
from directory.demo.people import CHUNK, draw
from directory.models.taxonomy import VOCABULARIES

SEED = 7
BAD_EVERY = 100  # rows; each is wrong in a way of its own
Row = dict[str, str]


def write(path: Path, *, rows: int, on: dt.date, start: int = 0, changed: bool = False, bad: bool = False) -> None:
    """Write the people `start` … `rows`; `changed`: everybody says one thing else; `bad`: one in a hundred is wrong."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        for number, row in enumerate(_people(start, rows, on), start=start):
            if changed:
                _say_something_else(row, number)
            if bad and number % BAD_EVERY == BAD_EVERY - 1:
                _spoil(row, number)
            writer.writerow(row)


def _people(start: int, stop: int, on: dt.date) -> Iterator[Row]:
    codes = {
        name: list(model.objects.order_by("bit").values_list("code", flat=True)) for name, model in VOCABULARIES.items()
    }
    zips = zips_by_state()

    def day(offset: int) -> str:
        return (on + dt.timedelta(days=int(offset))).isoformat()

    def stated(value: int) -> str:
        return "" if value < 0 else str(value)

    for chunk in range(start // CHUNK, -(-stop // CHUNK)):
        people = draw(SEED, chunk, codes)

        def named(relation: str, marks: np.ndarray, names: list[str] | None = None) -> str:
            return ";".join((names or codes[relation])[i] for i in np.nonzero(marks)[0])

        first = chunk * CHUNK
        for i in range(max(start - first, 0), min(stop - first, CHUNK)):
            number, slug = first + i, people.slug[i]
            state = people.states[people.state[i]]
            spot = zips[state][int(people.office[i] * len(zips[state]))]
            row = dict.fromkeys(COLUMNS, "")
            row |= {relation: named(relation, people.terms[relation][i]) for relation in TERM_SETS}
            row |= {
                "external_id": f"bench-{number}",
                "name": people.name[i],
                "gender": people.gender[i],
                "email": f"{slug}@example.org" if people.has_email[i] else "",
                "phone": f"(555) 555-01{number % 100:02d}" if people.has_phone[i] else "",
                "website": f"https://example.org/{slug}" if people.has_website[i] else "",
                "npi": _npi(number) if number % 5 < 3 else "",
                "license_type": people.license_type[i],
                "license_number": f"BENCH-{number}",
                "license_jurisdiction": state,
                "license_expires_on": day(people.expires[i]),
                "compact_privileges": named("", people.privileges[i], people.states),
                "years_in_practice": stated(people.years[i]),
                "approaches": named("approaches", people.terms["approaches"][i]),
                "trained_in": named("approaches", people.trained[i]),
                "concerns": named("concerns", people.terms["concerns"][i]),
                "focus_concerns": named("concerns", people.focus[i]),
                "fee_min": stated(people.fee_min[i]),
                "fee_max": stated(people.fee_max[i]),
                "sliding_scale": ("no", "yes", "")[people.sliding_scale[i]],
                "accepting_clients": people.accepting[i],
                "next_opening_on": "" if people.opening[i] < 0 else day(people.opening[i]),
                "headline": people.headline[i],
                "bio": people.bio[i],
                "consented_on": day(people.consented[i]),
            }
            if people.has_office[i]:
                row |= {"street": f"{number} Example Street", "city": people.town[i], "state": state, "zip": spot[0]}
            yield row


def _npi(number: int) -> str:
    return next(npi for digit in range(10) if is_npi(npi := f"1{number:08d}{digit}"))


def _say_something_else(row: Row, number: int) -> None:
    match number % 6:
        case 0:
            row["headline"] = "A new headline"
        case 1:
            row["fee_min"], row["fee_max"] = "111", "222"
        case 2:
            row["accepting_clients"], row["next_opening_on"] = "waitlist", ""
        case 3:
            row["approaches"], row["trained_in"] = "gottman;narrative", "gottman"
        case 4:
            row["insurance_plans"], row["languages"] = "aetna", "en;de"
        case 5:
            row["years_in_practice"], row["focus_concerns"] = "33", ""


def _spoil(row: Row, number: int) -> None:
    match number // BAD_EVERY % 4:
        case 0:
            row["zip"] = "9001"
        case 1:
            row["npi"] = "1234567890"
        case 2:
            row["approaches"] = "gotman"
        case 3:
            row["external_id"] = "bench-0"
