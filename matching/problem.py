"""What is wrong with an intake, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one place of an intake: `path` leads there, as in ("near", "zip")."""

    path: tuple[str, ...]
    code: str
    detail: str


class InvalidIntake(ValueError):
    """The intake contradicts itself or leaves its bounds; `problems` names every place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{'/'.join(problem.path)}: {problem.detail}" for problem in self.problems))
