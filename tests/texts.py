"""Every text of this repository that somebody reads, found by walking: templates, strings in Python, fixtures.

Nothing has to be announced. A new template, step or fixture is found, and is held to the general grade unless it is a
question, a consent or crisis text, which are told by their shape or by the one list below.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.reading import PARAGRAPH

APPS = ("config", "directory", "assessments", "matching")
GENERAL, EASY = 8, 6  # highest grade

# Consent and crisis texts, and what belongs to the questions, where the shape of the file does not tell.
EASY_FILES = (
    "assessments/templates/*",
    "config/templates/*crisis*",
    "config/templates/_footer.html",
    "config/templates/privacy.html",
    "config/templates/under_18.html",
    "fixtures/crisis_lines.json",
    "fixtures/instruments/*",
    "matching/intake.py",
    "matching/safety.py",
    "matching/templates/matching/*help_first*",
    "matching/templates/matching/_couple_terms.html",
    "matching/templates/matching/_hotline_first.html",
    "matching/templates/matching/check.html",
    "matching/templates/matching/couple.html",
    "matching/templates/matching/hand_over.html",
    "matching/templates/matching/join.html",
    "matching/templates/matching/share.html",
    "matching/templates/matching/start.html",
    "matching/templates/matching/withdrawn.html",
)

# Not read by clients, so not graded; the wording is held to the same rules.
FOR_OTHERS = {
    "*/management/*": "operators at a terminal",
    "*/templates/*admin/*": "curators, at their desk",
    "config/admin_site.py": "curators",
    "config/checks.py": "operators",
    "config/lockout.py": "curators",
    "config/postgres/*": "operators",
    "config/problems.py": "developers of partner sites",
    "config/settings.py": "operators",
    "config/templates/problem.html": "developers of partner sites",
    "*/api/*": "developers of partner sites",
    "assessments/catalogue.py": "operators",
    "assessments/evaluation.py": "researchers",
    "assessments/extensions.py": "researchers",
    "assessments/fhir.py": "researchers",
    "assessments/charts.py": "researchers",
    "assessments/instruments.py": "researchers",
    "matching/simulation/*": "auditors and researchers",
    "assessments/norms.py": "researchers",
    "assessments/questionnaire.py": "researchers",
    "fixtures/instruments/ecr*": "published measures, under the names their authors gave them",
    "matching/audit/*": "auditors",
    "directory/actions/*": "curators",
    "directory/admin/*": "curators",
    "directory/checks.py": "operators",
    "directory/curation/*": "curators",
    "directory/models/*": "curators: the labels and hints of their forms",
    "directory/templates/directory/api_docs.html": "developers of partner sites",
    "directory/roster/*": "developers: what was called wrongly",
    "directory/demo/*": "invented therapists in their own words",
    "fixtures/demo/*": "invented therapists in their own words",
}

# Keys of a fixture whose value is somebody else's words or a note to ourselves.
OTHERS_WORDS = {"citation", "source", "copyright", "description", "url", "license", "synonyms"}
UNREAD_FIXTURES = {"fixtures/coercive_terms.json": "what the harmful-practice screen looks for"}


@dataclass(frozen=True, kw_only=True)
class Text:
    """What stands together: a section of a page, a step, an entry of a fixture. `level` is None if it is not graded."""

    where: str  # path#name
    paragraphs: tuple[str, ...]
    level: int | None

    @property
    def file(self) -> str:
        return self.where.partition("#")[0]


def all_texts() -> list[Text]:
    return [*template_texts(), *python_texts(), *fixture_texts()]


def level_of(path: str, *, easy: bool = False) -> int | None:
    if any(fnmatch(path, pattern) for pattern in FOR_OTHERS):
        return None
    return EASY if easy or any(fnmatch(path, pattern) for pattern in EASY_FILES) else GENERAL


# --- Templates --------------------------------------------------------------------------------------------------------
def template_texts() -> Iterator[Text]:
    for path in _files("*/templates/**/*.html"):
        source = (settings.BASE_DIR / path).read_text(encoding="utf-8")
        yield from texts_of_template(path, source)


def texts_of_template(path: str, source: str) -> Iterator[Text]:
    """The sections of a page. A page with a question is easy, and so is what stands around a crisis number."""
    asks = 'class="question"' in source or re.search(r'{% extends "\w+/_step_frame.html" %}', source) is not None
    parser = _Sections()
    parser.feed(_as_html(source))
    for number, section in enumerate(parser.sections, start=1):
        if paragraphs := tuple(filter(None, map(_tidy, section.paragraphs))):
            level = level_of(path, easy=asks or section.leads_to_help)
            yield Text(where=f"{path}#{number}", paragraphs=paragraphs, level=level)


def _as_html(source: str) -> str:
    """The template as if all its branches were shown, one after the other, and every value were one short word."""
    source = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
    source = re.sub(r"{{[^}]*\|pluralize[^}]*}}", "", source)
    source = re.sub(r"{{.*?}}", "x", source)
    source = re.sub(r"{% (?:else|elif|empty|block|endblock)\b.*?%}", "<hr>", source)
    return re.sub(r"{%.*?%}", "", source)


class _Section:
    def __init__(self) -> None:
        self.paragraphs = [""]
        self.leads_to_help = False


class _Sections(HTMLParser):
    """Splits a page into sections at <section> and the larger headings, and each section into its paragraphs."""

    SECTIONS = {"section", "article", "aside", "footer", "h1", "h2"}
    SPOKEN = {"aria-label", "alt", "title", "placeholder"}

    def __init__(self) -> None:
        super().__init__()
        self.sections = [_Section()]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.silent += tag in {"script", "style"}
        if tag in self.SECTIONS:
            self.sections.append(_Section())
        if re.fullmatch(PARAGRAPH, tag) or "button" in (given.get("class") or ""):
            self._new_paragraph()
        if re.match(r"(tel|sms):\d", given.get("href") or ""):
            self.sections[-1].leads_to_help = True
        self.sections[-1].paragraphs[:0] = [given[name] or "" for name in self.SPOKEN & given.keys()]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}
        if tag in {"section", "article", "aside", "footer"}:
            self.sections.append(_Section())
        if re.fullmatch(PARAGRAPH, tag):
            self._new_paragraph()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.sections[-1].paragraphs[-1] += data

    def _new_paragraph(self) -> None:
        self.sections[-1].paragraphs.append("")


# --- Python -----------------------------------------------------------------------------------------------------------
def python_texts() -> Iterator[Text]:
    for path in _files("**/*.py"):
        if "/migrations/" not in path:
            yield from texts_of_module(path, (settings.BASE_DIR / path).read_text(encoding="utf-8"))


def texts_of_module(path: str, source: str) -> Iterator[Text]:
    """The texts among the strings of each class, function and constant. A module with forms asks questions: easy."""
    body = ast.parse(source).body
    asks = any(re.search(r"Step$|Form$", ast.unparse(base)) for node in body for base in getattr(node, "bases", ()))
    for node in body:
        if isinstance(node, ast.Expr):
            continue  # a docstring
        if paragraphs := tuple(_tidy(string) for string in _strings(node) if _is_for_people(string)):
            yield Text(where=f"{path}#{_name(node)}", paragraphs=paragraphs, level=level_of(path, easy=asks))


def _name(node: ast.stmt) -> str:
    targets = getattr(node, "targets", None) or [getattr(node, "target", node)]
    return getattr(node, "name", None) or ast.unparse(targets[0])


def _strings(node: ast.AST) -> Iterator[str]:
    """The strings below a node, without docstrings. A value inside is one short word."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value.replace("{}", "x")
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _strings(child)


