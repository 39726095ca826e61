"""Ranking: the criteria over all candidates, and the best of them in a total, fair order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.roster.ordering import contenders, first, rotation
from matching.candidates import Eligible, Floats, Ints, Remembering
from matching.criteria import Criterion, asked_criteria, most_points
from matching.kinds import fits_of
from matching.needs import Needs

#: Fits are whole ten-thousandths before they become points, so that anybody can redo the arithmetic of an answer.
FINEST_FIT: Final = 10_000
PART: Final = 1 << 13  # scores that are added up at once: they stay in the processor's cache
#: The last four of the seed's sixteen hexadecimal digits: how many places the circle of equals has turned.
TURNS: Final = 1 << 16


class Finding(NamedTuple):
    """One criterion for one therapist. Points are in hundredths; `fit` is None for what is not stated."""

    criterion: Criterion
    weight: int
    fit: float | None
    points: int
    most_points: int

    @property
    def stated(self) -> bool:
        return self.fit is not None


#: Finding(*its_five), in a third of the time: an answer has hundreds.
_finding: Final[Callable[[Iterable[Any]], Finding]] = partial(tuple.__new__, Finding)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A therapist with all findings. `score` is in hundredths of a point, and the sum of the findings' points.

    `confidence` is the share of the asked weight for which the therapist states a fact. `miles` to the nearest office
    when a place was given and there is an office.
    """

    therapist_id: int
    score: int
    confidence: float
    miles: float | None
    findings: tuple[Finding, ...]

    @property
    def known(self) -> int:
        """The weight of the criteria about which the therapist states a fact."""
        return sum(finding.weight for finding in self.findings if finding.stated)


@dataclass(frozen=True, kw_only=True)
class Ranked(Weighed):
    """A therapist with a place."""

    rank: int


class Scored:
    """All candidates with their scores; nobody has a place yet. Of a few rows, also what each criterion gives them."""

    def __init__(self, candidates: Eligible, needs: Needs) -> None:
        self.needs = needs
        self.candidates = Remembering(candidates)
        self.criteria = asked_criteria(needs)
        self.weights = tuple(needs.ruleset.weights[criterion.code] for criterion in self.criteria)
        self.most = most_points(self.weights)
        self._fits = fits_of([criterion.fit for criterion in self.criteria], self.candidates, needs)
        self.scores = self._scores()

    def _scores(self) -> Ints:
        most, neutral = np.array(self.most, dtype=np.float64)[:, None], self.needs.ruleset.neutral
        scores = np.zeros(len(self.candidates), dtype=np.int32)
        by_kind = []
        for fits in self._fits:
            points: Ints = points_of(fits.values, most=most[fits.places], neutral=neutral).sum(axis=0, dtype=np.int32)
            if fits.kinds is None:
                scores += points
            else:
                by_kind.append((points, fits.kinds))
        for start in range(0, len(scores), PART):
            part = slice(start, start + PART)
            for points, kinds in by_kind:
                scores[part] += points.take(kinds[part])
        return scores

    def fits(self, rows: NDArray[np.intp]) -> Floats:
        """What each criterion (first axis) gives to these candidates (second axis)."""
        found = np.empty((len(self.criteria), len(rows)))
        for fits in self._fits:
            found[fits.places] = fits.of(rows)
        return found

    def shares(self, rows: NDArray[np.intp]) -> Floats:
        """The same in whole ten-thousandths, with the neutral value where nothing is stated."""
        return shares_of(self.fits(rows), neutral=self.needs.ruleset.neutral)

    def points(self, rows: NDArray[np.intp]) -> Ints:
        """The same in hundredths of a point."""
        return points_by_criterion(self.fits(rows), self.most, neutral=self.needs.ruleset.neutral)

    def best(self, limit: int, *, seed: int) -> NDArray[np.intp]:
        """The rows of the best, in order: by score, then by how much of what was asked they state, then in turn."""
        return self._in_order(contenders(-self.scores, limit), limit, seed=seed)

    def place_of(self, therapist_id: int, *, seed: int) -> int | None:
        """The place, from 1 on, that `best` gives to this therapist among all; None for who is no candidate."""
        [*found] = np.flatnonzero(self.candidates.ids == therapist_id)
        if not found:
            return None
        [row] = found
        before = np.count_nonzero(self.scores > self.scores[row])
        equals = np.flatnonzero(self.scores == self.scores[row])
        turns = self._in_order(equals, len(equals), seed=seed)
        return int(before + np.flatnonzero(turns == row)[0] + 1)

    def _in_order(self, rows: NDArray[np.intp], limit: int, *, seed: int) -> NDArray[np.intp]:
        known = known_weight(self.fits(rows), self.weights)
        return rows[in_order(self.scores[rows], known, self.candidates.ids[rows], seed=seed, limit=limit)]

    def ranked(self, rows: NDArray[np.intp]) -> tuple[Ranked, ...]:
        """These candidates with all their findings, in places from 1 on."""
        return tuple(Ranked(rank=place, **told) for place, told in enumerate(self._told(rows), start=1))

    def weighed(self, rows: NDArray[np.intp]) -> tuple[Weighed, ...]:
        """These candidates with all their findings."""
        return tuple(Weighed(**told) for told in self._told(rows))

    def _told(self, rows: NDArray[np.intp]) -> Iterator[dict[str, Any]]:
        fits = self.fits(rows)
        points = points_by_criterion(fits, self.most, neutral=self.needs.ruleset.neutral)
        findings = self._findings(fits, points)
        whole_weight, each = max(sum(self.weights), 1), len(self.criteria)
        near = self.needs.near
        miles = [np.nan] * len(rows) if near is None else self.candidates.miles(near)[rows].tolist()
        for place, (its_id, its_score, its_known, its_miles) in enumerate(
            zip(
                self.candidates.ids[rows].tolist(),
                points.sum(axis=0).tolist(),
                known_weight(fits, self.weights).tolist(),
                miles,
                strict=True,
            )
        ):
            yield {
                "therapist_id": its_id,
                "score": its_score,
                "confidence": round(its_known / whole_weight, 2),
                "miles": None if isnan(its_miles) else its_miles,
                "findings": tuple(findings[place * each : (place + 1) * each]),
            }

    def _findings(self, fits: Floats, points: Ints) -> list[Finding]:
        """All findings, those of one candidate after those of another."""
        shown = (np.rint(fits * FINEST_FIT) / FINEST_FIT).astype(np.object_)
        shown[np.isnan(fits)] = None
        criteria, weights, most = (its * fits.shape[1] for its in (self.criteria, self.weights, self.most))
        columns = criteria, weights, shown.T.ravel().tolist(), points.T.ravel().tolist(), most
        return [*map(_finding, zip(*columns, strict=True))]


