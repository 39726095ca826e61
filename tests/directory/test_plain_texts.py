"""Texts of profiles are plain: whatever is sent, and in whatever way, nothing that a browser could act on is kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import unicodedata
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from directory.curation.plain_texts import plain_line, plain_text
from directory.models import Therapist
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.factories import TherapistFactory

TAG = re.compile(r"<[A-Za-z/!?]")  # what HTML reads as the beginning of one

HOSTILE = [
    (
        "a picture from elsewhere",
        'Hello <img src="https://spy.example/x.png" onerror="alert(1)"> there',
        "Hello  there",
    ),
    ("a script", "Hello<script>alert(1)</script>", "Hello"),
    ("a script that is hidden twice", "Hello &amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;", "Hello"),
    ("a link", '<a href="javascript:alert(1)">Call me</a>', "Call me"),
    ("a drawing", '<svg onload="alert(1)"><circle/></svg>Fine', "Fine"),
    ("a style", "<style>body{background:url(//spy.example)}</style>Fine", "Fine"),
    ("letters that turn the direction", "safe \u202egnp.exe\u2066 end", "safe gnp.exe end"),
    ("control characters", "a\x00b\x07c\x1b[31md\x9be", "abc[31mde"),
    ("characters that are not seen", "hol\u200bding\u2060 ther\ufeffapy\u00ad", "holding therapy"),
    ("half a character and a private one", "a\ud800b\ue000c", "abc"),
    ("a line of an old computer", "one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
    ("marks piled on one letter", "z" + "\u0336" * 40 + "o", "z" + "\u0336" * 4 + "o"),
    ("an address stays an address", "See https://example.org/a.png", "See https://example.org/a.png"),
    ("arithmetic", "I charge < $100 & more", "I charge < $100 & more"),
    ("other scripts", "नमस्ते, می‌خواهم, Zoë, 👩‍👧", "नमस्ते, می‌خواهم, Zoë, 👩‍👧"),
]


@pytest.mark.parametrize(("description", "text", "plain"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_text_becomes_plain(description: str, text: str, plain: str) -> None:
    assert plain_text(text) == plain


@given(st.text() | st.text(alphabet="<>&;ltgamp/!bscript =\"'\u202e\x00"))
def test_what_is_shown_holds_no_tag_and_no_character_that_is_not_allowed(text: str) -> None:
    plain = plain_text(text)
    assert not TAG.search(plain)
    assert {unicodedata.category(c)[0] for c in plain} <= set("LMNPSZC")
    assert all(c in "\n\t\u200c\u200d" for c in plain if unicodedata.category(c)[0] == "C")
    assert plain_text(plain) == plain
    assert "\n" not in plain_line(text)


@pytest.mark.django_db
@pytest.mark.parametrize(("description", "text", "plain"), HOSTILE[:9], ids=[row[0] for row in HOSTILE[:9]])
def test_every_text_of_the_form_is_plain(description: str, text: str, plain: str) -> None:
    ana = TherapistFactory(name="Ana Demo", approaches=["emdr"], zips=["90012"])
    desk = signed_in(curator())
    url = f"/admin/directory/therapist/{ana.pk}/change/"
    words = f"Ana {text}".replace("\0", "")  # Django's own answer to that one is an error
    answer = desk.post(
        url,
        as_sent(
            desk.get(url),
            name=words,
            pronouns="she",
            headline=words,
            bio=words,
            **{
                "locations-0-street": words,
                "locations-0-city": words,
                "stated_approaches-0-trained": "on",
                "stated_approaches-0-training": words,
            },
        ),
    )
    assert answer.status_code == 302, answer.context["errors"]
    ana.refresh_from_db()
    office = ana.locations.get()
    kept = [ana.name, ana.headline, ana.bio, office.street, office.city]
    kept += [ana.stated_approaches.get().training]
    assert {" ".join(words.split()) for words in kept} == {" ".join(f"Ana {plain}".split())}


@pytest.mark.django_db
@pytest.mark.parametrize(("description", "text", "plain"), HOSTILE[:7], ids=[row[0] for row in HOSTILE[:7]])
def test_every_text_of_an_import_is_plain(tmp_path: Path, description: str, text: str, plain: str) -> None:
    cell = '"' + f"Ana {text}".replace('"', '""') + '"'
    file = tmp_path / "file.csv"
    file.write_text(
        f"external_id,zip,name,headline,bio,street,city\nx1,90012,{','.join([cell] * 5)}\n", encoding="utf-8"
    )
    call_command("import_therapists", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    ana = Therapist.objects.get()
    office = ana.locations.get()
    kept = [ana.name, ana.headline, ana.bio, office.street, office.city]
    assert {" ".join(words.split()) for words in kept} == {" ".join(f"Ana {plain}".split())}


@pytest.mark.django_db
def test_the_page_shows_text_as_text_and_fetches_nothing() -> None:
    today = timezone.localdate()
    TherapistFactory(
        slug="ana",
        bio='See https://spy.example/x.png and <img src="https://spy.example/y.png">',  # as if a rule had failed
        consented_on=today,
        attested_on=today,
        licenses=[{"expires_on": today + dt.timedelta(days=9)}],
    )
    page = Client().get("/therapists/ana/").content.decode()
    assert "<img" not in page
    assert 'src="https://spy' not in page
    assert 'href="https://spy' not in page
    assert "See https://spy.example/x.png and &lt;img" in page


WEBSITES = [
    ("a page", "https://example.org/ana?x=1#y", True),
    ("a page without encryption", "http://example.org", True),
    ("an @ in the path", "https://example.org/@ana", True),
    ("a script", "javascript:alert(1)", False),
    ("a file transfer", "ftp://example.org/", False),
    ("data", "data:text/html,hello", False),
    ("a name and a password", "https://ana:secret@example.org/", False),
    ("only a name", "https://bank.example@evil.example/", False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("description", "website", "is_taken"), WEBSITES, ids=[row[0] for row in WEBSITES])
def test_a_website_is_a_page_on_the_web(tmp_path: Path, description: str, website: str, is_taken: bool) -> None:
    ana = TherapistFactory(name="Ana Demo")
    desk = signed_in(curator())
    url = f"/admin/directory/therapist/{ana.pk}/change/"
    answer = desk.post(url, as_sent(desk.get(url), website=website))
    assert (answer.status_code == 302) is is_taken

    file = tmp_path / "file.csv"
    file.write_text(f"external_id,name,website\nx1,Bea,{website}\n")
    with contextlib.nullcontext() if is_taken else pytest.raises(CommandError):
        call_command("import_therapists", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    assert Therapist.objects.filter(name="Bea", website=website).exists() is is_taken
