"""The WSGI entry: gunicorn config.wsgi."""

import os

from django.core.wsgi import get_wsgi_application

from config.faults import keep_words_out

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
keep_words_out()

# These need the models, which are there now.
from config.routing import reading  # noqa: E402
from directory.roster.current import load_ahead  # noqa: E402

# Before the first request rather than in it; with --preload once for all workers. No longer than half of the time that
# gunicorn gives a worker to start: one whose database does not answer still shows the crisis numbers.
with reading():  # from a replica, where there is one
    load_ahead(at_most=15)
