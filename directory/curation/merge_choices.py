"""The facts of which one side wins when two profiles of one person become one, and who wins unless a curator says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from directory.models import Picture, Therapist

KEEP, GONE, BOTH = "keep", "gone", "both"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something of which one side wins. `fields` go together; `terms` are vocabularies; `as_of` dates them."""

    code: str
    label: str
    fields: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    as_of: str = "attested_on"
    may_be_both: bool = False


FACTS: Final = (
    Fact(code="name", label="Name", fields=("name",)),
    Fact(code="pronouns", label="Pronouns", fields=("pronouns",)),
    Fact(code="gender", label="Gender", fields=("gender",)),
    Fact(code="email", label="E-mail", fields=("email",)),
    Fact(code="phone", label="Phone", fields=("phone",)),
    Fact(code="website", label="Website", fields=("website",)),
    Fact(code="npi", label="NPI", fields=("npi",)),
    Fact(code="external_id", label="External id", fields=("external_id",)),
    Fact(code="years_in_practice", label="Years in practice", fields=("years_in_practice",)),
    Fact(code="headline", label="Headline", fields=("headline",)),
    Fact(code="bio", label="Bio", fields=("bio",)),
    Fact(code="consent", label="Consent", fields=("consented_on",), as_of="consented_on"),
    Fact(
        code="availability",
        label="Availability",
        fields=("accepting_clients", "next_opening_on", "availability_as_of"),
        as_of="availability_as_of",
    ),
    Fact(
        code="fees",
        label="Fees",
        fields=("fee_min", "fee_max", "sliding_scale", "fees_as_of"),
        as_of="fees_as_of",
    ),
    Fact(
        code="insurance",
        label="Insurance",
        fields=("insurance_as_of",),
        terms=("insurance_plans",),
        as_of="insurance_as_of",
    ),
    *(
        Fact(code=code, label=label, terms=(code,), as_of="specialties_as_of", may_be_both=True)
        for code, label in (
            ("session_formats", "Session formats"),
            ("delivery_methods", "Delivery methods"),
            ("populations", "Populations"),
            ("languages", "Languages"),
            ("approaches", "Approaches"),
            ("concerns", "Concerns"),
        )
    ),
    Fact(code="picture", label="Picture"),
)
BY_CODE: Final = {fact.code: fact for fact in FACTS}
#: Ids of a person, not something that a person confirms.
_IDS: Final = ("external_id", "npi")
STATED: Final = {"approaches": "stated_approaches", "concerns": "stated_concerns"}


def sides_of(fact: Fact) -> tuple[str, ...]:
    """Which choices there are for a fact."""
    return (KEEP, GONE, BOTH) if fact.may_be_both else (KEEP, GONE)


def would_pass_for_confirmed(fact: Fact, keep: Therapist, gone: Therapist) -> bool:
    """Whether nobody confirmed the fact of `gone`, and among those of `keep` it would read as if somebody had."""
    if fact.code in _IDS or keep.attested_on is None or gone.attested_on is not None:
        return False
    return getattr(gone, fact.as_of) is None


def usual_choice(fact: Fact, keep: Therapist, gone: Therapist) -> str:
    """Who wins unless a curator says otherwise: who alone states it, else who confirmed it later. Lists are joined.

    What nobody confirmed does not win over a profile that was confirmed.
    """
    kept, other = value_of(fact, keep), value_of(fact, gone)
    if not other or kept == other or would_pass_for_confirmed(fact, keep, gone):
        return KEEP
    if not kept:
        return GONE
    if fact.may_be_both:
        return BOTH
    if fact.code in _IDS:
        return KEEP
    said, said_by_other = getattr(keep, fact.as_of), getattr(gone, fact.as_of)
    return GONE if said_by_other and (said is None or said_by_other > said) else KEEP


def value_of(fact: Fact, therapist: Therapist) -> list[str]:
    """What a profile states, in words, in order; empty when it states nothing."""
    if fact.code == "picture":
        picture = Picture.objects.filter(therapist=therapist).first()
        return [] if picture is None else [picture.version]
    words = []
    for name in fact.fields:
        value = getattr(therapist, name)
        if value in (None, "") or name.endswith("_as_of"):
            continue
        said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        words.append(f"{name.replace('_', ' ')}: {said}" if len(fact.fields) > 1 else said)
    for relation in fact.terms:
        if relation in STATED:
            words += sorted(str(row) for row in getattr(therapist, STATED[relation]).all())
        else:
            words += sorted(str(term) for term in getattr(therapist, relation).all())
    return words
