"""The terms of the harmful-practice screen, read once from fixtures/coercive_terms.json. Pure."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from directory.curation.folding import WORD, fold, key_of, letters_of

TERMS = Path(__file__).resolve().parents[2] / "fixtures" / "coercive_terms.json"
HOLD, CONTEXT, ASK, NEVER = "hold", "context", "ask", "never"
IN_AN_ADDRESS = 9  # letters: a shorter name inside an address without spaces says nothing
_ENDING = "[a-z]{0,3}"  # what a plural can add to a word


@dataclass(frozen=True)
class Vocabulary:
    """`term`: what is compared -> the term as written in the list, and its tier."""

    term: dict[str, tuple[str, str]]
    beginnings: frozenset[str]
    context: frozenset[str]
    asked: re.Pattern[str]
    ask_letters: tuple[str, ...]
    hints: tuple[tuple[str, re.Pattern[str]], ...]

    def may_hold(self, folded: str) -> bool:
        """Whether a folded text is worth a closer look. Never False when it holds a term; quick when it holds none."""
        letters = letters_of(folded)
        for hint, pattern in self.hints:
            if hint in letters and pattern.search(letters):
                return True
        return any(name in letters for name in self.ask_letters) and self.asked.search(folded) is not None

    def in_address(self, address: str) -> str:
        """The hold term that is part of an address ("rebirthing-utah.example"), or an empty string."""
        letters = letters_of(fold(address))
        inside = [
            name
            for key, (name, tier) in self.term.items()
            if tier == HOLD and len(key) >= IN_AN_ADDRESS and key in letters
        ]
        return max(inside, key=len, default="")


@cache
def version() -> str:
    """What tells one version of the terms from another: 16 hexadecimal digits of their file's digest."""
    return hashlib.sha256(TERMS.read_bytes()).hexdigest()[:16]


@cache
def tiers() -> dict[str, list[str]]:
    """The terms of each tier, those of the task first, then ours."""
    data: dict[str, Any] = json.loads(TERMS.read_text(encoding="utf-8"))
    ours = data["widening"]
    return {
        ASK: list(data["ask_which"]),
        CONTEXT: [*data["flag_in_context"]["terms"], *ours["flag_in_context"]],
        HOLD: [*data["hold"], *ours["hold"]],
        NEVER: [*data["never_flag"], *ours["never_flag"]],
    }


@cache
def vocabulary() -> Vocabulary:
    """The terms, made ready for comparison."""
    term: dict[str, tuple[str, str]] = {}
    patterns: dict[str, list[str]] = defaultdict(list)
    for tier, names in tiers().items():
        for name in names:
            words = WORD.findall(fold(name))
            # With and without the s of a name such as Thomas: written in one word it keeps it. And of what an English
            # plural makes of a foreign word: "-therapies" becomes "-therapy".
            spellings = (
                {key_of(word), letters_of(word), key_of(f"{word}s") if len(word) > 4 else key_of(word)}
                for word in words
            )
            for spelling in itertools.product(*spellings):
                key = "".join(spelling)
                if term.get(key, ("", ""))[1] != tier:  # of two names of a tier that are one, the first is told
                    term[key] = (name, tier)
            if tier in (HOLD, CONTEXT):
                stems = [key_of(word).removesuffix("y") for word in words]
                patterns[max(stems, key=len)].append(_ENDING.join(stems))
    data = json.loads(TERMS.read_text(encoding="utf-8"))
    gap, edge = r"[\W_]*", r"(?:(?<=[\W_])|^)"
    return Vocabulary(
        term=term,
        beginnings=frozenset(key[:n] for key in term for n in range(1, len(key) + 1)),
        context=frozenset(
            "".join(map(key_of, WORD.findall(fold(word)))) for word in data["flag_in_context"]["context"]
        ),
        asked=re.compile("|".join(f"{edge}{gap.join(fold(name))}(?![^\\W_])" for name in tiers()[ASK])),
        ask_letters=tuple(letters_of(fold(name)) for name in tiers()[ASK]),
        hints=tuple((hint, re.compile("|".join(found))) for hint, found in patterns.items()),
    )
