"""Who comes first by name, asked of the database: no process keeps the names of a directory in memory."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.models import Therapist

#: So many names are fetched at first when the register is walked, then twice as many each time.
NAMES_AT_ONCE: Final = 1000

# As TherapistQuerySet.in_order_of_name(); migration 0006 has the index of just this order.
ORDER: Final = "ORDER BY lower(name), id LIMIT %(limit)s"
OF_THESE_SQL: Final = f"SELECT id FROM {Therapist._meta.db_table} WHERE id = ANY (%(ids)s) {ORDER}"  # noqa: S608
NEXT_SQL: Final = f"""
    SELECT lower(name), id FROM {Therapist._meta.db_table} WHERE (lower(name), id) > (%(name)s, %(id)s) {ORDER}
"""  # noqa: S608


def first_by_name(cursor: Any, therapist_ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The first `count` of these therapists in the order of their names.

    Of few the database sorts the names; among many the register is walked from its beginning until enough are found.
    """
    found: list[NDArray[np.int64]] = []
    wanted = np.sort(therapist_ids)
    # In a register that is much longer than their list, walking it costs more than their list does.
    walked, name, last, at_once = 0, "", 0, NAMES_AT_ONCE
    while walked + at_once <= len(therapist_ids):
        cursor.execute(NEXT_SQL, {"name": name, "id": last, "limit": at_once})
        page = cursor.fetchall()
        ids = np.array([therapist for _, therapist in page], dtype=np.int64)
        found.append(ids[wanted[np.searchsorted(wanted, ids) % len(wanted)] == ids])
        if sum(map(len, found)) >= count or len(page) < at_once:
            return np.concatenate(found)[:count]
        walked += at_once
        (name, last), at_once = page[-1], 2 * at_once
    return _sorted_by_the_database(cursor, therapist_ids, count)


def _sorted_by_the_database(cursor: Any, therapist_ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    cursor.execute(OF_THESE_SQL, {"ids": therapist_ids.tolist(), "limit": count})
    return np.array([therapist for (therapist,) in cursor.fetchall()], dtype=np.int64)
