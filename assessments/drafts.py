"""The encrypted, expiring draft behind the pages: what a visitor said so far, readable only with the visitor's cookie.

A random value of 256 bits lives in the cookie and nowhere else. The row is found by a digest of it, and the data is
sealed with AES-256-GCM under a key derived from it. A copy of the database opens nothing. Nothing of it is in the
session, in an address or in a log.

    draft = open_draft(request) or start_draft(request)
    draft.data["intake"] = {"state": "CA"}
    draft.save(response)
    forget(request, response)  # "Delete my answers"

`data` is plain JSON: {"people": […], "intake": {…}}; assessments/people.py reads and changes the first. A missing item
was not answered; None is "I'm not sure". Other apps may keep more beside it, such as "comers": who comes
(matching/paths.py), "why": the two therapists last compared (matching/why_views.py), and "counted": what was counted
of it this week (matching/unmet.py).

Who wants to leave and come back asks for a return code. Then the value follows from the code, and either opens the
draft. Who answers with a partner has {"couple": {"code", "side"}} in the data too; assessments/parts.py says what
that leads to. The part lives and ends with its draft, whichever way that ends.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from assessments.codes import new_code, value_of
from assessments.models import Draft
from assessments.parts import Part
from assessments.sealing import VALUE_BYTES, digest_of, seal, unseal

IDLE = dt.timedelta(hours=24)
HARD = dt.timedelta(days=7)

RETURN = b"therapist-directory return code v1"

# What a browser is asked to drop with the answers: its copies of pages, and storage that none of our pages uses. Not
# "cookies": that would empty the shortlist, sign staff out, and reach every site under the same domain. The one
# cookie that matters goes by its name.
CLEAR_SITE_DATA = '"cache", "storage"'

Says = Callable[[dict[str, Any]], dict[str, Any] | None]  # what a partner may be told of a draft's data


class DraftSession:
    """An open draft. Change `data`, then `save` it onto the response that answers this request."""

    def __init__(
        self,
        *,
        value: bytes,
        secure: bool,
        data: dict[str, Any],
        idle_until: dt.datetime,
        hard_until: dt.datetime,
        is_new: bool,
    ) -> None:
        self.data = data
        self._value = value
        self._secure = secure
        self._idle_until = idle_until
        self.hard_until = hard_until
        self._is_new = is_new

    @property
    def ends_at(self) -> dt.datetime:
        """When nobody can read it any more, unless it is used before."""
        return min(self._idle_until, self.hard_until)

    def save(self, response: HttpResponse, says: Says | None = None) -> None:
        """Seal and store the data for another 24 idle hours, and give the response the cookie.

        The part beside it says what `says` makes of the new answers, else nothing from now on: it must never go on
        telling what its owner has changed. A draft that was deleted, or put under a new code, meanwhile in another tab
        stays as it is.
        """
        digest = digest_of(self._value)
        self._idle_until = timezone.now() + IDLE
        sealed = {"ciphertext": seal(self._value, self.data), "idle_until": self._idle_until}
        with transaction.atomic():
            if self._is_new:
                Draft.objects.create(digest=digest, hard_until=self.hard_until, **sealed)
                self._is_new = False
            elif not Draft.objects.with_digest(digest).update(**sealed):
                return
            if part := Part.of(self.data):
                part.keep_until(self._idle_until)
                part.say(says(self.data) if says else None)
        self.give_cookie(response)

    def put_under_new_code(self) -> str | None:
        """Return a fresh code that opens the draft from now on; any earlier code or cookie opens nothing any more.

        The code is stored nowhere: whoever loses it cannot get it again. `give_cookie` must follow, or this browser
        loses the draft. None when the draft was deleted meanwhile.
        """
        code = new_code()
        self.data["has_return_code"] = True
        return code if self._move_to(value_of(code, RETURN)) else None

    def drop_code(self, response: HttpResponse) -> None:
        """Let any return code open nothing from now on, and this browser alone open the draft."""
        self.data.pop("has_return_code", None)
        if self._move_to(secrets.token_bytes(VALUE_BYTES)):
            self.give_cookie(response)

    @property
    def has_return_code(self) -> bool:
        """Whether somebody has a code that opens this draft: whoever took it, on this device or before."""
        return "has_return_code" in self.data

    def _move_to(self, value: bytes) -> bool:
        self._idle_until = timezone.now() + IDLE
        moved = Draft.objects.with_digest(digest_of(self._value)).update(
            digest=digest_of(value), ciphertext=seal(value, self.data), idle_until=self._idle_until
        )
        if moved:
            self._value = value
            _keep_part(self.data, self._idle_until)
        return bool(moved)

    def leave(self, response: HttpResponse) -> None:
        """Make this browser forget the draft. The row stays for its time, and only a return code opens it."""
        response.delete_cookie(cookie_name(secure=self._secure), path="/", samesite="Lax")
        response["Cache-Control"] = "no-store"
        response["Clear-Site-Data"] = CLEAR_SITE_DATA

    def delete(self, response: HttpResponse) -> None:
        """Delete the row, the part beside it, and the cookie.

        What was answered cannot be read any more, backups included.
        """
        with transaction.atomic():
            data = self._locked()  # another tab may have made an invitation meanwhile
            Draft.objects.with_digest(digest_of(self._value)).delete()
            _delete_part(data)
        self.leave(response)

    def invite(self) -> None:
        """Make an invitation code for a partner, and the own part under it; `save` must follow. Ends an earlier one."""
        self._begin_part(Part(code=new_code(), side="host"))

    def join(self, code: str) -> None:
        """Take up the invitation of a partner; `save` must follow, in one transaction. Ends an earlier one.

        Raises CannotJoin.
        """
        part = Part(code=code, side="guest")
        part.other.mark_joined()
        self._begin_part(part)

    def withdraw(self) -> None:
        """Delete the own part, if there is one; `save` must follow. The partner's page cannot tell why it is gone."""
        _delete_part(self.data)
        self.data.pop("couple", None)

    def tell_partner(self, says: Says) -> None:
        """Let the own part say what `says` makes of the answers, as they are stored at this moment.

        The draft's row is locked meanwhile: an answer that another tab is saving is either seen or comes after.
        """
        if "couple" not in self.data:
            return
        with transaction.atomic():
            data = self._locked()
            if data is not None and (part := Part.of(data)):
                part.say(says(data))

    def _locked(self) -> dict[str, Any] | None:
        row = Draft.objects.select_for_update().with_digest(digest_of(self._value)).first()
        return None if row is None else unseal(self._value, bytes(row.ciphertext))

    def _begin_part(self, part: Part) -> None:
        self.withdraw()
        part.create(idle_until=self._idle_until, hard_until=self.hard_until)
        self.data["couple"] = {"code": part.code, "side": part.side}

    def give_cookie(self, response: HttpResponse) -> None:
        """Let this browser open the draft."""
        response.set_cookie(
            cookie_name(secure=self._secure),
            base64.urlsafe_b64encode(self._value).rstrip(b"=").decode(),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",  # and no max-age: it leaves with the browser
        )
        response["Cache-Control"] = "no-store"

    def is_same_as(self, other: DraftSession) -> bool:
        return secrets.compare_digest(self._value, other._value)


