"""What an action refuses with, where several of them may."""

from __future__ import annotations


class ReasonMissing(ValueError):
    """A decision needs a reason on record."""


class AlreadyDecided(Exception):
    """Somebody else has decided in the meantime; the first decision stays."""

    def __init__(self) -> None:
        super().__init__("Somebody has decided on this already. Their decision stays.")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason stays on record.")
