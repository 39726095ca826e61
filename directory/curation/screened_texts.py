"""What was screened, and with which terms: a digest for each therapist, so that nothing escapes the screen for long.

Admin, import and the therapist's own link screen what they write. What was written in another way (a statement in SQL,
a script), and everybody when the terms change, is found again by comparing digests within the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import connection

from directory.curation.coercive_terms import version

DIGEST: Final = """md5(concat_ws(chr(31),
    %(version)s, therapist.name, therapist.pronouns, therapist.headline, therapist.bio,
    therapist.website, therapist.email,
    (SELECT string_agg(concat_ws(chr(30), office.street, office.city), chr(29) ORDER BY office.id)
     FROM directory_practicelocation office WHERE office.therapist_id = therapist.id),
    (SELECT string_agg(stated.training, chr(29) ORDER BY stated.id)
     FROM directory_therapistapproach stated WHERE stated.therapist_id = therapist.id AND stated.training <> '')
))"""


def remember(therapist_ids: Sequence[int], *, on: dt.date) -> None:
    """Note that the texts of these therapists, as they stand in the database, were screened with today's terms."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO directory_screenedtexts (therapist_id, digest, screened_on)
            SELECT therapist.id, {DIGEST}, %(on)s FROM directory_therapist therapist
            WHERE therapist.id = ANY (%(ids)s) ORDER BY therapist.id
            ON CONFLICT (therapist_id) DO UPDATE SET digest = excluded.digest, screened_on = excluded.screened_on
            WHERE directory_screenedtexts.digest <> excluded.digest
            """,  # noqa: S608
            {"version": version(), "ids": list(therapist_ids), "on": on},
        )


def lock_unscreened(*, after: int, most: int) -> list[int]:
    """The ids of at most so many therapists, above that id, whose texts were not screened as they are now. Locks them.

    Who is locked by somebody else is left out: another run is at it, or a write that screens by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT therapist.id FROM directory_therapist therapist
            LEFT JOIN directory_screenedtexts screened ON screened.therapist_id = therapist.id
            WHERE therapist.id > %(after)s AND screened.digest IS DISTINCT FROM {DIGEST}
            ORDER BY therapist.id LIMIT %(most)s
            FOR UPDATE OF therapist SKIP LOCKED
            """,  # noqa: S608
            {"version": version(), "after": after, "most": most},
        )
        return [row[0] for row in cursor.fetchall()]
