"""Codes that a person writes down or passes on: 28 signs that are hard to misread, and the secret that follows.

A code holds 140 random bits and is stored nowhere. What it opens is found and sealed with a value derived from it.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""

SIGNS: Final = 28
GROUP: Final = 4

_MISREAD: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = re.compile(r"[\s\-‐‑‒–—−.]+")  # what people put, and phones make of it, between the groups


def new_code() -> str:
    """A code that nobody has had before."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))


def shown(code: str) -> str:
    """The code as it is read out and written down: in groups of four."""
    return " ".join(code[start : start + GROUP] for start in range(0, SIGNS, GROUP))


def code_from(typed: str) -> str | None:
    """The code that somebody typed, in any case and grouping, O for 0, and I or L for 1. None when it cannot be one."""
    code = _BETWEEN.sub("", typed).upper().translate(_MISREAD)
    return code if len(code) == SIGNS and set(code) <= set(ALPHABET) else None


def value_of(code: str, purpose: bytes) -> bytes:
    """The secret of 256 bits that a code stands for. Codes of one purpose are no use for another."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(code.encode())
