"""Settings: one file, values from the environment, no guesses in production.

README.md lists every variable. A bare clone has a safe local value for everything; on a server a missing SECRET_KEY
or ALLOWED_HOSTS is an error that says what to do.
"""

import contextlib
import math
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def required(name: str, advice: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {advice}")
    return value


def seconds(name: str, *, default: float) -> float:
    try:
        value = env.float(name, default=default)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86_400:
        raise ImproperlyConfigured(f"{name} is no number of seconds from 0 to 86400. Write it like {default:g}.")
    return value


def site_url(url: str, *, otherwise: str) -> str:
    """The address under which the site is reached, without a slash at its end."""
    parts = urlsplit(url or otherwise)
    bare = f"{parts.scheme}://{parts.netloc}"
    try:
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and "*" not in parts.netloc
        right = right and "@" not in parts.netloc and (parts.port or 1) > 0 and (url or otherwise).rstrip("/") == bare
    except ValueError:  # a port that is no number
        right = False
    if not right:
        raise ImproperlyConfigured(
            "SITE_URL is not the address of a site. Links in mails lead there: write it like https://example.org, "
            "without a path."
        )
    return bare


def random_local_secret(path: Path) -> str:
    """The secret kept in this file. Whoever comes first makes it, for the eyes of this user alone."""
    if not path.exists():
        # Written elsewhere, then linked: a process that starts at the same moment finds a whole secret or none.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


def replica_database(alias: str, url: str) -> dict[str, Any]:
    """The entry of DATABASES for one URL of DATABASE_REPLICA_URLS. Never says the URL: it holds a password."""
    database: dict[str, Any] = {}
    if url.startswith(("postgres://", "postgresql://")):
        with contextlib.suppress(ValueError):  # a port that is no number
            database = env.db_url_config(url)
    if not database.get("NAME"):
        raise ImproperlyConfigured(
            f"DATABASE_REPLICA_URLS: {alias} is no PostgreSQL URL. Write postgres://user:password@host:5432/database, "
            "a comma between two URLs, and %2C for a comma in a password."
        )
    # Whoever is away is noticed soon, so that another server can answer instead.
    away = {"connect_timeout": 2, "tcp_user_timeout": 2000, "keepalives_idle": 2, "keepalives_interval": 1}
    database["OPTIONS"] = away | {"keepalives_count": 2} | database.get("OPTIONS", {})
    database["TEST"] = {"MIRROR": "default"}
    return database


DEBUG = env.bool("DEBUG", default=False)
DATABASE_URL = env.str("DATABASE_URL", default="")
# A clone on somebody's desk: nothing is set, so the database is the embedded one, only this machine may call, and the
# secret is a random one kept beside it. On a server one of these variables is set, and then all that matter must be.
LOCAL = DEBUG or not any(name in env.ENVIRON for name in ("DEBUG", "DATABASE_URL", "SECRET_KEY"))

if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", default="") or random_local_secret(BASE_DIR / ".local_secret")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = required("SECRET_KEY", "Set it to 50 or more random characters: openssl rand -base64 48")
    hosts = required("ALLOWED_HOSTS", "Set it to your host names, e.g. ALLOWED_HOSTS=example.org")
    ALLOWED_HOSTS = [host.strip() for host in hosts.split(",") if host.strip()]

SILENCED_SYSTEM_CHECKS = env.list("SILENCED_SYSTEM_CHECKS", default=[])

INSTALLED_APPS = [
    "config.apps.DirectoryAdminConfig",  # the stock admin, with the second factor
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "import_export",
    "simple_history",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "matching",
    "assessments",
    "directory",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "config.middleware.RequestLog",
    # These four before whatever may answer by itself: static files and refused requests carry the headers as well.
    "config.middleware.PrivateHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.middleware.NotAllowedPage",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],  # before the apps: the frame speaks for the admin's pages as well
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.leaving.sensitive_page",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------------------
if DATABASE_URL:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "config.postgres",  # starts an embedded PostgreSQL on the first connection
            "HOST": env.str("EMBEDDED_POSTGRES", default=str(BASE_DIR / ".postgres")),
            "NAME": "postgres",
            "USER": "postgres",
        }
    }
DATABASES["default"].setdefault("OPTIONS", {}).update(connect_timeout=5)

