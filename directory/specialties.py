"""When a list of specialties stops to mean something. Pure.

Somebody who ticks most of what there is to tick says nothing by one tick more: from here on plain ticks count as not
stated in the ranking, and the desk tells it. What is marked as focus, and completed training, count as ever.
"""

from __future__ import annotations

from typing import Final

MOST_CONCERNS: Final = 25
MOST_APPROACHES: Final = 15
