"""What has to be done again and again, by `manage.py run_due`: each duty may be done twice without harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from directory.curation.duplicates import find_duplicates
from directory.curation.figures import record_figures
from directory.curation.reminders import queue_reminders, send_reminders
from directory.curation.rescreening import rescreen


@dataclass(frozen=True, kw_only=True)
class Duty:
    """`do(on)` does what is due by that day and returns how many things it did.

    A second run, later or at the same moment, does only what is left. It may raise: the other duties are done all the
    same, and the run fails at its end. `looks_at_all`: it reads the whole directory, so once a night is enough.
    """

    name: str
    do: Callable[[dt.date], int]
    looks_at_all: bool = False


DUE: tuple[Duty, ...] = (
    Duty(name="texts screened anew", do=rescreen, looks_at_all=True),
    Duty(name="reminders queued", do=queue_reminders),
    Duty(name="possible duplicates found", do=find_duplicates, looks_at_all=True),
    Duty(name="figures of the day kept", do=record_figures, looks_at_all=True),
    Duty(name="letters sent", do=send_reminders),  # the last: a slow mail server holds nothing up
)