# Streaming replicas for what visitors and partners read of the directory (config/routing.py). None set: no router.
REPLICA_URLS = [url for url in map(str.strip, env.list("DATABASE_REPLICA_URLS", default=[])) if url]
REPLICAS = [f"replica_{number}" for number, _ in enumerate(REPLICA_URLS, start=1)]
for alias, url in zip(REPLICAS, REPLICA_URLS, strict=True):
    DATABASES[alias] = replica_database(alias, url)
if REPLICAS:
    DATABASE_ROUTERS = ["config.routing.Router"]
    MIDDLEWARE.append("config.routing.ReadFromReplicas")  # the last: it calls the view itself

for database in DATABASES.values():
    database.update(
        CONN_MAX_AGE=60,
        CONN_HEALTH_CHECKS=True,  # a restarted database costs no visitor an error page
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Time, language ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # "today" in the API is the same everywhere
USE_TZ = True
USE_I18N = True

# --- Static files: from the app itself, no CDN ------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = LOCAL  # found when asked for: nothing to collect first

# --- People who sign in: staff only -----------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not LOCAL)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # an account alone could be locked by anyone
AXES_HANDLER = "config.lockout.FailedSignIns"
AXES_CLIENT_IP_CALLABLE = "directory.limits.stand_in_address"  # the address itself is nowhere kept
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "otp_token"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Therapist directory"

# --- Browser-side protection (docs/privacy.md) ------------------------------------------------------------------------
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" would break Django's own forms
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if not LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if env.bool("BEHIND_HTTPS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["directory.api.authentication.PartnerKeyAuthentication"],
    # Closed by default: a view opens itself by naming `required_scopes`.
    "DEFAULT_PERMISSION_CLASSES": [
        "directory.api.permissions.HasScope",
        "directory.api.permissions.KnownParameters",
    ],
    "DEFAULT_RENDERER_CLASSES": ["directory.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["directory.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "directory.api.schema.Schema",
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # ?format= is an unknown parameter like any other
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Therapist directory API",
    "DESCRIPTION": "Therapists whose listing is true, and an explained, repeatable ranking. Guide: docs/api.md.",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "OAS_VERSION": "3.1.1",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it would need the database; tests/api/test_schema.py checks the same
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": "/", "description": "The site that serves this schema"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Without spectacular's own hook: it would name every enum a component, by rules that change with each new one.
    "POSTPROCESSING_HOOKS": [
        "directory.api.schema.with_codes",
        "directory.api.schema.with_problems",
        "directory.api.schema.with_closed_requests",
    ],
    "TAGS": [
        {"name": "directory", "description": "Who practises, and the codes in which they say so."},
        {"name": "instruments", "description": "Questionnaires, and what answers to them amount to."},
        {"name": "matches", "description": "From an intake to ranked therapists, with reasons."},
    ],
}

# --- Mail, logs -------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="directory@localhost")
EMAIL_TIMEOUT = 20  # seconds; a server that does not answer holds up nobody for longer
# Where links in mails lead. Never the Host header of a request: whoever asks could choose it.
SITE_URL = site_url(
    env.str("SITE_URL", default=""),
    otherwise=f"http://127.0.0.1:{env.str('PORT', default='8000')}"
    if LOCAL
    else f"https://{next((host.lstrip('.') for host in ALLOWED_HOSTS if '*' not in host), 'localhost')}",
)

# One line per request, written by config.middleware.RequestLog: method, path, status, time. No query string, referrer,
# address, agent or body. Whatever Django, gunicorn and other libraries log would carry these, so of all of it
# config.faults.FaultLog tells the kind and the place in the code alone; nothing is mailed.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.JSONRenderer(),
    ],
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "faults": {"class": "config.faults.FaultLog", "level": "WARNING"},
        "faults_of_pages": {"class": "config.faults.FaultLog", "level": "ERROR"},
        "nothing": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["faults"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["faults"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["faults_of_pages"], "propagate": False},
        "django.server": {"handlers": ["nothing"], "propagate": False},
        "gunicorn.error": {"handlers": ["faults"], "propagate": False},
        "gunicorn.access": {"handlers": ["nothing"], "propagate": False},  # whatever --access-logfile says
        "axes": {"handlers": ["nothing"], "propagate": False},
    },
}
REQUEST_LOG = env.bool("REQUEST_LOG", default=True)

# Seconds that a process waits for the directory before it takes requests. By default half of the time that gunicorn
# gives a worker to start: one whose database does not answer still shows the crisis numbers.
LOAD_AHEAD_SECONDS = seconds("LOAD_AHEAD_SECONDS", default=15.0)

FIXTURE_DIRS: list[Path] = []
FIXTURES = BASE_DIR / "fixtures"
