"""Settings: one code, two ways to run (trial on one machine, production). docs/architecture.md tells why."""

import os
import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.dangers import refuse_dangers
from config.keys import load_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("MODE", default="trial")
if MODE not in {"trial", "production"}:
    raise ImproperlyConfigured(f"MODE 只能是 trial 或 production，现在是 {MODE!r}")
TRIAL = MODE == "trial"
DEBUG = False
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
PORT = env.int("PORT", default=8000)
BIND = env.str("BIND", default="127.0.0.1")

_keys = load_keys(mode=MODE, data_dir=DATA_DIR)
SECRET_KEY = _keys["SECRET_KEY"]
FIELD_KEYS = _keys["FIELD_KEYS"]

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if TRIAL else [])
if TRIAL and BIND not in {"127.0.0.1", "localhost"}:
    ALLOWED_HOSTS.append("*")  # somebody who binds a trial to the network means it to be reached
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "import_export",
    "drf_spectacular",  # its command; rest_framework itself brings templates and scripts that nothing here shows
    "orgs",
    "office",
    "schemes",
    "enrollment",
    "premiums",
    "claims",
    "reports",
    "config",
]

MIDDLEWARE = [
    "orgs.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "orgs.middleware.TraceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "orgs.middleware.RenewalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "orgs.middleware.ApiMiddleware",
    "orgs.middleware.AccountMiddleware",
    "orgs.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
    "orgs.middleware.PlainTextMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.context.shell",
            ],
            "builtins": ["office.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- database -------------------------------------------------------------------------------------------------
# The portal's role is neither owner nor superuser; migrations run as the owner (MIGRATE_DATABASE_URL).
AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in {"migrate", "prepare", "makemigrations"}
_database_url = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'portal.sqlite3'}"
MIGRATE_DATABASE_URL = env.str("MIGRATE_DATABASE_URL", default="")
if AS_OWNER and MIGRATE_DATABASE_URL:
    _database_url = MIGRATE_DATABASE_URL
DATABASES = {"default": env.db_url_config(_database_url)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN rather than failing half-way
        "timeout": 30,
        # The size of pages is a new file's: a roster's rows are wide, and half as many pages are split as it comes in.
        "init_command": (
            "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Row-level security makes the planner expect much of a large join; compiling it then took 4 s and running it 0.2 s.
    # A worker whose machine stands still, or is gone without a word, would hold its job's row until somebody noticed.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off -c idle_in_transaction_session_timeout=2min"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and sessions --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "orgs.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "orgs.passwords.ChinesePasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 30 * 60
SESSION_MOST_SECONDS = 10 * 3600  # then even a busy one ends
SESSION_ENGINE = "orgs.sessions"  # which renews what is not written
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody locks a colleague out from elsewhere
AXES_LOCKOUT_TEMPLATE = "errors/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]

# --- what leaves the server -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "orgs.errors.csrf_failed"
HTTPS = env.bool("HTTPS", default=not TRIAL)
PROXIES = env.int("PROXIES", default=0)  # reverse proxies in front, each of which adds to X-Forwarded-For
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 31536000

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILES_DIR = DATA_DIR / "files"
MEDIA_ROOT = DATA_DIR / "media"  # nothing is served from here; uploads are encrypted under FILES_DIR
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # what is larger is sealed as it arrives: never in clear on a disk
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "office.upload_handler.SealedUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# --- language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- the API --------------------------------------------------------------------------------------------------
API_RATE = env.str("API_RATE", default="120/min")  # requests of one person or token
API_MOST_BYTES = 1024 * 1024
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政策保险门户数据接口",
    "DESCRIPTION": "年度方案的条款与理算。权限、范围和口径与页面相同；错误按 RFC 9457 用中文说明。",
    "VERSION": "1",
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # those are for us, in English
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PARSER_WHITELIST": ["orgs.api.formats.JsonParser"],  # the other is for the form of the page
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "counts": {  # who called how often, seen by every process
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "counts",
    },
}

# --- background work ------------------------------------------------------------------------------------------
# The job table is the record; Celery only rings the bell. Without Redis a loop over the table does the same.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES["counts"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
JOB_LEASE = env.int("JOB_LEASE", default=15)  # seconds after which a silent worker's job is another's
CELERY_BEAT_SCHEDULE = {
    "ring-waiting-jobs": {"task": "office.tasks.ring_waiting_jobs", "schedule": 5.0},
    "sweep-files": {"task": "office.tasks.sweep_files", "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
JOB_HANDLERS = {
    "roster_check": "enrollment.tasks.check_roster",
    "roster_carry": "enrollment.tasks.carry_over",
    "roster_confirm": "enrollment.tasks.confirm_roster",
    "roster_download": "enrollment.tasks.download_roster",
    "roster_print": "enrollment.tasks.print_roster",
    "roster_undo": "enrollment.tasks.undo_roster",
    "list_import": "enrollment.tasks.import_list",
    "what_if": "reports.what_if.running.compute_what_if",
}

ID_CORRECTED = ("claims.corrections.follow_corrected_id",)  # what counts by the old number goes along
ENROLLMENT_HELD_BY = ("claims.holding.held_enrollments",)  # who is not taken off a roster unseen

COMPUTED_STATES = {"premium_total": "premiums.bills.billed_total"}  # of an edition; nobody types them

REFERENCE_LISTS = {  # what the administrator brings in and takes out as workbooks
    "people": "orgs.resources.PersonResource",
    "organizations": "orgs.resources.OrganizationResource",
    "region-names": "orgs.resources.RegionNameResource",
    "regions": "orgs.region_list.RegionResource",
    "disability-items": "schemes.disability_list.DisabilityItemResource",
}

WORKBOOK_CHECK = "enrollment.roster.precheck.look_over"  # before any parser, also for the lists above

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_personal_numbers": {"()": "orgs.logs.PersonalNumbers"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_personal_numbers"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "portal": {"level": "INFO"}},
}

if not TRIAL:
    refuse_dangers(
        database_url=_database_url,
        hosts=ALLOWED_HOSTS,
        secret_key=SECRET_KEY,
        https=HTTPS,
        failpoints=env.str("FAILPOINTS", default=""),
        local=env.bool("INSECURE_LOCAL", default=False),
    )
if TRIAL and "PYTEST_VERSION" in os.environ:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
