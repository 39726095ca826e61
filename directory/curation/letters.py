"""The letters to therapists: plain text, short, one link each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from directory.models.attestation import LINK_DAYS, Reminder

Kind = Reminder.Kind


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    body: str


SUBJECTS: Final[dict[str, str]] = {
    Kind.ASKED: "Your link to your listing",
    Kind.ATTESTATION: "Is your listing still right?",
    Kind.OPENINGS: "Do you have openings at the moment?",
    Kind.CONSENT: "May we keep you listed?",
    Kind.LICENSE: "Your license ends soon",
}
#: In this order in one letter, and the first gives it its subject.
REASONS: Final[dict[str, str]] = {
    Kind.ASKED: "Here is the link you asked us for, or that one of our curators wanted you to have.",
    Kind.CONSENT: "You agreed to be listed almost a year ago. We ask again each year. If you say nothing, your "
    "listing rests once the year is over.",
    Kind.ATTESTATION: "We ask every 90 days whether all of your listing is still right. If you say nothing, it "
    "rests until you do.",
    Kind.LICENSE: "One of your licenses ends soon, as far as our records go. If you renewed it, please tell us on "
    "that page, and we will look it up.",
    Kind.OPENINGS: "It has been three weeks since you told us about openings, so the page no longer shows what you "
    "said. A look takes a minute.",
}


def letter(*, name: str, kinds: Iterable[str], link: str) -> Letter:
    """One letter for all reasons to write to one therapist. `kinds` are codes of Reminder.Kind, at least one."""
    asked = [kind for kind in REASONS if kind in set(kinds)]
    paragraphs = [
        f"Hello {name},",
        *(REASONS[kind] for kind in asked),
        "This page shows all that we say about you. You can confirm it, change it, pause it or leave:",
        link,
        f"The link is for you alone. It works once, within {LINK_DAYS} days. You need no account and no password. "
        "A newer link from us takes its place.",
        "You did not expect this? Then leave it be: nothing changes by itself.",
        "Thank you for keeping it true. Somebody who looks for help will call you because of it.\n"
        "The people of the directory",
    ]
    return Letter(subject=SUBJECTS[asked[0]], body="\n\n".join(paragraphs) + "\n")