def start_draft(request: HttpRequest) -> DraftSession:
    """Begin an empty draft. Nothing is stored before `save`."""
    data: dict[str, Any] = {"people": [], "intake": {}}
    now = timezone.now()
    return DraftSession(
        value=secrets.token_bytes(VALUE_BYTES),
        secure=request.is_secure(),
        data=data,
        idle_until=now + IDLE,
        hard_until=now + HARD,
        is_new=True,
    )


def open_draft(request: HttpRequest) -> DraftSession | None:
    """Return the visitor's draft, or None when there is none, it has expired, or cookie or row were tampered with.

    An expired draft is deleted here. Reading counts as use: it moves the idle end. A view that saves opens it inside
    `transaction.atomic`: then the row is locked, and what another tab saves at the same moment is not overwritten.
    """
    value = _value_of(request.COOKIES.get(cookie_name(secure=request.is_secure()), ""))
    return None if value is None else _open(value, secure=request.is_secure())


def open_with_code(request: HttpRequest, code: str) -> DraftSession | None:
    """Return the draft under a return code, whichever browser it was left in; `give_cookie` opens it in this one.

    None does not tell a wrong code from one that was replaced, or whose draft was deleted or has expired.
    """
    return _open(value_of(code, RETURN), secure=request.is_secure())


def _open(value: bytes, *, secure: bool) -> DraftSession | None:
    now = timezone.now()
    rows = Draft.objects.with_digest(digest_of(value))
    # Own row first, parts after it, here as everywhere: two requests never wait for each other.
    row = (rows.select_for_update() if connection.in_atomic_block else rows).first()
    if row is None:
        return None
    data = unseal(value, bytes(row.ciphertext))
    if row.has_expired(at=now):
        row.delete()
        _delete_part(data)
        return None
    if data is None:
        return None
    if row.idle_until < now + IDLE - dt.timedelta(hours=1):  # at most one write an hour for reading
        row.idle_until = now + IDLE
        Draft.objects.with_digest(digest_of(value)).update(idle_until=row.idle_until)
        _keep_part(data, row.idle_until)
    return DraftSession(
        value=value,
        secure=secure,
        data=data,
        idle_until=row.idle_until,
        hard_until=row.hard_until,
        is_new=False,
    )


def _keep_part(data: dict[str, Any], idle_until: dt.datetime) -> None:
    if part := Part.of(data):
        part.keep_until(idle_until)


def _delete_part(data: dict[str, Any] | None) -> None:
    if data is not None and (part := Part.of(data)):
        part.delete()


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the visitor's draft, if there is one, and on the way of this response all that the browser has of it.

    While the database is away the row waits for its end, and nobody can read it: its key was only in the cookie.
    """
    with contextlib.suppress(OperationalError, InterfaceError):
        draft = open_draft(request)
        if draft is not None:
            draft.delete(response)
    response.delete_cookie(cookie_name(secure=request.is_secure()), path="/", samesite="Lax")
    response["Cache-Control"] = "no-store"
    response["Clear-Site-Data"] = CLEAR_SITE_DATA


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name; over plain HTTP, which only the local demo speaks, browsers refuse the prefix."""
    return "__Host-draft" if secure else "draft"


def _value_of(cookie: str) -> bytes | None:
    try:
        value = base64.b64decode(cookie + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == VALUE_BYTES else None
