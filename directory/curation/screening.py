"""The harmful-practice screen: which terms of coercive practice a text holds. Pure; no Django, no database.

A hit is a question for a curator, never an accusation and never public. Terms and their sources:
fixtures/coercive_terms.json.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TERMS = Path(__file__).resolve().parents[2] / "fixtures" / "coercive_terms.json"
HOLD, CONTEXT, ASK = "hold", "context", "ask"
NEAR = 30  # words between two terms, or between a term and a context word
LONGEST_SENTENCE = 300  # characters kept around a hit; the database indexes them

GREEK_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")  # Ν looks like N, but its small ν like v
LOOK_ALIKES = str.maketrans(
    # Cyrillic, then Greek, then Latin letters that only look like another; after case folding.
    "аеорсухіјѕһԁԛԝвнкмтгпьӏ" + "αεορυιντκχγηωβ" + "ıɡɑℓ",
    "aeopcyxijshdqwbhkmtrnbl" + "aeopuivtkxynwb" + "igal",
)
WORD = re.compile(r"[^\W_]+|[,;:]")
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")

# "I do not use …": a denied verb of practice, and nothing after it that turns the sentence round.
DENIAL = re.compile(
    r"\b(?:(?:do|doe|does|did|will|would|can|could) ?not|(?:don|doesn|didn|won|wouldn|can|couldn)t|never|no longer|not)"
    r"(?: ever| personally| currently)*"
    r" (?:use|using|used|offer|offering|offered|practi[cs]e|practi[cs]ing|practi[cs]ed|provide|providing|provided"
    r"|recommend|support|endorse|condone|perform|teach|do|believe in|agree with)\b"
    r"|\b(?:survivors?|victims?) of\b|\bunlike\b|\brather than\b|\binstead of\b|\bopposed to\b|\bspeak against\b"
    r"|\b(?:harmed|hurt|injured|traumatized) (?:by|in)\b|\bsubjected to\b"
    r"|\brecover(?:y|ing|ed)? from\b|\brefuse\b|\breject\b"
)
TURN = re.compile(
    r".*(?:[;:]|\b(?:but|however|yet|although|though|except|unless|until|when|while|without|only|instead(?! of)|i|we)\b"
    r")"
)
CONDEMNED = re.compile(
    r"^(?: therapy)? (?:is|are|was|were|has been|have been) (?:harmful|dangerous|abusive|unsafe|discredited|banned)\b"
)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A term found in a text. `tier` is hold, context or ask; `sentence` is the author's own, shortened when long."""

    tier: str
    term: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class _Found:
    term: str
    start: int  # index of the first word
    stop: int  # index after the last word
    hold: bool


def fold(text: str) -> str:
    """Lower case, with look-alike letters made Latin, and without accents and zero-width characters."""
    if text.isascii():  # nothing of the rest applies
        return text.casefold().replace("'", "")
    text = unicodedata.normalize("NFKC", text).translate(GREEK_CAPITALS)
    text = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    return kept.replace("'", "").replace("’", "").translate(LOOK_ALIKES)


def words_of(text: str) -> list[str]:
    """The folded words of a text, plurals made singular. Marks that part phrases (, ; :) stay as words of their own."""
    return [_singular(word) for word in WORD.findall(fold(text))]


def screen(text: str) -> list[Hit]:
    """Find the terms that a curator should see, in order of appearance.

    A hold term is a hold, unless its sentence denies the practice or speaks of survivors: then it is context. A
    context term counts when another one, or a word such as "child" or "adoption", stands within 30 words. "EFT" asks
    which of two approaches is meant, unless the text spells out emotionally focused therapy. A term inside a phrase of
    the never-flag list ("limited reparenting") does not count.
    """
    if not text.strip():
        return []
    sentences = [part for part in END_OF_SENTENCE.split(text) if part.strip()]
    words: list[str] = []
    home: list[int] = []  # word -> its sentence
    for number, sentence in enumerate(sentences):
        for word in words_of(sentence):
            words.append(word)
            home.append(number)
        words.append(".")  # no phrase runs across the end of a sentence
        home.append(number)
    position = []  # word -> how many real words stand before it
    count = 0
    for word in words:
        position.append(count)
        count += word.isalnum()

    found, asked = _terms_in(words)
    context_words = [position[i] for i, word in enumerate(words) if word in _vocabulary().context]
    hits: list[tuple[int, Hit]] = []
    for term in found:
        sentence = sentences[home[term.start]]
        if term.hold:
            before, after = _around(words, term)
            denied = DENIAL.search(TURN.sub("", before)) or CONDEMNED.search(after)
            hits.append(
                (
                    term.start,
                    Hit(tier=CONTEXT if denied else HOLD, term=term.term, sentence=_short(sentence, term.term)),
                )
            )
        elif _has_company(term, found, position, context_words):
            hits.append((term.start, Hit(tier=CONTEXT, term=term.term, sentence=_short(sentence, term.term))))
    joined = " ".join(words)
    if asked and ("emotionally focu" not in joined or "emotional freedom" in joined):
        hits.append((asked[0], Hit(tier=ASK, term="EFT", sentence=_short(sentences[home[asked[0]]], "EFT"))))
    unique = dict.fromkeys(hit for _, hit in sorted(hits, key=lambda pair: pair[0]))
    return list(unique)


