"""Search rows, licences and offices from the database into columns, by binary COPY; and what changed since a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from numpy.typing import NDArray

from directory.models import SearchRow
from directory.models.taxonomy import VOCABULARIES
from directory.roster.by_name import first_by_name
from directory.roster.columns import Columns
from directory.roster.facts import Facts, Licenses, Offices
from directory.roster.memory import give_back_free_memory
from directory.roster.schema import FOREVER, MASKS, NUMBERS
from directory.roster.snapshot import Snapshot

SQL_TYPES: Final = {">i8": "bigint", ">i4": "integer", ">i2": "smallint", ">f8": "double precision"}
Format = tuple[tuple[str, str], ...]
HEADER: Final = 19  # bytes before the first row of a binary COPY
BYTES_AT_ONCE: Final = 1 << 20

ROWS: Final[Format] = (
    ("therapist_id", ">i8"),
    ("listed_until", ">i4"),
    *((name, ">i4") for name in NUMBERS),
    *((name, ">i8") for name in MASKS),
)
ROWS_SQL: Final = "SELECT r.* FROM directory_searchrow r WHERE r.listed"

# The same as LicenseQuerySet.current() and TherapistQuerySet.licensed_in(), but for the day, which is asked later.
LICENSES: Final[Format] = (("therapist_id", ">i8"), ("jurisdiction", ">i2"), ("type", ">i2"), ("until", ">i4"))
LICENSES_SQL: Final = f"""
    SELECT r.therapist_id, j.bit AS jurisdiction, k.bit AS type, l.expires_on - DATE '2000-01-01' AS until
    FROM directory_searchrow r
    JOIN directory_license l ON l.therapist_id = r.therapist_id
    JOIN directory_licensetype k ON k.id = l.license_type_id
    JOIN directory_jurisdiction j ON j.id = l.jurisdiction_id
    WHERE r.listed AND l.status = 'active' AND l.verified_on IS NOT NULL AND l.expires_on IS NOT NULL
    UNION ALL
    SELECT r.therapist_id, j.bit, -1, coalesce(p.expires_on - DATE '2000-01-01', {FOREVER})
    FROM directory_searchrow r
    JOIN directory_compactprivilege p ON p.therapist_id = r.therapist_id
    JOIN directory_jurisdiction j ON j.id = p.jurisdiction_id
    WHERE r.listed AND p.verified_on IS NOT NULL
"""  # noqa: S608

OFFICES: Final[Format] = (("therapist_id", ">i8"), ("latitude", ">f8"), ("longitude", ">f8"))
OFFICES_SQL: Final = """
    SELECT r.therapist_id, o.latitude, o.longitude
    FROM directory_searchrow r
    JOIN directory_practicelocation o ON o.therapist_id = r.therapist_id
    WHERE r.listed
"""

CODES_SQL: Final = " UNION ALL ".join(
    f"SELECT '{vocabulary}', code, bit FROM {terms._meta.db_table}"  # noqa: S608
    for vocabulary, terms in VOCABULARIES.items()
)

LOOK_SQL: Final = """
    SELECT shown::text, own::text, latest, stored_as, news, own_rows FROM directory_look(%s::pg_snapshot, %s)
"""

# On a replica pg_current_snapshot() names the first and the last transaction, but not which of those between still run.
ENDED_SQL: Final = """
    SELECT pg_snapshot_xmax(now)::text::bigint, ARRAY(
        SELECT transaction
        FROM generate_series(pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint - 1) transaction
        WHERE pg_xact_status(transaction::text::xid8) = 'in progress'
    )
    FROM pg_current_snapshot() now
"""

DEPARTED_SQL: Final = """
    SELECT therapist_id FROM directory_searchrow
    WHERE NOT (listed AND listed_until >= CURRENT_DATE - DATE '2000-01-01')
      AND version >= pg_snapshot_xmin(%(since)s::pg_snapshot)
      AND NOT pg_visible_in_snapshot(version, %(since)s::pg_snapshot)
"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at the database saw, and which rows were written since an earlier one."""

    snapshot: Snapshot  # without what the looking transaction itself has written
    sequence: int
    stored_as: int  # which file holds the search rows: TRUNCATE takes another one
    news: frozenset[int]  # therapists whose row was committed since the earlier look
    uncommitted: Mapping[int, str]  # those this very transaction has written → the copy of the row that was there

    def changed_since(self, earlier: Look) -> set[int]:
        """Therapists to read again: committed news, own writes, and those whose writing was rolled back since."""
        own = {therapist for therapist, copy in self.uncommitted.items() if earlier.uncommitted.get(therapist) != copy}
        return {*self.news, *own, *(earlier.uncommitted.keys() - self.uncommitted.keys())}


def ended_on_replica(cursor: Any) -> Snapshot | None:
    """On a replica: what a look that begins after this will see for certain. None on the primary.

    Not within a transaction that has a snapshot already: whoever ends now would be unseen by it, and counted as seen.
    """
    if cursor.db.alias == DEFAULT_DB_ALIAS:
        return None
    cursor.execute(ENDED_SQL)
    end, running = cursor.fetchone()
    return Snapshot(end, frozenset(running))


def look(cursor: Any, *, since: Snapshot | None, most: int, ended: Snapshot | None = None) -> Look:
    """What there is to be seen, and who was written since an earlier look (None: nobody counts as news).

    On a replica `ended` comes from ended_on_replica(), asked before. May stop after more than `most` news, to show
    that there are more.
    """
    cursor.execute(LOOK_SQL, [since and str(since), most + 1])
    shown, own, sequence, stored_as, news, own_rows = cursor.fetchone()
    return Look(
        snapshot=ended or Snapshot.parse(shown).without(own and int(own)),
        sequence=sequence,
        stored_as=stored_as,
        news=frozenset(news or ()),
        uncommitted={int(therapist): copy for therapist, copy in own_rows or ()},
    )


