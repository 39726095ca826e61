"""What one of two partners lets the other's page count with: a row of its own beside the draft, sealed like one.

An invitation code stands for two rows, one for each side. Row and key follow from code and side, so that both partners'
browsers, through their drafts, lead here, and nothing else does. What a part says is the caller's affair; a part that
says nothing is there from the start, so that it cannot be told from one that was emptied.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import transaction
from django.utils import timezone

from assessments.codes import value_of
from assessments.models import Draft, DraftQuerySet
from assessments.sealing import PART, digest_of, seal, unseal

PURPOSE: Final = b"therapist-directory couple part v1 "

Side = Literal["host", "guest"]


class CannotJoin(Exception):
    """The code is no invitation that is still open: mistyped, used before, withdrawn or expired. It is not told which.

    Somebody who tries a code in another browser must not learn whether the partner is there, or has been.
    """


@dataclass(frozen=True, kw_only=True)
class Part:
    """One side of an invitation: "host" invites, "guest" joins."""

    code: str
    side: Side

    @classmethod
    def of(cls, data: dict[str, Any]) -> Part | None:
        """The own part that a draft's data leads to."""
        couple = data.get("couple")
        return cls(code=couple["code"], side=couple["side"]) if couple else None

    @property
    def other(self) -> Part:
        return Part(code=self.code, side="guest" if self.side == "host" else "host")

    def says(self) -> dict[str, Any] | None:
        """What the part says now. None when it says nothing, was withdrawn or deleted, or has expired: all the same."""
        content = self._read(self._rows())
        return None if content is None else content["says"]

    def say(self, says: dict[str, Any] | None) -> None:
        """Say this from now on, or nothing. A part that is gone stays gone."""
        with transaction.atomic():
            content = self._read(self._rows().select_for_update())
            if content is not None and content["says"] != says:
                self._write(content | {"says": says})

    def keep_until(self, idle_until: dt.datetime) -> None:
        self._rows().update(idle_until=idle_until)

    def delete(self) -> None:
        self._rows().delete()

    def create(self, *, idle_until: dt.datetime, hard_until: dt.datetime) -> None:
        """Make the row, saying nothing; its ends are those of its owner's draft."""
        Draft.objects.create(
            digest=digest_of(self._value, PART),
            ciphertext=seal(self._value, {"says": None, "joined": False}, PART),
            idle_until=idle_until,
            hard_until=hard_until,
        )

    def mark_joined(self) -> None:
        """Let one guest in, once and for all. Raises CannotJoin. Call it in a transaction, before the guest's part.

        The mark outlives a guest who withdraws: a second try with the code must not tell whether the guest is still
        there.
        """
        content = self._read(self._rows().select_for_update())
        if content is None or content["joined"]:
            raise CannotJoin
        self._write(content | {"joined": True})

    @property
    def _value(self) -> bytes:
        return value_of(self.code, PURPOSE + self.side.encode())

    def _rows(self) -> DraftQuerySet:
        return Draft.objects.with_digest(digest_of(self._value, PART))

    def _read(self, rows: DraftQuerySet) -> dict[str, Any] | None:
        row = rows.first()
        if row is None or row.has_expired(at=timezone.now()):
            return None
        return unseal(self._value, bytes(row.ciphertext), PART)

    def _write(self, content: dict[str, Any]) -> None:
        self._rows().update(ciphertext=seal(self._value, content, PART))
