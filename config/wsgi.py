"""The WSGI entry: gunicorn config.wsgi."""

import os

from django.core.wsgi import get_wsgi_application

from config.faults import keep_words_out

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
keep_words_out()
