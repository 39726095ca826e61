"""No time counts before the answers are equal: what the roster says against what the QuerySets and plain Python say."""

from __future__ import annotations

from typing import Any

from directory.roster.current import current
from matching.matches import Matches
from tests.benchmarks.answers import SHOWN, Asked, Facets, ranked_by_roster
from tests.benchmarks.joins import joined


class Disagreement(AssertionError):
    """Two ways gave different answers to one question."""


def check_selection(asked: Asked) -> int:
    """Roster, QuerySet and joins find the same therapists; return how many."""
    by_roster = current().select(asked.requirements).ids.tolist()
    _hold(asked, "ids", by_roster, sorted(asked.filters.qs.values_list("pk", flat=True)))
    _hold(asked, "ids by joins", by_roster, sorted(asked.found().values_list("pk", flat=True)))
    return len(by_roster)


def check_ranked(asked: Asked, answer: tuple[int, Any]) -> None:
    """Total, order, scores and findings are those of the roster."""
    _hold(asked, "ranking", answer, ranked_by_roster(asked))


def check_matches(asked: Asked, answer: Matches) -> None:
    """The total is that of the joins for what the intake requires, and the first 20 are among its therapists."""
    parameters = asked.question.intake_parameters
    assert parameters is not None
    ids = frozenset(joined(parameters, asked.requirements.near, asked.on).values_list("pk", flat=True))
    _hold(asked, "total of the matches", answer.total, len(ids))
    shown = {match.ranked.therapist_id for match in answer.matches}
    _hold(asked, "matches shown", (len(shown), shown - ids), (min(SHOWN, len(ids)), set()))


def check_page(asked: Asked, answer: tuple[int, list[Any]]) -> None:
    total, page = answer
    ids = current().select(asked.requirements).ids.tolist()
    _hold(asked, "page", (total, [therapist.pk for therapist in page]), (len(ids), ids[:SHOWN]))


def check_facets(asked: Asked, answer: Facets) -> None:
    """Every count of every facet."""
    ours = current().select(asked.requirements).facets()
    for name in sorted(ours.keys() | answer.keys()):
        _hold(asked, f"facet {name}", _counted(answer.get(name, {})), _counted(ours.get(name, {})))


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {code: count for code, count in counts.items() if count}


def _hold(asked: Asked, what: str, one: object, other: object) -> None:
    if one != other:
        question = asked.question
        raise Disagreement(f"{what} of {question.kind} {dict(question.parameters)}:\n{one}\n{other}")
