"""The rules of licenses and privileges beyond their own row: supervision, compacts, and what looks wrong."""

from __future__ import annotations

import datetime as dt

from directory.boards import number_doubt
from directory.models import CompactMembership, CompactPrivilege, License, Method, Therapist


def why_license_lacks(license: License) -> list[str]:
    """What a license lacks before its holder is published by hand, one plain sentence each. Reads `license_type`."""
    if license.is_supervised and not license.supervisor_name.strip():
        return ["An associate works under supervision: enter the supervisor's name with the license."]
    return []


def why_associate_lacks(therapist: Therapist, *, on: dt.date) -> list[str]:
    """The same about every current license of a therapist who holds no current license to practise alone.

    Asked when a curator publishes. Imports do not ask: their file has no column for it, and the queue has it.
    """
    current = [license for license in therapist.licenses.all() if license.is_current(on)]
    if any(not license.is_supervised for license in current):
        return []
    return [reason for license in current for reason in why_license_lacks(license)]


def license_doubt(license: License) -> str:
    """Why the number does not look like one of its board; empty when there is nothing to say. Of the demo there is not.

    The same as `LicenseQuerySet.unlike_their_board`.
    """
    if license.method == Method.INVENTED:
        return ""
    return number_doubt(license.jurisdiction.code, license.license_type.code, license.number)


def why_not_verifiable(privilege: CompactPrivilege, *, on: dt.date) -> list[str]:
    """What keeps a privilege from being confirmed on that day, one plain sentence each; empty when nothing does.

    It takes a compact, its personal number where it has one, a current license of the right type in a home state, and
    both states in operation: a law that is only passed opens nothing.
    """
    compact = privilege.compact
    if compact is None:
        return ["Say under which compact the privilege is held."]
    reasons = []
    if compact.credential and not privilege.credential_number.strip():
        reasons.append(f"{compact.name} takes a personal number ({compact.credential}): enter it first.")
    members = {row.jurisdiction_id: row for row in compact.memberships.select_related("jurisdiction")}
    remote = members.get(privilege.jurisdiction_id)
    if remote is None or not remote.is_operational(on):
        reasons.append(_not_open(privilege, remote, on))
    homes = _homes(privilege, on)
    if not homes:
        types = ", ".join(compact.license_types)
        reasons.append(f"{compact.name} takes a current license of another state, of type {types}. None is on record.")
    elif not any(members[x.jurisdiction_id].is_operational(on) for x in homes if x.jurisdiction_id in members):
        names = ", ".join(sorted({home.jurisdiction.name for home in homes}))
        reasons.append(f"The home state ({names}) is not in operation in {compact.name} on {on.isoformat()}.")
    return reasons


def hanging_on(membership: CompactMembership, *, on: dt.date) -> list[int]:
    """The ids of privileges that no longer hold once this state is out of the compact on that day.

    Those in the state, and those of holders whose only home state in the compact it was.
    """
    compact = membership.compact
    others = [row.jurisdiction_id for row in compact.memberships.exclude(pk=membership.pk) if row.is_operational(on)]
    ids = []
    for privilege in (
        CompactPrivilege.objects.filter(compact=compact)
        .select_related("therapist")
        .prefetch_related("therapist__licenses__license_type", "therapist__licenses__jurisdiction")
    ):
        homes = {home.jurisdiction_id for home in _homes(privilege, on)}
        lost_home = membership.jurisdiction_id in homes and not homes & set(others)
        if privilege.jurisdiction_id == membership.jurisdiction_id or lost_home:
            ids.append(privilege.pk)
    return ids


def _homes(privilege: CompactPrivilege, on: dt.date) -> list[License]:
    """Current licenses elsewhere of a type that the compact is for."""
    assert privilege.compact is not None  # noqa: S101  for the types
    types = set(privilege.compact.license_types)
    return [
        license
        for license in privilege.therapist.licenses.all()
        if license.is_current(on)
        and license.license_type.code in types
        and license.jurisdiction_id != privilege.jurisdiction_id
    ]


def _not_open(privilege: CompactPrivilege, membership: CompactMembership | None, on: dt.date) -> str:
    where, compact = privilege.jurisdiction.name, privilege.compact
    if membership is None:
        return f"{where} is no member of {compact}, as far as we know."
    if membership.left_on is not None and membership.left_on <= on:
        return f"{where} left {compact} on {membership.left_on.isoformat()} ({membership.source})."
    if membership.operational_on is not None:
        return f"{where} is in operation in {compact} from {membership.operational_on.isoformat()} on."
    passed = f" on {membership.enacted_on.isoformat()}" if membership.enacted_on else ""
    return (
        f"{where} has passed the law for {compact}{passed}, but it is not in operation there: "
        f"{membership.source}, read on {membership.as_of.isoformat()}."
    )
