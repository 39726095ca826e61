"""Publishes many profiles at once, under the same conditions as `directory.actions.publish`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import prefetch_related_objects
from django.utils import timezone

from directory.curation.bulk_history import CHANGED, record, record_therapists
from directory.curation.bulk_rows import update_objects
from directory.curation.listing import why_not_listed
from directory.curation.slugs import free_slug, slug_of
from directory.curation.verification_log import log_checks, not_confirmed
from directory.lifetimes import AGING, ATTESTATION
from directory.models import CompactPrivilege, License, Method, Result, Therapist

Life = Therapist.Life


@dataclass(frozen=True, kw_only=True)
class NotPublished:
    """A therapist who is not shown after all, and why: one plain sentence each."""

    external_id: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many were published, who was not and why, and the ids of all therapists about whom something was written."""

    published: int
    refused: list[NotPublished]
    touched: set[int]


def publish_all(
    therapists: Sequence[Therapist],
    *,
    licenses: Sequence[License],
    privileges: Sequence[CompactPrivilege],
    changed: Collection[int],
    restated: Collection[int] = (),
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
) -> Outcome:
    """Verify these licenses and privileges, attest and publish these therapists, where it is not so yet.

    Rights that nobody verified are verified against `source`; one whose newest check did not confirm it is left to the
    curators, unless the file says something else of it by now: `restated` are ids of such licenses. Facts are attested
    when they were `changed` (therapist ids) or their attestation lapsed. A suspended or archived profile stays what a
    curator made it.
    """
    touched = _verify(licenses, privileges, restated=restated, by=by, source=source, on=on)
    prefetch_related_objects(
        therapists, "licenses", "screening_flags", "session_formats", "delivery_methods", "insurance_plans"
    )
    moved, published, refused = [], [], []
    for therapist in therapists:
        before = (therapist.life, therapist.attested_on)
        if therapist.life == Life.DRAFT:
            therapist.life, therapist.life_reason = Life.IN_REVIEW, "Imported"
        if not ATTESTATION.counts(therapist.attested_on, on=on) or therapist.pk in changed:
            therapist.confirm(on)
        reasons = why_not_listed(therapist, on=on)
        if therapist.life in (Life.SUSPENDED, Life.ARCHIVED):
            reasons.insert(0, f"A curator made the profile {therapist.life}: {therapist.life_reason}.")
        if reasons:
            refused.append(
                NotPublished(external_id=therapist.external_id or "", name=therapist.name, reasons=tuple(reasons))
            )
        elif therapist.life == Life.IN_REVIEW:
            therapist.life, therapist.life_reason = Life.PUBLISHED, f"Published on {on.isoformat()}"
            published.append(therapist)
        if before != (therapist.life, therapist.attested_on):
            moved.append(therapist)
    _give_slugs(published)
    now = timezone.now()
    for therapist in moved:
        therapist.updated_at = now
    if moved:
        days = ["attested_on", *(lifetime.as_of for lifetime in AGING)]
        update_objects(moved, ["slug", "life", "life_reason", *days, "updated_at"])
        record_therapists([x.pk for x in moved], CHANGED, by=by, reason=f"Confirmed by {source}")
    touched |= {therapist.pk for therapist in moved}
    return Outcome(published=len(published), refused=refused, touched=touched)


def _verify(
    licenses: Sequence[License],
    privileges: Sequence[CompactPrivilege],
    *,
    restated: Collection[int],
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
) -> set[int]:
    """Verify what is not; return the ids of the therapists."""
    fresh_licenses = [x for x in licenses if x.verified_on is None and x.status == License.Status.ACTIVE]
    refused = not_confirmed(License, [x.pk for x in fresh_licenses if x.pk not in restated])
    fresh_licenses = [x for x in fresh_licenses if x.pk not in refused]
    fresh_privileges = [x for x in privileges if x.verified_on is None]
    refused = not_confirmed(CompactPrivilege, [x.pk for x in fresh_privileges])
    fresh_privileges = [x for x in fresh_privileges if x.pk not in refused]
    rights: list[License | CompactPrivilege] = [*fresh_licenses, *fresh_privileges]
    for right in rights:
        right.verified_on, right.source, right.method = on, source[:200], Method.IMPORTED
    for model, ids in (
        (License, [license.pk for license in fresh_licenses]),
        (CompactPrivilege, [privilege.pk for privilege in fresh_privileges]),
    ):
        if ids:
            rows: Any = model._default_manager.filter(pk__in=ids)
            rows.update(verified_on=on, source=source[:200], method=Method.IMPORTED)
            record(model, ids, CHANGED, by=by, reason=f"Verified: {source}")
            log_checks(model, ids, by=by, source=source, method=Method.IMPORTED, result=Result.CONFIRMED, on=on)
    return {right.therapist_id for right in rights}


def _give_slugs(therapists: Sequence[Therapist]) -> None:
    """Give a slug to each who has none."""
    nameless = [therapist for therapist in therapists if not therapist.slug]
    taken = _taken({slug_of(therapist.name) for therapist in nameless})
    for therapist in nameless:
        therapist.slug = free_slug(slug_of(therapist.name), taken)
        taken.add(therapist.slug)


def _taken(bases: set[str]) -> set[str]:
    """Which of these slugs there are, and which with a number behind them."""
    if not bases:
        return set()
    with connection.cursor() as cursor:
        # Compared byte by byte, as the index of LIKE does: from "ada-" to before "ada.", the character after "-".
        # OFFSET 0 has the planner look up each base by itself: it would rather compare all slugs with all bases.
        cursor.execute(
            f"""
            SELECT slug FROM {Therapist._meta.db_table} WHERE slug = ANY(%(bases)s)
            UNION ALL
            SELECT slug FROM unnest(%(bases)s::text[]) base CROSS JOIN LATERAL (
                SELECT slug FROM {Therapist._meta.db_table}
                WHERE slug ~>=~ (base || '-') AND slug ~<~ (base || '.') OFFSET 0
            ) numbered
            """,  # noqa: S608
            {"bases": list(bases)},
        )
        return {row[0] for row in cursor.fetchall()}
