"""The WSGI entry: gunicorn config.wsgi."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.faults import keep_words_out

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
keep_words_out()

# These need the models, which are there now.
from config.routing import reading  # noqa: E402
from directory.roster.current import load_ahead  # noqa: E402

# Before the first request rather than in it; with --preload once for all workers.
with reading():  # from a replica, where there is one
    load_ahead(at_most=settings.LOAD_AHEAD_SECONDS)

# All views are loaded now, not by the first visitor. What is there stays, so the collector of cycles need not walk
# through it again and again; and of an answer's objects it finds nothing to collect. Both cost a tenth of an answer.
_ = get_resolver().url_patterns
gc.freeze()
gc.set_threshold(20_000)
