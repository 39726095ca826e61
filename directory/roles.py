"""Who may do what on the desk: three roles, their rights model by model, and what gives them after each migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps as registry

CURATOR, LEAD, AUDITOR = "curator", "lead", "auditor"
ROLES: Final = (CURATOR, LEAD, AUDITOR)


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Verbs of one model: what curators may, and what leads may beyond that. An auditor may `view`, and no more.

    A right that is not named after its model stands whole: `merge_term`.
    """

    curator: str = "view"
    lead: str = ""

    def of(self, role: str) -> frozenset[str]:
        verbs = {CURATOR: self.curator, LEAD: f"{self.curator} {self.lead}", AUDITOR: "view"}[role]
        return frozenset(verbs.split())


_PROFILE: Final = Rights(curator="view add change", lead="delete publish")  # to delete is to erase a person
_ROWS: Final = Rights(curator="view add change delete")  # lines of a profile: a curator takes one away
_VOCABULARY: Final = Rights(curator="view", lead="add change")
_FIXED: Final = Rights(curator="view", lead="change")
_OF_LEADS: Final = Rights(curator="", lead="view add change delete")
_QUEUE: Final = Rights(curator="view change")  # others ask, a curator decides

#: Every model that has a page, or rows on one. A new model needs its line here, or among NOBODYS.
RIGHTS: Final[dict[str, Rights]] = {
    "therapist": _PROFILE,
    "license": _ROWS,
    "compactprivilege": _ROWS,
    "practicelocation": _ROWS,
    "therapistapproach": _ROWS,
    "therapistconcern": _ROWS,
    "screeningflag": _QUEUE,
    "correction": _QUEUE,
    "problemreport": _QUEUE,
    "reminder": _QUEUE,
    "nppesproposal": _QUEUE,
    "duplicatecandidate": Rights(curator="view change", lead="merge_therapist"),
    "compact": Rights(curator="view", lead="change"),
    "compactmembership": Rights(curator="view", lead="add change"),
    "demandcell": Rights(curator="view"),
    "approach": Rights(curator="view", lead="add change merge_term"),  # over every vocabulary
    "concern": _VOCABULARY,
    "population": _VOCABULARY,
    "sessionformat": _VOCABULARY,
    "deliverymethod": _VOCABULARY,
    "language": _VOCABULARY,
    "insuranceplan": _VOCABULARY,
    "licensetype": _FIXED,
    "jurisdiction": _FIXED,
    "evidence": Rights(curator="view"),
    "partner": _OF_LEADS,
    "partnerkey": Rights(curator="", lead="view add change"),
}

#: Written by the database or by a duty, and read by our own code alone. So is every history: it is read on the page
#: of what it is about, by whoever may see that.
NOBODYS: Final = frozenset(
    {
        "change", "searchrow", "searchcard", "pastcard", "zipcentroid", "directoryfigures", "screenedtexts",
        "verification", "attestationlink", "allowance", "picture",
    }
)  # fmt: skip


def rights_of(role: str) -> Iterator[tuple[str, str]]:
    """Model and codename of every right of a role: ("therapist", "view_therapist") …"""
    for model, rights in RIGHTS.items():
        for verb in sorted(rights.of(role)):
            yield model, verb if "_" in verb else f"{verb}_{model}"


def give_rights(using: str, apps: Any = registry, **signal: Any) -> None:
    """Make the roles and bring their rights over this app to the table. Runs after every migration; twice is once.

    Rights over other apps that an administrator gave to a role stay.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # migrated back to before there were accounts
        return
    ours = {
        (model, codename): pk
        for pk, model, codename in permissions.filter(content_type__app_label="directory").values_list(
            "pk", "content_type__model", "codename"
        )
    }
    for role in ROLES:
        group, _ = groups.get_or_create(name=role)
        wanted = {ours[right] for right in rights_of(role) if right in ours}
        given = set(group.permissions.filter(pk__in=ours.values()).values_list("pk", flat=True))
        group.permissions.add(*(wanted - given))
        group.permissions.remove(*(given - wanted))
