"""How a row is found and sealed: with one secret value of 256 bits that is not in the database.

The row is found by a digest of the value, and its data is sealed with AES-256-GCM under a key derived from the value.
A copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VALUE_BYTES: Final = 32
NONCE_BYTES: Final = 12
BLOCK: Final = 1024  # plaintext is padded to a multiple: the length of a row does not tell how much was answered

# Kinds of rows. A value of one kind finds and opens nothing of another: partners know the value of each other's part,
# and must not get it opened as a draft.
DRAFT: Final = b"draft"
PART: Final = b"part"

# Two purposes of one value: knowing the digest must not help to find the key.
LOOK_UP: Final = b"therapist-directory %s look-up v1"
SEAL: Final = b"therapist-directory %s seal v1"


def digest_of(value: bytes, kind: bytes = DRAFT) -> bytes:
    """What the row of this value is found by."""
    return hashlib.sha256(LOOK_UP % kind + value).digest()


def cipher_of(value: bytes, kind: bytes = DRAFT) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=SEAL % kind).derive(value))


def seal(value: bytes, data: dict[str, Any], kind: bytes = DRAFT) -> bytes:
    """Ciphertext that only the value opens, and only in the row of its digest."""
    plain = json.dumps(data, separators=(",", ":"), allow_nan=False).encode()
    plain += b" " * (-len(plain) % BLOCK)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher_of(value, kind).encrypt(nonce, plain, digest_of(value, kind))


def unseal(value: bytes, sealed: bytes, kind: bytes = DRAFT) -> dict[str, Any] | None:
    """The data, or None when it was sealed with another value or tampered with."""
    try:
        plain = cipher_of(value, kind).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], digest_of(value, kind))
    except (InvalidTag, ValueError):
        return None
    data: dict[str, Any] = json.loads(plain)
    return data
