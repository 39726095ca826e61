"""How hard a text is to read: Flesch–Kincaid grade, and the visible sentences of a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = {"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "td", "th", "caption", "legend", "label"}
SILENT = {"script", "style", "title", "svg", "nav"}


class _Sentences(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.blocks[-1] += data


def sentences(html: str, *, exclude: tuple[str, ...] = ()) -> list[str]:
    """Give the full sentences a reader of the page sees, without headings, navigation and the HTML of `exclude`."""
    for part in exclude:
        html = html.replace(part, "")
    parser = _Sentences()
    parser.feed(html)
    texts = (re.sub(r"\s+", " ", block).strip() for block in parser.blocks)
    parts = (part for text in texts for part in re.split(r"(?<=[.!?])[”)]?\s+(?=[A-Z“\[])", text))
    return [part for part in parts if re.search(r"[A-Za-z]{2}.*[.!?][”)]?$", part)]


def syllables(word: str) -> int:
    """Count the groups of vowels that are heard: a silent final e, and -ed after most consonants, are not."""
    word = word.lower()
    word = re.sub(r"(?<=[^aeiouylt d])ed$|(?<=[^aeiouyl])e$|(?<=[^aeiouylscgxz])es$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(texts: list[str]) -> float:
    """Give the US school grade of Flesch and Kincaid (1975): 0.39 words/sentence + 11.8 syllables/word − 15.59."""
    words = [word for text in texts for word in re.findall(r"[A-Za-z]+(?:[’'][A-Za-z]+)?", text)]
    return 0.39 * len(words) / len(texts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