def _is_for_people(string: str) -> bool:
    """Two words or more, and no SQL, pattern, path or address."""
    is_code = re.search(r"[<>{}\\_=*]|://|%[(s]|^(SELECT|INSERT|COPY|SET|LOCK) ", string)
    return is_code is None and re.match(r"\W?[A-Za-z].*\s\S*[A-Za-z]{2}", string, flags=re.DOTALL) is not None


# --- Fixtures ---------------------------------------------------------------------------------------------------------
def fixture_texts() -> Iterator[Text]:
    for path in sorted(settings.FIXTURES.rglob("*.json")):
        where = path.relative_to(settings.BASE_DIR).as_posix()
        if where not in UNREAD_FIXTURES:
            yield from texts_of_fixture(where, json.loads(path.read_text(encoding="utf-8")))


def texts_of_fixture(where: str, data: Any) -> Iterator[Text]:
    """One text for each entry of a list, or one for the file."""
    entries = data if isinstance(data, list) else [data]
    for number, entry in enumerate(entries):
        name = entry.get("code", number) if isinstance(entry, dict) else number
        paragraphs = tuple(_tidy(value) for value in _values(entry) if re.search(r"[a-z]{2}\W*\s+\W*[A-Za-z]", value))
        if paragraphs:
            yield Text(where=f"{where}#{name}", paragraphs=paragraphs, level=level_of(where))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _values(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key not in OTHERS_WORDS:
                yield from _values(entry)


def _files(pattern: str) -> Iterable[str]:
    found: set[Path] = set()
    for app in APPS:
        found |= set((settings.BASE_DIR / app).glob(pattern.removeprefix("*/")))
    return sorted(path.relative_to(settings.BASE_DIR).as_posix() for path in found)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
