"""Names of people as parts that can be compared: folded letters, without titles, with everyday short forms. Pure.

Made for the United States: given name first, or last name, comma, given name; one or two last names.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from directory.curation.short_forms import ROOTS

TITLES: Final = frozenset({"dr", "mr", "mrs", "ms", "mx", "miss", "prof", "professor", "rev"})
CREDENTIALS: Final = frozenset({
    "phd", "psyd", "edd", "md", "do", "ma", "ms", "msw", "med", "mft", "lmft", "lpc", "lpcc", "lcpc", "lmhc", "lcsw",
    "licsw", "lisw", "lmsw", "lcmhc", "lac", "rn", "np", "pmhnp", "aprn", "bcba", "cadc", "csat", "rpt", "ncc", "abpp",
    "dsw", "jd", "mdiv", "mph", "mba", "llc", "pllc", "pc", "inc",
})  # fmt: skip
SUFFIXES: Final = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
PARTICLES: Final = frozenset({
    "de", "del", "della", "der", "den", "di", "da", "dos", "la", "las", "le", "los", "van", "von", "bin", "al", "el",
    "st", "san",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name in parts, all folded to a–z (or to the letters of another alphabet without marks).

    `given` are the words that may be used as given name (the first one, and a nickname in quotation marks); `last` the
    parts of the last name; `middle` initials of what stands between; `suffix` "jr", "sr", "ii" …, or empty.
    """

    given: tuple[str, ...]
    middle: str
    last: tuple[str, ...]
    suffix: str

    @property
    def roots(self) -> frozenset[str]:
        """The given names with short forms led back to the whole one: Bob and Rob are robert."""
        return frozenset().union(*(ROOTS.get(name, {name}) for name in self.given))


def folded_word(text: str) -> str:
    """Letters only, small, without accents: O’Brien, OBRIEN and Ó Brien meet."""
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l"))
    return "".join(c for c in text.casefold() if c.isalpha())


@lru_cache(maxsize=4096)
def parsed(text: str) -> Name:
    """The parts of a name as it is written. A name of one word is given and last name at once."""
    nicknames = tuple(filter(None, map(folded_word, re.findall(r"[\"“(]([^\"”)]{2,20})[\"”)]", text))))
    text = re.sub(r"[\"“(][^\"”)]*[\"”)]", " ", text)
    first, *rest = [_words(part) for part in text.split(",")]
    while len(first) > 2 and folded_word(first[-1]) in CREDENTIALS:  # Jack Ma keeps his name
        first.pop()
    parts = [first, *([word for word in part if folded_word(word) not in CREDENTIALS] for part in rest)]
    suffix = next((SUFFIXES[folded_word(part[-1])] for part in parts if part and folded_word(part[-1]) in SUFFIXES), "")
    parts = [kept for part in parts if (kept := [word for word in part if folded_word(word) not in SUFFIXES])]
    if not parts:
        return Name(given=nicknames, middle="", last=(), suffix=suffix)
    if len(parts) > 1:  # "Garcia, Maria L."
        last, words = parts[0], parts[1]
        return _name([words[0]], nicknames, words[1:], last, suffix)
    words = parts[0]
    if len(words) == 1:
        return _name([] if nicknames else words, nicknames, [], words, suffix)
    between, last = words[1:-1], words[-1:]
    while between and folded_word(between[-1]) in PARTICLES:
        last.insert(0, between.pop())
    return _name(words[:1], nicknames, between, last, suffix)


def _words(part: str) -> list[str]:
    """The words of one part between commas, without titles."""
    return [word for word in re.split(r"[\s/]+", part) if folded_word(word) and folded_word(word) not in TITLES]


def _name(given: list[str], nicknames: tuple[str, ...], middle: list[str], last: list[str], suffix: str) -> Name:
    parts, prefix = [], ""
    for word in last:
        if folded_word(word) in PARTICLES and word is not last[-1]:
            prefix += word  # belongs to the word behind it: de la Cruz is one name
            continue
        parts += [folded_word(piece) for piece in re.split(r"[-–‐]", prefix + word) if folded_word(piece)]
        prefix = ""
    middles = (folded_word(word) for word in middle)
    return Name(
        given=(*map(folded_word, given), *nicknames),
        middle="".join(word[0] for word in middles if word not in PARTICLES),
        last=tuple(parts),
        suffix=suffix,
    )


def near(one: str, other: str) -> bool:
    """Whether two words differ by one letter (changed, left out, or two swapped), and are long enough to tell."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
