"""The ORM at its best: filter, score by annotations, rank in SQL, count(), 20 profiles, and the facets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, F, FloatField, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from directory.models import PracticeLocation, Therapist, TherapistApproach, TherapistConcern
from directory.roster.schema import DAY_ZERO, GENDERS, NOT_STATED
from tests.benchmarks import points
from tests.benchmarks.answers import SHOWN, Answer, Asked
from tests.benchmarks.orm_facets import facets_by_orm, matching

#: The rows that state the facts of a vocabulary, and where in them the code is.
ROWS: dict[str, tuple[Any, str]] = {
    "approaches": (TherapistApproach, "approach__code"),
    "concerns": (TherapistConcern, "concern__code"),
    "populations": (Therapist.populations.through, "population__code"),
    "languages": (Therapist.languages.through, "language__code"),
    "insurance_plans": (Therapist.insurance_plans.through, "insuranceplan__code"),
    "zip": (PracticeLocation, "zip"),
}
MARKS = ("trained", "focus")  # columns of such rows that make another fact of them


def answer_by_orm(asked: Asked) -> Answer:
    """The total is counted without scores; the page has the relations that a profile shows."""
    those = matching(asked)
    everyone = Therapist.objects.filter(pk__in=those)
    page = everyone.annotate(_fee_from=Coalesce("fee_min", "fee_max")).annotate(_score=_score(asked)).with_profile()
    top = [(one.pk, one._score) for one in page.order_by("-_score", "pk")[:SHOWN]]
    total = len(those) if isinstance(those, list) else everyone.count()
    return total, top, facets_by_orm(asked, those)


def _score(asked: Asked) -> Any:
    return reduce(add, [_worth(table) for table in asked.tables.values()])


def _worth(table: points.Table) -> Combinable:
    if isinstance(table, points.Steps):
        steps = [When(_holds(step), then=_points(step.points)) for step in table.steps]
        return Case(*steps, default=_points(table.otherwise))
    rows, code = ROWS[table.vocabulary]
    otherwise = 0.0 if isinstance(table, points.Sum) else table.otherwise
    each = Case(*_whens(table, code), default=_points(otherwise))
    grouped = rows.objects.filter(therapist=OuterRef("pk")).values("therapist")
    if isinstance(table, points.Best):
        worth = grouped.annotate(worth=Max(each)).values("worth")
    else:
        lifted = When(added__gt=0, then=F("added") + _points(table.base))
        worth = grouped.annotate(added=Sum(each), worth=Case(lifted, default=_points(table.otherwise))).values("worth")
    return Coalesce(Subquery(worth), _points(table.unstated), output_field=FloatField())


def _whens(table: points.Best | points.Sum, code: str) -> Iterator[When]:
    """Marked facts first: a marked row states the fact without the mark as well."""
    for fact in sorted(table.facts, key=lambda fact: fact[0] not in MARKS):
        column, term = fact
        its = table.facts[fact]
        if column in MARKS and isinstance(table, points.Sum):
            its += table.facts[table.vocabulary, term]
        yield When(Q(**{code: term}, **({column: True} if column in MARKS else {})), then=_points(its))


def _holds(step: points.Step) -> Q:
    match step.column:
        case "fee_from":
            stated = Q(_fee_from__range=(step.low, step.high))
            return Q(_fee_from__isnull=True) if step.high == NOT_STATED else stated
        case "sliding_scale":
            return Q(sliding_scale=True)
        case "gender":
            return Q(gender="" if step.high == NOT_STATED else GENDERS[step.high])
        case "opening_on":
            last = DAY_ZERO + dt.timedelta(days=step.high)
            if step.low == points.FIRST:
                return Q(next_opening_on__isnull=True) | Q(next_opening_on__lte=last)
            return Q(next_opening_on__range=(DAY_ZERO + dt.timedelta(days=step.low), last))
    raise ValueError(f"no field for {step.column!r}")


def _points(value: float) -> Value:
    return Value(float(value), output_field=FloatField())
