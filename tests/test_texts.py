"""What people read here is plain. New texts are found by walking, and a planted one of each kind proves it."""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import TherapistFactory
from tests.reading import grade, sentences, words
from tests.texts import (
    APPS,
    EASY,
    EASY_FILES,
    FOR_OTHERS,
    GENERAL,
    UNREAD_FIXTURES,
    Text,
    all_texts,
    level_of,
    template_texts,
    texts_of_fixture,
    texts_of_module,
    texts_of_template,
)

ENOUGH = 20  # words: of fewer, a grade says little; they count in the whole file
LONGEST = 30  # words of a sentence

TEXTS = all_texts()
GRADED = sorted({(text.file, text.level) for text in TEXTS if text.level is not None})


@pytest.mark.parametrize(("file", "level"), GRADED, ids=[f"{file} at {level}" for file, level in GRADED])
def test_a_text_reads_easily_as_a_whole_and_in_each_part(file: str, level: int) -> None:
    assert not too_hard([text for text in TEXTS if (text.file, text.level) == (file, level)], level)


def too_hard(texts: Sequence[Text], level: int) -> list[str]:
    """What has to be mended, as sentences with the grade before them."""
    found = []
    whole = Text(where=texts[0].file, paragraphs=tuple(part for text in texts for part in text.paragraphs), level=level)
    for text in [whole, *texts]:
        parts = [sentence for paragraph in text.paragraphs for sentence in sentences(paragraph)]
        if sum(len(words(part)) for part in parts) >= ENOUGH and (its := grade(text.paragraphs)) > level:
            hardest = sorted(parts, key=lambda part: -grade([part]))[:3]
            found.append(f"{text.where} is at grade {its:.1f}, not {level}. Hardest: {hardest}")
    found += [
        f"{text.where} has a sentence of {len(words(sentence))} words: {sentence}"
        for text in texts
        for paragraph in text.paragraphs
        for sentence in sentences(paragraph)
        if len(words(sentence)) > LONGEST
    ]
    return found


# --- What the walk finds ----------------------------------------------------------------------------------------------
HARD = "Individuals demonstrating insecure interpersonal dispositions necessitate psychotherapeutic care. "


def levels_and_texts(texts: Any) -> list[tuple[int | None, str]]:
    return [(text.level, paragraph) for text in texts for paragraph in text.paragraphs]


def test_a_new_template_is_held_to_the_general_grade() -> None:
    [text] = texts_of_template("matching/templates/matching/new.html", f"<p>{HARD * 3}</p>")
    assert text.level == GENERAL
    assert "not 8" in too_hard([text], GENERAL)[0]


PAGES = [
    {
        "description": "a page that asks",
        "source": '{% block main %}<form class="question"><h1>How is it?</h1></form>{% endblock %}',
        "found": [(EASY, "How is it?")],
    },
    {
        "description": "a step in the frame of the steps",
        "source": '{% extends "matching/_step_frame.html" %}{% block fields %}<p>Choose one.</p>{% endblock %}',
        "found": [(EASY, "Choose one.")],
    },
    {
        "description": "the section around a crisis number, and no other",
        "source": '<section><p>Look around.</p></section><section><p>Or <a href="tel:988">call 988</a>.</p></section>',
        "found": [(GENERAL, "Look around."), (EASY, "Or call 988.")],
    },
    {
        "description": "a therapist's own number is no crisis number",
        "source": '<p>Phone: <a href="tel:{{ phone }}">{{ phone }}</a></p>',
        "found": [(GENERAL, "Phone: x")],
    },
    {
        "description": "what a screen reader says, and both branches",
        "source": '<ul aria-label="In use">{% if a %}<li>You are here</li>{% else %}<li>Or not</li>{% endif %}</ul>',
        "found": [(GENERAL, "In use"), (GENERAL, "You are here"), (GENERAL, "Or not")],
    },
    {
        "description": "no comment, no script",
        "source": "{% comment %}For us{% endcomment %}{# us #}<script>let us = 1</script><p>For {{ you }}</p>",
        "found": [(GENERAL, "For x")],
    },
    {
        "description": "buttons side by side are two",
        "source": '<p><a class="button" href="/a">Go on</a> <a class="button" href="/b">Go back</a></p>',
        "found": [(GENERAL, "Go on"), (GENERAL, "Go back")],
    },
]


@pytest.mark.parametrize("page", PAGES, ids=[page["description"] for page in PAGES])
def test_texts_of_a_template_are_found(page: dict[str, Any]) -> None:
    texts = texts_of_template("matching/templates/matching/new.html", page["source"])
    assert levels_and_texts(texts) == page["found"]


def test_texts_of_a_module_are_found_and_a_form_asks() -> None:
    step = 'class NewStep(Step):\n    """Not this."""\n    title = "Who are you?"\n    why = f"It {helps} us."\n'
    constant = 'PATTERN = "^[a-z]+ x"\nSQL = "SELECT a FROM b"\nWORDS = {"code": "Some words to read."}\n'
    found = levels_and_texts(texts_of_module("matching/new.py", constant))
    assert found == [(GENERAL, "Some words to read.")]
    found = levels_and_texts(texts_of_module("matching/new.py", step + constant))
    assert found == [(EASY, "Who are you?"), (EASY, "It x us."), (EASY, "Some words to read.")]


