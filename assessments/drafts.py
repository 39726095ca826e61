"""The encrypted, expiring draft behind the pages: what a visitor said so far, readable only with the visitor's cookie.

A random value of 256 bits lives in the cookie and nowhere else. The row is found by a digest of it, and the data is
sealed with AES-256-GCM under a key derived from it. A copy of the database opens nothing. Nothing of it is in the
session, in an address or in a log.

    draft = open_draft(request) or start_draft(request)
    draft.data["intake"] = {"state": "CA"}
    draft.save(response)

`data` is plain JSON: {"people": […], "intake": {…}}; assessments/people.py reads and changes the first. A missing item
was not answered; None is "I'm not sure". Other apps may keep more beside it, such as "comers": who comes
(matching/paths.py).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from assessments.models import Draft

IDLE = dt.timedelta(hours=24)
HARD = dt.timedelta(days=7)
VALUE_BYTES = 32
NONCE_BYTES = 12
BLOCK = 1024  # plaintext is padded to a multiple: the length of a row does not tell how much was answered

# Two purposes of one value: knowing the digest must not help to find the key.
LOOK_UP = b"therapist-directory draft look-up v1"
SEAL = b"therapist-directory draft seal v1"


class DraftSession:
    """An open draft. Change `data`, then `save` it onto the response that answers this request."""

    def __init__(self, *, value: bytes, secure: bool, data: dict[str, Any], is_new: bool) -> None:
        self.data = data
        self._value = value
        self._secure = secure
        self._is_new = is_new

    def save(self, response: HttpResponse) -> None:
        """Seal and store the data for another 24 idle hours, and give the response the cookie.

        A draft that was deleted meanwhile, in another tab, stays deleted.
        """
        now = timezone.now()
        digest = _digest(self._value)
        sealed = {"ciphertext": _seal(self._value, self.data), "idle_until": now + IDLE}
        if self._is_new:
            Draft.objects.create(digest=digest, hard_until=now + HARD, **sealed)
            self._is_new = False
        else:
            Draft.objects.with_digest(digest).update(**sealed)
        response.set_cookie(
            cookie_name(secure=self._secure),
            base64.urlsafe_b64encode(self._value).rstrip(b"=").decode(),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",  # and no max-age: it leaves with the browser
        )
        response["Cache-Control"] = "no-store"

    def delete(self, response: HttpResponse) -> None:
        """Delete the row and the cookie: what was answered cannot be read any more, backups included."""
        Draft.objects.with_digest(_digest(self._value)).delete()
        response.delete_cookie(cookie_name(secure=self._secure), path="/", samesite="Lax")
        response["Cache-Control"] = "no-store"


def start_draft(request: HttpRequest) -> DraftSession:
    """Begin an empty draft. Nothing is stored before `save`."""
    data: dict[str, Any] = {"people": [], "intake": {}}
    return DraftSession(value=secrets.token_bytes(VALUE_BYTES), secure=request.is_secure(), data=data, is_new=True)


def open_draft(request: HttpRequest) -> DraftSession | None:
    """Return the visitor's draft, or None when there is none, it has expired, or cookie or row were tampered with.

    An expired draft is deleted here. Reading counts as use: it moves the idle end.
    """
    value = _value_of(request.COOKIES.get(cookie_name(secure=request.is_secure()), ""))
    if value is None:
        return None
    now = timezone.now()
    row = Draft.objects.with_digest(_digest(value)).first()
    if row is None:
        return None
    if row.has_expired(at=now):
        row.delete()
        return None
    data = _unseal(value, bytes(row.ciphertext))
    if data is None:
        return None
    if row.idle_until < now + IDLE - dt.timedelta(hours=1):  # at most one write an hour for reading
        Draft.objects.with_digest(_digest(value)).update(idle_until=now + IDLE)
    return DraftSession(value=value, secure=request.is_secure(), data=data, is_new=False)


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name; over plain HTTP, which only the local demo speaks, browsers refuse the prefix."""
    return "__Host-draft" if secure else "draft"


def _value_of(cookie: str) -> bytes | None:
    try:
        value = base64.b64decode(cookie + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == VALUE_BYTES else None


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(LOOK_UP + value).digest()


def _cipher(value: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=SEAL).derive(value))


def _seal(value: bytes, data: dict[str, Any]) -> bytes:
    plain = json.dumps(data, separators=(",", ":"), allow_nan=False).encode()
    plain += b" " * (-len(plain) % BLOCK)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(value).encrypt(nonce, plain, _digest(value))  # bound to its row by the digest


def _unseal(value: bytes, sealed: bytes) -> dict[str, Any] | None:
    try:
        plain = _cipher(value).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _digest(value))
    except (InvalidTag, ValueError):
        return None
    data: dict[str, Any] = json.loads(plain)
    return data
