"""Every control in the hazard log has a test, and every test it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

COLUMNS = ["#", "hazard", "cause", "control", "proved by", "what remains"]


def log() -> str:
    return (settings.BASE_DIR / "docs" / "safety" / "hazard-log.md").read_text()


def rows() -> list[list[str]]:
    text = log()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    assert [row for row in cells if row[0] == "#"] == [COLUMNS] * text.count("\n## ")
    return [row for row in cells if row[0].isdecimal()]


def tables(text: str) -> list[list[str]]:
    """The tables as a reader of Markdown sees them: lines that follow each other, without their two lines of head."""
    runs = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [run.splitlines()[2:] for run in runs]


def names_in(path: Path) -> set[str]:
    """The names of the tests that pytest would collect from this file."""
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_rows_are_whole_and_numbered() -> None:
    assert [row[0] for row in rows()] == [str(number) for number in range(1, len(rows()) + 1)]
    for row in rows():
        assert len(row) == len(COLUMNS), row[0]
        assert all(row), row[0]


def test_each_section_is_one_table_and_the_numbers_run_on() -> None:
    shown = tables(log())
    assert len(shown) == log().count("\n## "), "an empty line splits a table, and what follows is no table any more"
    numbers = [int(line.split("|")[1]) for table in shown for line in table]
    assert numbers == list(range(1, len(rows()) + 1))


def test_a_split_table_would_be_noticed() -> None:
    head = "| # |\n|---|\n"
    assert len(tables(f"{head}| 1 |\n| 2 |\n")) == 1
    assert len(tables(f"{head}| 1 |\n\n| 2 |\n")) == 2


def test_every_named_test_exists_and_every_hazard_names_one() -> None:
    for row in rows():
        named = re.findall(r"`([^`]+)`", row[4])
        assert named, row[0]
        for name in named:
            path, _, test = name.partition("::")
            file = settings.BASE_DIR / path
            assert path.startswith("tests/"), name
            assert file.is_file(), name
            assert test in names_in(file), name


def test_a_test_that_does_not_exist_would_be_noticed() -> None:
    here = names_in(Path(__file__))
    assert "test_a_test_that_does_not_exist_would_be_noticed" in here
    assert "test_that_nobody_wrote" not in here
