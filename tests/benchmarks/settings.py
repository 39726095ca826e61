"""The settings of the benchmark: the project's own, over a database that only the benchmark uses."""

import os

if os.environ.get("DATABASE_URL"):  # then the project asks for what a server must have
    os.environ.setdefault("SECRET_KEY", "only the benchmark signs with this, and it signs nothing")
    os.environ.setdefault("ALLOWED_HOSTS", "localhost")

from config.settings import *  # noqa: F403
from config.settings import DATABASES

DEBUG = False  # else Django would keep a list of all queries
NORMAL_DATABASE = DATABASES["default"]["NAME"]
DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
DATABASES["default"]["CONN_MAX_AGE"] = None