def _has_company(term: _Found, found: list[_Found], position: list[int], context_words: list[int]) -> bool:
    first, last = position[term.start], position[term.stop - 1]
    if any(first - NEAR <= at <= last + NEAR for at in context_words):
        return True
    return any(
        other.term != term.term and position[other.start] - last <= NEAR and first - position[other.stop - 1] <= NEAR
        for other in found
    )


def _terms_in(words: list[str]) -> tuple[list[_Found], list[int]]:
    """All terms with their places, longest first where they overlap, and the places of a bare "EFT"."""
    vocabulary = _vocabulary()
    spans: list[tuple[int, int, str]] = []  # start, stop, compact term
    for start, word in enumerate(words):
        # With hyphens, spaces or in one word: what counts are the letters from one word's start to another's end.
        joined, stop = word, start + 1
        while joined in vocabulary.beginnings:
            if joined in vocabulary.term:
                spans.append((start, stop, joined))
            if stop == len(words):
                break
            joined, stop = joined + words[stop], stop + 1

    def inside(span: tuple[int, int, str], others: list[tuple[int, int, str]]) -> bool:
        return any(o is not span and o[0] <= span[0] and span[1] <= o[1] for o in others)

    never = [span for span in spans if vocabulary.term[span[2]][1] == "never"]
    listed = [span for span in spans if vocabulary.term[span[2]][1] in (HOLD, CONTEXT) and not inside(span, never)]
    holds = [span for span in listed if vocabulary.term[span[2]][1] == HOLD]
    found = []
    for span in listed:
        name, tier = vocabulary.term[span[2]]
        if not inside(span, holds if tier == HOLD else listed):
            found.append(_Found(term=name, start=span[0], stop=span[1], hold=tier == HOLD))
    return found, [span[0] for span in spans if vocabulary.term[span[2]][1] == ASK]


def _around(words: list[str], term: _Found) -> tuple[str, str]:
    """The words of the term's own sentence before and after it."""
    start = max((i + 1 for i in range(term.start) if words[i] == "."), default=0)
    stop = words.index(".", term.stop)
    return " ".join(words[start : term.start]), " " + " ".join(words[term.stop : stop])


def _short(sentence: str, term: str) -> str:
    sentence = " ".join(sentence.split())
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    at = max(sentence.casefold().find(term.split()[0].casefold()), 0)
    begin = max(min(at - LONGEST_SENTENCE // 2, len(sentence) - LONGEST_SENTENCE), 0)
    return sentence[begin : begin + LONGEST_SENTENCE]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@dataclass(frozen=True)
class _Vocabulary:
    term: dict[str, tuple[str, str]]  # compact form -> (term as written in the list, hold | context | never | ask)
    beginnings: frozenset[str]
    context: frozenset[str]


@cache
def _vocabulary() -> _Vocabulary:
    data = json.loads(TERMS.read_text(encoding="utf-8"))
    term: dict[str, tuple[str, str]] = {}
    lists = {
        ASK: data["ask_which"],
        CONTEXT: data["flag_in_context"]["terms"],
        HOLD: data["hold"],
        "never": data["never_flag"],
    }
    for tier, names in lists.items():
        for name in names:
            term["".join(words_of(name))] = (name, tier)
    beginnings = frozenset(compact[:n] for compact in term for n in range(1, len(compact) + 1))
    context = frozenset("".join(words_of(word)) for word in data["flag_in_context"]["context"])
    return _Vocabulary(term=term, beginnings=beginnings, context=context)
