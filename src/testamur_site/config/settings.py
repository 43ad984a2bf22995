"""Settings. Everything that differs between two installations comes from the environment (see `environment.py`):

TESTAMUR_DATA               directory for all state: database, keys, secret                     ./var
TESTAMUR_BASE_URL           public address, part of every identifier that is issued             http://localhost:8000
TESTAMUR_DATABASE_URL       sqlite: or postgresql://…                                           SQLite in TESTAMUR_DATA
TESTAMUR_DEMO               demonstration: outbox page, open registration                       no
TESTAMUR_DEBUG              Django's debug pages; never on a public machine                     no
TESTAMUR_OPEN_REGISTRATION  may anybody create an account and an institution                    in DEMO and DEBUG
TESTAMUR_ALLOWED_HOSTS      further host names, separated by commas                             none
TESTAMUR_BEHIND_PROXY       trust X-Forwarded-Proto and -For of the proxy in front              no
TESTAMUR_SMTP_URL           smtp://user:password@host:587 (smtps:// for TLS at once)            none: mail is kept as failed, to send later
TESTAMUR_MAIL_FROM          sender of all mail                                                  testamur@<host>
TESTAMUR_MAIL_KEPT_DAYS     after so many days address and text of a mail are forgotten        30
TESTAMUR_JOB_LEASE_SECONDS  how long a job of a killed worker rests before another takes it     60
TESTAMUR_BROKER_URL         amqp://user:password@host/vhost of RabbitMQ (docs/how-to/scale.md)  none: workers ask the database
TESTAMUR_BROKER_QUEUE       name of its queue                                                   testamur
TESTAMUR_RELAY_AHEAD        so many jobs are handed out before a worker is free                 8
TESTAMUR_CACHE_TABLE        database table that several server processes count limits in        memory of the process
TESTAMUR_STATIC_COLLECTED   serve static files from TESTAMUR_DATA/static, not from their places yes, unless DEBUG
TESTAMUR_KEY_ENCRYPTION_KEY file that holds the key-encryption key                              TESTAMUR_DATA/key-encryption-key
TESTAMUR_ENVIRONMENT        "production": keys in web processes are refused unless forced           none
TESTAMUR_SIGNING_SOCKET     where the signing process listens (docs/how-to/keep-keys.md)        none: every process opens keys itself
TESTAMUR_SIGNING_GROUP      group that may use the socket, besides its owner                    none
TESTAMUR_SIGNING_RECORD     the record of all signatures, kept by the signing process           TESTAMUR_DATA/signatures.jsonl
TESTAMUR_SIGNATURES_PER_HOUR  for one institution                                               20000
TESTAMUR_NEW_KEYS           where keys of institutions are made: sealed, pkcs11:…, awskms:…     sealed
TESTAMUR_NEW_KEY_ALGORITHM  Ed25519, P-256 or P-384                                             Ed25519
TESTAMUR_SEALED_KEYS_IN_PRODUCTION  force what TESTAMUR_ENVIRONMENT refuses                     no
TESTAMUR_TRUST_FILES        registers of institutions that this deployment relies on, by commas none
TESTAMUR_KNOWN_FILES        registers that are shown but not relied on                          none
TESTAMUR_ALLOWED_ORIGINS    private origins that verification may fetch from                    none
TESTAMUR_EVIDENCE_MEBIBYTES   so large may one file of evidence be                              50
TESTAMUR_PORTFOLIO_MEBIBYTES  and all of one learner's together                                 1024
TESTAMUR_UNDO_MARK_SECONDS  so long may an assessor take a mark back                            300
TESTAMUR_LOG_FOLDER         the files of the log                                                TESTAMUR_DATA/log
TESTAMUR_LOG_NAME           names the log, before its year; another one only after taking over   <host>/log
TESTAMUR_LOG_POLICY         tlog-policy of the witnesses that are asked and believed            none: no witness
TESTAMUR_OPERATOR_EMAIL     who is told what concerns the whole deployment, separated by commas none: the owners of all institutions
TESTAMUR_ANCHORING          where checkpoints of the log are anchored (docs/how-to/anchor.md)  none: nowhere
TESTAMUR_EXIT_FOLDER        where the exits of institutions are kept (docs/how-to/leave.md)     TESTAMUR_DATA/exits
TESTAMUR_EXIT_NIGHTLY       one of every institution each night: public, all (with awards), files (also those) none: only when asked
TESTAMUR_EXIT_RECIPIENTS    file of public keys of age or SSH for which all and files are encrypted, and without which they are refused
TESTAMUR_EXIT_KEEP          so many of each institution are kept                                3
TESTAMUR_VERIFICATIONS_PER_MINUTE  for one visitor                                              120
TESTAMUR_MADE_FILES         folder of this host for certificates and baked images, made when asked  TESTAMUR_DATA/made
TESTAMUR_MADE_FILES_MEBIBYTES  so large may it become; 0 keeps nothing                          512
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from . import environment, wiring

# ---- From the environment
TESTAMUR_DATA = Path(os.environ.get("TESTAMUR_DATA", "var")).resolve()
TESTAMUR_BASE_URL = environment.base_url(os.environ)
TESTAMUR_DEMO = environment.flag(os.environ, "TESTAMUR_DEMO")
DEBUG = environment.flag(os.environ, "TESTAMUR_DEBUG")
TESTAMUR_OPEN_REGISTRATION = environment.flag(os.environ, "TESTAMUR_OPEN_REGISTRATION", default=TESTAMUR_DEMO or DEBUG)
TESTAMUR_KEY_ENCRYPTION_KEY = Path(
    os.environ.get("TESTAMUR_KEY_ENCRYPTION_KEY") or TESTAMUR_DATA / "key-encryption-key"
)
TESTAMUR_ENVIRONMENT = os.environ.get("TESTAMUR_ENVIRONMENT", "").strip().lower()
TESTAMUR_SIGNING_SOCKET = (
    Path(os.environ["TESTAMUR_SIGNING_SOCKET"]) if os.environ.get("TESTAMUR_SIGNING_SOCKET") else None
)
TESTAMUR_SIGNING_GROUP = os.environ.get("TESTAMUR_SIGNING_GROUP", "")
TESTAMUR_SIGNING_RECORD = Path(os.environ.get("TESTAMUR_SIGNING_RECORD") or TESTAMUR_DATA / "signatures.jsonl")
TESTAMUR_SIGNATURES_PER_HOUR = environment.number(os.environ, "TESTAMUR_SIGNATURES_PER_HOUR", default=20_000)
TESTAMUR_NEW_KEYS = os.environ.get("TESTAMUR_NEW_KEYS") or "sealed"
TESTAMUR_NEW_KEY_ALGORITHM = os.environ.get("TESTAMUR_NEW_KEY_ALGORITHM") or "Ed25519"
TESTAMUR_SEALED_KEYS_IN_PRODUCTION = environment.flag(os.environ, "TESTAMUR_SEALED_KEYS_IN_PRODUCTION")
environment.data_folder(TESTAMUR_DATA)

_base = urlsplit(TESTAMUR_BASE_URL)
HTTPS = _base.scheme == "https"
SECRET_KEY = environment.secret_file(TESTAMUR_DATA / "secret-key")
ALLOWED_HOSTS = [_base.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += environment.words(os.environ, "TESTAMUR_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [TESTAMUR_BASE_URL]
DATABASES = {"default": environment.database(os.environ.get("TESTAMUR_DATABASE_URL", "sqlite:"), TESTAMUR_DATA)}

# ---- The parts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *wiring.CAPABILITIES,  # before allauth: our sign-in templates take the place of its own
    "allauth",
    "allauth.account",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "testamur_site.config.middleware.SecurityHeaders",
    "testamur_site.config.middleware.SigningAway",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "testamur_site.config.middleware.NoNullCharacter",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "testamur_site.config.urls"
WSGI_APPLICATION = "testamur_site.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "testamur_site.foundation.permissions.context.staff",
                "testamur_site.config.context.platform",
            ]
        },
    }
]
FORM_RENDERER = "testamur_site.foundation.design_system.forms.Renderer"
TESTAMUR_STAFF_NAVIGATION = wiring.STAFF_NAVIGATION
TESTAMUR_WALLET_NAVIGATION = wiring.WALLET_NAVIGATION
TESTAMUR_MICRO_CREDENTIAL_PAGES = wiring.MICRO_CREDENTIAL_PAGES
TESTAMUR_PROGRAMME_LINKS = wiring.PROGRAMME_LINKS
TESTAMUR_STACKS_INTO = wiring.STACKS_INTO
TESTAMUR_PUBLIC_BYTES = wiring.PUBLIC_BYTES
TESTAMUR_EXPECTED = wiring.EXPECTED
TESTAMUR_PUBLIC_PROOFS = wiring.PUBLIC_PROOFS
TESTAMUR_WITHOUT_SESSION = wiring.WITHOUT_SESSION
TESTAMUR_WITHOUT_REQUEST = wiring.WITHOUT_REQUEST
TESTAMUR_AFTER_ISSUE = wiring.AFTER_ISSUE
TESTAMUR_CAN_BE_RENEWED = wiring.CAN_BE_RENEWED
TESTAMUR_AFTER_HOLDING_CHANGE = wiring.AFTER_HOLDING_CHANGE
TESTAMUR_HOLDING_SOURCES = wiring.HOLDING_SOURCES
TESTAMUR_AFTER_KEY_CHANGE = wiring.AFTER_KEY_CHANGE
TESTAMUR_KEY_ACTIONS = wiring.KEY_ACTIONS
# Who seals keys of its own, beside the institutions': `python -m testamur_site.foundation.keys.reseal` asks each.
TESTAMUR_RESEALED = ("testamur_site.foundation.chain.accounts.reseal", "testamur_site.log.keys.reseal")
TESTAMUR_KEY_PAGES = wiring.KEY_PAGES
TESTAMUR_AWARD_PAGE = wiring.AWARD_PAGE
TESTAMUR_PRINTING_PAGE = wiring.PRINTING_PAGE
TESTAMUR_REISSUE = wiring.REISSUE
TESTAMUR_AFTER_PUBLISH = wiring.AFTER_PUBLISH
TESTAMUR_LOG_SOURCES = wiring.LOG_SOURCES
TESTAMUR_SIGNING_KEYS = wiring.SIGNING_KEYS
TESTAMUR_SIGNING_KINDS = wiring.SIGNING_KINDS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

# ---- Languages and time. Times are kept in UTC and shown with their zone.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS

# ---- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # Length is what helps (NIST SP 800-63B §5.1.1.2); rules about character classes are left out on purpose.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_ADAPTER = "testamur_site.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "testamur_site.foundation.accounts.forms.SignUpFields"
ACCOUNT_FORMS = {
    name: f"testamur_site.foundation.accounts.auth_forms.{form}"
    for name, form in {
        "login": "LoginForm",
        "signup": "SignupForm",
        "add_email": "AddEmailForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reauthenticate": "ReauthenticateForm",
    }.items()
}
ACCOUNT_EMAIL_VERIFICATION = (
    "mandatory"  # otherwise somebody could sign up with a colleague's address and be invited in their place
)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_SESSION_REMEMBER = None
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads the cookie
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "testamur_site.config.errors.csrf_failure"

# ---- What a browser may do with our pages
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # the proxy in front does this; /healthz must answer plain requests
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
if environment.flag(os.environ, "TESTAMUR_BEHIND_PROXY"):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # so that limits count the visitor's address and not the proxy's
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    MIDDLEWARE.insert(0, "testamur_site.config.middleware.VisitorAddress")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # many credentials may be chosen together to be verified
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ---- Static files: collected into the data directory (compressed, named by their content) by `site run`, or found in place
STATIC_URL = "/static/"
STATIC_ROOT = TESTAMUR_DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where there is no such directory
TESTAMUR_STATIC_COLLECTED = environment.flag(os.environ, "TESTAMUR_STATIC_COLLECTED", default=not DEBUG)
WHITENOISE_USE_FINDERS = not TESTAMUR_STATIC_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # nothing is kept as a file but through the database
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if TESTAMUR_STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
CACHES = {
    # Rate limits are counted here. One process: memory; several: the database, which they share. Django's own bound of 300 entries would
    # forget what visitors have asked as soon as there are some hundred of them.
    "default": {"OPTIONS": {"MAX_ENTRIES": 50_000}}
    | (
        {"BACKEND": "testamur_site.config.caches.SharedCache", "LOCATION": os.environ["TESTAMUR_CACHE_TABLE"]}
        if os.environ.get("TESTAMUR_CACHE_TABLE")
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# ---- Mail
_smtp = urlsplit(os.environ.get("TESTAMUR_SMTP_URL", ""))
if _smtp.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname, _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and _smtp.hostname not in {"localhost", "127.0.0.1"}
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # the queue in the database is the outbox
# Without a server mail is noted as failed and kept, so that it can be sent when there is one; in a demonstration it is only shown.
TESTAMUR_MAIL_SERVER = bool(_smtp.hostname)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TESTAMUR_MAIL_FROM", f"testamur@{_base.hostname}")
TESTAMUR_OUTBOX = TESTAMUR_DEMO or DEBUG  # the page /outbox/ that shows all mail: development only
TESTAMUR_MAIL_KEPT = timedelta(days=environment.number(os.environ, "TESTAMUR_MAIL_KEPT_DAYS", default=30))

# ---- Verification. Who can change these decides whom readers believe, and which private addresses we may be sent to.
TESTAMUR_TRUST_FILES = environment.words(os.environ, "TESTAMUR_TRUST_FILES")
TESTAMUR_KNOWN_FILES = environment.words(os.environ, "TESTAMUR_KNOWN_FILES")
TESTAMUR_ALLOWED_ORIGINS = environment.words(os.environ, "TESTAMUR_ALLOWED_ORIGINS")
TESTAMUR_VERIFICATIONS_PER_MINUTE = environment.number(os.environ, "TESTAMUR_VERIFICATIONS_PER_MINUTE", default=120)

# ---- The log: where its files lie, and whose witness is believed (a C2SP tlog-policy; its witnesses with an address are asked)
TESTAMUR_LOG_FOLDER = Path(os.environ.get("TESTAMUR_LOG_FOLDER") or TESTAMUR_DATA / "log")
TESTAMUR_OPERATOR_EMAIL = environment.words(os.environ, "TESTAMUR_OPERATOR_EMAIL")
TESTAMUR_LOG_NAME = os.environ.get("TESTAMUR_LOG_NAME", "").strip("/") or f"{_base.netloc}/log"
TESTAMUR_LOG_POLICY = Path(os.environ["TESTAMUR_LOG_POLICY"]) if os.environ.get("TESTAMUR_LOG_POLICY") else None
TESTAMUR_ANCHORING = Path(os.environ["TESTAMUR_ANCHORING"]).resolve() if os.environ.get("TESTAMUR_ANCHORING") else None

# ---- Leaving: where exits are kept, how many of each institution, and what of it is made by night
TESTAMUR_EXIT_FOLDER = Path(os.environ.get("TESTAMUR_EXIT_FOLDER") or TESTAMUR_DATA / "exits")
TESTAMUR_EXIT_NIGHTLY = environment.choice(os.environ, "TESTAMUR_EXIT_NIGHTLY", ("none", "public", "all", "files"))
TESTAMUR_EXIT_RECIPIENTS = Path(os.environ.get("TESTAMUR_EXIT_RECIPIENTS") or os.devnull)
if TESTAMUR_EXIT_NIGHTLY in ("all", "files") and not os.environ.get("TESTAMUR_EXIT_RECIPIENTS"):
    raise environment.WrongSetting(
        f"TESTAMUR_EXIT_NIGHTLY={TESTAMUR_EXIT_NIGHTLY} writes names and addresses every night: name with TESTAMUR_EXIT_RECIPIENTS "
        "a file of public keys of age or SSH for which they are encrypted."
    )
TESTAMUR_EXIT_KEEP = environment.number(os.environ, "TESTAMUR_EXIT_KEEP", default=3)

# ---- Certificates and baked images: where this host keeps, sealed, what it has made
TESTAMUR_MADE_FILES = Path(os.environ.get("TESTAMUR_MADE_FILES") or TESTAMUR_DATA / "made")
TESTAMUR_MADE_FILES_MEBIBYTES = environment.number(os.environ, "TESTAMUR_MADE_FILES_MEBIBYTES", default=512)

# ---- Evidence: so much may one file have, and all files of one learner
TESTAMUR_EVIDENCE_MEBIBYTES = environment.number(os.environ, "TESTAMUR_EVIDENCE_MEBIBYTES", default=50)
TESTAMUR_PORTFOLIO_MEBIBYTES = environment.number(os.environ, "TESTAMUR_PORTFOLIO_MEBIBYTES", default=1024)

# ---- Assessment: so long may a mark be taken back, and so long its result waits
TESTAMUR_UNDO_MARK = timedelta(seconds=environment.number(os.environ, "TESTAMUR_UNDO_MARK_SECONDS", default=300))

# ---- Jobs
TESTAMUR_JOB_LEASE = timedelta(seconds=environment.number(os.environ, "TESTAMUR_JOB_LEASE_SECONDS", default=60))
TESTAMUR_JOB_MODULES = ("testamur_site.",)
TESTAMUR_BROKER_URL = os.environ.get("TESTAMUR_BROKER_URL", "")
TESTAMUR_BROKER_QUEUE = os.environ.get("TESTAMUR_BROKER_QUEUE") or "testamur"
TESTAMUR_RELAY_AHEAD = environment.number(os.environ, "TESTAMUR_RELAY_AHEAD", default=8)
TESTAMUR_PERIODIC_JOBS = wiring.PERIODIC_JOBS

# ---- Logging: addresses, methods and answers; never names, addresses of people, tokens or bodies
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "testamur_site.config.logs.WithoutSecrets"}},
    "formatters": {"line": {"()": "testamur_site.config.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "testamur_site": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
