"""From responses to an attachment profile: two scores, how sure they are, and how likely each style is.

Pure arithmetic: no Django, no clock, no randomness. Formulas and their sources are in docs/assessments.md.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assessments.instruments import Instrument, Item, Range, Scale
from assessments.norms import Percentiles, percentiles_of

STYLES = ("secure", "anxious", "avoidant", "disorganized")
CLEAR_STYLE = 0.6
"""A style is named when it is at least this likely; below, the word is "unclear"."""

LEAST_SPREAD = 0.1
"""Lowest spread of a person's answers to one scale that is believed, as a share of the range.

Six equal answers would otherwise claim a score without any error. Nine of ten real respondents spread by 0.10 of the
range or more over six ECR items (measured on the 4,000 people of docs/assessments.md).
"""

ASSUMED_ERROR = 0.09
"""Standard error, as a share of the range, of scores that come without one: that of published six-item scales."""


class InvalidResponse(ValueError):
    """The response to `item` cannot be scored. The message never repeats the value."""

    def __init__(self, item: str, message: str, code: str = "invalid") -> None:
        self.item, self.message, self.code = item, message, code
        super().__init__(f"Item {item} {message}")

    @property
    def sentence(self) -> str:
        """The message as a sentence of its own, where the item is named beside it."""
        return self.message[0].upper() + self.message[1:]


class InvalidScore(ValueError):
    """A score or standard error that somebody brought along cannot be true. `name` says which."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScaleScore:
    """Mean of the keyed answers of one scale, on the range of the profile. Counts are None for scores brought along."""

    score: float
    standard_error: float
    answered: int | None
    items: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            "score": round(self.score, 9),
            "standard_error": round(self.standard_error, 6),
            "answered": self.answered,
            "items": self.items,
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class AttachmentProfile:
    """What the answers amount to. A scale without enough answers is None, and then so are `styles` and `style`.

    `styles` holds the probability of each code of STYLES in ten-thousandths that sum to 1. `style` is the code that is
    at least 0.6 likely, else "unclear". `instrument` is None for scores brought along. `percentiles` compare with a
    named sample that answered on the same range, where there is one.
    """

    instrument: str | None
    anxiety: ScaleScore | None
    avoidance: ScaleScore | None
    range: Range
    styles: Mapping[str, float] | None
    style: str | None
    normed: bool
    percentiles: Percentiles | None
    notes: tuple[str, ...]

    @property
    def midpoint(self) -> float:
        return sum(self.range) / 2

    @property
    def quadrant(self) -> str | None:
        """The style by the scores alone, uncertainty left aside: a mean above the midpoint is high, on it low."""
        if self.anxiety is None or self.avoidance is None:
            return None
        return _style(anxious=self.anxiety.score > self.midpoint, avoidant=self.avoidance.score > self.midpoint)

    def to_json(self) -> dict[str, Any]:
        """Return the profile of the contract, ready for JSON."""
        return {
            "instrument": self.instrument,
            "anxiety": self.anxiety.to_json() if self.anxiety else None,
            "avoidance": self.avoidance.to_json() if self.avoidance else None,
            "range": list(self.range),
            "styles": dict(self.styles) if self.styles else None,
            "style": self.style,
            "normed": self.normed,
            "percentiles": self.percentiles.to_json() if self.percentiles else None,
            "notes": list(self.notes),
        }


def score(
    instrument: Instrument, responses: Mapping[str, float | None], *, range: Range | None = None
) -> AttachmentProfile:
    """Score the responses, item id to answer; None or an absent item is "not answered".

    `range` is the range of this administration when the items were asked on another one than the instrument's.
    Raises `InvalidResponse` for an unknown item or an answer that is not a whole number in the range.
    """
    limits = range or instrument.range
    for problem in invalid_responses(instrument, responses, range=limits):
        raise problem
    notes: list[str] = []
    scores: dict[str, ScaleScore | None] = {}
    for scale in instrument.scales:
        scores[scale.code] = result = _scale_score(scale, responses, limits)
        if result is None:
            notes.append(f"{scale.code}_too_few_answers")
        else:
            published = scale.reliability is not None
            notes.append(
                "standard_error_from_published_reliability" if published else "standard_error_from_own_answers"
            )
    if not instrument.normed:
        notes.append("not_normed")
    if limits != instrument.range:
        notes.append("asked_on_another_range")
    known = {code: result.score for code, result in scores.items() if result is not None}
    percentiles = percentiles_of(instrument, known, limits)
    if percentiles is not None and percentiles.by_normal_curve:
        notes.append("percentiles_by_normal_curve")
    return profile_of(
        instrument=instrument.code,
        scores=scores,
        range=limits,
        normed=instrument.normed,
        percentiles=percentiles,
        notes=notes,
    )


def invalid_responses(
    instrument: Instrument, responses: Mapping[str, float | None], *, range: Range | None = None
) -> Iterator[InvalidResponse]:
    """Yield what is wrong with the responses, in their order."""
    low, high = range or instrument.range
    known = {item.id for item in instrument.items}
    for id, value in responses.items():
        if id not in known:
            yield InvalidResponse(id, f"is not an item of {instrument.code}.", "unknown_item")
        elif value is not None and not (_is_whole(value) and low <= value <= high):
            yield InvalidResponse(id, f"must be a whole number from {low} to {high}, or null.", "out_of_range")


