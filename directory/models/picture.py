"""The picture of a therapist, as it is shown: small, square, made anew from what was sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from directory.models.therapist import Therapist


class Picture(models.Model):
    """A WebP without metadata, of at most 200 kB. `directory.actions.set_picture` makes it; nothing else may."""

    MOST_BYTES = 200_000

    therapist = models.OneToOneField(Therapist, on_delete=models.CASCADE, related_name="picture")
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="picture_has_a_digest"),
            models.CheckConstraint(
                condition=Q(width__range=(1, 1000)) & Q(height__range=(1, 1000)), name="picture_is_small"
            ),
        ]

    def __str__(self) -> str:
        return f"picture of {self.therapist}"

    def get_absolute_url(self) -> str:
        """Where it is shown while the therapist is listed; another one for another picture."""
        return f"{reverse('directory:picture', kwargs={'slug': self.therapist.slug})}?v={self.version}"

    @property
    def version(self) -> str:
        """Stands in the address, so that browsers keep a picture until there is another one."""
        return self.sha256[:16]
