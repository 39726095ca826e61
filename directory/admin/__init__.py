"""The curators' desk. Importing it registers every page with the admin."""

from directory.admin import (
    compacts,
    decisions,
    demand,
    duplicates,
    nppes,
    partner,
    reminders,
    screening,
    taxonomy,
    therapist,
)

__all__ = [
    "compacts",
    "decisions",
    "demand",
    "duplicates",
    "nppes",
    "partner",
    "reminders",
    "screening",
    "taxonomy",
    "therapist",
]
