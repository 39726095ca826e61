"""The settings of the HTTP measurement: the benchmark's, with an empty view, and without TLS on loopback."""

import os

from tests.benchmarks.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.http_urls"
ALLOWED_HOSTS = ["127.0.0.1"]
SECURE_SSL_REDIRECT = False
REQUEST_LOG = False
if os.environ.get("BENCH_BARE"):  # the least that Django can do
    MIDDLEWARE: list[str] = []
