"""What waits for a curator: each queue a question about therapists, with its name, its count and its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, F, Func, IntegerField, Model, OuterRef, Q, QuerySet
from django.urls import reverse

from directory.attesting import PAUSED
from directory.models import (
    CompactPrivilege,
    Correction,
    DuplicateCandidate,
    License,
    NppesProposal,
    ProblemReport,
    ScreeningFlag,
    SearchRow,
    Therapist,
)
from directory.models.therapist import TherapistQuerySet
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS

LAPSING_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One row of the desk: how many wait, and where they are listed."""

    label: str
    hint: str
    count: int
    url: str


def to_review(on: dt.date) -> TherapistQuerySet:
    """Profiles that were handed in and that nobody has decided on."""
    return Therapist.objects.filter(life=Therapist.Life.IN_REVIEW)


# Both ask the search rows, which know of each profile until when it is listed: to work that out anew for a million
# profiles takes seconds. tests/directory/test_queues.py holds them equal to what `published` says.
def lapsed(on: dt.date) -> TherapistQuerySet:
    """Profiles that a curator published, and that are not listed today all the same."""
    listed = SearchRow.objects.listed_on(on).filter(therapist_id=OuterRef("pk"))
    return Therapist.objects.filter(~Exists(listed), life=Therapist.Life.PUBLISHED)


def lapsing(on: dt.date) -> TherapistQuerySet:
    """Profiles that are listed today and will not be within two weeks, unless somebody acts."""
    leaving = SearchRow.objects.listed_on(on).leaving_before(on + dt.timedelta(days=LAPSING_DAYS))
    return Therapist.objects.filter(pk__in=leaving.values("therapist_id"))


def count_lapsed(on: dt.date) -> int:
    """How many are `lapsed`: two counts over indexes, since whoever is listed is published."""
    published = Therapist.objects.filter(life=Therapist.Life.PUBLISHED).count()
    return published - SearchRow.objects.listed_on(on).count()


def unreachable(on: dt.date) -> TherapistQuerySet:
    """Profiles that are published and that nobody can remind: no email address is on record."""
    return Therapist.objects.filter(life=Therapist.Life.PUBLISHED, email="")


def flagged(on: dt.date) -> TherapistQuerySet:
    """Profiles with an open question of the harmful-practice screen."""
    return Therapist.objects.filter(Exists(waiting_flags(on).filter(therapist=OuterRef("pk"))))


def unsupervised(on: dt.date) -> TherapistQuerySet:
    """Associates of whom nobody has said who supervises them."""
    licenses = License.objects.without_supervisor().filter(therapist=OuterRef("pk"))
    return Therapist.objects.exclude(life=Therapist.Life.ARCHIVED).filter(Exists(licenses))


def without_compact(on: dt.date) -> TherapistQuerySet:
    """Profiles with a privilege that counts although nobody has said under which compact it is held."""
    privileges = CompactPrivilege.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=on),
        compact__isnull=True,
        verified_on__isnull=False,
        therapist=OuterRef("pk"),
    )
    return Therapist.objects.exclude(life=Therapist.Life.ARCHIVED).filter(Exists(privileges))


def odd_numbers(on: dt.date) -> TherapistQuerySet:
    """Profiles with a license number that does not look like one of its board."""
    licenses = License.objects.unlike_their_board().filter(therapist=OuterRef("pk"))
    return Therapist.objects.exclude(life=Therapist.Life.ARCHIVED).filter(Exists(licenses))


def saying_everything(on: dt.date) -> TherapistQuerySet:
    """Published profiles that tick so much that it tells nobody anything; `ticking_everything`, of who was listed."""
    # Counted in the search rows: a million masks take a fraction of the time of ten million ticks.
    ticks = SearchRow.objects.annotate(
        ticked_concerns=_bits("concerns_0") + _bits("concerns_1"), ticked_approaches=_bits("approaches_0")
    ).filter(Q(ticked_concerns__gt=MOST_CONCERNS) | Q(ticked_approaches__gt=MOST_APPROACHES))
    return Therapist.objects.filter(life=Therapist.Life.PUBLISHED, pk__in=ticks.values("therapist_id"))


def fit_again(on: dt.date) -> TherapistQuerySet:
    """Suspended profiles that lack nothing any more: one click puts them back. Not those whose therapist paused."""
    suspended = Therapist.objects.filter(life=Therapist.Life.SUSPENDED).exclude(life_reason__startswith=f"{PAUSED}.")
    unsupervised = License.objects.without_supervisor().filter(therapist=OuterRef("pk"))
    return suspended.fit_to_be_listed(on=on).filter(~Exists(unsupervised))


