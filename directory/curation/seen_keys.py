"""What a file has named already, however long the file is. Pure: no Django, and the memory it takes does not grow."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b


class SeenKeys:
    """Keys and the line of each, on disk in a nameless file that goes with the object: digests, so nobody's data."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # "": a file that nobody else can open
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")  # never committed: nothing has to be safe on the disk

    def line_of(self, key: tuple[str, ...], line: int) -> int | None:
        """The line that named this key before; None, and from now on `line`, when none did."""
        digest = blake2b("\0".join(key).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line)).rowcount:
            return None
        earlier: int = self._database.execute("SELECT line FROM seen WHERE digest = ?", (digest,)).fetchone()[0]
        return earlier
