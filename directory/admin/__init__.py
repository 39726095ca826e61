"""The curators' desk. Importing it registers every page with the admin."""

from directory.admin import compacts, partner, screening, taxonomy, therapist

__all__ = ["compacts", "partner", "screening", "taxonomy", "therapist"]