def profile_from_scores(
    *, anxiety: float, avoidance: float, range: Range, standard_error: Mapping[str, float] | None = None
) -> AttachmentProfile:
    """Build a profile from scores that somebody else computed.

    `standard_error` is {"anxiety": se, "avoidance": se}; without it the error of a short published scale is assumed and
    noted. Raises `InvalidScore` for a score outside the range or a negative or infinite error.
    """
    low, high = range
    if not low < high:
        raise InvalidScore("range", "must give the lower end first.")
    errors = dict(standard_error or {})
    notes = ["scores_brought_along"]
    scores: dict[str, ScaleScore | None] = {}
    for name, value in (("anxiety", anxiety), ("avoidance", avoidance)):
        if not low <= value <= high:
            raise InvalidScore(name, f"must be from {low} to {high}.")
        if name not in errors:
            notes.append("standard_error_assumed")
        error = errors.get(name, ASSUMED_ERROR * (high - low))
        if not 0 <= error < math.inf:
            raise InvalidScore(f"standard_error.{name}", "must be zero or more.")
        scores[name] = ScaleScore(score=float(value), standard_error=float(error), answered=None, items=None)
    notes.append("not_normed")
    return profile_of(instrument=None, scores=scores, range=range, normed=False, percentiles=None, notes=notes)


def profile_of(
    *,
    instrument: str | None,
    scores: Mapping[str, ScaleScore | None],
    range: Range,
    normed: bool,
    percentiles: Percentiles | None,
    notes: Sequence[str],
) -> AttachmentProfile:
    """Build the profile of two scale scores, None for one that is missing: with its styles, and each note once."""
    anxiety, avoidance = scores["anxiety"], scores["avoidance"]
    styles = _style_probabilities(anxiety, avoidance, sum(range) / 2) if anxiety and avoidance else None
    return AttachmentProfile(
        instrument=instrument,
        anxiety=anxiety,
        avoidance=avoidance,
        range=range,
        styles=styles,
        style=_clear_style(styles) if styles else None,
        normed=normed,
        percentiles=percentiles,
        notes=tuple(dict.fromkeys(notes)),
    )


def _scale_score(scale: Scale, responses: Mapping[str, float | None], limits: Range) -> ScaleScore | None:
    keyed = [_keyed(item, value, limits) for item in scale.items if (value := responses.get(item.id)) is not None]
    if not scale.has_enough(responses):
        return None
    return ScaleScore(
        score=sum(keyed) / len(keyed),
        standard_error=_standard_error(scale, keyed, limits),
        answered=len(keyed),
        items=len(scale.items),
    )


def _keyed(item: Item, value: float, limits: Range) -> float:
    low, high = limits
    return low + high - value if item.reverse_keyed else value


def _standard_error(scale: Scale, keyed: Sequence[float], limits: Range) -> float:
    width = limits[1] - limits[0]
    published = scale.reliability
    if published is not None:
        # Standard error of measurement, SD * sqrt(1 - alpha), carried to this range; fewer answers widen it as for a
        # mean of fewer items.
        factor = width / (published.range[1] - published.range[0])
        of_all_items = published.sd * math.sqrt(1 - published.alpha) * factor
        return of_all_items * math.sqrt(len(scale.items) / len(keyed))
    spread = _widest_spread(keyed, missing=len(scale.items) - len(keyed), limits=limits)
    return max(spread, LEAST_SPREAD * width) / math.sqrt(len(keyed))


def _widest_spread(keyed: Sequence[float], *, missing: int, limits: Range) -> float:
    # An answer that is missing could have been any. The spread is largest when each lies at an end of the range, so
    # leaving out an unusual answer can never make the others look surer than all of them together.
    low, high = limits
    completed = ([*keyed, *[low] * lows, *[high] * (missing - lows)] for lows in range(missing + 1))
    return max(statistics.stdev(answers) if len(answers) > 1 else 0.0 for answers in completed)


def _style_probabilities(anxiety: ScaleScore, avoidance: ScaleScore, midpoint: float) -> dict[str, float]:
    anxious, avoidant = _chance_above(anxiety, midpoint), _chance_above(avoidance, midpoint)
    exact = {
        "secure": (1 - anxious) * (1 - avoidant),
        "anxious": anxious * (1 - avoidant),
        "avoidant": (1 - anxious) * avoidant,
        "disorganized": anxious * avoidant,
    }
    rounded = {code: round(probability * 10_000) for code, probability in exact.items()}
    largest = max(rounded, key=lambda code: rounded[code])
    rounded[largest] += 10_000 - sum(rounded.values())  # so that what is shown sums to 1
    return {code: count / 10_000 for code, count in rounded.items()}


def _chance_above(result: ScaleScore, midpoint: float) -> float:
    distance = result.score - midpoint
    if result.standard_error == 0:
        return 0.5 if distance == 0 else float(distance > 0)
    return statistics.NormalDist().cdf(distance / result.standard_error)


def _clear_style(styles: Mapping[str, float]) -> str:
    likeliest = max(styles, key=lambda code: styles[code])
    return likeliest if styles[likeliest] >= CLEAR_STYLE else "unclear"


def _style(*, anxious: bool, avoidant: bool) -> str:
    if anxious:
        return "disorganized" if avoidant else "anxious"
    return "avoidant" if avoidant else "secure"


def _is_whole(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
