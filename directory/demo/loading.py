"""Loads the demo's invented people with COPY, a chunk a transaction, so that a million takes minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from directory.curation.profiles import TERM_SETS, through
from directory.curation.search_rows import refresh_search_rows, refresh_statistics, triggers_deferred
from directory.curation.verification_log import log_standing
from directory.demo.people import CHUNK, People, Spot, draw, spots_by_state, supervisor
from directory.models import Compact, CompactPrivilege, License, Method, Therapist, ZipCentroid
from directory.models.license import ASSOCIATE
from directory.models.taxonomy import VOCABULARIES

CONFIRM_AGAIN_AFTER = dt.timedelta(days=7)  # what they say of free places counts for 21 days
SOURCE = "Demo register (invented)"
BY = "seed_demo"
THERAPIST = (
    "id, external_id, slug, name, pronouns, gender, email, phone, website, npi, years_in_practice, headline, bio, "
    "fee_min, fee_max, sliding_scale, accepting_clients, next_opening_on, availability_as_of, fees_as_of, "
    "insurance_as_of, specialties_as_of, life, life_reason, consented_on, attested_on, created_at, updated_at"
)


def seed_demo(*, therapists: int, seed: int, on: dt.date, progress: Callable[[int], None] | None = None) -> int:
    """Bring the demo of this seed to at least so many listed people, and return how many were added.

    Facts that an earlier run attested long ago are confirmed again, so that an old demo does not lapse.
    """
    terms = {
        name: dict(model.objects.in_use().order_by("bit").values_list("code", "id"))
        for name, model in VOCABULARIES.items()
    }
    if not terms["approaches"]:
        raise LookupError("The vocabularies are empty. Run manage.py load_taxonomy first.")
    _confirm_again(seed, on)
    zips = zips_by_state()
    added = loads = 0
    for start in range(0, therapists, CHUNK):
        wanted = range(start, min(start + CHUNK, therapists))
        ids = [f"demo-{seed}-{i + 1}" for i in wanted]
        known = set(Therapist.objects.filter(external_id__in=ids).values_list("external_id", flat=True))
        missing = np.array([i - start for i, id in zip(wanted, ids, strict=True) if id not in known], dtype=int)
        if len(missing):
            people = draw(seed, start // CHUNK, {name: list(codes) for name, codes in terms.items()})
            loads += 1
            with transaction.atomic(), triggers_deferred():
                keys = _copy_chunk(people, missing, first=start + 1, seed=seed, on=on, terms=terms, zips=zips)
                if loads.bit_count() == 1:
                    refresh_statistics()
                refresh_search_rows(keys)
            added += len(missing)
        if progress:
            progress(len(ids))
    return added


def _copy_chunk(
    people: People,
    chosen: NDArray[np.int64],
    *,
    first: int,
    seed: int,
    on: dt.date,
    terms: dict[str, dict[str, int]],
    zips: dict[str, list[tuple[str, float, float]]],
) -> list[int]:
    """Copy the people at these places of the chunk into the tables; return their new ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('directory_therapist', 'id')) FROM generate_series(1, %s)",
            [len(chosen)],
        )
        keys = np.array([row[0] for row in cursor.fetchall()], dtype=np.int64)
    _copy_rows(f"directory_therapist ({THERAPIST})", _therapists(people, chosen, keys, first=first, seed=seed, on=on))
    for relation in TERM_SETS:
        table, column = through(relation)
        rows, columns = np.nonzero(people.terms[relation][chosen])
        ids = np.array(list(terms[relation].values()), dtype=np.int16)
        _copy_numbers(f"{table._meta.db_table} (therapist_id, {column})", keys[rows], ids[columns])
    for table_name, relation, marks in (
        ("directory_therapistapproach (therapist_id, approach_id, trained)", "approaches", people.trained),
        ("directory_therapistconcern (therapist_id, concern_id, focus)", "concerns", people.focus),
    ):
        rows, columns = np.nonzero(people.terms[relation][chosen])
        ids = np.array(list(terms[relation].values()), dtype=np.int16)
        _copy_numbers(table_name, keys[rows], ids[columns], marks[chosen][rows, columns])
    _copy_rights(people, chosen, keys, first=first, seed=seed, on=on, terms=terms)
    offices = []
    for place, key in zip(chosen.tolist(), keys.tolist(), strict=True):
        if people.has_office[place]:
            state = people.states[people.state[place]]
            zip_code, latitude, longitude = zips[state][int(people.office[place] * len(zips[state]))]
            jurisdiction = terms["jurisdictions"][state]
            offices.append((key, "", people.town[place], jurisdiction, zip_code, latitude, longitude))
    columns_of_offices = "therapist_id, street, city, jurisdiction_id, zip, latitude, longitude"
    _copy_rows(f"directory_practicelocation ({columns_of_offices})", offices)
    return keys.tolist()


