"""Finds profiles that may be of one person, among all of them: in the database by keys, then one pair at a time.

A million profiles have half a million million pairs. Only those that share a key (directory/curation/likeness.py) are
compared; a key that very many share (the switchboard of a clinic) tells nobody apart and makes no pairs. Nothing but a
batch is held in memory.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from django.db import connection, transaction

from directory.curation.likeness import Person, block_keys, gives_only_an_initial, likeness, phone_key, website_key
from directory.models import License, PracticeLocation, Therapist

BATCH: Final = 2000
MOST_SHARING: Final = 50  # profiles with one key; more of them make no pairs
LIVES: Final = (Therapist.Life.DRAFT, Therapist.Life.IN_REVIEW, Therapist.Life.PUBLISHED, Therapist.Life.SUSPENDED)

NOT_YET = "DROP TABLE IF EXISTS pg_temp.duplicate_keys, pg_temp.duplicate_pairs, pg_temp.duplicate_found"
KEYS = """
CREATE TEMPORARY TABLE duplicate_keys (therapist_id bigint, key text, only_initial boolean) ON COMMIT DROP
"""
PAIRS = """
CREATE TEMPORARY TABLE duplicate_pairs ON COMMIT DROP AS
WITH shared AS (
    SELECT key, array_agg(therapist_id ORDER BY therapist_id) AS who
    FROM duplicate_keys GROUP BY key
    HAVING count(*) BETWEEN 2 AND %s AND (key NOT LIKE 'initial %%' OR bool_or(only_initial))
)
SELECT DISTINCT one AS a, other AS b
FROM shared, unnest(who) one, unnest(who) other
WHERE one < other
"""
FOUND = "CREATE TEMPORARY TABLE duplicate_found (a bigint, b bigint, score int, why text) ON COMMIT DROP"
GONE = """
DELETE FROM directory_duplicatecandidate c
WHERE c.state = 'open' AND NOT EXISTS (SELECT FROM duplicate_found f WHERE f.a = c.a_id AND f.b = c.b_id)
    AND c.score > 0  -- 0: a curator named the two
"""
KEPT = """
INSERT INTO directory_duplicatecandidate AS c (a_id, b_id, score, why, found_on, state, decided_by, reason)
SELECT f.a, f.b, f.score, f.why, %s, 'open', '', '' FROM duplicate_found f
ON CONFLICT (a_id, b_id) DO UPDATE SET score = excluded.score, why = excluded.why
    WHERE c.state = 'open' AND (c.score, c.why) IS DISTINCT FROM (excluded.score, excluded.why)
RETURNING found_on = %s AND xmax = 0  -- a new row
"""


def find_duplicates(on: dt.date) -> int:
    """Look at all profiles that are not archived, write the pairs that look like one person; return how many are new.

    A pair that nobody has decided on and that looks like one person no longer goes; a decided one stays as it is. Safe
    to run twice: two at once take turns, and the second finds nothing new.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('directory_duplicatecandidate'::regclass::int, 0)")
        cursor.execute(NOT_YET)  # twice in one transaction
        cursor.execute(KEYS)
        for people in _batches():
            with cursor.copy("COPY duplicate_keys FROM STDIN") as copy:
                for therapist_id, person in people.items():
                    only_initial = gives_only_an_initial(person)
                    for key in block_keys(person):
                        copy.write_row((therapist_id, key, only_initial))
        cursor.execute("CREATE INDEX ON duplicate_keys (key)")
        cursor.execute("ANALYZE duplicate_keys")
        cursor.execute(PAIRS, [MOST_SHARING])
        cursor.execute("CREATE INDEX ON duplicate_pairs (a, b)")
        cursor.execute(FOUND)
        for pairs in _pairs():
            found = [*_alike(pairs)]
            with cursor.copy("COPY duplicate_found FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)
        cursor.execute(GONE)
        cursor.execute(KEPT, [on, on])
        return sum(is_new for (is_new,) in cursor.fetchall())


def people_by_id(ids: Iterable[int]) -> dict[int, Person]:
    """What is compared of these therapists: three queries."""
    ids = list(ids)
    offices: dict[int, list[tuple[str, str]]] = defaultdict(list)
    licenses: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    states: dict[int, set[str]] = defaultdict(set)
    places = PracticeLocation.objects.filter(therapist__in=ids)
    for therapist, street, zip, state in places.values_list("therapist_id", "street", "zip", "jurisdiction__code"):
        offices[therapist].append((street, zip))
        states[therapist] |= {state} - {None}
    held = License.objects.filter(therapist__in=ids)
    for therapist, kind, state, number in held.values_list(
        "therapist_id", "license_type__code", "jurisdiction__code", "number"
    ):
        licenses[therapist].append((kind, state, number))
        states[therapist].add(state)
    return {
        pk: Person(
            name=name,
            gender=gender,
            email=email.casefold(),
            phone=phone_key(phone),
            website=website_key(website),
            npi=npi or "",
            licenses=tuple(licenses[pk]),
            offices=tuple(offices[pk]),
            states=frozenset(states[pk]),
        )
        for pk, name, gender, email, phone, website, npi in Therapist.objects.filter(pk__in=ids).values_list(
            "pk", "name", "gender", "email", "phone", "website", "npi"
        )
    }


def _batches() -> Iterator[dict[int, Person]]:
    """Everybody who is compared, a batch at a time in the order of their ids."""
    after = 0
    while ids := list(
        Therapist.objects.filter(pk__gt=after, life__in=LIVES).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield people_by_id(ids)
        after = ids[-1]


def _pairs() -> Iterator[list[tuple[int, int]]]:
    after = (0, 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a, b FROM duplicate_pairs WHERE (a, b) > (%s, %s) ORDER BY a, b LIMIT %s", [*after, BATCH]
            )
            pairs = cursor.fetchall()
        if not pairs:
            return
        yield pairs
        after = pairs[-1]


def _alike(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, str]]:
    people = people_by_id({id for pair in pairs for id in pair})
    sharing = _sharing(people.values())
    for a, b in pairs:
        one, other = people[a], people[b]
        found = likeness(
            one,
            other,
            with_phone=sharing.get(f"phone {one.phone}", 2),
            with_website=sharing.get(f"website {one.website}", 2),
        )
        if found.is_enough:
            yield a, b, found.score, "; ".join(found.why)[:300]


def _sharing(people: Iterable[Person]) -> dict[str, int]:
    """How many profiles have these phone numbers and websites."""
    keys = {key for person in people for key in (f"phone {person.phone}", f"website {person.website}")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, count(*) FROM duplicate_keys WHERE key = ANY(%s) GROUP BY key", [[*keys]])
        return dict(cursor.fetchall())
