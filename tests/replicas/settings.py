"""The settings of the site under test: as on a developer's desk, but with the error pages that visitors see."""

import os

os.environ["DEBUG"] = "1"  # no HTTPS, no host names to set

from config.settings import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
