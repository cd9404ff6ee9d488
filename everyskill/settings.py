"""All settings, read by django-environ from the environment and from a `.env` file beside manage.py.

Without any variable set, this is the development default: DEBUG on, loopback only, an embedded PostgreSQL.
Production sets DEBUG=false, and then SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL must be named. `.env.example`
is the documented production environment; docs/operators.md explains each variable.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from everyskill import embedded_postgres

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DATABASE_URL = env("DATABASE_URL", default="")

# Development's own files: the embedded server's, and the demo's passwords.
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data")))

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if DEBUG:
    # DEBUG shows the code's insides to whoever makes an error happen.
    if not set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS):
        raise ImproperlyConfigured(
            "DEBUG is on, so only this machine may be served. For other hosts, set DEBUG=false and "
            "see docs/operators.md; to develop, remove ALLOWED_HOSTS."
        )
    ALLOWED_HOSTS = LOOPBACK_HOSTS
    SECRET_KEY = SECRET_KEY or "only-for-development"
    # Without a named server, one of the project's own in its data folder.
    DATABASE_URL = DATABASE_URL or embedded_postgres.start(DATA_DIR)
else:
    _required = {
        "SECRET_KEY": "a long random text of its own; make one with `python3 -c "
        "'import secrets; print(secrets.token_urlsafe(64))'`",
        "ALLOWED_HOSTS": "the host names that the site answers to, with commas between",
        "DATABASE_URL": "a PostgreSQL server (15 or newer), as postgresql://user:password@host/name",
    }
    _missing = [f"  {name}: {what}" for name, what in _required.items() if not globals()[name]]
    if _missing:
        raise ImproperlyConfigured(
            "\n".join(["DEBUG is off, and these variables must be set:", *_missing])
        )

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "everyskill",
    "accounts",
    "settings_app",
    "skills",
    "training",
    "tracking",
]

MIDDLEWARE = [
    "everyskill.request_log.RequestLogMiddleware",
    # Early: the API and the probes have no use for sessions, CSRF tokens, messages and HTML headers.
    "everyskill.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "everyskill.middleware.TenantMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "everyskill.urls"
WSGI_APPLICATION = "everyskill.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database. A pool, because the server's idle threads end and would leave connections of their own behind.
# Each process has one: SERVER_THREADS requests and CAPTURE_THREADS captures at a time, two that ingest keeps, and two
# for what is written late; who finds none free waits for one.
SERVER_THREADS = env.int("SERVER_THREADS", default=16)
CAPTURE_THREADS = env.int("CAPTURE_THREADS", default=1)
# Whether captures compute in a process beside each process that answers (everyskill/job_process.py).
CAPTURE_PROCESS = env.bool("CAPTURE_PROCESS", default=False)
# Whether each process of `manage.py serve` keeps its requests' threads on one core (everyskill/own_core.py).
SERVER_KEEPS_CORES = env.bool("SERVER_KEEPS_CORES", default=True)
# The address /metrics answers to `Authorization: Bearer` with this token, and not at all without one.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# How many captures may wait in a process's memory before new ones are dropped (and counted).
CAPTURE_BACKLOG = env.int("CAPTURE_BACKLOG", default=1000)
# Seconds between two writes of what a process counts in its memory (everyskill/later.py), and between two placings of
# new captures in their datasets' parts (training/capture.py); so long captures wait for others of the same person.
LATE_WRITE_SECONDS = env.float("LATE_WRITE_SECONDS", default=1.0)

_database = env.db_url_config(DATABASE_URL)
_options = _database.setdefault("OPTIONS", {})
# A socket's folder comes as the query's `host`; `manage.py dbshell` looks for it where other hosts are.
_database["HOST"] = _options.pop("host", _database["HOST"])
_options["pool"] = {
    "min_size": 0,
    "max_size": SERVER_THREADS + CAPTURE_THREADS + 4,
    # Seconds to wait for a free connection, and to go on trying for a new one before asking afresh.
    "timeout": 3,
    "reconnect_timeout": 1,
}
_options.setdefault("connect_timeout", 3)
# So that no request waits for ever: `manage.py serve` sets it, other commands may run as long as they need. A pooler
# in between may refuse such options; set 0 there and the timeouts on the role (docs/operators.md).
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=0)
if STATEMENT_TIMEOUT_MS:
    _timeouts = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={STATEMENT_TIMEOUT_MS // 5}"
    )
    _options["options"] = f"{_options.get('options', '')} {_timeouts}".strip()
# Statements are prepared on the server at their first use; Django's default never prepares.
_options["server_side_binding"] = True
# A pooler that cannot keep prepared statements (PgBouncer before 1.21 in transaction mode) needs them off.
PREPARE_STATEMENTS = env.bool("PREPARE_STATEMENTS", default=True)
_options["prepare_threshold"] = 1 if PREPARE_STATEMENTS else None
DATABASES = {"default": _database}

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "skills:skill-list"
LOGOUT_REDIRECT_URL = "accounts:login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files: in production collected, compressed, and named by their content's hash.
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")()
STATICFILES_DIRS = [BASE_DIR / "static"]
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
# In development the files are served from where they are edited, without collecting them.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# E-mail
_email = env.email_url("EMAIL_URL", default="consolemail://")
_smtp_options = {
    "host": _email["EMAIL_HOST"],
    "port": _email["EMAIL_PORT"],
    "username": _email["EMAIL_HOST_USER"],
    "password": _email["EMAIL_HOST_PASSWORD"],
    "use_tls": _email.get("EMAIL_USE_TLS", False),
    "use_ssl": _email.get("EMAIL_USE_SSL", False),
    "timeout": 10,
}
MAILERS = {
    "default": {
        "BACKEND": _email["EMAIL_BACKEND"],
        "OPTIONS": _smtp_options if _email["EMAIL_HOST"] else {},
    }
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default="EverySkill <everyskill@localhost>")

# Transport. Everything is HTTPS in production, but for the probes, which an orchestrator calls inside.
FILE_UPLOAD_HANDLERS = ["everyskill.uploads.MemoryOnlyUploadHandler"]

SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool(
    "HSTS_SUBDOMAINS", default=not DEBUG
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Only a proxy that sets this header itself, on every request, may be believed.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

# Logs and error reports never hold a person's text.
LOG_LEVEL = env("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "everyskill.request_log.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's own handlers (the console's plain text, mail to administrators) are taken away.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # 4xx answers have the request's own line
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "everyskill.error_reports.NoTextFilter"
DEFAULT_EXCEPTION_REPORTER = "everyskill.error_reports.NoTextReporter"
