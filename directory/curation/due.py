"""What has to be done again and again, by `manage.py run_due`: each duty may be done twice without harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from directory.curation.reminders import queue_reminders, send_reminders


@dataclass(frozen=True, kw_only=True)
class Duty:
    """`do(on)` does what is due by that day and returns how many things it did.

    A second run, later or at the same moment, does only what is left. It may raise: the other duties are done all the
    same, and the run fails at its end.
    """

    name: str
    do: Callable[[dt.date], int]


DUE: tuple[Duty, ...] = (
    Duty(name="reminders queued", do=queue_reminders),
    Duty(name="letters sent", do=send_reminders),
)