def open_flags() -> QuerySet[ScreeningFlag]:
    """Sentences of profiles on which no curator has decided."""
    return ScreeningFlag.objects.filter(decision=ScreeningFlag.Decision.OPEN)


def waiting_flags(on: dt.date) -> QuerySet[ScreeningFlag]:
    """Open flags that wait for somebody: not of who left for good."""
    return open_flags().exclude(therapist__life=Therapist.Life.ARCHIVED)


def _open_corrections(on: dt.date) -> QuerySet[Correction]:
    return Correction.objects.filter(state=Correction.State.OPEN)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A queue before it is counted: only who may see its model gets it, and only then it costs a query.

    One of therapists has a `code`, by which their list shows it. `count`: a quicker way to the number of its rows.
    """

    label: str
    hint: str
    rows: Callable[[dt.date], QuerySet[Any]]
    model: type[Model] = Therapist
    code: str = ""
    count: Callable[[dt.date], int] | None = None

    def counted(self, on: dt.date) -> Queue:
        """The queue as the desk shows it."""
        count = self.rows(on).count() if self.count is None else self.count(on)
        page = reverse(f"admin:directory_{self.model._meta.model_name}_changelist")
        query = f"?{urlencode({'queue': self.code})}" if self.code else ""
        return Queue(label=self.label, hint=self.hint, count=count, url=f"{page}{query}")


#: In the order in which they matter.
WAITING: Final = (
    Waiting(
        label="problems reported",
        hint="By visitors. Something that may harm people is on top.",
        model=ProblemReport,
        rows=lambda on: ProblemReport.objects.open(),
    ),
    Waiting(
        label="corrections to accept",
        hint="A new name, email address or license, as the therapist says.",
        model=Correction,
        rows=_open_corrections,
    ),
    Waiting(
        label="profiles to review",
        hint="Handed in. Read them, then publish or send them back.",
        code="to-review",
        rows=to_review,
    ),
    Waiting(
        label="open flags",
        hint="Sentences that the harmful-practice screen asks about.",
        model=ScreeningFlag,
        rows=waiting_flags,
    ),
    Waiting(
        label=f"leaving within {LAPSING_DAYS} days",
        hint="A license or the last confirmation runs out. Ask the therapist now.",
        code="lapsing",
        rows=lapsing,
    ),
    Waiting(
        label="published, but not listed",
        hint="A condition of being listed has lapsed. The profile says which.",
        code="lapsed",
        rows=lapsed,
        count=count_lapsed,
    ),
    Waiting(
        label="suspended, and nothing is missing",
        hint="Every condition holds again. Publish puts them back.",
        code="fit-again",
        rows=fit_again,
    ),
    Waiting(
        label="associates without a supervisor",
        hint="They are listed as “supervisor not stated”. Ask who supervises them, and enter it.",
        code="unsupervised",
        rows=unsupervised,
    ),
    Waiting(
        label="license numbers that look odd",
        hint="They do not look like the board’s numbers. Compare them: boards change, and people mistype.",
        code="odd-numbers",
        rows=odd_numbers,
    ),
    Waiting(
        label="privileges without a compact",
        hint="A file brought them without saying which compact. Enter it, then verify them.",
        code="without-compact",
        rows=without_compact,
    ),
    Waiting(
        label="no way to remind",
        hint="Published, without an email address. Call them.",
        code="unreachable",
        rows=unreachable,
    ),
    Waiting(
        label="proposals from NPPES",
        hint="What the public register says otherwise. Accept or decline.",
        model=NppesProposal,
        rows=lambda on: NppesProposal.objects.waiting(),
    ),
    Waiting(
        label="possible duplicates",
        hint="Two profiles that look like one person. Merge them, or say that they are two.",
        model=DuplicateCandidate,
        rows=lambda on: DuplicateCandidate.objects.open(),
    ),
    Waiting(
        label="say everything",
        hint="So much is ticked that it tells nobody anything. Ask what they are best at.",
        code="says-everything",
        rows=saying_everything,
    ),
)
#: Those of therapists, by which their list can be narrowed.
OF_THERAPISTS: Final = {
    "flagged": Waiting(label="with open flags", hint="", code="flagged", rows=flagged),
    **{row.code: row for row in WAITING if row.code},
}


def queues(*, on: dt.date, user: User | AnonymousUser) -> list[Queue]:
    """The queues of the desk that somebody may look into. One query for each, two at most."""
    return [row.counted(on) for row in WAITING if user.has_perm(f"directory.view_{row.model._meta.model_name}")]


def _bits(mask: str) -> Func:
    return Func(F(mask), template="bit_count(%(expressions)s::bit(64))", output_field=IntegerField())
