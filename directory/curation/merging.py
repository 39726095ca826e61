"""Two profiles of one person become one: which facts win, and where everything else goes.

The profile that is kept gets the facts that a curator chose and all rows of the other one (licenses with what hangs on
them, offices, flags, reports); the other one is archived, with its history, and keeps what it cannot give away: a row
that the kept profile has as well, or a log that nothing may change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, models, transaction

from directory.curation.departure import close_what_waits
from directory.curation.links import end_links
from directory.curation.merge_choices import (
    BOTH,
    BY_CODE,
    FACTS,
    GONE,
    KEEP,
    STATED,
    sides_of,
    usual_choice,
    would_pass_for_confirmed,
)
from directory.curation.signature import sign
from directory.models import (
    AttestationLink,
    Correction,
    DuplicateCandidate,
    Picture,
    Therapist,
    TherapistApproach,
    TherapistConcern,
    Verification,
)

#: Handled fact by fact, or about the pair itself.
_TRAINING: Final = ("trained", "training", "training_confirmed_on", "training_source")
#: Or a letter to whoever has the address of the profile that goes: it must not open the one that stays.
_NOT_MOVED: Final = (
    TherapistApproach,
    TherapistConcern,
    Picture,
    DuplicateCandidate,
    Verification,
    AttestationLink,
    Correction,
)


class CannotMerge(ValueError):
    """Two profiles that cannot become one; the message says why."""


def merge(
    *,
    keep: Therapist,
    gone: Therapist,
    choices: Mapping[str, str],
    by: AbstractBaseUser | str,
    reason: str,
    at: dt.datetime,
) -> DuplicateCandidate:
    """Move all into `keep`, archive `gone`, and return the pair as it was decided. Call it within a transaction.

    `choices` says by the code of a fact which side wins (KEEP, GONE, BOTH); without one the usual choice holds. Raises
    CannotMerge.
    """
    keep, gone = _locked(keep, gone)
    chosen = _chosen(choices, keep, gone)
    unconfirmed = [f for f in FACTS if chosen[f.code] != KEEP and would_pass_for_confirmed(f, keep, gone)]
    if unconfirmed and keep.life == Therapist.Life.PUBLISHED:
        named = ", ".join(fact.label for fact in unconfirmed)
        raise CannotMerge(f"Nobody confirmed the facts of the other profile. Confirm them first, or keep: {named}.")
    name_of_kept, name_of_gone = keep.slug or f"profile {keep.pk}", gone.slug or f"profile {gone.pk}"
    told, told_gone = f"Merged with {name_of_gone}: {reason}", f"Merged into {name_of_kept}: {reason}"

    facts = _facts_taken(chosen, keep, gone)
    freed = [name for name in ("npi", "external_id") if facts.get(name)]
    for name in freed:  # unique: given away before it is taken
        setattr(gone, name, None)
    end_links(gone, at=at)
    gone.life, gone.life_reason = Therapist.Life.ARCHIVED, f"Merged into {name_of_kept}"
    sign(gone, by=by, reason=told_gone)
    gone.save(update_fields=["life", "life_reason", "updated_at", *freed])

    _join_terms(chosen, keep, gone, by=by, reason=told)
    if chosen["picture"] == GONE:
        Picture.objects.filter(therapist=keep).delete()
        Picture.objects.filter(therapist=gone).update(therapist=keep)
    _move_rows(keep, gone, by=by, reason=told)

    if any(side != KEEP for side in chosen.values()) and keep.attested_on and gone.attested_on:
        facts["attested_on"] = min(keep.attested_on, gone.attested_on)  # not all was confirmed on the later day
    if unconfirmed:
        facts["attested_on"] = None
        if any(fact.as_of == "specialties_as_of" for fact in unconfirmed):
            facts["specialties_as_of"] = None
    for name, value in facts.items():
        setattr(keep, name, value)
    sign(keep, by=by, reason=told)
    keep.save()
    pair = _decided(keep, gone, by=by, reason=reason, at=at)
    close_what_waits(gone, by=str(by), at=at)
    return pair


def _locked(keep: Therapist, gone: Therapist) -> tuple[Therapist, Therapist]:
    if keep.pk == gone.pk:
        raise CannotMerge("A profile cannot be merged with itself.")
    # In one order, so that two merges of the same pair wait for each other instead of failing.
    pair = {
        row.pk: row for row in Therapist.objects.select_for_update().filter(pk__in=[keep.pk, gone.pk]).order_by("pk")
    }
    if len(pair) == 2:
        _hold_what_a_merge_would_lose(pair[keep.pk], pair[gone.pk])
    if len(pair) < 2:
        raise CannotMerge("One of the two profiles is not there any more.")
    for row in pair.values():
        if row.life == Therapist.Life.ARCHIVED:
            raise CannotMerge(f"{row.name} is archived already.")
    return pair[keep.pk], pair[gone.pk]


def _hold_what_a_merge_would_lose(keep: Therapist, gone: Therapist) -> None:
    if gone.life == Therapist.Life.SUSPENDED and keep.life != Therapist.Life.SUSPENDED:
        raise CannotMerge(
            f"{gone.name} is suspended: {gone.life_reason}. Keep that profile, or lift the suspension first."
        )
    if gone.life == Therapist.Life.PUBLISHED and keep.life != Therapist.Life.PUBLISHED:
        raise CannotMerge(f"{gone.name} is published and the other profile is not. Keep the published one.")


def _chosen(choices: Mapping[str, str], keep: Therapist, gone: Therapist) -> dict[str, str]:
    for code, side in choices.items():
        if code not in BY_CODE or side not in sides_of(BY_CODE[code]):
            raise CannotMerge(f"{side!r} is no choice for {code!r}.")
    return {fact.code: choices.get(fact.code) or usual_choice(fact, keep, gone) for fact in FACTS}


def _facts_taken(chosen: Mapping[str, str], keep: Therapist, gone: Therapist) -> dict[str, Any]:
    """The columns of `keep` that get the value of `gone`."""
    taken = {name: getattr(gone, name) for fact in FACTS if chosen[fact.code] == GONE for name in fact.fields}
    specialties = {chosen[fact.code] for fact in FACTS if fact.as_of == "specialties_as_of"}
    if specialties != {KEEP} and gone.specialties_as_of:
        days = [day for day in (keep.specialties_as_of, gone.specialties_as_of) if day]
        taken["specialties_as_of"] = min(days) if KEEP in specialties or BOTH in specialties else gone.specialties_as_of
    return taken


def _join_terms(
    chosen: Mapping[str, str], keep: Therapist, gone: Therapist, *, by: AbstractBaseUser | str, reason: str
) -> None:
    sign(keep, by=by, reason=reason)
    for fact in FACTS:
        side = chosen[fact.code]
        if side == KEEP:
            continue
        for relation in fact.terms:
            if relation in STATED:
                _join_stated(STATED[relation], keep, gone, side=side, by=by, reason=reason)
            elif side == GONE:
                getattr(keep, relation).set(getattr(gone, relation).all())
            else:
                getattr(keep, relation).add(*getattr(gone, relation).all())


def _join_stated(
    relation: str, keep: Therapist, gone: Therapist, *, side: str, by: AbstractBaseUser | str, reason: str
) -> None:
    """Approaches with their training, concerns with their focus: of which a profile has five at most, its own first."""
    term = "approach_id" if relation == "stated_approaches" else "concern_id"
    own = {getattr(row, term): row for row in getattr(keep, relation).all()}
    others = list(getattr(gone, relation).order_by("pk"))
    if side == GONE:
        for value in own.keys() - {getattr(row, term) for row in others}:
            sign(own[value], by=by, reason=reason)
            own.pop(value).delete()
        for row in own.values():
            if isinstance(row, TherapistConcern) and row.focus:
                row.focus = False
                sign(row, by=by, reason=reason)
                row.save(update_fields=["focus"])
    left = TherapistConcern.MOST_FOCUS_CONCERNS - sum(getattr(row, "focus", False) for row in own.values())
    for row in others:
        mine = own.get(getattr(row, term))
        if isinstance(row, TherapistConcern):
            focus = row.focus and (left > 0 or (mine is not None and mine.focus))
            left -= focus and not (mine is not None and mine.focus)
            facts: dict[str, Any] = {"focus": focus or (mine is not None and mine.focus)}
        elif mine is not None and side == BOTH and (mine.training_confirmed_on or not row.trained):
            continue
        else:
            facts = {
                name: getattr(row, name) for name in ("trained", "training", "training_confirmed_on", "training_source")
            }
        stated = mine or type(row)(therapist=keep, **{term: getattr(row, term)})
        for name, value in facts.items():
            setattr(stated, name, value)
        sign(stated, by=by, reason=reason)
        stated.save()


def _move_rows(keep: Therapist, gone: Therapist, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Give `keep` every row that names `gone`, of whatever model; a row that cannot move stays."""
    for relation in Therapist._meta.related_objects:
        model: Any = relation.related_model
        if issubclass(model, _NOT_MOVED) or not isinstance(relation, models.ManyToOneRel):
            continue
        if relation.field.primary_key:
            continue  # a note about the profile itself, such as what of it was screened
        name = relation.field.name
        for row in model._base_manager.filter(**{name: gone}).order_by("pk"):
            setattr(row, name, keep)
            sign(row, by=by, reason=reason)
            try:
                with transaction.atomic():
                    row.save(update_fields=[name])
            except DatabaseError:  # the kept profile has one like it, or nobody may change the row
                continue
    # The log goes with the license or privilege that it is about, so that erasing `gone` does not take it along.
    for right in ("license", "privilege"):
        Verification.objects.filter(**{"therapist": gone, f"{right}__therapist": keep}).update(therapist=keep)


