"""Django's settings. Everything that differs between machines comes from `environment.py`."""

from typing import Any

from skillwise_catalog.settings import CATALOG_SETTINGS
from skillwise_commerce.settings import COMMERCE_SETTINGS
from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS, IDENTITY_THROTTLE_RATES
from skillwise_kernel.broker import broker_settings
from skillwise_kernel.logs import configure_logging
from skillwise_kernel.rest.settings import REST_FRAMEWORK_DEFAULTS, SPECTACULAR_DEFAULTS

from skillwise_host.api_document import INTRODUCTION, TAGS
from skillwise_host.environment import read_environment

_environment = read_environment()

SECRET_KEY = _environment.secret_key
DEBUG = _environment.debug
ALLOWED_HOSTS = _environment.allowed_hosts

ROOT_URLCONF = "skillwise_host.urls"
WSGI_APPLICATION = "skillwise_host.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

INSTALLED_APPS = [
    "skillwise_host.apps.HostConfig",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_dramatiq",
    "dramatiq_crontab",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "skillwise_kernel.apps.KernelConfig",
    *IDENTITY_APPS,
    "skillwise_catalog.apps.CatalogConfig",
    "skillwise_commerce.apps.CommerceConfig",
    "skillwise_learning.apps.LearningConfig",
    "skillwise_insights.apps.InsightsConfig",
]

MIDDLEWARE = [
    "skillwise_kernel.middleware.RequestIdMiddleware",
    "skillwise_kernel.middleware.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "skillwise_kernel.response_cache.KeptAnswersMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data

DATABASES = {"default": _environment.database}
CACHES = {
    "default": {
        "BACKEND": "skillwise_kernel.cache.ResilientRedisCache",
        "LOCATION": _environment.redis_url,
        "KEY_PREFIX": "skillwise",
    }
}
DRAMATIQ_BROKER = broker_settings(_environment.redis_url)
MEDIA_ROOT = _environment.media_root.absolute()
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# The back office's own files are few: they are served from the packages that they ship in.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

# People

AUTH_USER_MODEL: str = IDENTITY_SETTINGS["AUTH_USER_MODEL"]
AUTHENTICATION_BACKENDS: list[str] = IDENTITY_SETTINGS["AUTHENTICATION_BACKENDS"]
PASSWORD_HASHERS: list[str] = IDENTITY_SETTINGS["PASSWORD_HASHERS"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = IDENTITY_SETTINGS["AUTH_PASSWORD_VALIDATORS"]
SIMPLE_JWT: dict[str, Any] = IDENTITY_SETTINGS["SIMPLE_JWT"]
SKILLWISE_IDENTITY: dict[str, Any] = IDENTITY_SETTINGS["SKILLWISE_IDENTITY"]
LOGIN_URL = "admin:login"
# An e-mail address is unique: by an index on lower(email), which Django does not see.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]

# Files

SKILLWISE_CATALOG: dict[str, Any] = {
    **CATALOG_SETTINGS["SKILLWISE_CATALOG"],
    "MEDIA_STORAGE": _environment.media_storage,
    "S3_BUCKET": _environment.s3_bucket,
    "S3_ENDPOINT_URL": _environment.s3_endpoint_url,
    "S3_REGION": _environment.s3_region,
    "S3_ACCESS_KEY_ID": _environment.s3_access_key_id,
    "S3_SECRET_ACCESS_KEY": _environment.s3_secret_access_key,
    "VIDEO_RENDITIONS": _environment.video_renditions,
}

# Addresses

PUBLIC_URL = _environment.public_url
APP_URL = _environment.app_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CORS_ALLOWED_ORIGINS = _environment.cors_allowed_origins
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-ID"]
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]

# The API

REST_FRAMEWORK = {
    **REST_FRAMEWORK_DEFAULTS,
    "DEFAULT_AUTHENTICATION_CLASSES": ["skillwise_identity.rest.authentication.ActorAuthentication"],
    "DEFAULT_THROTTLE_RATES": {
        **REST_FRAMEWORK_DEFAULTS["DEFAULT_THROTTLE_RATES"],
        **IDENTITY_THROTTLE_RATES,
    },
    "NUM_PROXIES": _environment.trusted_proxies,
}
SPECTACULAR_SETTINGS = {
    **SPECTACULAR_DEFAULTS,
    "TITLE": "SkillWise",
    "VERSION": "1.0.0",
    "DESCRIPTION": INTRODUCTION,
    "TAGS": TAGS,
    # Fields of one name with choices of their own: what generated clients call each type.
    "ENUM_NAME_OVERRIDES": {
        "AccountActionKindEnum": "skillwise_identity.models.AccountAction.Kind",
        "CourseStatusEnum": ["draft", "in_review", "published", "archived"],
        "InstructorRoleEnum": ["owner", "editor"],
        "LessonKindEnum": "skillwise_catalog.rest.serializers.KINDS",
        "OrderStatusEnum": ["canceled", "failed", "held", "paid", "pending", "requires_action"],
        "QuestionKindEnum": ["single", "multiple", "true_false", "short_text", "numeric"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Mail and payments

EMAIL_HOST = _environment.mail_server.host
EMAIL_PORT = _environment.mail_server.port
EMAIL_HOST_USER = _environment.mail_server.user
EMAIL_HOST_PASSWORD = _environment.mail_server.password
EMAIL_USE_SSL = _environment.mail_server.tls
EMAIL_USE_TLS = _environment.mail_server.starttls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _environment.default_from_email

SKILLWISE_COMMERCE: dict[str, Any] = {
    **COMMERCE_SETTINGS["SKILLWISE_COMMERCE"],
    "LEGAL_ENTITY": _environment.legal_entity,
    "LEGAL_ENTITY_ADDRESS": _environment.legal_entity_address,
    "LEGAL_ENTITY_TAX_ID": _environment.legal_entity_tax_id,
    "STRIPE_SECRET_KEY": _environment.stripe_secret_key,
    "STRIPE_PUBLISHABLE_KEY": _environment.stripe_publishable_key,
    "STRIPE_WEBHOOK_SECRET": _environment.stripe_webhook_secret,
    "STRIPE_API_BASE": _environment.stripe_api_base,
    "SSLCOMMERZ_STORE_ID": _environment.sslcommerz_store_id,
    "SSLCOMMERZ_STORE_PASSWORD": _environment.sslcommerz_store_password,
    "SSLCOMMERZ_API_BASE": _environment.sslcommerz_api_base,
}

# The browser's side of security. Cookies are the back office's alone; the API takes bearer tokens.

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked from inside, over plain HTTP
SECURE_SSL_REDIRECT = _environment.production
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _environment.production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _environment.production
SECURE_HSTS_PRELOAD = _environment.production
SESSION_COOKIE_SECURE = _environment.production
CSRF_COOKIE_SECURE = _environment.production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _environment.trusted_proxies else None

# Operations

LOGGING = configure_logging(_environment.log_level, json=_environment.log_json)
LOGGING["loggers"]["apscheduler"] = {"level": "WARNING"}  # else two lines for every job, every few seconds

# The back office

UNFOLD = {
    "SITE_TITLE": "SkillWise",
    "SITE_HEADER": "SkillWise",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "school",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
}
