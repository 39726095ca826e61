"""What the public register NPPES says about a listed therapist, as a question to a curator."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Case, Exists, Func, OuterRef, Q, When


class NpiIsValid(Func):
    """Whether a text is ten digits, the last of them the right check digit; PostgreSQL computes it (migration 0012)."""

    function = "directory_npi_is_valid"
    output_field = models.BooleanField()


GIVES_AN_NPI = Q(decision="open", field="npi", kind__in=["add", "differs"])


class NppesProposalQuerySet(models.QuerySet["NppesProposal"]):
    def waiting(self) -> Self:
        """Proposals on which no curator has decided."""
        return self.filter(decision=NppesProposal.Decision.OPEN)

    def with_rivals(self) -> Self:
        """With `has_rivals`: another open proposal gives this therapist another NPI, or this NPI to another therapist.

        Only one of them can be right, and only a person can tell which.
        """
        rivals = NppesProposal.objects.filter(
            GIVES_AN_NPI,
            Q(therapist=OuterRef("therapist")) & ~Q(npi=OuterRef("npi"))
            | Q(npi=OuterRef("npi")) & ~Q(therapist=OuterRef("therapist")),
        )
        return self.annotate(has_rivals=Case(When(GIVES_AN_NPI & Exists(rivals), then=True), default=False))

    def rivals_of(self, proposal: NppesProposal) -> Self:
        """Open proposals that an accepted one, which gave a therapist an NPI, has made wrong. Else none."""
        if proposal.field != NppesProposal.Field.NPI or not proposal.values.get("npi"):
            return self.none()
        same = Q(therapist=proposal.therapist_id) | Q(npi=proposal.npi)
        return self.filter(GIVES_AN_NPI, same).exclude(pk=proposal.pk)

    def in_order(self) -> Self:
        """What must come first, first: NPIs before what hangs on them, then by therapist."""
        number_first = Case(When(field=NppesProposal.Field.NPI, then=0), default=1)
        return self.order_by(number_first, "therapist__name", "therapist_id", "field", "id")


class NppesProposal(models.Model):
    """One thing that a row of NPPES says otherwise than a profile, or that the profile lacks. A question, never a fact.

    `ours` and `theirs` are the two values as people read them; `values` holds theirs in parts, for the writing.
    """

    class Kind(models.TextChoices):
        ADD = "add", "we lack it"
        DIFFERS = "differs", "differs"
        DEACTIVATED = "deactivated", "NPI deactivated"
        NOT_FOUND = "not_found", "NPI not found"

    class Field(models.TextChoices):
        NPI = "npi", "NPI"
        NAME = "name", "Name"
        LICENSE = "license", "License"
        OFFICE = "office", "Office"

    class Decision(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="nppes_proposals")
    npi = models.CharField("NPI of the row", max_length=10)
    kind = models.CharField(max_length=11, choices=Kind)
    field = models.CharField(max_length=7, choices=Field)
    jurisdiction = models.CharField(max_length=2, blank=True, help_text="Two letters: of the license or the office.")
    ours = models.CharField(max_length=200, blank=True)
    theirs = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="What a curator should know before deciding.")
    file_name = models.CharField(max_length=200)
    file_date = models.DateField()
    row_updated_on = models.DateField(null=True, blank=True, help_text="Last Update Date of the row.")
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = NppesProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "NPPES proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "npi", "kind", "field", "ours", "theirs"],
                name="one_nppes_proposal_per_pair_of_values",
            ),
            models.CheckConstraint(condition=Q(NpiIsValid("npi")), name="nppes_proposal_has_a_valid_npi"),
            models.CheckConstraint(
                condition=Q(kind__in=["add", "differs", "deactivated", "not_found"]),
                name="nppes_proposal_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(field__in=["npi", "name", "license", "office"]), name="nppes_proposal_field_is_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="open")
                | Q(decision="accepted") & ~Q(decided_by="") & Q(decided_at__isnull=False)
                | Q(decision="declined") & ~Q(decided_by="") & Q(decided_at__isnull=False) & ~Q(reason=""),
                name="nppes_decision_has_author_and_time_and_a_no_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["decision", "kind"], name="nppes_proposals_by_decision"),
            models.Index(fields=["npi"], name="nppes_proposals_by_npi"),
        ]

    def __str__(self) -> str:
        return f"{self.what} ({self.theirs})"

    @property
    def what(self) -> str:
        """What it is about, in a few words: `License: we lack it`."""
        if self.kind in (self.Kind.DEACTIVATED, self.Kind.NOT_FOUND):
            return str(self.get_kind_display())
        return f"{self.get_field_display()}: {self.get_kind_display()}"
