"""Who comes, and what follows from it: the kind of session, the groups, the concerns, and the questions that matter.

The paths are those of the article's section "Who it is for": adults whose closeness keeps getting hard (insecure
attachment), couples, survivors of early trauma, adults with lasting signs from childhood (described, never named as a
disorder), and parents and blended, adoptive and foster families, with the parent, the child or all of them in view.

A path *presets* answers. They are a start: the check page shows them, every one can be changed, none is ever a must.
`walk` keeps them apart from what a person said: when the path changes, its presets go and the person's answers stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from matching.safety import CRISIS_CONCERNS

#: How much a concern matters before the person says so: the middle of 1 to 3.
USUAL: Final = 2

#: Kinds of session in which somebody may sit beside the person they are afraid of.
TOGETHER: Final = frozenset({"couple", "family"})

View = Literal["self", "parent", "child", "family"]


@dataclass(frozen=True, kw_only=True)
class Presets:
    """What a path fills in: fields of the intake, and never a must."""

    session_format: str | None = None
    populations: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    trauma: bool | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "session_format": self.session_format,
            "populations": list(self.populations),
            "concerns": list(self.concerns),
            "trauma": self.trauma,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Presets:
        return cls(
            session_format=data.get("session_format"),
            populations=tuple(data.get("populations", ())),
            concerns=tuple(data.get("concerns", ())),
            trauma=data.get("trauma"),
        )


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way through the questions.

    `settles` are pages that the path has answered: left out, but open to change from the check page. `leaves_out` are
    pages that make no sense on it. `suggested` are the concerns that are shown first.
    """

    presets: Presets = Presets()
    suggested: tuple[str, ...] = ()
    settles: frozenset[str] = frozenset()
    leaves_out: frozenset[str] = frozenset()
    view: View = "self"


PATHS: Final[Mapping[str, Path]] = {
    "closeness": Path(
        presets=Presets(session_format="individual", populations=("adults",), concerns=("relationship-difficulties",)),
        suggested=(
            "relationship-difficulties",
            "trust-and-abandonment",
            "intimacy",
            "intense-emotions",
            "low-self-esteem",
            "loneliness",
        ),
        settles=frozenset({"who"}),
    ),
    "early-harm": Path(
        presets=Presets(
            session_format="individual", populations=("adults",), concerns=("childhood-trauma",), trauma=True
        ),
        suggested=(
            "childhood-trauma",
            "abuse-survivor",
            "ptsd",
            "trust-and-abandonment",
            "intense-emotions",
            "low-self-esteem",
        ),
        settles=frozenset({"who", "trauma"}),
    ),
    "lasting-signs": Path(
        presets=Presets(
            session_format="individual", populations=("adults",), concerns=("adult-attachment-difficulties",)
        ),
        suggested=(
            "adult-attachment-difficulties",
            "emotional-numbness",
            "trust-and-abandonment",
            "boundaries",
            "intimacy",
            "childhood-trauma",
        ),
        settles=frozenset({"who"}),
    ),
    "couple": Path(
        presets=Presets(session_format="couple", populations=("couples",), concerns=("relationship-difficulties",)),
        suggested=(
            "relationship-difficulties",
            "trust-and-abandonment",
            "intimacy",
            "communication",
            "infidelity",
            "premarital",
            "separation-divorce",
            "sexuality",
        ),
        settles=frozenset({"who"}),
    ),
    "parent": Path(
        presets=Presets(session_format="individual", populations=("parents",), concerns=("parenting",)),
        suggested=(
            "parenting",
            "adoption-foster",
            "blended-family",
            "family-conflict",
            "child-behavior",
            "intense-emotions",
            "childhood-trauma",
            "perinatal",
        ),
        settles=frozenset({"who"}),
        view="parent",
    ),
    # Who sits in the room is a real choice for a child: the page is asked, with the family chosen.
    "child": Path(
        presets=Presets(session_format="family", concerns=("child-behavior",)),
        suggested=(
            "child-behavior",
            "anxiety",
            "depression",
            "intense-emotions",
            "low-self-esteem",
            "family-conflict",
            "adoption-foster",
            "blended-family",
            "self-harm",
            "suicidal-thoughts",
        ),
        leaves_out=frozenset({"signs"}),
        view="child",
    ),
    "family": Path(
        presets=Presets(session_format="family", populations=("parents",), concerns=("family-conflict",)),
        suggested=(
            "family-conflict",
            "communication",
            "parenting",
            "child-behavior",
            "adoption-foster",
            "blended-family",
            "separation-divorce",
            "grief",
        ),
        settles=frozenset({"who"}),
        leaves_out=frozenset({"signs"}),
        view="family",
    ),
    "other": Path(presets=Presets(session_format="individual")),
}
NOT_SAID: Final = Path()

