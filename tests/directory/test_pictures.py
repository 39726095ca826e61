"""Pictures of therapists: made anew from what was sent, or refused in plain words; shown only while they are listed."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from directory import actions
from directory.curation.pictures import MOST_BYTES, BadPicture, remade
from directory.models import Picture, Therapist
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.factories import TherapistFactory

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
SECRET = b"34.0522 N 118.2437 W"


def drawn(size: tuple[int, int] = (600, 400), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture that is red on the left and blue on the right."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.convert(mode).save(out, kind, **options)
    return out.getvalue()


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(remade(data).content))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (300, 300), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
def test_a_picture_becomes_a_small_square_webp(kind: str) -> None:
    picture = shown(drawn(kind=kind))
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (400, 400), "RGB")


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "RGBA", "LA", "1"])
def test_every_kind_of_color_is_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert shown(drawn(kind=kind, mode=mode)).size == (400, 400)


def test_what_can_be_seen_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(out, "PNG")
    assert min(shown(out.getvalue()).getpixel((200, 200))) > 250  # type: ignore[type-var]


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # description
    for kind in ("JPEG", "PNG", "WEBP"):
        data = drawn(kind=kind, exif=exif, icc_profile=b"profile of " + SECRET, xmp=b"<x>" + SECRET + b"</x>")
        assert SECRET in data
        picture = shown(data)
        assert SECRET not in remade(data).content
        assert not picture.getexif()
        assert {"exif", "icc_profile", "xmp"} & picture.info.keys() == set()


def test_a_second_file_behind_the_picture_does_not_come_along() -> None:
    assert b"PK\x03\x04" not in remade(drawn(kind="JPEG") + b"PK\x03\x04 an archive").content


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is on its right
    red, _, blue = shown(drawn((400, 400), exif=exif)).getpixel((200, 40))  # type: ignore[misc]
    assert red > 150 > blue


REFUSED = [
    ("too many bytes", lambda: drawn() + bytes(MOST_BYTES), "larger than 5 MB"),
    ("too many pixels, before any is decoded", lambda: png_that_claims(60_000, 60_000), "more than 24 million pixels"),
    ("a few too many pixels", lambda: png_that_claims(5_000, 4_801), "more than 24 million pixels"),
    ("too small", lambda: drawn((400, 100)), "too small"),
    ("moving, as PNG", lambda: animated("PNG"), "moves"),
    ("moving, as WebP", lambda: animated("WEBP"), "moves"),
    ("cut off", lambda: drawn()[:-900], "damaged"),
    ("a header and nothing else", lambda: png_that_claims(300, 300), "damaged"),
    ("a GIF", lambda: drawn(kind="GIF"), "JPEG, PNG or WebP"),
    ("a TIFF", lambda: drawn(kind="TIFF"), "JPEG, PNG or WebP"),
    ("a drawing with a script", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "JPEG, PNG"),
    ("a page that calls itself a picture", lambda: b"<html><script>alert(1)</script></html>", "JPEG, PNG or WebP"),
    ("a GIF under the first bytes of a JPEG", lambda: b"\xff\xd8\xff" + drawn(kind="GIF"), "damaged"),
    ("a sound in the wrapping of a WebP", lambda: b"RIFF\x00\x00\x00\x00WAVEfmt ", "JPEG, PNG or WebP"),
    ("nothing", lambda: b"", "JPEG, PNG or WebP"),
]


@pytest.mark.parametrize(("description", "data", "says"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_picture_of_ours_is_refused_in_words(description: str, data: Any, says: str) -> None:
    with pytest.raises(BadPicture, match=says):
        remade(data())


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=900))
def test_damaged_bytes_are_refused_and_never_break_anything(noise: bytes, place: int) -> None:
    data = drawn((200, 200), kind="PNG")
    with contextlib.suppress(BadPicture):
        remade(data[:place] + noise + data[place + len(noise) :])


# --- On the site ------------------------------------------------------------------------------------------------------
@pytest.fixture
def ana(time_machine: Any) -> Therapist:
    time_machine.move_to(NOW, tick=False)
    ana: Therapist = TherapistFactory(name="Ana Demo", slug="ana")
    actions.set_picture(therapist=ana, data=drawn(), by="Curator", at=NOW)
    return ana


@pytest.mark.django_db
def test_a_listed_therapist_shows_the_picture(client: Client, ana: Therapist) -> None:
    picture = Picture.objects.get()
    page = client.get("/therapists/ana/").content.decode()
    assert f'src="/therapists/ana/picture?v={picture.sha256[:16]}"' in page
    assert 'alt="Picture of Ana Demo"' in page
    answer = client.get(picture.get_absolute_url())
    assert answer.content == bytes(picture.content)
    assert hashlib.sha256(answer.content).hexdigest() == picture.sha256
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"private", "immutable"} <= {part.strip() for part in answer["Cache-Control"].split(",")}


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [{"life": "suspended"}, {"attested_on": dt.date(2020, 1, 1)}])
def test_a_picture_leaves_with_the_profile(client: Client, ana: Therapist, facts: dict[str, Any]) -> None:
    Therapist.objects.filter(pk=ana.pk).update(**facts)
    assert client.get("/therapists/ana/picture").status_code == 404
    assert client.get("/therapists/nobody/picture").status_code == 404


@pytest.mark.django_db
def test_history_tells_who_set_a_picture_and_which(ana: Therapist) -> None:
    first = Picture.objects.get()
    actions.set_picture(therapist=ana, data=drawn((300, 300)), by=curator(), at=NOW)
    actions.remove_picture(therapist=ana, by="Ana")
    reasons = [record.history_change_reason for record in ana.history.order_by("history_id")][-3:]
    assert reasons[0] == f"Curator: Picture {first.version} set"
    assert "set" in reasons[1]
    assert reasons[2].startswith("Ana: Picture")
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_a_curator_sends_sees_and_takes_off_a_picture() -> None:
    ana = TherapistFactory(name="Ana Demo", life="draft", slug=None)
    desk = signed_in(curator())
    url = f"/admin/directory/therapist/{ana.pk}/change/"
    answer = desk.post(url, as_sent(desk.get(url), new_picture=SimpleUploadedFile("me.jpg", b"GIF89a")))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["new_picture"] == [
        "This is no picture that we take. Please send a JPEG, PNG or WebP file."
    ]
    answer = desk.post(url, as_sent(desk.get(url), new_picture=SimpleUploadedFile("me.jpg", drawn())))
    assert answer.status_code == 302
    picture = desk.get(f"/admin/directory/therapist/{ana.pk}/picture/")
    assert picture["Content-Type"] == "image/webp"
    assert f"/admin/directory/therapist/{ana.pk}/picture/?v=" in desk.get(url).content.decode()
    desk.post(url, as_sent(desk.get(url), remove_picture="on"))
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_erasing_a_therapist_erases_the_picture(ana: Therapist) -> None:
    ana.delete()
    assert not Picture.objects.exists()
