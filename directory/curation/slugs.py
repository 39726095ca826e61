"""The part of a profile's address that comes from the name."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.text import slugify

LONGEST = 100  # leaves room for a number


def slug_of(name: str) -> str:
    """The part of an address that a name gives. A name without Latin letters gives "therapist"."""
    return slugify(name)[:LONGEST].strip("-") or "therapist"


def free_slug(base: str, taken: Collection[str]) -> str:
    """`base`, or `base` with the first number from 2 that is not taken."""
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
