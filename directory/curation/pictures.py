"""Makes the picture that is shown out of the file that was sent: small, square, without anything but its pixels. Pure.

The file comes from a stranger. So: how long it is, what its first bytes say and how large it claims to be are looked at
before anything is decoded; only three decoders may be tried; and what is kept is drawn anew from the pixels.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 24_000_000
LEAST_SIDE: Final = 160
SIDE: Final = 400
QUALITY: Final = 82
CONTENT_TYPE: Final = "image/webp"
#: First bytes of a file → the decoder for it. A WebP says so after its length.
FORMATS: Final = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"RIFF", "WEBP"))


class BadPicture(ValueError):
    """A file that is no picture we take; the message says why, for the person who sent it."""


@dataclass(frozen=True, kw_only=True)
class Remade:
    """A square WebP without metadata. `sha256` is that of `content`, in hexadecimal digits."""

    content: bytes
    width: int
    height: int
    sha256: str


def remade(data: bytes) -> Remade:
    """The picture as it will be shown: turned upright, cut to a square, SIDE pixels wide. Raises BadPicture."""
    if len(data) > MOST_BYTES:
        raise BadPicture(f"The picture is larger than {MOST_BYTES // 1024 // 1024} MB. Please send a smaller one.")
    kind = _kind(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:  # reads the header, decodes nothing
                _check(picture)
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is decoded at an eighth of its size
                content = _drawn_anew(picture)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(_too_large()) from None
    except Exception:  # whatever a decoder says about bytes of a stranger
        raise BadPicture("The picture is damaged: it cannot be read to its end.") from None
    return Remade(content=content, width=SIDE, height=SIDE, sha256=hashlib.sha256(content).hexdigest())


def _kind(data: bytes) -> str:
    for start, kind in FORMATS:
        if data.startswith(start) and (kind != "WEBP" or data[8:12] == b"WEBP"):
            return kind
    raise BadPicture("This is no picture that we take. Please send a JPEG, PNG or WebP file.")


def _check(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise BadPicture(_too_large())
    if min(width, height) < LEAST_SIDE:
        raise BadPicture(f"The picture is too small: it needs at least {LEAST_SIDE} by {LEAST_SIDE} pixels.")
    # A phone may put a second picture (depth, brightness) behind a JPEG: "MPO". Only the first one is looked at.
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise BadPicture("The picture moves. Please send one that stands still.")


def _too_large() -> str:
    return f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Please send a smaller one."


def _drawn_anew(picture: Image.Image) -> bytes:
    """Pixels only. What else the file held (where and when it was taken, comments, a second file) goes nowhere."""
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        see_through = upright.convert("RGBA")
        upright = Image.new("RGBA", see_through.size, "white")
        upright.alpha_composite(see_through)
    square = ImageOps.fit(upright.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    blank = Image.new("RGB", square.size)
    blank.paste(square)  # a new picture carries no `info` of the old one
    out = io.BytesIO()
    blank.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
