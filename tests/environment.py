"""Loaded by pytest before Django's settings: the suite is local even when DATABASE_URL points elsewhere."""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("REQUEST_LOG", "0")