REASONS: Final = ("closeness", "early-harm", "lasting-signs", "couple", "family", "other")
WHOM: Final[Mapping[str, str]] = {"parent": "parent", "child": "child", "all": "family", "unsure": "family"}
KINDS: Final = ("blended", "adoptive", "foster")
AGES: Final = ("child", "teen", "adult")

_KINDS_OF_FAMILY: Final[Mapping[str, tuple[str, str]]] = {
    "blended": ("blended-families", "blended-family"),
    "adoptive": ("adoptive-families", "adoption-foster"),
    "foster": ("foster-families", "adoption-foster"),
}
_POPULATION_OF_AGE: Final[Mapping[str, str]] = {"child": "children", "teen": "adolescents", "adult": "adults"}
_FAMILY_PAGES: Final = frozenset({"family", "whom", "age"})


@dataclass(frozen=True, kw_only=True)
class Comers:
    """What the first pages asked: `reason` and, for a family, its `kinds`, `whom` it is for and the `ages`.

    It lives in the draft beside the intake, never in it. `given` are the presets that the path itself filled in.
    """

    reason: str | None = None
    kinds: tuple[str, ...] | None = None
    whom: str | None = None
    ages: tuple[str, ...] | None = None
    given: Presets = field(default_factory=Presets)

    @property
    def path(self) -> Path:
        if self.reason is None:
            return NOT_SAID
        return PATHS[WHOM[self.whom or "unsure"] if self.reason == "family" else self.reason]

    @property
    def is_about_client(self) -> bool:
        """Whether the work would be with the person who answers, so that how closeness feels to them counts."""
        return self.path.view != "child"

    @property
    def presets(self) -> Presets:
        """The path's, and for a family those of its kinds and of the children's ages."""
        presets = self.path.presets
        if self.reason != "family":
            return presets
        kinds = [_KINDS_OF_FAMILY[kind] for kind in self.kinds or ()]
        ages = () if self.path.view == "parent" else self.ages or ()
        return replace(
            presets,
            populations=_union(
                presets.populations, (_POPULATION_OF_AGE[age] for age in ages), (group for group, _ in kinds)
            ),
            concerns=_union(presets.concerns, (concern for _, concern in kinds)),
        )

    @property
    def suggested(self) -> tuple[str, ...]:
        """The concerns to show first: what is preset, then what often goes with it."""
        first = _union(self.presets.concerns, self.path.suggested)
        return _union(first, sorted(CRISIS_CONCERNS)) if first else ()  # folded away, a cry for help would go unheard

    def asks(self, page: str) -> bool:
        """Whether the page is among the questions of this path (it may still depend on other answers)."""
        return page not in self.path.settles and self.has(page)

    def has(self, page: str) -> bool:
        """Whether the page makes sense on this path: it is asked, or settled and open to change."""
        if page in _FAMILY_PAGES:
            return self.reason == "family" and not (page == "age" and self.path.view == "parent")
        return page not in self.path.leaves_out

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"reason": self.reason, "whom": self.whom, "given": self.given.to_json()}
        data["kinds"] = None if self.kinds is None else list(self.kinds)
        data["ages"] = None if self.ages is None else list(self.ages)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Comers:
        kinds, ages = data.get("kinds"), data.get("ages")
        return cls(
            reason=data.get("reason"),
            kinds=None if kinds is None else tuple(kinds),
            whom=data.get("whom"),
            ages=None if ages is None else tuple(ages),
            given=Presets.from_json(data.get("given", {})),
        )


