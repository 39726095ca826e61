"""Screens again whoever changed beside the usual ways, and everybody when the terms changed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from directory.curation.flags import refresh_flags
from directory.curation.screened_texts import lock_unscreened
from directory.models import Therapist

BATCH = 500


def rescreen(on: dt.date) -> int:
    """Screen all profiles whose texts are not those last screened, or were screened with other terms; return how many.

    Safe to run twice and in parallel. Each batch is a transaction of its own; the memory does not grow with the
    directory.
    """
    count = last = 0
    while True:
        with transaction.atomic():
            ids = lock_unscreened(after=last, most=BATCH)
            if not ids:
                return count
            refresh_flags(list(Therapist.objects.filter(pk__in=ids).defer("search_document").order_by("pk")), on=on)
        count, last = count + len(ids), ids[-1]
