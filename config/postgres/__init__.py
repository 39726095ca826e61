"""PostgreSQL without an installation: the database backend used when DATABASE_URL is not set."""
