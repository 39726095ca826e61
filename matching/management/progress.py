"""The progress bar of the long commands: on a terminal's stderr, gone when they end, so that stdout is the answer."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def progress(doing: str, *, verbosity: int) -> Progress:
    """A bar that says what is being done, of how much; none at verbosity 0 or where nobody looks."""
    console = Console(stderr=True)
    return Progress(
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal or verbosity == 0,
        transient=True,
    )
