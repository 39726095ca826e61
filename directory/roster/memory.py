"""Memory that Python has freed and the C library still keeps."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back_free_memory() -> None:
    """Let the system have it back. What loading a roster needs for a moment is more than what the roster needs."""
    with suppress(OSError, AttributeError):  # another C library than GNU's
        ctypes.CDLL("libc.so.6").malloc_trim(0)