def test_texts_of_a_fixture_are_found_without_other_peoples_words() -> None:
    entry = {"code": "a-code", "summary": "What it is.", "citation": "Somebody 2020", "more": [{"text": "And more."}]}
    found = levels_and_texts(texts_of_fixture("fixtures/taxonomy/new.json", [entry]))
    assert found == [(GENERAL, "What it is."), (GENERAL, "And more.")]
    assert {level for level, _ in levels_and_texts(texts_of_fixture("fixtures/crisis_lines.json", [entry]))} == {EASY}


QUESTIONS_CONSENT_AND_CRISIS = [
    "assessments/forms.py",
    "assessments/templates/assessments/about.html",
    "assessments/templates/assessments/come_back.html",
    "assessments/templates/assessments/left.html",
    "assessments/templates/assessments/question.html",
    "assessments/templates/assessments/return_code.html",
    "config/templates/_crisis_strip.html",
    "config/templates/crisis.html",
    "config/templates/privacy.html",
    "fixtures/crisis_lines.json",
    "fixtures/instruments/closeness-12.json",
    "matching/intake.py",
    "matching/safety.py",
    "matching/situation_steps.py",
    "matching/templates/matching/_couple_terms.html",
    "matching/templates/matching/_hotline_first.html",
    "matching/templates/matching/couple.html",
    "matching/templates/matching/hand_over.html",
    "matching/templates/matching/join.html",
    "matching/templates/matching/share.html",
    "matching/templates/matching/start.html",
    "matching/templates/matching/step.html",
    "matching/templates/matching/withdrawn.html",
    "matching/wish_steps.py",
]


def test_questions_consent_and_crisis_texts_are_the_easy_ones() -> None:
    assert set(QUESTIONS_CONSENT_AND_CRISIS) <= {file for file, level in GRADED if level == EASY}
    assert not set(QUESTIONS_CONSENT_AND_CRISIS) & {file for file, level in GRADED if level == GENERAL}


def test_every_file_named_in_a_list_is_still_there() -> None:
    files = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for folder in (*APPS, "fixtures")
        for path in (settings.BASE_DIR / folder).rglob("*.*")
    ]
    for pattern in (*EASY_FILES, *FOR_OTHERS, *UNREAD_FIXTURES):
        assert fnmatch.filter(files, pattern), pattern
    assert level_of("directory/admin/therapist.py") is None
    assert {text.file for text in template_texts()} > {"config/templates/home.html"}


# --- Pages as they are shown, with the names of things in them --------------------------------------------------------
@pytest.mark.django_db
def test_results_read_easily_with_all_reasons_and_studies(client: Client, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)
    approaches = ["emotionally-focused", "emdr", "attachment-based", "trauma-informed", "interpersonal"]
    stated = {"trained_in": approaches[:2], "approaches": approaches[2:], "session_formats": ["couple"]}
    TherapistFactory(name="Uma Umber", slug="uma-umber", **stated)
    TherapistFactory(name="Ben Blake", slug="ben-blake", session_formats=["couple"])
    for slug, data in {
        "who": {"session_format": "couple"},
        "safe": {"safe_at_home": "yes"},
        "concerns": {"concerns": ["trust-and-abandonment", "childhood-trauma", "depression", "infidelity"]},
        "trauma": {"trauma": "yes"},
        "signs": {"signs": ["relationships_the_catalyst", "same_patterns", "early_trauma"]},
        "place": {"state": "CA", "delivery": ["telehealth"], "within": "25"},
        "cost": {"fee_max": "100", "insurance": ["aetna"]},
        "wishes": {"languages": ["es"], "genders": ["woman"], "opening_within_days": "7", "populations": ["parents"]},
    }.items():
        assert client.post(f"/match/needs/{slug}/", data).status_code == 302, slug
    page = client.get("/match/results/").content.decode()
    assert "Uma Umber" in page
    assert not too_hard(shown(page), GENERAL)
    client.post("/match/why/", {"first": "uma-umber", "second": "ben-blake"})
    page = client.get("/match/why/").content.decode()
    assert "Why Uma Umber stands above Ben Blake" in page
    assert not too_hard(shown(page), GENERAL)


@pytest.mark.django_db
def test_a_profile_reads_easily_with_every_study(client: Client) -> None:
    from directory.models import Approach

    codes = list(Approach.objects.filter(evidence__isnull=False).distinct().values_list("code", flat=True))
    therapist = TherapistFactory(name="Uma Umber", approaches=codes, bio="")
    page = client.get(f"/therapists/{therapist.slug}/").content.decode()
    assert "Eight years on" in page
    assert not too_hard(shown(page), GENERAL)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 429, 500, 503])
def test_a_page_of_an_error_reads_easily_from_top_to_bottom(status: int, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.error_urls"
    page = Client(raise_request_exception=False).get(f"/wrong/{status}/").content.decode()
    assert not too_hard(shown(page), GENERAL)


def shown(page: str) -> list[Text]:
    """The sections of a page as sent, without the citations of studies."""
    page = re.sub(r'<a href="https://doi.org/[^"]*">[^<]*</a>', "", page)
    return list(texts_of_template("config/templates/page.html", page))
