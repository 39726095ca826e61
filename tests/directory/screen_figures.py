"""The corpora of the harmful-practice screen, and what it makes of them. Prints the figures of docs/screening.md:

uv run python -m tests.directory.screen_figures
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from directory.curation.coercive_terms import HOLD, NEVER, tiers
from directory.curation.screening import screen

DATA = Path(__file__).parent / "data"
CYRILLIC = str.maketrans("aeopcxiysjhkmt", "аеорсхіуѕјһкмт")
GREEK = str.maketrans("aopvxi", "αορνχι")
ARMENIAN = str.maketrans("onug", "օոսց")
FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
MATHEMATICAL = {ord("a") + n: 0x1D41A + n for n in range(26)} | {ord("A") + n: 0x1D400 + n for n in range(26)}
SCRIPT = {ord("a") + n: 0x1D4EA + n for n in range(26)}
CIRCLED = {ord("a") + n: 0x24D0 + n for n in range(26)}
SMALL_CAPITALS = str.maketrans("abcdeghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ")
DASHES = "-‐‑‒–—−－"  # the no-break hyphen and the full-width one among them
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u3164"
FRAMES = (
    "I offer {} to families.",
    "My work is based on {}",
    "Ask me about {}: it changed my practice!",
    "With every child we use {} at home, and parents learn it in a weekend.",
    "{} has been my specialty for twenty years.",
)
NEVER_FRAMES = (
    "I offer {}.",
    "With every adopted or foster child I use {} and nothing else.",
    "{} for children with RAD, after adoption",
    "{} IS MY WORK",
)


def disguises(term: str) -> dict[str, str]:
    """A term in many dresses, by the name of the dress. Some dresses leave some terms as they are."""
    joined = term.replace(" ", "").replace("-", "")
    last = term.removesuffix("y") + "ies" if term.endswith("y") else f"{term}es" if term.endswith("ss") else f"{term}s"
    dressed = {
        "as it is": term,
        "capitals": term.upper(),
        "small letters": term.lower(),
        "title": term.title(),
        "one word": joined,
        "plural": last,
        "possessive": f"{term}'s",
        "possessive, curly": f"{term}’s",
        "Cyrillic": term.lower().translate(CYRILLIC),
        "Greek": term.lower().translate(GREEK),
        "Armenian": term.lower().translate(ARMENIAN),
        "full width": term.translate(FULLWIDTH),
        "mathematical": term.translate(MATHEMATICAL),
        "mathematical script": term.lower().translate(SCRIPT),
        "circled": term.lower().translate(CIRCLED),
        "small capitals": term.lower().translate(SMALL_CAPITALS),
        "0 for o": term.lower().replace("o", "0"),
        "1 for i": term.lower().replace("i", "1"),
        "1 for l": term.lower().replace("l", "1"),
        "3 for e": term.lower().replace("e", "3"),
        "0, 1 and 3": term.lower().translate(str.maketrans("oie", "013")),
        "capital i for l": term.lower().replace("l", "I"),
        "@ for a": re.sub("(?<=[a-z])a", "@", term.lower()),
        "accents": term.replace("e", "é").replace("i", "ï").replace("o", "ö"),
        "spaced letters": " ".join(joined),
        "dotted letters": ".".join(joined),
        "line break": term.replace(" ", "\n"),
        "Windows line break": term.replace(" ", "\r\n"),
        "no-break space": term.replace(" ", "\u00a0"),
        "entity": term.replace(" ", "&nbsp;"),
        "entity inside": f"{term[:3]}&shy;{term[3:]}",
        "entity for a letter": f"&#{ord(term[0])};{term[1:]}",
        "entity, encoded twice": f"{term[:2]}&amp;shy;{term[2:]}",
        "tag inside": f"{term[:4]}<b>{term[4:]}</b>",
        "in quotes": f"“{term}”",
        "underscores": term.replace(" ", "_"),
    }
    dressed |= {f"dash {ord(dash):04x}": term.replace(" ", dash).replace("-", dash) for dash in DASHES}
    dressed |= {f"dash {ord(dash):04x} within": f"{term[:2]}{dash}{term[2:]}" for dash in DASHES}
    dressed |= {f"unseen {ord(mark):04x}": mark.join(term) for mark in UNSEEN}
    return dressed


def hold_variants() -> Iterator[tuple[str, str, str]]:
    """Term, dress and an affirming sentence: every hold term in every dress in every frame, none twice."""
    seen: set[str] = set()
    for term in tiers()[HOLD]:
        for dress, dressed in disguises(term).items():
            for frame in FRAMES:
                sentence = frame.format(dressed)
                if sentence not in seen:
                    seen.add(sentence)
                    yield term, dress, sentence


def never_variants() -> Iterator[str]:
    """Every phrase of the never-flag list in several frames, next to words that make context terms count."""
    for phrase in tiers()[NEVER]:
        for frame in NEVER_FRAMES:
            yield frame.format(phrase)
            yield frame.format(phrase.replace(" ", "-"))


def benign_sentences() -> list[str]:
    """Sentences as therapists write them, written for this test; none says anything a curator needs to see."""
    return [line for line in (DATA / "benign_sentences.txt").read_text().splitlines() if line]


def stances() -> list[tuple[str, str]]:
    """Sentences that name a hold term, with the tier they should have."""
    lines = (DATA / "screened_stances.txt").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(tier, sentence) for tier, sentence in rows]


def tiers_of(text: str) -> set[str]:
    return {hit.tier for hit in screen(text)}


def main() -> None:
    variants = list(hold_variants())
    missed = [row for row in variants if HOLD not in tiers_of(row[2])]
    benign = [tiers_of(sentence) for sentence in benign_sentences()]
    never = [tiers_of(sentence) for sentence in never_variants()]
    stated = [tiers_of(sentence) == {tier} for tier, sentence in stances()]
    lines = [
        f"hold variants         {len(variants):6}  held {len(variants) - len(missed)}",
        f"benign sentences      {len(benign):6}  no hold {sum(HOLD not in t for t in benign) / len(benign):.1%}",
        f"                              no flag at all {sum(not t for t in benign) / len(benign):.1%}",
        f"never-flag sentences  {len(never):6}  held {sum(HOLD in t for t in never)}, flagged {sum(map(bool, never))}",
        f"stances               {len(stated):6}  as expected {sum(stated)}",
        *(f"missed: {' | '.join(row)}" for row in missed[:40]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