def _therapists(
    people: People, chosen: NDArray[np.int64], keys: NDArray[np.int64], *, first: int, seed: int, on: dt.date
) -> Iterable[tuple[Any, ...]]:
    now = timezone.now()

    def day(offset: int) -> dt.date:
        return on + dt.timedelta(days=offset)

    def stated(number: int) -> int | None:
        return None if number < 0 else number

    for place, key in zip(chosen.tolist(), keys.tolist(), strict=True):
        number = first + place
        attested = day(int(people.attested[place]))
        opening, sliding = int(people.opening[place]), int(people.sliding_scale[place])
        has_fees = people.fee_min[place] >= 0 or sliding >= 0
        yield (
            key,
            f"demo-{seed}-{number}",
            people.slug[place],
            people.name[place],
            "",
            people.gender[place],
            f"{people.slug[place]}@example.org" if people.has_email[place] else "",
            f"(555) 555-01{number % 100:02d}" if people.has_phone[place] else "",
            f"https://example.org/{people.slug[place]}" if people.has_website[place] else "",
            None,
            stated(int(people.years[place])),
            people.headline[place],
            people.bio[place],
            stated(int(people.fee_min[place])),
            stated(int(people.fee_max[place])),
            None if sliding < 0 else bool(sliding),
            people.accepting[place],
            None if opening < 0 else day(opening),
            attested if people.accepting[place] else None,
            attested if has_fees else None,
            attested if people.terms["insurance_plans"][place].any() else None,
            attested,
            "published",
            "Invented for the demo",
            day(int(people.consented[place])),
            attested,
            now,
            now,
        )


def _copy_rights(
    people: People,
    chosen: NDArray[np.int64],
    keys: NDArray[np.int64],
    *,
    first: int,
    seed: int,
    on: dt.date,
    terms: dict[str, dict[str, int]],
) -> None:
    licenses, privileges = [], []
    jurisdictions = [terms["jurisdictions"][code] for code in people.states]
    open_under = _open_compacts(on)
    for place, key in zip(chosen.tolist(), keys.tolist(), strict=True):
        verified = on + dt.timedelta(days=int(people.verified[place]))
        number, kind = first + place, people.license_type[place]
        home = jurisdictions[people.state[place]]
        state = people.states[people.state[place]]
        licenses.append(
            (
                key,
                terms["license_types"][kind],
                f"DEMO-{seed}-{number}",
                home,
                "active",
                on + dt.timedelta(days=int(people.expires[place])),
                verified,
                SOURCE,
                Method.INVENTED,
                *(supervisor(number, state) if kind == ASSOCIATE else ("", "")),
            )
        )
        compact, states = open_under.get(kind, (None, frozenset[int]()))
        if home in states:
            credential = f"DEMO-{seed}-{number}" if kind == "psychologist" else ""
            privileges += [
                (key, jurisdictions[s], compact, credential, verified, SOURCE, Method.INVENTED)
                for s in np.nonzero(people.privileges[place])[0]
                if jurisdictions[s] in states
            ]
    _copy_rows(
        "directory_license (therapist_id, license_type_id, number, jurisdiction_id, status, expires_on, verified_on, "
        "source, method, supervisor_name, supervisor_license)",
        licenses,
    )
    _copy_rows(
        "directory_compactprivilege (therapist_id, jurisdiction_id, compact_id, credential_number, verified_on, "
        "source, method)",
        privileges,
    )
    log_standing(keys.tolist(), by=BY, method=Method.INVENTED)


def _open_compacts(on: dt.date) -> dict[str, tuple[int, frozenset[int]]]:
    """License type → the compact for it and the jurisdictions (ids) in operation on that day."""
    found: dict[str, tuple[int, frozenset[int]]] = {}
    for compact in Compact.objects.prefetch_related("memberships"):
        states = frozenset(row.jurisdiction_id for row in compact.memberships.all() if row.is_operational(on))
        found |= dict.fromkeys(compact.license_types, (compact.pk, states))
    return found


def _copy_rows(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_numbers(table: str, *columns: NDArray[Any]) -> None:
    """Copy numeric columns in PostgreSQL's binary format, laid out by numpy: no Python per row."""
    if not len(columns[0]):
        return
    types = [f">i{column.dtype.itemsize}" for column in columns]
    layout: list[tuple[str, str]] = [("count", ">i2")]
    for place, kind in enumerate(types):
        layout += [(f"length{place}", ">i4"), (f"value{place}", kind)]
    rows = np.zeros(len(columns[0]), dtype=layout)
    rows["count"] = len(columns)
    for place, column in enumerate(columns):
        rows[f"length{place}"], rows[f"value{place}"] = column.dtype.itemsize, column
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")


def zips_by_state() -> dict[str, list[Spot]]:
    """The ZIP areas of each state with their latitude and longitude."""
    return spots_by_state(ZipCentroid.objects.order_by("zip").values_list("zip", "latitude", "longitude"))


def _confirm_again(seed: int, on: dt.date) -> None:
    """Move the days of a demo that an earlier run loaded long ago, as if its people had confirmed their facts."""
    demo = Therapist.objects.filter(external_id__startswith=f"demo-{seed}-", life=Therapist.Life.PUBLISHED)
    latest = demo.order_by("-attested_on").values_list("attested_on", flat=True).first()
    if latest is None or on - latest < CONFIRM_AGAIN_AFTER:
        return
    days = (on - latest).days
    ids = list(demo.values_list("id", flat=True))
    moved = (
        "next_opening_on",
        "availability_as_of",
        "fees_as_of",
        "insurance_as_of",
        "specialties_as_of",
        "attested_on",
        "consented_on",
    )
    with transaction.atomic(), triggers_deferred(), connection.cursor() as cursor:
        for model, key, columns in (
            (Therapist, "id", moved),
            (License, "therapist_id", ("expires_on", "verified_on")),
            (CompactPrivilege, "therapist_id", ("verified_on",)),
        ):
            settings = ", ".join(f"{column} = {column} + {days}" for column in columns)
            cursor.execute(f"UPDATE {model._meta.db_table} SET {settings} WHERE {key} = ANY(%s)", [ids])  # noqa: S608
        log_standing(ids, by=BY, method=Method.INVENTED)
        for start in range(0, len(ids), CHUNK):
            refresh_search_rows(ids[start : start + CHUNK])
