"""Two profiles that may be of one person, and what a curator decided about them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from directory.models.therapist import Therapist


class DuplicateCandidateQuerySet(models.QuerySet["DuplicateCandidate"]):
    def open(self) -> Self:
        """Pairs on which nobody has decided, the likeliest first."""
        return self.filter(state=DuplicateCandidate.State.OPEN).order_by("-score", "pk")

    def about(self, therapist: Therapist) -> Self:
        """Pairs of which this therapist is one."""
        return self.filter(Q(a=therapist) | Q(b=therapist))

    def kept_instead_of(self, slug: str) -> Therapist | None:
        """The therapist into whose profile the one with this slug was merged, at once or by several merges; or None."""
        seen: set[int] = set()
        therapist = Therapist.objects.filter(slug=slug).first()
        found = None
        while therapist is not None and therapist.pk not in seen:
            seen.add(therapist.pk)
            merged = self.about(therapist).filter(state=DuplicateCandidate.State.MERGED).exclude(kept=therapist)
            pair = merged.select_related("kept").order_by("-decided_at", "-pk").first()
            therapist = None if pair is None else pair.kept
            found = therapist or found
        return found


class DuplicateCandidate(models.Model):
    """A pair that looks like one person; `a` is the older row. Decided once, it is never asked about again."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        MERGED = "merged", "Merged"
        DIFFERENT = "different", "Different people"

    a = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="0 to 100: how much speaks for one person.")
    why = models.CharField("what speaks for it", max_length=300, blank=True)
    found_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    kept = models.ForeignKey(Therapist, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = DuplicateCandidateQuerySet.as_manager()

    class Meta:
        verbose_name = "possible duplicate"
        permissions = [("merge_therapist", "Can merge two profiles of one therapist")]
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="one_question_per_pair_of_therapists"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="pair_of_therapists_is_in_order"),
            models.CheckConstraint(
                condition=Q(state="open") | (~Q(reason="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="duplicate_decision_has_reason_author_and_time",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", kept__isnull=False) & (Q(kept=F("a")) | Q(kept=F("b")))
                | Q(state__in=["open", "different"], kept__isnull=True),
                name="merge_keeps_one_of_the_two",
            ),
        ]
        indexes = [models.Index(fields=["state", "-score", "id"], name="duplicates_in_order")]

    def __str__(self) -> str:
        return f"{self.a} and {self.b}"
