"""The best SQL that we found over the denormalized row: one statement for total and top 20, one for all facets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from directory.roster.facets import VOCABULARY_FACETS
from directory.roster.schema import GENDERS, NOT_STATED
from tests.benchmarks import points
from tests.benchmarks.answers import SHOWN, Answer, Asked, Facets
from tests.benchmarks.sql_tables import DELIVERY, Layout

#: Scores are whole numbers in SQL: ten-thousandths of a point, so that the parts of a sum need no rounding.
FINER: Final = 100
#: The parameters that require a code, and its vocabulary.
CODES: Final = {
    "delivery": "delivery_methods",
    "insurance": "insurance_plans",
    "session_format": "session_formats",
    "language": "languages",
}


class BySql:
    """Answers over one plain connection. `layout` is that of the tables."""

    def __init__(self, connection: Any, layout: Layout) -> None:
        self._cursor = connection.cursor()
        self._layout = layout

    def answer(self, asked: Asked) -> Answer:
        rows = self.top(asked)
        top = [(who, score / FINER) for who, score, _ in rows]
        return rows[0][2] if rows else 0, top, self.facets(asked)

    def top(self, asked: Asked) -> list[tuple[int, int, int]]:
        """Ids, scores and (in each row) the total."""
        table, conditions, values = self._found(asked)
        sql = f"""
            WITH found AS MATERIALIZED (
                SELECT therapist_id, {self._score(asked)} AS score FROM {table} WHERE {_all(conditions.values())}
            )
            SELECT therapist_id, score, (SELECT count(*) FROM found) FROM found
            ORDER BY score DESC, therapist_id LIMIT {SHOWN}
        """
        rows: list[tuple[int, int, int]] = self._cursor.execute(sql, values).fetchall()
        return rows

    def facets(self, asked: Asked) -> Facets:
        """The facets of filters that were asked each need who meets the others; all others need who meets all."""
        table, conditions, values = self._found(asked)
        own = [name for name in conditions if name in VOCABULARY_FACETS and name != "state"]
        groups = {"": [name for name in VOCABULARY_FACETS if name not in own and name not in asked.parameters]}
        groups |= {name: [name] for name in own}
        parts, names = [], []
        near = _near(table, conditions, own) if len(groups) > 2 else None
        for group, facets in groups.items():
            counters = {(facet, code): test for facet in facets for code, test in self._codes_of(facet)}
            if not group:
                counters |= self._others()
            met = [
                name if near else test
                for name, test in conditions.items()
                if name != group and (name in own or not near)
            ]
            source = f"{'near' if near else table} WHERE {_all(met)}"
            counts = [f"count(*) FILTER (WHERE {test})" if test else "count(*)" for test in counters.values()]
            parts.append(f"(SELECT ARRAY[{', '.join(counts)}] FROM {source})")
            names.append(list(counters))
        sql = f"{near or ''} SELECT {', '.join(parts)}"
        found = self._cursor.execute(
            sql, values, prepare=True
        ).fetchone()  # the same text for every question of a class
        counted: Facets = {}
        for group_names, counts in zip(names, found, strict=True):
            for (facet, code), count in zip(group_names, counts, strict=True):
                counted.setdefault(facet, {})[code] = count
        if "state" in asked.parameters:
            counted["state"] = self._states(asked)
        return counted

    # --- Who is found -------------------------------------------------------------------------------------------------

    def _found(self, asked: Asked) -> tuple[str, dict[str, str], dict[str, Any]]:
        """The table to read, the conditions by filter ("always" has those without a facet), and their values."""
        parameters, layout = asked.parameters, self._layout
        conditions, values, always = {}, {}, []
        for name, vocabulary in CODES.items():
            if name in parameters:
                [(column, values[name])] = layout.masks(vocabulary, [parameters[name]]).items()
                conditions[name] = f"{column} & %({name})s::bigint <> 0"
        table = "bench.accepting"
        if "state" in parameters:
            table = "bench.there"
            always.append("state = %(state)s::smallint")
            values["state"] = layout.codes["jurisdictions"][parameters["state"]]
            if parameters["delivery"] == DELIVERY:
                conditions["delivery"] = "telehealth"
        if "zip" in parameters:
            table = "unnest(%(zips)s::int[], %(nearness)s::int[]) zips(zip, nearness) JOIN bench.accepting USING (zip)"
            nearby = asked.tables["distance"]
            assert isinstance(nearby, points.Best)
            values["zips"] = [int(code) for _, code in nearby.facts]
            values["nearness"] = [round(its * FINER) for its in nearby.facts.values()]
        if "fee_max" in parameters:
            always.append("fee_from BETWEEN 0 AND %(fee_max)s::int")
            values["fee_max"] = int(parameters["fee_max"])
        return table, {"always": _all(always), **conditions}, values

    def _states(self, asked: Asked) -> dict[str, int]:
        bits = self._layout.codes["jurisdictions"]
        if "insurance" not in asked.parameters:
            rows = self._cursor.execute("SELECT state, count(*) FROM bench.there WHERE telehealth GROUP BY state")
            counts = dict(rows.fetchall())
            return {code: counts.get(bit, 0) for code, bit in bits.items()}
        _, conditions, values = self._found(asked)
        values["plan"] = self._layout.codes["insurance_plans"][asked.parameters["insurance"]]
        met = ["plan = %(plan)s::smallint", *(conditions.get(name) for name in ("session_format", "language"))]
        if "fee_max" in asked.parameters:
            met.append("fee_from BETWEEN 0 AND %(fee_max)s::int")
        # Most may practise in one state or two: few different masks, so that grouping them is four times faster.
        sql = f"SELECT jurisdictions_0, count(*) FROM bench.with_plan WHERE {_all(met)} GROUP BY 1"
        masks = self._cursor.execute(sql, values, prepare=True).fetchall()
        return {code: sum(count for mask, count in masks if mask >> bit & 1) for code, bit in bits.items()}

    def _codes_of(self, facet: str) -> Iterator[tuple[str, str]]:
        vocabulary = VOCABULARY_FACETS[facet]
        for code in self._layout.codes[vocabulary]:
            yield code, self._layout.any_of(vocabulary, [code])

    def _others(self) -> dict[tuple[str, str], str]:
        genders = {("gender", code): f"gender = {number}" for number, code in enumerate(GENDERS)}
        return {**genders, ("sliding_scale", "true"): "sliding_scale = 1", ("accepting", "true"): ""}

    # --- What they score ----------------------------------------------------------------------------------------------

    def _score(self, asked: Asked) -> str:
        tables = asked.tables.values()
        same = sum(round(table.otherwise * FINER) for table in tables)
        return " + ".join([str(same), *(term for table in tables for term in self._terms(table))])

    def _terms(self, table: points.Table) -> Iterator[str]:
        """What a therapist has above `otherwise`."""
        if isinstance(table, points.Steps):
            yield _case({_between(step): step.points for step in table.steps}, table.otherwise)
            return
        if table.vocabulary == "zip":
            yield "nearness"
            return
        unstated = {f"NOT {self._layout.stated(table.vocabulary)}": table.unstated}
        if isinstance(table, points.Best):
            by_points: dict[float, dict[str, list[str]]] = {}
            for (column, code), its in table.facts.items():
                by_points.setdefault(its, {}).setdefault(column, []).append(code)
            best = {
                " OR ".join(self._layout.any_of(column, codes) for column, codes in by_points[its].items()): its
                for its in sorted(by_points, reverse=True)
            }
            yield _case(best | unstated, table.otherwise)
            return
        any_fact = self._layout.any_of(
            table.vocabulary, [code for name, code in table.facts if name == table.vocabulary]
        )
        yield _case({any_fact: table.base, **unstated}, table.otherwise)
        for (column, code), its in table.facts.items():
            yield _case({self._layout.any_of(column, [code]): its}, 0.0)


def _case(worth: Mapping[str, float], otherwise: float) -> str:
    whens = [f"WHEN {test} THEN {round((its - otherwise) * FINER)}" for test, its in worth.items() if its != otherwise]
    return f"CASE {' '.join(whens)} ELSE 0 END" if whens else "0"


def _between(step: points.Step) -> str:
    if step.low == points.FIRST:
        return f"{step.column} <= {step.high}"
    if step.low == step.high:
        return f"{step.column} = {step.low}"
    return (
        f"{step.column} BETWEEN {step.low} AND {step.high}"
        if step.low > NOT_STATED
        else f"{step.column} <= {step.high}"
    )


def _near(table: str, conditions: Mapping[str, str], own: list[str]) -> str:
    """Who breaks at most one of the requirements that have a facet, and which one: read once, counted by facet."""
    tests = [conditions[name] for name in own]
    broken = " + ".join(f"({test})::int" for test in tests)
    met = ", ".join(f"{conditions[name]} AS {name}" for name in own)
    return (
        f"WITH near AS MATERIALIZED (SELECT *, {met} FROM {table}"
        f" WHERE {conditions['always']} AND {broken} >= {len(tests) - 1})"
    )


def _all(tests: Any) -> str:
    return " AND ".join(test for test in tests if test) or "true"
