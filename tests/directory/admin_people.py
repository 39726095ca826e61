"""Who signs in to the admin in tests."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission, User
from django.test import Client

CURATES = (
    "therapist", "license", "compactprivilege", "practicelocation", "therapistapproach", "therapistconcern",
    "screeningflag", "approach", "concern", "population", "sessionformat", "deliverymethod", "language",
    "insuranceplan", "licensetype", "jurisdiction", "evidence", "correction", "problemreport", "reminder",
    "nppesproposal", "duplicatecandidate", "compact", "compactmembership", "demandcell",
)  # fmt: skip


def curator(username: str = "cora") -> User:
    """Staff with the rights over profiles, flags and vocabularies; none over partners and accounts."""
    user = User.objects.create_user(username, is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="directory", content_type__model__in=CURATES)
    )
    return user


def somebody_as(role: str) -> User:
    """Staff in one of the roles of directory/roles.py, and with no other right; the same one when asked again."""
    user, _ = User.objects.get_or_create(username=f"the-{role}", defaults={"is_staff": True})
    user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
