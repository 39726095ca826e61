"""Who licenses whom: boards, their public registers, and what their numbers look like, where that is known. Pure.

Read from fixtures/license_boards.json, which says how much is known. Where nothing is, nothing is checked.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BOARDS = Path(__file__).resolve().parents[1] / "fixtures" / "license_boards.json"


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board. An empty `register_url` or `number_pattern` is not known; `source` says how we know the rest."""

    jurisdiction: str
    license_types: tuple[str, ...]
    board: str
    register_url: str
    number_in_words: str
    number_pattern: str
    source: str
    checked_on: dt.date


@cache
def boards() -> dict[tuple[str, str], Board]:
    """The boards we know, by jurisdiction and license type (codes)."""
    known = {}
    for entry in json.loads(BOARDS.read_text(encoding="utf-8"))["boards"]:
        types = tuple(entry["license_types"])
        board = Board(**entry | {"license_types": types, "checked_on": dt.date.fromisoformat(entry["checked_on"])})
        for license_type in types:
            known[board.jurisdiction, license_type] = board
    return known


def board_of(jurisdiction: str, license_type: str) -> Board | None:
    """The board that gives out licenses of this type there, or None when we do not know it."""
    return boards().get((jurisdiction, license_type))


def register_url(jurisdiction: str, license_type: str) -> str:
    """The address of the board's public register; empty when we do not know it."""
    board = board_of(jurisdiction, license_type)
    return board.register_url if board else ""


def number_doubt(jurisdiction: str, license_type: str, number: str) -> str:
    """Why the number does not look like one of that board; empty when it does, or when we do not know.

    A doubt is a question to a curator and no error: boards change the form of their numbers.
    """
    board = board_of(jurisdiction, license_type)
    if board is None or not board.number_pattern:
        return ""
    if re.fullmatch(board.number_pattern, number.strip().upper()):
        return ""
    return f"{number} does not look like a number of the {board.board}: {board.number_in_words}. Please compare it."
