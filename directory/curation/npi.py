"""The check digit of a National Provider Identifier: Luhn over 80840 + NPI (45 CFR 162.406, ISO/IEC 7812)."""

from __future__ import annotations

import re

PREFIX = "80840"  # 80 for health applications, 840 for the United States


def check_digit(first_nine: str) -> str:
    """The tenth digit that belongs to the first nine of an NPI."""
    total = 0
    for place, digit in enumerate(reversed(PREFIX + first_nine)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def is_npi(text: str) -> bool:
    """Whether the text is ten digits with the right check digit. It does not say that somebody holds the number."""
    return re.fullmatch(r"[0-9]{10}", text) is not None and check_digit(text[:9]) == text[9]
