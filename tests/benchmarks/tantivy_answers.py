"""Answers of tantivy, in this process: filters that score nothing, points as constant scores, facets aggregated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import tantivy
from tantivy import Occur, Query

from directory.roster.facets import VOCABULARY_FACETS
from directory.roster.schema import GENDERS, day_number
from tests.benchmarks import points
from tests.benchmarks.answers import SHOWN, Answer, Asked, Facets
from tests.benchmarks.tantivy_index import UNSTATED, schema

#: The parameters that require a term, and its field.
TERMS: Final = {
    "state": "jurisdictions",
    "delivery": "delivery_methods",
    "insurance": "insurance_plans",
    "session_format": "session_formats",
    "language": "languages",
}
MOST_CODES: Final = 200  # of one field; more than any vocabulary has
FIELDS_OF_FACETS: Final = {**VOCABULARY_FACETS, "gender": "gender", "sliding_scale": "sliding_scale"}


class ByTantivy:
    def __init__(self, index: tantivy.Index) -> None:
        self.searcher = index.searcher()
        self._schema = schema()

    def answer(self, asked: Asked) -> Answer:
        total, top = self.top(asked)
        return total, top, self.facets(asked, total)

    def top(self, asked: Asked) -> tuple[int, list[tuple[int, float]]]:
        """A score is `same` for all plus what the query adds: floats of 32 bits hold our hundredths exactly."""
        filters = self._filters(asked)
        filters.pop("within", None)  # who is near has points for it: one clause says both
        must = [(Occur.Must, _scoring(query, 0.0)) for query in filters.values()]
        worth = [
            (Occur.Must if code == "distance" else Occur.Should, query)
            for code, table in asked.tables.items()
            for query in self._worth(table, asked)
        ]
        found = self.searcher.search(Query.boolean_query([*must, *worth]), limit=SHOWN, count=True)
        ids = self.searcher.fast_field_values("therapist_id", [address for _, address in found.hits])
        same = sum(table.otherwise for table in asked.tables.values())
        return found.count, [(who, score + same) for who, (score, _) in zip(ids, found.hits, strict=True)]

    def facets(self, asked: Asked, total: int) -> Facets:
        """One pass over who meets all, and one for each facet whose filter was asked, without that filter."""
        filters = self._filters(asked)
        groups = {name: [name] for name in filters if name in FIELDS_OF_FACETS}
        groups[""] = [name for name in FIELDS_OF_FACETS if name not in groups]
        counted: Facets = {"accepting": {"true": total}}  # every question asks for them
        for group, facets in groups.items():
            kept = [(Occur.Must, query) for name, query in filters.items() if name != group]
            asking = {name: {"terms": {"field": FIELDS_OF_FACETS[name], "size": MOST_CODES}} for name in facets}
            for name, found in self.searcher.aggregate(Query.boolean_query(kept), asking).items():
                counted[name] = {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}
        counted["sliding_scale"] = {"true": counted["sliding_scale"].get("1", 0)}
        return counted

    def _filters(self, asked: Asked) -> dict[str, Query]:
        parameters = asked.parameters
        filters = {name: self._term(field, parameters[name]) for name, field in TERMS.items() if name in parameters}
        filters["accepting"] = self._term("accepting", "yes")
        if "zip" in parameters:
            nearby = asked.tables["distance"]
            assert isinstance(nearby, points.Best)
            filters["within"] = self._any("zip", [code for _, code in nearby.facts])
        if "fee_max" in parameters:
            filters["fee_max"] = self._range("fee_from", 0, int(parameters["fee_max"]))
        return filters

    def _worth(self, table: points.Table, asked: Asked) -> Iterator[Query]:
        """What a therapist has above `otherwise`."""
        if isinstance(table, points.Steps):
            yield from self._steps(table, asked)
            return
        if table.unstated > table.otherwise and table.vocabulary != "zip":
            yield _scoring(self._term(UNSTATED, table.vocabulary), table.unstated - table.otherwise)
        if isinstance(table, points.Sum):
            listed = [code for column, code in table.facts if column == table.vocabulary]
            yield _scoring(self._any(table.vocabulary, listed), table.base - table.otherwise)
            for (column, code), its in table.facts.items():
                yield _scoring(self._term(column, code), its)
            return
        by_points: dict[tuple[float, str], list[str]] = {}
        for (column, code), its in table.facts.items():
            by_points.setdefault((its, column), []).append(code)
        best = [_scoring(self._any(column, codes), its - table.otherwise) for (its, column), codes in by_points.items()]
        if best:
            yield best[0] if len(best) == 1 else Query.disjunction_max_query(best)

    def _steps(self, table: points.Steps, asked: Asked) -> Iterator[Query]:
        """No two steps of a column meet; only those of the cost lie over each other, and there the best one counts."""
        found = []
        for step in table.steps:
            its = step.points - table.otherwise
            if step.column == "gender":
                found.append(_scoring(self._gender(step), its))
            elif step.column == "sliding_scale":
                found.append(_scoring(self._term("sliding_scale", "1"), its))
            elif step.high < (day_number(asked.on) if step.column == "opening_on" else 0):
                found.append(_scoring(self._term(UNSTATED, step.column), its))
            else:
                found.append(_scoring(self._range(step.column, max(step.low, 0), step.high), its))
        if len({step.column for step in table.steps}) > 1:
            yield Query.disjunction_max_query(found)
        else:
            yield from found

    def _gender(self, step: points.Step) -> Query:
        return (
            self._term(UNSTATED, "gender") if step.low < 0 else self._any("gender", GENDERS[step.low : step.high + 1])
        )

    def _term(self, field: str, code: str) -> Query:
        return Query.term_query(self._schema, field, code, index_option="basic")

    def _any(self, field: str, codes: Sequence[str]) -> Query:
        """By terms one by one: a set of terms walks the whole dictionary and takes up to three times as long."""
        terms = [self._term(field, code) for code in codes]
        return (
            terms[0]
            if len(terms) == 1
            else Query.boolean_query([(Occur.Should, _scoring(term, 0.0)) for term in terms])
        )

    def _range(self, field: str, low: int, high: int) -> Query:
        if low == high:
            return Query.term_query(self._schema, field, low, index_option="basic")
        return Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)


def _scoring(query: Query, its: float) -> Query:
    return Query.const_score_query(query, its)
