"""The family view: what can be a parent's part and what a child's, by who comes, age and kind of family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from matching.evidence import Evidence
from matching.needs import Needs
from matching.safety import CRISIS_CONCERNS, UNSAFE_IN_FAMILY
from matching.wording import Wording

#: Groups and concerns that speak of a child or a parent, whoever comes.
GROUPS: Final = frozenset(
    {"parents", "children", "adolescents", "blended-families", "adoptive-families", "foster-families"}
)
CONCERNS: Final = frozenset({"parenting", "child-behavior", "blended-family"})
AGES: Final = ("children", "adolescents", "adults")
FAMILY_SITUATIONS: Final = frozenset(
    {
        "adolescent-suicidal",
        "adolescent-low-mood",
        "adoption-foster",
        "parenting-young-child",
        "child-behavior",
        "young-trauma",
        "young-child-trauma",
        "family-conflict",
    }
)
#: Age, or how the child came, → approaches that were made for just that.
MADE_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "children": ("parent-child-interaction", "circle-of-security", "play"),
    "adolescents": ("attachment-based-family",),
    "came-later": ("dyadic-developmental", "theraplay"),
}

TOGETHER: Final = (
    "You and your child come together, at least for a part. Ask who is in the room when, and if you can come alone now "
    "and then."
)
APART: Final = (
    "Not everybody has to come. Ask for a first visit without the person who scares you, and tell why before you go."
)
TWO_PARENTS: Final = "The two of you can start without your child. How you both answer your child is part of the work."
ALONE: Final = (
    "You can start alone. You look at how you answer your child, and at what your own childhood left you. Your child "
    "can join later, if that helps."
)
CHILD_ALONE: Final = "Your child would have visits of their own. Ask how you are kept in the picture."
PLAN: Final = (
    "Ask in the first visit for a plan: what to do, and whom to call, when it gets worse. Are you worried now? Then do "
    "not wait for that visit. Call or text 988, day or night."
)
NO_FORCE: Final = (
    "No good help uses force. Say no to anybody who would hold your child down, scare them or shame them to make a "
    "bond."
)
BLENDED: Final = "A new family needs time. A stepparent does not have to be a parent at once."
FOSTER: Final = "With a foster child, ask first who has to agree before visits can begin."

NOT_ABOUT_THE_CHILD: Final = "Our questions about closeness are for adults. What you answer says nothing about a child."
OF_AGE: Final[Mapping[str, str]] = {
    "children": "With a child of up to 12, much of the work is play, and a parent takes part.",
    "adolescents": "A teenager has a say in this. Ask if your teen can be seen alone too, and what stays between them.",
    "adults": "A grown child decides for themselves. You can start without them.",
}
NO_AGE: Final = "What fits depends on how old your child is. Say it when you first write or call."
CAME_LATER: Final = "Your child had other bonds before you. A good start takes its time, and blames nobody for them."
# The two sentences rest on rows of the evidence; tests/matching/test_family.py holds them together.
TEEN_IN_DANGER: Final = (
    "The people who made it found fewer thoughts of suicide. But in a trial with 129 teens, it did no better than "
    "supportive therapy. Both helped."
)
TEEN_LOW: Final = (
    "The people who made it found less low mood. But four trials, taken together, show no clear gain over other care."
)


@dataclass(frozen=True, kw_only=True)
class Family:
    """A parent's and a child's part in plain sentences, and all that the evidence says about their situations.

    It describes what is usual and what to ask. It excludes and orders nobody.
    """

    parent: tuple[str, ...]
    child: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "parent": " ".join(self.parent),
            "child": " ".join(self.child),
            "evidence": [row.to_json() for row in self.evidence],
        }


def family_of(needs: Needs, say: Wording) -> Family | None:
    """The family view, or None when these needs do not speak of a parent or a child."""
    if not is_about_family(needs):
        return None
    return Family(
        parent=tuple(_parent(needs)),
        child=tuple(_child(needs, say)),
        evidence=_evidence(needs),
    )


def _evidence(needs: Needs) -> tuple[Evidence, ...]:
    return tuple(row for row in needs.evidence if row.situation in FAMILY_SITUATIONS)


def is_about_family(needs: Needs) -> bool:
    return needs.session_format == "family" or bool(
        GROUPS.intersection(needs.populations) or CONCERNS & needs.concerns.keys()
    )


def ages_of(needs: Needs) -> tuple[str, ...]:
    """How old the children are: codes of groups. "Adults" means a grown child only where a family comes without others.

    Somebody who comes alone and names adults speaks of themselves.
    """
    young = tuple(age for age in AGES[:2] if age in needs.populations)
    grown = needs.session_format == "family" and "adults" in needs.populations
    return young or (("adults",) if grown else ())


def came_later(needs: Needs) -> bool:
    """Whether adoption or foster care is part of it."""
    return "adoption-foster" in needs.situations


def is_blended(needs: Needs) -> bool:
    return "blended-families" in needs.populations or "blended-family" in needs.concerns


def _parent(needs: Needs) -> Iterator[str]:
    if needs.session_format == "family":
        yield APART if UNSAFE_IN_FAMILY in needs.safety else TOGETHER
    elif needs.session_format == "couple":
        yield TWO_PARENTS
    elif "parents" not in needs.populations and ages_of(needs):
        yield CHILD_ALONE
    else:
        yield ALONE
    if CRISIS_CONCERNS & needs.concerns.keys():
        yield PLAN
    if came_later(needs):
        yield NO_FORCE
    if "foster-families" in needs.populations:
        yield FOSTER
    if is_blended(needs):
        yield BLENDED


def _child(needs: Needs, say: Wording) -> Iterator[str]:
    ages = ages_of(needs)
    yield NOT_ABOUT_THE_CHILD
    if not ages:
        yield NO_AGE
    for age in ages:
        yield OF_AGE[age]
        if age in MADE_FOR:
            yield f"Made for this age: {say.names('approaches', MADE_FOR[age])}."
        if age == "adolescents" and "adolescent-suicidal" in needs.situations:
            yield TEEN_IN_DANGER
        elif age == "adolescents" and "adolescent-low-mood" in needs.situations:
            yield TEEN_LOW
    if came_later(needs):
        yield CAME_LATER
        yield f"Made for a hard start in life: {say.names('approaches', MADE_FOR['came-later'])}."
    kinds = (*ages, "came-later") if came_later(needs) else ages
    yield from _how_well_studied([code for kind in kinds for code in MADE_FOR.get(kind, ())], needs, say)


def _how_well_studied(named: Iterable[str], needs: Needs, say: Wording) -> Iterator[str]:
    """Which approaches good studies support, and which of those that were just named only thin rows do, or none."""
    if good := dict.fromkeys(row.approach for row in _evidence(needs) if row.grade == "A"):
        yield f"Good studies support {say.names('approaches', good)} for what you bring."
    grades = {code: {row.grade for row in needs.evidence if row.approach == code} for code in named}
    if thin := [code for code, found in grades.items() if found == {"C"}]:
        yield f"Studies of {say.names('approaches', thin)} are thin or mixed so far."
    if none := [code for code, found in grades.items() if not found]:
        yield f"No study listed here has looked at {say.names('approaches', none, joined_by='or')} for what you bring."
