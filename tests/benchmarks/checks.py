"""No time counts before the answers are equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from directory.roster.current import current
from matching.matches import Matches
from matching.ranking import Scored
from tests.benchmarks.answers import SHOWN, Answer, Asked, Facets
from tests.benchmarks.joins import found

#: Hundredths of a point (of 10,000). Ours rounds the points of a criterion to whole hundredths, after rounding its fit
#: to ten-thousandths; a peer that adds up the parts of a sum is off by up to one and a half.
TOLERANCE: Final = 2


class Disagreement(AssertionError):
    """Two ways gave different answers to one question."""


def check_selection(asked: Asked) -> None:
    """Roster, QuerySet and joins find the same therapists."""
    ours = _sorted(current().select(asked.requirements).ids)
    _hold(asked, "ids", ours, _sorted(asked.filters.qs.values_list("pk", flat=True)))
    _hold(asked, "ids by joins", ours, _sorted(found(asked).values_list("pk", flat=True)))


def check_findings(asked: Asked, answer: tuple[int, Any, Facets]) -> None:
    """Total, order, scores, findings and facets are the very same."""
    ours = asked.ours
    _hold(asked, "ranking", answer[:2], ours[:2])
    _check_facets(asked, answer[2])


def check_answer(asked: Asked, answer: Answer) -> None:
    """The total and every count are ours, and the first 20 have our scores; equals may come in another order."""
    total, top, facets = answer
    _hold(asked, "total", total, asked.ours[0])
    ours = {one.therapist_id: one.score for one in asked.ours[1]}
    _hold(asked, "how many are shown", len({who for who, _ in top}), len(ours))
    scores = ours | _scores(asked, [who for who, _ in top if who not in ours])
    for place, ((who, score), its) in enumerate(zip(top, ours.values(), strict=True), start=1):
        if abs(score - scores[who]) > TOLERANCE or abs(score - its) > TOLERANCE:
            raise _disagreement(asked, f"the score at place {place}", (who, score), (scores[who], its))
    _check_facets(asked, facets)


def check_matches(asked: Asked, answer: Matches) -> None:
    """An intake requires a state and a format besides: the roster says how many meet that."""
    selection = current().select(answer.needs.requirements)
    _hold(asked, "total of the matches", answer.total, selection.total)
    _hold(asked, "matches shown", len(answer.matches), min(SHOWN, selection.total))


def _scores(asked: Asked, therapist_ids: list[int]) -> dict[int, int]:
    """What we would give therapists who equal our last one and so are not among our first."""
    if not therapist_ids:
        return {}
    those = current().select(replace(asked.requirements, text_ids=frozenset(therapist_ids)))
    _hold(asked, "who meets the question", sorted(those.ids.tolist()), sorted(therapist_ids))
    scored = Scored(those, asked.needs)
    return {one.therapist_id: one.score for one in scored.ranked(scored.best(len(therapist_ids), seed=asked.seed))}


def _check_facets(asked: Asked, answer: Facets) -> None:
    ours = asked.ours[2]
    for name in sorted(ours.keys() | answer.keys()):
        _hold(asked, f"facet {name}", _counted(answer.get(name, {})), _counted(ours.get(name, {})))


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {code: count for code, count in counts.items() if count}


def _sorted(ids: Any) -> list[int]:
    return np.sort(np.fromiter(ids, dtype=np.int64)).tolist()


def _hold(asked: Asked, what: str, one: object, other: object) -> None:
    if one != other:
        raise _disagreement(asked, what, one, other)


def _disagreement(asked: Asked, what: str, one: object, other: object) -> Disagreement:
    shortened = [text if len(text) < 1000 else f"{text[:1000]} …" for text in (repr(one), repr(other))]
    return Disagreement("\n".join([f"{what} of {asked.question.kind} {dict(asked.parameters)}:", *shortened]))
