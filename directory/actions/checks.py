"""Checks of licenses and privileges, each an entry in the log; a state that leaves a compact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.curation.bulk_history import CHANGED, record
from directory.curation.licenses import hanging_on, why_not_verifiable
from directory.curation.signature import sign
from directory.curation.verification_log import log_checks
from directory.models import (
    CompactMembership,
    CompactPrivilege,
    License,
    Method,
    Result,
)


class CannotVerify(ValueError):
    """A check cannot be written down as it was given, or does not confirm what it says it does."""


@transaction.atomic
def verify_license(
    *,
    license: License,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str = Method.REGISTER,
    result: str = Result.CONFIRMED,
    expires_on: dt.date | None = None,
    note: str = "",
) -> None:
    """Write down that a license was checked in a named source on that day, and what came of it. Raises CannotVerify.

    Only a confirmation lets it count; any other result takes the verification away, so that the profile leaves the
    directory the same day unless another license counts. `expires_on`: the last day the source showed, if it did.
    Disciplined: the license is suspended here as well, until a curator makes it active again.
    """
    _check_entry(license, License, source=source, method=method, result=result, on=on, expires_on=expires_on)
    if result == Result.CONFIRMED and license.status != License.Status.ACTIVE:
        raise CannotVerify(f"The license is {license.get_status_display().lower()}.")
    if expires_on is not None:
        license.expires_on = expires_on
    if result == Result.DISCIPLINED:
        license.status = License.Status.SUSPENDED
    _note_check(license, by=by, source=source, on=on, method=method, result=result, expires_on=expires_on, note=note)
    license.save(update_fields=["verified_on", "source", "method", "expires_on", "status"])


@transaction.atomic
def verify_privilege(
    *,
    privilege: CompactPrivilege,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str = Method.REGISTER,
    result: str = Result.CONFIRMED,
    expires_on: dt.date | None = None,
    note: str = "",
) -> None:
    """Write down that a compact privilege was checked, and what came of it. Raises CannotVerify.

    It is confirmed only while both states are in operation and the holder has what the compact asks for.
    """
    _check_entry(privilege, CompactPrivilege, source=source, method=method, result=result, on=on, expires_on=expires_on)
    if result == Result.CONFIRMED and (reasons := why_not_verifiable(privilege, on=on)):
        raise CannotVerify(" ".join(reasons))
    if expires_on is not None:
        privilege.expires_on = expires_on
    _note_check(privilege, by=by, source=source, on=on, method=method, result=result, expires_on=expires_on, note=note)
    privilege.save(update_fields=["verified_on", "source", "method", "expires_on"])


@transaction.atomic
def leave_compact(*, membership: CompactMembership, by: AbstractBaseUser | str, on: dt.date) -> int:
    """Record that a state is out of a compact from that day on, and end what hangs on it the day before.

    Returns how many privileges were ended. They keep their history, and none comes back by itself.
    """
    membership.left_on = on
    sign(membership, by=by, reason=f"Left the compact on {on.isoformat()}")
    membership.save(update_fields=["left_on"])
    last = on - dt.timedelta(days=1)
    ending = CompactPrivilege.objects.filter(pk__in=hanging_on(membership, on=on)).exclude(expires_on__lte=last)
    ids = list(ending.select_for_update().values_list("pk", flat=True))
    CompactPrivilege.objects.filter(pk__in=ids).update(expires_on=last)
    record(CompactPrivilege, ids, CHANGED, by=by, reason=f"{membership.jurisdiction.name} left {membership.compact}")
    return len(ids)


def _check_entry(
    right: License | CompactPrivilege,
    model: type[License] | type[CompactPrivilege],
    *,
    source: str,
    method: str,
    result: str,
    on: dt.date,
    expires_on: dt.date | None,
) -> None:
    """Lock the row, and refuse an entry that names nothing or is older than the newest one. Raises CannotVerify."""
    if not source.strip():
        raise CannotVerify("Name the source in which it was checked.")
    if method not in Method.values or result not in Result.values:
        raise CannotVerify(f"{method!r} and {result!r} must be a method and a result that we know.")
    if result == Result.CONFIRMED and expires_on is not None and expires_on < on:
        raise CannotVerify(f"The source shows that it ended on {expires_on.isoformat()}: it is expired.")
    rows: Any = model._default_manager
    right.refresh_from_db(from_queryset=rows.select_for_update())
    newest = right.verifications.order_by("-checked_on", "-pk").first()
    if newest is not None and newest.checked_on > on:
        raise CannotVerify(f"There is a newer entry, of {newest.checked_on.isoformat()}.")


def _note_check(
    right: License | CompactPrivilege,
    *,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str,
    result: str,
    expires_on: dt.date | None,
    note: str,
) -> None:
    """Write the entry, and set what stands in the row to what the entry says. The caller saves."""
    source = source.strip()
    confirmed = result == Result.CONFIRMED
    right.verified_on, right.source, right.method = (on, source, method) if confirmed else (None, "", "")
    log_checks(
        type(right),
        [right.pk],
        by=by,
        source=source,
        method=method,
        result=result,
        on=on,
        expires_on=expires_on,
        note=note.strip(),
    )
    sign(right, by=by, reason=f"{'Verified' if confirmed else Result(result).label}: {source}")
