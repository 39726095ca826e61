"""Which transactions a look at the database saw, as PostgreSQL writes it down (pg_snapshot)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Snapshot:
    """Transactions before `end` had ended and are seen, but for those that were `running`."""

    end: int
    running: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """PostgreSQL's own form, xmin:xmax:xip_list. `str()` of a snapshot gives it back."""
        _, end, running = text.split(":")
        return cls(int(end), frozenset(int(transaction) for transaction in running.split(",") if transaction))

    def __str__(self) -> str:
        running = sorted(transaction for transaction in self.running if transaction < self.end)
        return f"{running[0] if running else self.end}:{self.end}:{','.join(map(str, running))}"

    def sees(self, transaction: int) -> bool:
        return transaction < self.end and transaction not in self.running

    def without(self, transaction: int | None) -> Snapshot:
        """The same without this transaction's work: PostgreSQL does not count the one that looks as running."""
        return self if transaction is None else replace(self, running=self.running | {transaction})

    def sees_all_of(self, other: Snapshot) -> bool:
        """Whether nothing is hidden here that the other one saw.

        On one server later looks see all of earlier ones. A replica may be behind what was seen elsewhere.
        """
        unseen_later = sum(self.end <= transaction < other.end for transaction in other.running)
        return other.end - self.end <= unseen_later and not any(map(other.sees, self.running))