def read_departed(cursor: Any, *, since: Snapshot) -> NDArray[np.int64]:
    """Ids of those who were written since a look and are no longer shown, whatever it was that took them away."""
    cursor.execute(DEPARTED_SQL, {"since": str(since)})
    return np.sort(np.array([therapist for (therapist,) in cursor.fetchall()], dtype=np.int64))


def read_columns(cursor: Any) -> Columns:
    """Everyone who may be listed."""
    facts = read_facts(cursor)
    columns = Columns(facts, order=facts.order_of_states(), first_by_name=_first_by_name)
    del facts
    give_back_free_memory()
    return columns


def read_facts(cursor: Any, therapist_ids: Set[int] | None = None) -> Facts:
    """Everyone who may be listed, or those of the given therapists who may."""
    rows = _copy(cursor, ROWS, ROWS_SQL, therapist_ids)
    ids = rows["therapist_id"]
    licenses = _of(ids, _copy(cursor, LICENSES, LICENSES_SQL, therapist_ids))
    offices = _of(ids, _copy(cursor, OFFICES, OFFICES_SQL, therapist_ids))
    return Facts(
        codes=read_codes(cursor),
        ids=ids,
        listed_until=rows["listed_until"],
        masks={name: rows[name] for name in MASKS},
        numbers={name: rows[name] for name in NUMBERS},
        licenses=Licenses(
            rows=np.searchsorted(ids, licenses["therapist_id"]).astype(np.int32),
            jurisdictions=licenses["jurisdiction"].astype(np.int8),
            types=licenses["type"].astype(np.int8),
            until=licenses["until"],
        ),
        offices=Offices(
            rows=np.searchsorted(ids, offices["therapist_id"]).astype(np.int32),
            latitudes=offices["latitude"],
            longitudes=offices["longitude"],
        ),
    )


def _of(ids: NDArray[np.int64], part: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What belongs to these therapists. Inside a transaction each statement sees a later state than the one before.

    Then somebody may have come meanwhile: the next look finds them.
    """
    if not len(ids):
        return {name: column[:0] for name, column in part.items()}
    theirs = part["therapist_id"]
    known = ids[np.minimum(np.searchsorted(ids, theirs), len(ids) - 1)] == theirs
    return part if known.all() else {name: column[known] for name, column in part.items()}


def read_codes(cursor: Any) -> dict[str, dict[str, int]]:
    """The bit of every code: {vocabulary: {code: bit}}, codes in alphabetical order."""
    cursor.execute(CODES_SQL)
    codes: dict[str, dict[str, int]] = {vocabulary: {} for vocabulary in VOCABULARIES}
    for vocabulary, code, bit in sorted(cursor.fetchall()):
        codes[vocabulary][code] = bit
    return codes


def _first_by_name(therapist_ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    with one_snapshot() as cursor:
        return first_by_name(cursor, therapist_ids, count)


@contextmanager
def one_snapshot(*, several_statements: bool = True) -> Iterator[Any]:
    """A cursor whose statements see one state of the database, as far as a transaction under way allows."""
    connection = connections[router.db_for_read(SearchRow)]
    with connection.wrap_database_errors:  # what psycopg raises while it copies: Django wraps execute() and fetch only
        if connection.in_atomic_block or not several_statements:
            with connection.cursor() as cursor:
                yield cursor
        else:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield cursor


def _copy(cursor: Any, columns: Format, sql: str, therapist_ids: Set[int] | None) -> dict[str, NDArray[Any]]:
    """The columns of a query, sorted by therapist. No column may be null."""
    wanted = ", ".join(f"q.{name}::{SQL_TYPES[kind]}" for name, kind in columns)
    only = "" if therapist_ids is None else f"WHERE q.therapist_id = ANY ('{{{','.join(map(str, therapist_ids))}}}')"
    # The binary format: a header, for each row the number of its fields and before each field its length, all
    # big-endian; at the end -1 instead of a number of fields.
    fields = [field for name, kind in columns for field in ((f"length of {name}", ">i4"), (name, kind))]
    layout = np.dtype([("fields", ">i2"), *fields])
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name, _ in columns}
    with cursor.copy(f"COPY (SELECT {wanted} FROM ({sql}) q {only}) TO STDOUT (FORMAT BINARY)") as copy:  # noqa: S608
        for rows in _rows_of(copy, layout):
            for name, kind in columns:
                parts[name].append(rows[name].astype(kind.replace(">", "<")))
    read = {name: np.concatenate(parts.pop(name)) for name, _ in columns}
    order = np.argsort(read["therapist_id"], kind="stable")
    return {name: read.pop(name)[order] for name, _ in columns}


def _rows_of(copy: Iterable[Any], layout: np.dtype[Any]) -> Iterator[NDArray[Any]]:
    """The rows of a binary COPY, some at a time: all of them at once would take more memory than the roster itself."""
    received, start = bytearray(), HEADER
    for block in copy:
        received += block
        if len(received) >= BYTES_AT_ONCE:
            end = len(received) - (len(received) - start) % layout.itemsize
            yield np.frombuffer(bytes(received[start:end]), dtype=layout)
            del received[:end]
            start = 0
    whole = (len(received) - start) // layout.itemsize
    yield np.frombuffer(bytes(received), dtype=layout, offset=start, count=whole)
