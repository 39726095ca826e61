"""The harmful-practice screen: what is held, what is context, what is left alone, what asks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.curation.coercive_terms import TERMS
from directory.curation.folding import fold
from directory.curation.screening import LONGEST_SENTENCE, Hit, screen

LISTS = json.loads(TERMS.read_text())
CYRILLIC = str.maketrans("aeopcxi", "аеорсхі")
FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("description", "text", "found"),
    [
        ("a plain term", "I offer holding therapy.", [("hold", "holding therapy")]),
        ("capitals", "HOLDING THERAPY for families", [("hold", "holding therapy")]),
        ("a hyphen inside a word", "Re-birthing sessions on weekends", [("hold", "rebirthing")]),
        ("a hyphen between words", "Rage-reduction work", [("hold", "rage reduction")]),
        ("no space at all", "holdingtherapy", [("hold", "holding therapy")]),
        ("plural", "I teach holding therapies.", [("hold", "holding therapy")]),
        ("plural in -es", "The Z-processes", [("hold", "Z-process")]),
        ("a zero-width space inside", "re\u200bbirthing", [("hold", "rebirthing")]),
        ("a soft hyphen inside", "hold\u00ading therapy", [("hold", "holding therapy")]),
        ("Cyrillic letters", "hоlding thеrapy", [("hold", "holding therapy")]),
        ("Greek capitals", "ΗΟLDΙΝG ΤΗΕRΑΡΥ", [("hold", "holding therapy")]),
        ("full-width letters", "ｒｅｂｉｒｔｈｉｎｇ", [("hold", "rebirthing")]),
        ("accents", "rébïrthing", [("hold", "rebirthing")]),
        ("wrapped over two lines", "I offer holding\ntherapy.", [("hold", "holding therapy")]),
        ("the longer of two terms", "rebirthing therapy", [("hold", "rebirthing therapy")]),
        ("denied", "I do not use holding therapy.", [("context", "holding therapy")]),
        ("denied, short form", "I don't practice rebirthing.", [("context", "rebirthing")]),
        (
            "denied, a list",
            "I never use rebirthing, holding therapy or rage reduction.",
            [("context", "rebirthing"), ("context", "holding therapy"), ("context", "rage reduction")],
        ),
        ("history", "I work with survivors of rebirthing.", [("context", "rebirthing")]),
        ("contrast", "Unlike holding therapy, play is gentle.", [("context", "holding therapy")]),
        ("condemned", "Holding therapy is harmful.", [("context", "holding therapy")]),
        ("denied, then affirmed", "I do not use CBT; I use holding therapy.", [("hold", "holding therapy")]),
        ("denied in another sentence", "I do not use CBT. Holding therapy works.", [("hold", "holding therapy")]),
        ("turned round by but", "I never use drugs but rebirthing.", [("hold", "rebirthing")]),
        ("no denial at all", "I do not hesitate to use holding therapy.", [("hold", "holding therapy")]),
        ("not only", "I do not only use holding therapy.", [("hold", "holding therapy")]),
        ("double negation", "I do not work without holding therapy.", [("hold", "holding therapy")]),
        ("never-flag phrase", "A holding environment, holding hope and holding space.", []),
        ("never-flag phrase around a context term", "Limited reparenting with an adopted child.", []),
        ("a never-flag phrase hides no longer term", "Safe holding therapy", [("hold", "holding therapy")]),
        ("a term across two sentences", "I value holding. Therapy is slow.", []),
        ("a term across a comma", "I value holding, time and care.", []),
        ("a context term alone", "I know of reparenting.", []),
        ("a context term with a child near", "Reparenting for a foster child.", [("context", "reparenting")]),
        (
            "two context terms",
            "Strong sitting builds total obedience.",
            [("context", "strong sitting"), ("context", "total obedience")],
        ),
        ("attachment therapy for adults", "Attachment therapy for adults.", []),
        ("attachment therapy for adopted children", "Attachment therapy for adopted children.", [
            ("context", "attachment therapy")
        ]),
        ("EFT alone", "Certified in EFT.", [("ask", "EFT")]),
        ("EFT spelled out", "Emotionally focused therapy (EFT). I love EFT.", []),
        ("EFT, the other one", "EFT, also called emotional freedom techniques.", [("ask", "EFT")]),
        ("a word that holds eft", "Those who feel left behind.", []),
        ("nothing", "   ", []),
    ],
)  # fmt: skip
def test_screen(description: str, text: str, found: list[tuple[str, str]]) -> None:
    assert [(hit.tier, hit.term) for hit in screen(text)] == found, description


@pytest.mark.parametrize(("words", "flagged"), [(29, True), (40, False)])
def test_company_counts_within_thirty_words(words: int, flagged: bool) -> None:
    text = "reparenting " + "word " * words + "child"
    assert bool(screen(text)) is flagged


def test_a_hit_names_its_own_sentence() -> None:
    assert screen("I am kind. I offer rebirthing! Call me.") == [
        Hit(tier="hold", term="rebirthing", sentence="I offer rebirthing!")
    ]


def test_a_long_sentence_is_cut_around_the_term() -> None:
    (hit,) = screen("word " * 300 + "rebirthing " + "word " * 300)
    assert "rebirthing" in hit.sentence
    assert len(hit.sentence) <= LONGEST_SENTENCE


@given(st.sampled_from(LISTS["hold"]))
def test_every_term_of_the_hold_list_holds(term: str) -> None:
    assert [hit.tier for hit in screen(f"My method is {term}.")] == ["hold"]


@given(st.sampled_from(LISTS["never_flag"]))
def test_no_term_of_the_never_flag_list_is_flagged(term: str) -> None:
    assert screen(f"With every child: {term}.") == []


@given(
    st.sampled_from(LISTS["hold"] + LISTS["flag_in_context"]["terms"]),
    st.sampled_from(["upper", "lower", "title", "cyrillic", "fullwidth", "spaces", "hyphens"]),
    st.lists(st.integers(0, 200), max_size=5),
    st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufeff"),
)
def test_disguise_changes_nothing(term: str, disguise: str, places: list[int], invisible: str) -> None:
    text = f"With every child we use {term} at home"
    dressed = {
        "upper": text.upper(),
        "lower": text.lower(),
        "title": text.title(),
        "cyrillic": text.translate(CYRILLIC),
        "fullwidth": text.translate(FULLWIDTH),
        "spaces": text.replace("-", " "),
        "hyphens": text.replace(term, term.replace(" ", "-")),
    }[disguise]
    for place in places:
        at = place % len(dressed)
        dressed = dressed[:at] + invisible + dressed[at:]
    plain = [(hit.tier, hit.term) for hit in screen(text)]
    assert plain
    assert [(hit.tier, hit.term) for hit in screen(dressed)] == plain


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=100))
def test_plain_letters_fold_as_they_do_among_others(text: str) -> None:
    assert fold(text + "é") == fold(text) + "e"


@given(st.text(max_size=300))
def test_any_text_can_be_screened(text: str) -> None:
    for hit in screen(text):
        assert len(hit.sentence) <= LONGEST_SENTENCE


def test_every_term_of_ours_names_a_source_that_is_written_down() -> None:
    ours = LISTS["widening"]
    named = [source for tier in ("hold", "flag_in_context", "never_flag") for source in ours[tier].values()]
    assert set(named) == set(ours["sources"])


def test_no_term_of_ours_is_in_the_lists_already() -> None:
    ours = {
        tier: {fold(term) for term in LISTS["widening"][tier]} for tier in ("hold", "flag_in_context", "never_flag")
    }
    given = {
        "hold": LISTS["hold"],
        "flag_in_context": LISTS["flag_in_context"]["terms"],
        "never_flag": LISTS["never_flag"],
    }
    for tier, terms in given.items():
        assert not ours[tier] & {fold(term) for term in terms}
