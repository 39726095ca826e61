"""Changes on the primary, and how soon they have to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.replicas.conftest import Setting
from tests.replicas.servers import Server

A_SECOND = 1.0  # the promise: whoever was suspended longer ago is not shown


def suspend(primary: Server, slug: str) -> None:
    primary.ask(f"UPDATE directory_therapist SET life = 'suspended' WHERE slug = '{slug}'")


def publish(primary: Server, slug: str) -> None:
    primary.ask(f"UPDATE directory_therapist SET life = 'published' WHERE slug = '{slug}'")


@contextmanager
def suspended(setting: Setting) -> Iterator[str]:
    """Somebody who has just been suspended, and is listed again afterwards."""
    slug = sorted(setting.site.listed())[0]
    suspend(setting.primary, slug)
    try:
        yield slug
    finally:
        publish(setting.primary, slug)
