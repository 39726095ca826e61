"""The settings of the suite: the project's own, as on a developer's desk, whatever DATABASE_URL says."""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("REQUEST_LOG", "0")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often
SECRET_KEY = "of the tests: seeds of matches follow from it"
STAFF_SECOND_FACTOR = False  # tests of the second factor switch it on
