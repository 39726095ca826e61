"""Counts what was asked and found fewer than five, once the answer is there: a count that fails costs no answer."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Final

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from assessments.drafts import open_draft
from directory.models import DemandCell
from directory.models.demand import Combination, monday_of
from matching import couple
from matching.demand import FEW, combinations_of
from matching.intake import Intake

#: Where a draft keeps what was counted of it, under the Monday of the week. Sealed and gone with the draft.
COUNTED: Final = "counted"

log = logging.getLogger(__name__)


def count(intake: Intake, *, total: int, on: dt.date) -> None:
    """Count the combinations of an intake that found fewer than five. Never raises for what the database cannot do."""
    if total < FEW:
        _add(combinations_of(intake), on)


def count_once(request: HttpRequest, response: HttpResponse, intake: Intake, *, total: int, on: dt.date) -> None:
    """The same for a page, which may be loaded again and again: each combination once a week for one draft.

    That it was counted is noted in the draft, which only the visitor's browser can open.
    """
    if total >= FEW:
        return
    week = monday_of(on).isoformat()
    try:
        with transaction.atomic():
            draft = open_draft(request)  # locked: what another tab saves at this moment stays
            if draft is None:
                return
            noted = draft.data.get(COUNTED, {}).get(week, [])
            new = [combination for combination in combinations_of(intake) if [*combination] not in noted]
            if not new:
                return
            draft.data[COUNTED] = {week: [*noted, *map(list, new)]}
            couple.save(draft, response)
    except DatabaseError as error:
        _tell(error)
        return
    _add(new, on)


def _add(combinations: Iterable[Combination], on: dt.date) -> None:
    try:
        with transaction.atomic():
            DemandCell.objects.add(combinations, on=on)
    except DatabaseError as error:
        _tell(error)


def _tell(error: DatabaseError) -> None:
    log.error("What was asked was not counted.", exc_info=error)  # the log keeps its kind and drops its words
