"""Wording: codes, dates and lists as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

Names = Mapping[str, Mapping[str, str]]
"""Vocabulary → code → name."""

MONTHS: Final = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
PROPER_NOUNS: Final = frozenset({"Gottman", "Imago", "Theraplay", "Circle"})


class Wording:
    """Sentences need names; `names` gives those of the taxonomy. A code without a name is shown as it is."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._said: dict[tuple[str, str], str] = {}
        self._listed: dict[tuple[str, tuple[str, ...], str], str] = {}  # of one answer many sentences list the same

    def name(self, vocabulary: str, code: str) -> str:
        """The name as it stands inside a sentence."""
        if (vocabulary, code) not in self._said:
            self._said[vocabulary, code] = self._inside_a_sentence(vocabulary, code)
        return self._said[vocabulary, code]

    def _inside_a_sentence(self, vocabulary: str, code: str) -> str:
        name = self._names.get(vocabulary, {}).get(code, code)
        first, *_ = name.split(maxsplit=1)
        plain = first[1:].replace("-", "").islower() and first not in PROPER_NOUNS
        return name[0].lower() + name[1:] if plain and vocabulary in ("approaches", "concerns", "populations") else name

    def names(self, vocabulary: str, codes: Iterable[str], *, joined_by: str = "and") -> str:
        """ "a, b and c", in the order of the codes."""
        asked = vocabulary, tuple(codes), joined_by
        if asked not in self._listed:
            self._listed[asked] = listed([self.name(vocabulary, code) for code in asked[1]], joined_by=joined_by)
        return self._listed[asked]


def listed(words: Iterable[str], *, joined_by: str = "and") -> str:
    """ "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} {joined_by} {last}" if others else last


def sentence(text: str) -> str:
    """The text with a capital letter first and a full stop last."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def day(date: dt.date) -> str:
    """ "Dec. 1, 2026": the months as on our pages, where Django shortens them."""
    return f"{MONTHS[date.month - 1]} {date.day}, {date.year}"
