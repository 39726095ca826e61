"""Cells that a spreadsheet would run as a formula: guarded on the way out, freed on the way in. Pure."""

from __future__ import annotations

from typing import Final

GUARD: Final = "'"
#: What a spreadsheet takes for the beginning of a formula, wide forms included; it may skip blanks before it.
STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it if it would be run: "=1" becomes "'=1", and "'=1" becomes "''=1"."""
    return GUARD + cell if _would_run(cell) else cell


def unguarded(cell: str) -> str:
    """What was guarded: `unguarded(guarded(cell)) == cell` for every cell."""
    return cell[len(GUARD) :] if cell.startswith(GUARD) and _would_run(cell) else cell


def _would_run(cell: str) -> bool:
    start = cell.lstrip(GUARD)
    return start.lstrip(" ").startswith(STARTS)
