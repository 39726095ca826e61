"""When a list of specialties stops to mean something. Pure.

Somebody who ticks most of what there is to tick says nothing by one tick more: from here on plain ticks count as not
stated in the ranking, and the desk tells it. What is marked as focus, and completed training, count as ever.
"""

from __future__ import annotations

from typing import Final

MOST_CONCERNS: Final = 25
MOST_APPROACHES: Final = 15


def why_ticks_mean_nothing(concerns: int, approaches: int) -> list[str]:
    """What to tell somebody who states so many concerns and approaches, in plain sentences; nothing while it is few."""
    reasons = []
    if concerns > MOST_CONCERNS:
        reasons.append(f"{concerns} concerns are ticked. Above {MOST_CONCERNS}, only those marked as focus count.")
    if approaches > MOST_APPROACHES:
        reasons.append(
            f"{approaches} ways of working are ticked. Above {MOST_APPROACHES}, only those with training count."
        )
    return reasons