def rank(candidates: Eligible, needs: Needs, *, seed: int, limit: int) -> tuple[Ranked, ...]:
    """The best `limit` candidates, best first.

    Of equal scores, who states more of what was asked comes first: a guess never stands above a known equal. Who is
    still equal takes turns: `seed` shuffles them into a circle and turns it on by its last four hexadecimal digits, so
    that seeds that follow each other give everybody every place equally often. The order in which candidates arrive
    and `limit` never change who stands before whom.
    """
    scored = Scored(candidates, needs)
    return scored.ranked(scored.best(limit, seed=seed))


def in_order(
    scores: Ints, known: NDArray[np.int64], ids: NDArray[np.int64], *, seed: int, limit: int
) -> NDArray[np.intp]:
    """Positions of the first `limit` by score, then by the weight that is known, then in turn by the seed."""
    most_known_first = -(scores.astype(np.int64) * (int(known.max(initial=0)) + 1) + known)
    order = most_known_first.argsort()
    its_keys = most_known_first.take(order)
    if not (its_keys[1:] == its_keys[:-1]).any():
        return order[:limit]  # without equals nobody needs a turn
    shuffle, turn = divmod(seed, TURNS)
    return first(most_known_first, rotation(ids, shuffle), limit, turn=turn)


def known_weight(fits: Floats, weights: Sequence[int]) -> NDArray[np.int64]:
    """The weight of the criteria (first axis of `fits`) about which each candidate (second axis) states a fact."""
    return np.asarray(np.array(weights, dtype=np.int64) @ ~np.isnan(fits), dtype=np.int64)


def points_by_criterion(fits: Floats, most: Sequence[int], *, neutral: float) -> Ints:
    """Hundredths of a point for each criterion (first axis) and candidate (second axis)."""
    return points_of(fits, most=np.array(most, dtype=np.float64)[:, None], neutral=neutral)


def points_of(fit: Floats, *, most: int | Floats, neutral: float) -> Ints:
    """Hundredths of a point for each fit: most * fit, rounded half up. NaN counts as `neutral`."""
    # Whole numbers far below 2**53 are exact as floats, and a quotient rounded to the nearest float never reaches the
    # next whole number: to divide floats gives the same as to divide integers, in a fraction of the time.
    points = shares_of(fit, neutral=neutral)  # from here on in place: the fits of many would fill the cache anew
    points *= most
    points += FINEST_FIT // 2
    points /= FINEST_FIT
    return np.floor(points, out=points).astype(np.int32)


def shares_of(fit: Floats, *, neutral: float) -> Floats:
    """Whole ten-thousandths of each fit. NaN counts as `neutral`."""
    shares = np.asarray(np.where(np.isnan(fit), neutral, fit), dtype=np.float64)
    shares *= FINEST_FIT
    return np.rint(shares, out=shares)
