"""A server's settings, as config.settings makes them, with sinks where the sweep can read them."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MIDDLEWARE, STORAGES

SINKS = Path(os.environ["SWEEP"])
DATABASES["default"]["NAME"] = os.environ["SWEEP_DATABASE"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": SINKS / "cache",
    }
}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = SINKS / "mail"
# Nothing was collected for the sweep.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STAFF_SECOND_FACTOR = False
MIDDLEWARE = [*MIDDLEWARE, "tests.privacy.accidents.Accidents"]
ROOT_URLCONF = "tests.privacy.accidents"
