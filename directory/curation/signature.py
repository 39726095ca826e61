"""Tells the history who changes a row, and why."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser

LONGEST_CHANGE_REASON: Final = 100  # simple_history's column


def sign(row: Any, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Sign the next history row of this row. `by` is a member of staff, or a name where there is no account."""
    if isinstance(by, str):
        reason = f"{by}: {reason}"
        row._history_user = None  # not whoever happens to be signed in in the same browser
    else:
        row._history_user = by
    row._change_reason = reason[:LONGEST_CHANGE_REASON]