def walk(intake: Mapping[str, Any], comers: Comers, **said: Any) -> tuple[dict[str, Any], Comers]:
    """The intake (as JSON) and the comers after an answer about who comes: `walk(intake, comers, reason="couple")`.

    Three rules. What the new path presets and the old one did not is filled in. What a path filled in goes when the new
    path does not preset it, unless the person changed it: a concern whose weight they set is theirs. What the person
    said stays, as long as it belongs to a question that the new path has; what they took out is not put back while the
    path presets it.
    """
    now = replace(comers, **said)
    before, after, given = comers.presets, now.presets, comers.given
    merged = dict(intake)

    concerns, given_concerns = _codes(dict(intake.get("concerns", {})), before.concerns, after.concerns, given.concerns)
    groups = dict.fromkeys(intake.get("populations", ()), USUAL)
    groups, given_groups = _codes(groups, before.populations, after.populations, given.populations)
    merged |= {"concerns": concerns, "populations": list(groups)}
    kept = Presets(concerns=given_concerns, populations=given_groups)
    for name in ("session_format", "trauma"):
        value, its_given = _value(intake.get(name), getattr(before, name), getattr(after, name), getattr(given, name))
        if name == "session_format" and now.reason == "other" and _is_own(intake.get(name), given.session_format):
            value, its_given = intake.get(name), None  # "something else" says nothing against what they chose
        merged[name] = value
        kept = replace(kept, **{name: its_given})
    return asked_anew(sensible(merged, now), before=intake), replace(now, given=kept)


def asked_anew(intake: Mapping[str, Any], *, before: Mapping[str, Any]) -> dict[str, Any]:
    """The intake without a "Yes, I feel safe" that was said of other people: with a partner is not the whole family."""
    is_other = intake.get("session_format") != before.get("session_format")
    stale = is_other and intake.get("safe_at_home") is True
    return {name: value for name, value in intake.items() if not (stale and name == "safe_at_home")}


def sensible(intake: Mapping[str, Any], comers: Comers) -> dict[str, Any]:
    """The intake without empty answers, and without those to questions that nobody is asked on this path.

    "No, I do not feel safe" is the exception: it holds whoever comes, and still shows the hotline first.
    """
    kept = {name: value for name, value in intake.items() if value not in (None, [], {}, "") or name == "signs"}
    if not comers.has("signs") or kept.get("signs", ()) is None:
        kept.pop("signs", None)
    if kept.get("session_format") not in TOGETHER and kept.get("safe_at_home") is True:
        del kept["safe_at_home"]
    musts = [name for name in kept.pop("must", ()) if kept.get(name) is not None]
    return kept | ({"must": musts} if musts else {})


def _codes(
    current: dict[str, int], before: Iterable[str], after: Iterable[str], given: Iterable[str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Codes with their weights on the new path, and which of them the path has given."""
    new = [code for code in after if code not in set(before) and code not in current]
    gone = {code for code in given if code not in set(after) and current.get(code) == USUAL}
    codes = {code: value for code, value in current.items() if code not in gone} | dict.fromkeys(new, USUAL)
    return codes, tuple(code for code in after if code in new or (code in set(given) and code in codes))


def _value(current: Any, before: Any, after: Any, given: Any) -> tuple[Any, Any]:
    """One answer on the new path, and the value that the path has given (None: the person gave it)."""
    if after == before:
        return current, given
    if after is None:
        return (current if _is_own(current, given) else None), None
    return after, None if current == after and _is_own(current, given) else after


def _is_own(current: Any, given: Any) -> bool:
    return current is not None and current != given


def _union(*codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for some in codes for code in some))
