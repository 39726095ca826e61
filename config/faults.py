"""What the log says of a fault: its kind and where in the code. Its words may be a visitor's, so they stay out."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any, Final

import structlog

log = structlog.get_logger("faults")

MOST_PLACES: Final = 10  # calls that lead to the fault, the nearest last


class FaultLog(logging.Handler):
    """Writes one line for what any library logs: which logger, kind of exception, places in the code.

    The message and all values stay out: they hold hosts, addresses, rows and whole requests.
    """

    def emit(self, record: logging.LogRecord) -> None:
        kind, _, trace = record.exc_info or (None, None, None)
        if kind is not None:
            _write(record.levelname, record.name, exception=_name(kind), at=_places(trace))
        elif record.name != "django.request":  # that is an answer of 4xx or 5xx that a view gave on purpose
            place = f"{record.pathname}:{record.lineno} {record.funcName}"
            _write(record.levelname, record.name, exception=None, at=[place])


def keep_words_out() -> None:
    """Tell what Python itself would print, warnings and exceptions that nobody caught, in the same way."""
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it would print the message that could not be written
    sys.excepthook = lambda kind, error, trace: _uncaught("python", kind, trace)
    sys.unraisablehook = lambda fault: _uncaught("python", fault.exc_type, fault.exc_traceback)
    threading.excepthook = lambda fault: _uncaught("threading", fault.exc_type, fault.exc_traceback)


def _uncaught(logger: str, kind: type[BaseException], trace: TracebackType | None) -> None:
    _write("ERROR", logger, exception=_name(kind), at=_places(trace))


def _write(level: str, logger: str, **told: Any) -> None:
    log.log(logging.getLevelName(level), "fault", logger=logger, **told)


def _name(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> list[str]:
    places = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(trace)]
    return places[-MOST_PLACES:]
