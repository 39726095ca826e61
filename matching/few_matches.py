"""What the results show when few match: what would bring more, each with the page to change it, and who is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from matching.matches import Matches
from matching.relaxations import FEW_MATCHES, Relaxation

MOST_RELAXATIONS: Final = 3

# Requirement → the page on which a client changes it, and whom it leaves out: words after "therapists who".
CHANGED_ON: Final[Mapping[str, str]] = {
    "delivery": "place",
    "within": "place",
    "session_format": "who",
    "insurance": "cost",
    "fee_max": "cost",
    "language": "wishes",
    "gender": "wishes",
    "opening_within_days": "wishes",
    "approach": "wishes",
    "population": "wishes",
    "concern": "concerns",
}
PAGES: Final[Mapping[str, str]] = {
    "place": "Change where and how you meet",
    "who": "Change who comes",
    "cost": "Change how you pay",
    "wishes": "Change your wishes",
    "concerns": "Change what brings you",
}
LEFT_OUT: Final[Mapping[str, str]] = {
    "state": "may not see clients in your state",
    "delivery": "do not meet in the way you chose",
    "within": "are too far away, or have no office",
    "session_format": "do not offer this kind of session",
    "accepting": "have no place for new clients, or do not say",
    "insurance": "do not take your insurance, or do not say",
    "fee_max": "cost more than your limit, or do not say",
    "language": "do not speak your languages, or do not say",
    "gender": "have another gender than you asked for, or do not say",
    "opening_within_days": "have no opening soon enough, or do not say",
    "approach": "do not work in the ways you chose, or do not say",
    "population": "do not know the groups you named, or do not say",
    "concern": "do not list your concerns",
}


@dataclass(frozen=True, kw_only=True)
class Link:
    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """ "12 more" if the `condition` holds, and the pages on which to make it hold."""

    count: str
    condition: str
    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    words: str
    count: str


class FewMatches:
    """The notice above a short list of matches."""

    def __init__(self, matches: Matches) -> None:
        shown = matches.relaxations[:MOST_RELAXATIONS]
        self.anybody = bool(matches.total)
        self.ways = [_way(relaxation) for relaxation in shown]
        self.is_one_enough = all(
            len(relaxation.requirements) == 1 and "session_format" not in relaxation.requirements
            for relaxation in shown
        )
        self.left_out = [
            LeftOut(words=LEFT_OUT[name], count=f"{count:,}")
            for name, count in sorted(matches.removed_by.items(), key=lambda item: -item[1])
            if count
        ]

    @classmethod
    def of(cls, matches: Matches) -> FewMatches | None:
        """None when enough match."""
        return cls(matches) if matches.total < FEW_MATCHES else None


def _way(relaxation: Relaxation) -> Way:
    count, _, condition = relaxation.text.partition(" if ")
    slugs = dict.fromkeys(CHANGED_ON[name] for name in relaxation.requirements)  # two on one page share a link
    links = (Link(words=PAGES[slug], url=reverse("matching:step", args=[slug]) + "?change") for slug in slugs)
    return Way(count=count, condition=condition, links=tuple(links))
