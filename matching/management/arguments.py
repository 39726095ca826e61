"""Arguments that several commands take."""

from __future__ import annotations

from django.core.management.base import CommandError

from matching import rulebook
from matching.ruleset import BrokenRuleset, Ruleset


def ruleset(name: str) -> Ruleset:
    """A released ruleset by its code, or a draft by its file; CommandError names every field that is wrong."""
    try:
        return rulebook.named(name)
    except BrokenRuleset as broken:
        raise CommandError("\n".join(broken.problems)) from broken
    except rulebook.UnknownRuleset as unknown:
        raise CommandError(f"{unknown.args[0]} A draft is named by its file, such as draft.json.") from unknown
