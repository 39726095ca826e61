"""The index of the tantivy peer: one document per listed therapist, one term per fact, kept in build/."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import tantivy

from directory.roster.schema import ACCEPTING, CODES_PER_WORD, GENDERS, WORDS, day_number
from tests.benchmarks.sql_tables import Layout, listed

#: Fields of terms: the vocabularies, and four more facts. A term of UNSTATED is the name of a field that has none.
FIELDS: Final = (*WORDS, "zip", "gender", "sliding_scale", "accepting")
UNSTATED: Final = "unstated"
NUMBERS: Final = ("therapist_id", "fee_from", "opening_on")
HEAP: Final = 1_000_000_000  # bytes: enough for one segment of a million documents


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in (*FIELDS, UNSTATED):
        builder.add_text_field(name, fast=name != UNSTATED, tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=name != "therapist_id", fast=True)
    return builder.build()


def opened(folder: Path, connection: Any, layout: Layout, on: dt.date) -> tantivy.Index:
    """The index of all who are listed, as current as the SQL tables: the one that is there, or made anew."""
    made_of = [*connection.execute("SELECT recipe, made_at FROM bench.made").fetchone(), Path(__file__).read_text()]
    mark = folder / "made-of.txt"
    if not (mark.exists() and mark.read_text() == str(made_of) and tantivy.Index.exists(str(folder / "index"))):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "index").mkdir(parents=True)
        _fill(tantivy.Index(schema(), path=str(folder / "index")), connection, layout, on)
        mark.write_text(str(made_of))
    index = tantivy.Index.open(str(folder / "index"))
    index.reload()
    return index


def _fill(index: tantivy.Index, connection: Any, layout: Layout, on: dt.date) -> None:
    """By state, as the tables of the SQL peer are: who is found together stands together."""
    writer = index.writer(heap_size=HEAP, num_threads=1)
    with connection.transaction(), connection.cursor(name="documents") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            f"{listed(layout, on, 'r.accepting', 'r.availability_until')} ORDER BY jurisdictions_0, therapist_id"
        )
        names = [column.name for column in cursor.description]
        for row in cursor:
            writer.add_document(_document(dict(zip(names, row, strict=True)), layout, day_number(on)))
    writer.commit()
    writer.wait_merging_threads()


def _document(row: dict[str, Any], layout: Layout, today: int) -> tantivy.Document:
    terms = {vocabulary: list(_codes(vocabulary, row, layout)) for vocabulary in WORDS}
    terms["zip"] = [] if row["zip"] < 0 else [f"{row['zip']:05}"]
    terms["gender"] = [] if row["gender"] < 0 else [GENDERS[row["gender"]]]
    terms["sliding_scale"] = ["1"] if row["sliding_scale"] == 1 else []
    known = row["accepting"] >= 0 and row["availability_until"] >= today
    terms["accepting"] = [ACCEPTING[row["accepting"]]] if known else []
    numbers = {"therapist_id": row["therapist_id"]}
    if row["fee_from"] >= 0:
        numbers["fee_from"] = row["fee_from"]
    if row["opening_on"] >= today:
        numbers["opening_on"] = row["opening_on"]
    unstated = [name for name in FIELDS if not terms[name]]
    unstated += [name for name in NUMBERS if name not in numbers]
    return tantivy.Document(**terms, **numbers, **{UNSTATED: unstated})


def _codes(vocabulary: str, row: dict[str, Any], layout: Layout) -> Iterator[str]:
    by_bit = _by_bit(vocabulary, layout)
    for word in range(layout.words(vocabulary)):
        mask = row[f"{vocabulary}_{word}"]
        while mask:
            bit = mask & -mask
            yield by_bit[word * CODES_PER_WORD + bit.bit_length() - 1]
            mask ^= bit


@lru_cache
def _by_bit(vocabulary: str, layout: Layout) -> dict[int, str]:
    return {bit: code for code, bit in layout.codes_of(vocabulary).items()}
