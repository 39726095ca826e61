"""When a name, a license number or a credential of NPPES says the same as one of ours."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

NO_PART_OF_A_NAME = frozenset({"jr", "sr", "ii", "iii", "iv", "dr", "mr", "mrs", "ms", "mx", "prof", "rev"})
PARTICLES = frozenset(
    {"da", "de", "del", "della", "der", "di", "du", "el", "la", "las", "le", "los", "st", "van", "von"}
)
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
NUMBER = re.compile(r"([A-Z]*)0*([1-9][0-9]*)([A-Z]*)")


class PersonName(NamedTuple):
    """A name in the parts in which NPPES keeps it. Each may be empty."""

    first: str
    middle: str
    last: str
    suffix: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def words_of(name: str) -> list[str]:
    """The words of a name as they are compared: small letters without accents, titles and suffixes left out."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"['’‘`´.ʼ]", "", plain.translate(LETTERS))
    return [word for word in re.findall(r"[^\W_]+", plain) if word not in NO_PART_OF_A_NAME]


def same_person_by_name(ours: str, *names: PersonName) -> bool:
    """Whether our name may be one of these names of a person (the legal one and others that they had or have).

    The first name is theirs, or the middle name they go by, or an initial of it; and one of the surnames is the same.
    What stands behind a comma in ours are credentials.
    """
    own = words_of(ours.partition(",")[0])
    return len(own) > 1 and any(_agrees(own, name) for name in names)


def _agrees(own: list[str], name: PersonName) -> bool:
    first, last = words_of(name.first), words_of(name.last)
    if not first or not last:
        return False
    given = (
        own[0] in first + words_of(name.middle)
        or "".join(own).startswith("".join(first))  # Rose-Ann, Roseann
        or (len(own[0]) == 1 and own[0] == first[0][0])
        or (len(first[0]) == 1 and first[0] == own[0][0])
    )
    surnames = set(last) - PARTICLES or set(last)
    surname = bool(surnames & set(own[1:])) or "".join(own[1:]).endswith("".join(last))  # Mc Donald, McDonald
    return given and surname


def as_written(name: PersonName) -> str:
    """A name in capitals as people write it: `MARIA DE LA CRUZ-O'NEIL JR.` becomes `Maria de la Cruz-O'Neil Jr.`"""
    words = []
    for place, word in enumerate(re.sub(r"[,;]+(?=\s|$)", "", str(name)).split()):  # some type a comma after a name
        if place and word.casefold() in PARTICLES:
            words.append(word.casefold())
        elif re.fullmatch(r"I{2,3}|I?V", word):
            words.append(word)
        else:
            words.append(re.sub(r"[^\W\d_]+", lambda found: found[0].capitalize(), word))
    return " ".join(words)


class LicenseNumber(NamedTuple):
    """A number in parts: `LMFT 012345-C` has the letters LMFT, the core 12345 and the ending C."""

    letters: str
    core: str
    ending: str


def license_number(text: str) -> LicenseNumber | None:
    """A license number as it is compared, or None where there is none in the text (`PENDING`, `0000`).

    Case, spaces, hyphens and zeros in front do not count. What is built otherwise than letters, digits, letters
    (`37PC00123456`) is its own core, every sign of which counts.
    """
    signs = re.sub(r"[^A-Z0-9]", "", text.upper())
    if found := NUMBER.fullmatch(signs):
        return LicenseNumber(*found.groups())
    return LicenseNumber("", signs, "") if re.search(r"[1-9]", signs) else None


def same_number(one: LicenseNumber | None, other: LicenseNumber | None) -> bool:
    """Whether two numbers may be the same: their cores are, and letters differ only where one leaves them out.

    `LMFT12345` and `12345` may be, `LMFT12345` and `PSY12345` are not.
    """
    if one is None or other is None or one.core != other.core:
        return False
    return (one.letters == other.letters or not one.letters or not other.letters) and (
        one.ending == other.ending or not one.ending or not other.ending
    )


def credentials_of(text: str) -> tuple[str, ...]:
    """Credentials without dots, one by one: `Ph. D., L.I.C.S.W.` becomes PHD and LICSW."""
    plain = re.sub(r"\b(PH|PSY|ED)\.?\s+D\b", r"\1D", text.upper())
    plain = re.sub(r"\.(?=[A-Z]\b)", "", plain)  # the dots inside M.S.W.
    return tuple(dict.fromkeys(re.findall(r"[A-Z0-9-]+", plain)))
