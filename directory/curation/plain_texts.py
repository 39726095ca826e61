"""What may stand in a text of a profile: words, marks and line breaks. Nothing that a browser could act on. Pure.

One rule for the form, the import and every other way in. A text is shown as text: an address in it is no link, so
nothing in it can fetch a picture from elsewhere.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

import nh3

#: General categories of Unicode (first letter): letters, the marks on them, numbers, punctuation, symbols, spaces.
ALLOWED: Final = frozenset("LMNPSZ")
#: Besides these: line breaks and tabs, and the two marks that join letters or keep them apart (Persian, emoji).
ALSO_ALLOWED: Final = frozenset("\n\t\u200c\u200d")
LINE_BREAKS: Final = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n"}
MOST_MARKS: Final = 4  # on one letter; more than any writing needs, they would pile up over the lines above
_MARK: Final = r"[\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED: Final = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")


def plain_text(text: str) -> str:
    """The text without markup and without what is not on the list: control characters, marks that turn the direction of
    writing, halves of characters, private ones.
    """
    text = _allowed(text)
    for _ in range(len(text)):  # `&lt;b&gt;` becomes `<b>` becomes nothing: until it stays as it is
        if "<" not in text and "&" not in text:
            break
        cleaned = _allowed(html.unescape(nh3.clean(text, tags=set())))
        if cleaned == text:
            break
        text = cleaned
    return unicodedata.normalize("NFC", _PILED.sub(r"\1", text)).strip()


def plain_line(text: str) -> str:
    """The same on one line."""
    return " ".join(plain_text(text).split())


def _allowed(text: str) -> str:
    for other, line_break in LINE_BREAKS.items():
        text = text.replace(other, line_break)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in ALSO_ALLOWED or unicodedata.category(c)[0] in ALLOWED)
