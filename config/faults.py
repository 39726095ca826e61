"""What the log says of a fault: its kind and where in the code. Its words may be a visitor's, so they stay out."""

from __future__ import annotations

import logging
import traceback
from typing import Final

import structlog

log = structlog.get_logger("faults")

MOST_PLACES: Final = 10  # calls that lead to the fault, the nearest last


class FaultLog(logging.Handler):
    """Writes one line for each error that Django reports with its exception; the message and all values stay out."""

    def emit(self, record: logging.LogRecord) -> None:
        kind, _, trace = record.exc_info or (None, None, None)
        if kind is None:
            return  # an answer with a status of 5xx that a view gave on purpose
        places = [
            f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(trace)
        ]
        log.error("fault", exception=f"{kind.__module__}.{kind.__qualname__}", at=places[-MOST_PLACES:])
