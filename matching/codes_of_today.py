"""Answers that name a code which curators merged into another one since: in the codes of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from directory.vocabulary import successors

LISTS: Final = {
    "populations": "populations",
    "approaches": "approaches",
    "insurance": "insurance_plans",
    "languages": "languages",
}


def in_codes_of_today(intake: Mapping[str, Any]) -> dict[str, Any]:
    """The intake as a draft keeps it, with the codes that replaced merged ones. Two that became one matter as the more
    important of the two."""
    now, today = successors(), dict(intake)
    for name, vocabulary in LISTS.items():
        if name in today and any(code in now[vocabulary] for code in today[name]):
            today[name] = list(dict.fromkeys(now[vocabulary].get(code, code) for code in today[name]))
    merged = now["concerns"]
    if any(code in merged for code in today.get("concerns", {})):
        concerns: dict[str, int] = {}
        for code, importance in today["concerns"].items():
            code = merged.get(code, code)
            concerns[code] = max(importance, concerns.get(code, 0))
        today["concerns"] = concerns
    return today
