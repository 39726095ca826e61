"""The tables of the SQL peer, in a schema of the benchmark's own: the denormalized row, laid out for these questions.

Every question asks for accepting therapists, so only those of whom that still counts are in: the demo's other facts
are younger than their lifetimes. Three copies, each in the order in which it is read:

- bench.accepting: one row per therapist, by ZIP;
- bench.there: one row per therapist and state in which they may practise, those with telehealth first;
- bench.with_plan: one narrow row per therapist with telehealth and insurance plan, to count states.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from directory.roster.reading import LICENSES_SQL, read_codes
from directory.roster.schema import ACCEPTING, BY_LICENSE, CODES_OF, CODES_PER_WORD, WORDS, day_number

BIGINT: Final = ("approaches", "trained", "concerns", "focus", "languages", "insurance_plans", "jurisdictions")
DELIVERY: Final = "telehealth"


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where each code is: {vocabulary: {code: bit}}, and the words of mask that hold anything."""

    codes: dict[str, dict[str, int]]

    def codes_of(self, vocabulary: str) -> dict[str, int]:
        return self.codes[CODES_OF.get(vocabulary, vocabulary)]

    def words(self, vocabulary: str) -> int:
        """Words that nobody needs yet are left out: a narrower row is read faster."""
        return max(self.codes_of(vocabulary).values(), default=0) // CODES_PER_WORD + 1

    def columns(self) -> Iterator[str]:
        for vocabulary in WORDS:
            yield from (f"{vocabulary}_{word}" for word in range(self.words(vocabulary)))

    def masks(self, vocabulary: str, codes: Any) -> dict[str, int]:
        """{column: bits} of some codes."""
        masks: dict[str, int] = {}
        for code in codes:
            word, bit = divmod(self.codes_of(vocabulary)[code], CODES_PER_WORD)
            column = f"{vocabulary}_{word}"
            masks[column] = masks.get(column, 0) | 1 << bit
        return masks

    def any_of(self, vocabulary: str, codes: Any) -> str:
        """SQL: states at least one of these codes."""
        tests = [f"{column} & {mask} <> 0" for column, mask in self.masks(vocabulary, codes).items()]
        return tests[0] if len(tests) == 1 else f"({' OR '.join(tests) or 'false'})"

    def stated(self, vocabulary: str) -> str:
        tests = [f"{vocabulary}_{word} <> 0" for word in range(self.words(vocabulary))]
        return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"


def make(connection: Any, on: dt.date) -> Layout:
    """The tables as of now, unless they are; and the layout of their masks."""
    cursor = connection.cursor()
    layout = Layout(codes=read_codes(cursor))
    statements = [
        _accepting(layout, on),
        "CREATE INDEX ON bench.accepting (zip)",
        _there(layout),
        "CREATE INDEX ON bench.there (state, telehealth)",
        _with_plan(layout),
        "CREATE INDEX ON bench.with_plan (plan)",
    ]
    recipe = hashlib.sha256("".join(statements).encode()).hexdigest()
    now = cursor.execute("SELECT coalesce(max(sequence), 0) FROM directory_change").fetchone()[0]
    if _made(cursor) == {"recipe": recipe, "sequence": now}:
        return layout
    cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE")
    cursor.execute("CREATE SCHEMA bench")
    for statement in statements:
        cursor.execute(statement)
    for table in ("accepting", "there", "with_plan"):
        cursor.execute(f"VACUUM (ANALYZE, FREEZE) bench.{table}")
    values = [recipe, now, now]
    cursor.execute(
        "CREATE TABLE bench.made AS SELECT %s::text AS recipe, %s::bigint AS sequence, %s::bigint AS made_at", values
    )
    return layout


@contextmanager
def kept(connection: Any) -> Iterator[None]:
    """Around changes that are undone: the tables, and the index made of them, are as current afterwards as before."""
    last = "(SELECT max(sequence) FROM directory_change)"
    made = connection.execute("SELECT to_regclass('bench.made') IS NOT NULL").fetchone()[0]
    current = made and connection.execute(f"SELECT sequence = {last} FROM bench.made").fetchone()[0]
    yield
    if current:
        connection.execute(f"UPDATE bench.made SET sequence = {last}")


def _made(cursor: Any) -> dict[str, Any] | None:
    if not cursor.execute("SELECT to_regclass('bench.made') IS NOT NULL").fetchone()[0]:
        return None
    made: dict[str, Any] = cursor.execute("SELECT to_jsonb(made) - 'made_at' FROM bench.made").fetchone()[0]
    return made


def listed(layout: Layout, on: dt.date, *more: str) -> str:
    """SQL: the denormalized rows of all who are listed on that day, with more columns of theirs."""
    day = day_number(on)
    by_row = [column for column in layout.columns() if not column.startswith(BY_LICENSE)]
    masks = [f"r.{column}::{_type(column)}" for column in by_row]
    return f"""
        SELECT {", ".join(masks)}, rights.jurisdictions_0, rights.license_types_0::integer, r.therapist_id::integer,
            r.opening_on, r.fee_from, coalesce(office.zip::integer, -1) AS zip, r.gender::smallint,
            {", ".join(["r.sliding_scale::smallint", *more])}
        FROM directory_searchrow r
        JOIN (
            SELECT therapist_id, bit_or(1::bigint << jurisdiction) AS jurisdictions_0,
                coalesce(bit_or(1::bigint << type) FILTER (WHERE type >= 0), 0) AS license_types_0
            FROM ({LICENSES_SQL}) q WHERE until >= {day} GROUP BY therapist_id
        ) rights USING (therapist_id)
        LEFT JOIN directory_practicelocation office USING (therapist_id)
        WHERE r.listed AND r.listed_until >= {day}
    """


def _accepting(layout: Layout, on: dt.date) -> str:
    return f"""
        CREATE UNLOGGED TABLE bench.accepting AS
        {listed(layout, on)} AND r.accepting = {ACCEPTING.index("yes")} AND r.availability_until >= {day_number(on)}
        ORDER BY zip, therapist_id
    """


def _there(layout: Layout) -> str:
    return f"""
        CREATE UNLOGGED TABLE bench.there AS
        SELECT a.*, state::smallint, ({layout.any_of("delivery_methods", [DELIVERY])}) AS telehealth
        FROM bench.accepting a, generate_series(0, {CODES_PER_WORD - 1}) state
        WHERE jurisdictions_0 >> state & 1 = 1
        ORDER BY state, telehealth DESC, therapist_id
    """


def _with_plan(layout: Layout) -> str:
    words = range(layout.words("insurance_plans"))
    plans = " UNION ALL ".join(
        f"SELECT bit + {CODES_PER_WORD * word} WHERE insurance_plans_{word} >> bit & 1 = 1" for word in words
    )
    kept = [column for column in layout.columns() if column.startswith(("session_formats", "languages"))]
    return f"""
        CREATE UNLOGGED TABLE bench.with_plan AS
        SELECT jurisdictions_0, {", ".join(kept)}, fee_from, plan::smallint
        FROM bench.accepting, generate_series(0, {CODES_PER_WORD - 1}) bit, LATERAL ({plans}) plans(plan)
        WHERE {layout.any_of("delivery_methods", [DELIVERY])}
        ORDER BY plan, therapist_id
    """


def _type(column: str) -> str:
    return "bigint" if column.startswith(BIGINT) else "integer"
