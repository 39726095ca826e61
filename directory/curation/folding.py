"""Makes one spelling of many: case, accents, look-alike letters, digits for letters, plurals. Pure.

`fold` gives readable words; `key_of` and `letters_of` give what is compared, in which i, l and 1 are one letter.
"""

from __future__ import annotations

import html
import re
import unicodedata

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("'`´‘’‚‛ʻʼʽˈ′＇", ""),  # an apostrophe joins: "Zaslow's" is one word
        **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃˗", "-"),
        **dict.fromkeys("“”„«»‹›", '"'),
        **dict.fromkeys("\u00a0\u2007\u202f\u2002\u2003\u2009", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e\u115f\u1160\u3164\uffa0", ""),
        "…": "...",
    }
)
_GREEK_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")  # Ν looks like N, but its small ν like v
_LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek, Armenian, small capitals, Latin letters with strokes or hooks; all after case folding.
    "аеорсухіјѕһԁԛԝвнкмтгпьӏ" + "αεορυιντκχγηωβ" + "օոսհց" + "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "ıɡɑℓđħŧłøƀɓɗɠɦɩɲɾʈƒ",
    "aeopcyxijshdqwbhkmtrnbl" + "aeopuivtkxynwb" + "onuhg" + "abcdeghijklmnoprstuvwyz" + "igaldhtlobbdghinrtf",
)
# Letters in boxes and circles that Unicode itself does not take for letters; flags are made of the last kind.
_BOXED = {start + n: chr(ord("a") + n) for start in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for n in range(26)}
_UNSEEN = ("Mn", "Me", "Cf")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_INNER_MARK = re.compile(r"(?<=[a-z])[@$!|€](?=[a-z])")
_MARKS = {"@": "a", "$": "s", "!": "i", "|": "l", "€": "e"}

_DIGITS = str.maketrans("01345789", "oieastbg")
_SAME_STROKE = str.maketrans("l", "i")  # "hoIding" with a capital i, "ho1ding"
_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()} | _DIGITS | _SAME_STROKE
_NOT_LETTERS = re.compile(r"[\W_]+")
WORD = re.compile(r"[^\W_]+|[,;:]")


def plain(text: str) -> str:
    """The text as a reader sees it: entities decoded (also when they were encoded twice), tags gone."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return _TAG.sub("", text) if "<" in text else text


def fold(text: str) -> str:
    """Lower case, with look-alike letters made Latin, and without accents, apostrophes and zero-width characters."""
    text = text.translate(_TYPOGRAPHY)
    if text.isascii():  # nothing of the rest applies
        return text.casefold()
    text = unicodedata.normalize("NFKC", text.translate(_BOXED)).translate(_GREEK_CAPITALS)
    text = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join([c for c in text if c.isascii() or unicodedata.category(c) not in _UNSEEN])
    return kept.translate(_LOOK_ALIKES).translate(_TYPOGRAPHY)


def unmasked(folded: str) -> str:
    """Folded text with the marks between two letters that stand for a letter: "h@lding"."""
    return _INNER_MARK.sub(lambda mark: _MARKS[mark[0]], folded)


def letters_of(folded: str) -> str:
    """Nothing but the letters of a folded text, as `key_of` writes them, without a gap between words."""
    if folded.isascii():
        return folded.translate(_LETTERS)
    return _NOT_LETTERS.sub("", folded).translate(_LETTERS)


def words_of(folded: str) -> list[str]:
    """The words of a folded text, plurals made singular. Marks that part phrases (, ; :) are words of their own."""
    return [singular(word) for word in WORD.findall(folded)]


def key_of(word: str) -> str:
    """What of a folded word is compared: digits read as the letters they look like, l as i."""
    return singular(word.translate(_DIGITS)).translate(_SAME_STROKE)


def singular(word: str) -> str:
    """An English plural without its ending; other words as they are, or shorter by an s."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("sss"):  # "process's"
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
