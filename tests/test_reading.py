"""The measure of reading: syllables as one hears them, sentences as one reads them, and the grade they make."""

from __future__ import annotations

import pytest

from tests.reading import grade, sentences, syllables, words

# As the CMU Pronouncing Dictionary has them.
HEARD = {
    1: "home feel hurt asked called learned while whole style rule rules scales reach please sure can't you’re I’m",
    2: "table couple couples wanted settled watches people someone something lifeline closeness safely feeling anxious"
    " being seeing saying trying client quiet marriage trial children yourself isn't didn’t partner lonely unease",
    3: "therapist violence usual sexual suicide idea areas everyone anyone easier video behavior reaction autism"
    " together approaches requirement attachment",
    4: "anxiety diagnosis suicidal psychiatry society reassurance behavioral preoccupied security"
    " situations criterion experience",
    5: "individual sexuality evaluation university",
    6: "reliability",
}
TABLE = [(word, count) for count, line in HEARD.items() for word in line.split()]


@pytest.mark.parametrize(("word", "count"), TABLE, ids=[word for word, _ in TABLE])
def test_syllables_are_counted_as_heard(word: str, count: int) -> None:
    assert syllables(word) == count
    assert syllables(word.capitalize()) == count


@pytest.mark.parametrize(("word", "count"), [("PTSD", 4), ("CBT", 3), ("HOME", 1), ("START", 1), ("988", 1)])
def test_initials_are_spelled_out_and_capitals_and_numbers_are_read(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_number_is_a_word_and_a_hyphen_parts_two() -> None:
    assert words("Call 1-800-799-7233, or 69.1% (g = .33): well-known") == [
        "Call",
        "1-800-799-7233,",
        "or",
        "69.1%",
        "g",
        "33",
        "well",
        "known",
    ]


SENTENCES = [
    {"description": "two sentences", "text": "It is late. Go home.", "parts": ["It is late.", "Go home."]},
    {"description": "an abbreviated month ends none", "text": "On Nov. 24 we met.", "parts": ["On Nov. 24 we met."]},
    {"description": "closing quotes stay", "text": "Say “No.” Then go.", "parts": ["Say “No.”", "Then go."]},
    {"description": "a button is a label", "text": "Find a therapist", "parts": []},
    {
        "description": "a long line without a stop is read like a sentence",
        "text": "Only show people whose lowest fee is this or less",
        "parts": ["Only show people whose lowest fee is this or less"],
    },
    {
        "description": "of a page, what is read, each paragraph for itself",
        "text": "<h1>Who are you?</h1><p>I am <em>here</em>. <a class='button'>Go on</a></p><style>p {}</style>",
        "parts": ["Who are you?", "I am here."],
    },
    {"description": "line breaks do not matter", "text": "It is\n   late.", "parts": ["It is late."]},
]


@pytest.mark.parametrize("case", SENTENCES, ids=[case["description"] for case in SENTENCES])
def test_sentences_are_found(case: dict[str, object]) -> None:
    assert sentences(str(case["text"])) == case["parts"]


def test_the_grade_is_flesch_and_kincaids() -> None:
    # 6 words, 1 sentence, 6 syllables; and 4 words, 2 sentences, 5 syllables.
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert grade(["Go home.", "Stay, people."]) == pytest.approx(0.39 * 2 + 11.8 * 5 / 4 - 15.59)


def test_the_grade_tells_plain_from_learned() -> None:
    plain = grade(["You do not have to wait. Call or text 988 now."])
    middling = grade(["A therapist must be licensed in the state where you are during the session, online too."])
    learned = grade(["Individuals demonstrating insecure interpersonal dispositions necessitate psychotherapy."])
    assert plain < 2 < 6 < middling < 10 < 20 < learned


def test_labels_alone_have_no_grade_and_soften_none() -> None:
    hard = "Multidimensional psychotherapeutic conceptualizations necessitate operationalization."
    assert grade(["Call 988", "Text"]) == 0
    assert grade(["Call 988", "Go", hard]) == grade([hard])
