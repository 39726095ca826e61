"""The findings of an audit in a few sentences, for its page and for the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.audit.outcome import Audit
from matching.audit.page import times
from matching.relaxations import FEW_MATCHES


def summary_of(audit: Audit) -> Iterator[str]:
    """The findings for a terminal."""
    yield made(audit)
    for line in findings_of(audit):
        yield f"- {line}"


def findings_of(audit: Audit) -> Iterator[str]:
    """What an auditor should know first; supply apart from ranking."""
    found = audit.concentration
    yield (
        f"Supply: {audit.few:,} of {audit.intakes:,} intakes ({audit.few / audit.intakes:.0%}) find fewer than "
        f"{FEW_MATCHES} therapists who meet the requirements, {audit.none:,} of them nobody. "
        "No order of a list can mend that."
    )
    groups = [group for attribute in audit.exposure for group in attribute.groups if group.ranking.effect is not None]
    loud = [(one.name, group) for one in audit.exposure for group in one.groups if group.stands_out]
    named = "; ".join(f"{name}, {group.name}: {times(group.ranking)}" for name, group in loud) or "none"
    yield (
        f"Ranking effects that stand out, of {len(groups)} groups: {named}. By chance alone up to one in twenty would."
    )
    yield (
        f"Concentration: the Gini coefficient of places is {found.gini:.2f}, and {found.gini_by_lot.mean:.2f} when "
        f"places are drawn by lot. The tenth shown most has {found.top_share:.0%} of the places, "
        f"{found.top_share_by_lot.mean:.0%} by lot."
    )
    never = sum(audit.never_eligible.values())
    yield (
        f"Never shown: {never + found.spared:,} of {audit.listed:,} listed therapists. {never:,} of them met the "
        f"requirements of no intake (supply), {found.spared:,} did and never came among the first {audit.places} "
        f"(ranking; {found.spared_by_lot.mean:.0f} by lot)."
    )


def made(audit: Audit) -> str:
    """Over what the audit was, in a sentence."""
    return (
        f"{audit.intakes:,} invented intakes (seed {audit.seed}), first {audit.places} places of each, "
        f"{audit.listed:,} listed therapists, on {audit.on}, ruleset {audit.ruleset}, directory at change "
        f"{audit.sequence}."
    )
