"""The curators' desk. Importing it registers every page with the admin."""

from directory.admin import partner, screening, taxonomy, therapist

__all__ = ["partner", "screening", "taxonomy", "therapist"]
