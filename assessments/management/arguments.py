"""Arguments that several commands of the assessments take."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

from assessments.instruments import Range

RANGE = re.compile(r"(-?[0-9]{1,3}),(-?[0-9]{1,3})")


def answer_range(given: str) -> Range:
    """Read low,high; an `ArgumentTypeError` says what is wrong."""
    match = RANGE.fullmatch(given)
    if match is None or int(match[1]) >= int(match[2]):
        raise ArgumentTypeError("must be low,high with the lower first, as in 1,5.")
    return int(match[1]), int(match[2])
