"""The harmful-practice screen: which terms of coercive practice a text holds. Pure; no Django, no database.

A hit is a question for a curator, never an accusation and never public. Terms and their sources:
fixtures/coercive_terms.json. What it folds and what it measures: docs/screening.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.curation.coercive_terms import ASK, CONTEXT, HOLD, NEVER, vocabulary
from directory.curation.folding import WORD, fold, key_of, plain, singular, unmasked
from directory.curation.stance import is_at_arms_length

NEAR = 30  # words between two terms, or between a term and a context word
LONGEST_SENTENCE = 300  # characters kept around a hit; the database indexes them

END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’')])\s+|\n\s*\n")
FOCUSED = re.compile(r"\bemotionally focu")  # singular words: "focu"
TAPPING = re.compile(r"\bemotional freedom\b|\beft tapping\b|\btapping (?:\w+ ){0,2}eft\b")


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


def screen(text: str) -> list[Hit]:
    """Find the terms that a curator should see, in order of appearance.

    A hold term is a hold, unless its sentence denies the practice, tells that it is over, or quotes somebody: then it
    is context. A context term counts when another one, or a word such as "child" or "adoption", stands within 30
    words. "EFT" asks which of two approaches is meant, unless the text spells out emotionally focused therapy. A term
    inside a phrase of the never-flag list ("limited reparenting") does not count.
    """
    text = plain(text)
    if not vocabulary().may_hold(unmasked(fold(text))):
        return []
    sentences = [part for part in END_OF_SENTENCE.split(text) if part.strip()]
    words: list[str] = []  # to be read
    keys: list[str] = []  # to be compared
    home: list[int] = []  # word -> its sentence
    for number, sentence in enumerate(sentences):
        for word in WORD.findall(unmasked(fold(sentence))):
            words.append(singular(word))
            keys.append(key_of(word))
            home.append(number)
        words.append(".")  # no phrase runs across the end of a sentence
        keys.append(".")
        home.append(number)
    position = []  # word -> how many real words stand before it
    count = 0
    for word in words:
        position.append(count)
        count += word.isalnum()

    found, asked = _terms_in(words, keys)
    context_words = [position[i] for i, key in enumerate(keys) if key in vocabulary().context]
    hits: list[tuple[int, Hit]] = []
    for term in found:
        sentence = sentences[home[term.start]]
        if term.hold:
            tier = CONTEXT if is_at_arms_length(*_around(words, term)) else HOLD
            hits.append((term.start, Hit(tier=tier, term=term.term, sentence=_short(sentence, term.term))))
        elif _has_company(term, found, position, context_words):
            hits.append((term.start, Hit(tier=CONTEXT, term=term.term, sentence=_short(sentence, term.term))))
    joined = " ".join(words)
    if asked and (TAPPING.search(joined) or not FOCUSED.search(joined)):
        hits.append((asked[0], Hit(tier=ASK, term="EFT", sentence=_short(sentences[home[asked[0]]], "EFT"))))
    unique = dict.fromkeys(hit for _, hit in sorted(hits, key=lambda pair: pair[0]))
    return list(unique)


def screen_address(address: str) -> list[Hit]:
    """Find a hold term in a web or e-mail address, where words stand without spaces."""
    term = vocabulary().in_address(address)
    return [Hit(tier=HOLD, term=term, sentence=address[:LONGEST_SENTENCE])] if term else []


def _has_company(term: _Found, found: list[_Found], position: list[int], context_words: list[int]) -> bool:
    first, last = position[term.start], position[term.stop - 1]
    if any(first - NEAR <= at <= last + NEAR for at in context_words):
        return True
    return any(
        other.term != term.term and position[other.start] - last <= NEAR and first - position[other.stop - 1] <= NEAR
        for other in found
    )


def _terms_in(words: list[str], keys: list[str]) -> tuple[list[_Found], list[int]]:
    """All terms with their places, longest first where they overlap, and the places of a bare "EFT"."""
    known = vocabulary()
    spans: list[tuple[int, int, str]] = []  # start, stop, what was compared
    for start, key in enumerate(keys):
        # With hyphens, spaces or in one word: what counts are the letters from one word's start to another's end.
        joined, stop = key, start + 1
        while joined in known.beginnings:
            if joined in known.term:
                spans.append((start, stop, joined))
            if stop == len(keys):
                break
            joined, stop = joined + keys[stop], stop + 1

    def inside(span: tuple[int, int, str], others: list[tuple[int, int, str]]) -> bool:
        return any(o is not span and o[0] <= span[0] and span[1] <= o[1] for o in others)

    never = [span for span in spans if known.term[span[2]][1] == NEVER]
    listed = [span for span in spans if known.term[span[2]][1] in (HOLD, CONTEXT) and not inside(span, never)]
    holds = [span for span in listed if known.term[span[2]][1] == HOLD]
    found = []
    for span in listed:
        name, tier = known.term[span[2]]
        if not inside(span, holds if tier == HOLD else listed):
            found.append(_Found(term=name, start=span[0], stop=span[1], hold=tier == HOLD))
    asked = [
        span[0]
        for span in spans
        if known.term[span[2]][1] == ASK and "".join(words[span[0] : span[1]]).isalpha()  # not "3ft"
    ]
    return found, asked


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