def _decided(
    keep: Therapist, gone: Therapist, *, by: AbstractBaseUser | str, reason: str, at: dt.datetime
) -> DuplicateCandidate:
    """Write down the merge. What was decided about `gone` and somebody else holds for `keep` now."""
    a, b = sorted((keep.pk, gone.pk))
    decision = {
        "state": DuplicateCandidate.State.MERGED,
        "kept": keep,
        "decided_by": str(by)[:150],
        "decided_at": at,
        "reason": reason[:300],
    }
    pair, _ = DuplicateCandidate.objects.update_or_create(
        a_id=a, b_id=b, defaults=decision, create_defaults={"score": 0, "found_on": at.date(), **decision}
    )
    for other in DuplicateCandidate.objects.about(gone).exclude(pk=pair.pk):
        if other.state == DuplicateCandidate.State.OPEN:
            other.delete()
        elif other.state == DuplicateCandidate.State.DIFFERENT:
            third = other.b_id if other.a_id == gone.pk else other.a_id
            one, two = sorted((keep.pk, third))
            DuplicateCandidate.objects.get_or_create(
                a_id=one,
                b_id=two,
                defaults={
                    "score": other.score,
                    "why": other.why,
                    "found_on": other.found_on,
                    "state": other.state,
                    "decided_by": other.decided_by,
                    "decided_at": other.decided_at,
                    "reason": other.reason,
                },
            )
    return pair
