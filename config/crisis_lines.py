"""The crisis lines: whom to call or text, and when each number was last held against its source.

Read when the process starts: the crisis page needs neither the database nor the disk.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from django.conf import settings


def _dated(line: dict[str, Any]) -> dict[str, Any]:
    verified_on = line["verified_on"]
    return line | {"verified_on": verified_on and dt.date.fromisoformat(verified_on)}


#: As in fixtures/crisis_lines.json. `verified_on` is None while nobody has held the number against its source.
CRISIS_LINES: Final[list[dict[str, Any]]] = [
    _dated(line) for line in json.loads((settings.FIXTURES / "crisis_lines.json").read_text(encoding="utf-8"))
]
