"""The rules of words: each finds what it is for and leaves the rest alone. Then: nothing here breaks one."""

from __future__ import annotations

import pytest

from tests.texts import Text, all_texts
from tests.wording import EXCEPTIONS, NEGATED, RULES, Finding, Rule, findings

TEXTS = all_texts()


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_a_rule_finds_its_words_and_leaves_harmless_ones(rule: Rule) -> None:
    assert [found.rule.code for found in findings(rule.bad)] == [rule.code]
    assert [found.rule.code for found in findings(f"A first sentence. {rule.bad.upper()}")] == [rule.code]
    assert list(findings(rule.fine)) == []
    assert rule.why
    assert rule.source


SAID = [
    ("He committed suicide.", ["committed-suicide"]),
    ("An unsuccessful suicide attempt.", ["outcome-of-an-attempt"]),
    ("She completed suicide.", ["outcome-of-an-attempt"]),
    ("Rates are skyrocketing.", ["epidemic"]),
    ("They were diagnosed at school.", ["diagnosis"]),
    ("This is no diagnosis, and nobody diagnoses you here.", []),
    ("This is not easy. Your diagnosis is ready.", ["diagnosis"]),
    ("You suffer from depression.", ["suffering"]),
    ("You have social anxiety.", ["you-have"]),
    ("What training do you have in work with trauma?", []),
    ("You’re clearly avoidant.", ["you-are"]),
    ("We guarantee that it will heal you.", ["guarantee", "cure"]),
    ("We cannot guarantee anything.", []),
    ("Research does not say which therapy is best for you.", []),
    ("The perfect match, proven to work.", ["best-therapist", "proven"]),
    ("The most secure way to a better-cured ham.", ["cure"]),
]


@pytest.mark.parametrize(("said", "codes"), SAID, ids=[said for said, _ in SAID])
def test_what_is_found_in_a_sentence(said: str, codes: list[str]) -> None:
    assert [found.rule.code for found in findings(said)] == codes


def test_no_negation_excuses_words_about_suicide_or_labels() -> None:
    assert {rule.code for rule in RULES} > NEGATED
    assert [found.rule.code for found in findings("Do not say “committed suicide”.")] == ["committed-suicide"]
    assert [found.rule.code for found in findings("This is not for patients.")] == ["labels"]


def test_no_text_uses_these_words() -> None:
    found = [
        f"{text.where}: “{finding.words}” in “{finding.sentence}”. {finding.rule.why} ({finding.rule.source})"
        for text in TEXTS
        for finding in broken(text)
        if (text.where, finding.rule.code) not in EXCEPTIONS
    ]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    used = {(text.where, finding.rule.code) for text in TEXTS for finding in broken(text)}
    assert used >= EXCEPTIONS.keys()


def broken(text: Text) -> list[Finding]:
    return [finding for paragraph in text.paragraphs for finding in findings(paragraph)]
