"""Settings for a package's own tests: the kernel, that package, those below it, and nothing else."""

import os
from typing import Any

from skillwise_kernel.broker import broker_settings
from skillwise_kernel.database_url import database_settings
from skillwise_kernel.rest.settings import REST_FRAMEWORK_DEFAULTS, SPECTACULAR_DEFAULTS

__all__ = ["minimal_settings"]


def minimal_settings(*apps: str, **overrides: Any) -> dict[str, Any]:
    """The names and values of a settings module that installs `apps` (paths of AppConfigs) on the kernel.

    `globals().update(minimal_settings("skillwise_catalog.apps.CatalogConfig",
    ROOT_URLCONF="catalog_test_urls"))`

    The plugin has put the addresses of the test run's servers into the environment before settings are read;
    without it (a `makemigrations`, say) the defaults name servers that need not be there.
    """
    redis_url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    settings: dict[str, Any] = {
        "SECRET_KEY": "a-key-for-tests-alone-that-is-long-enough-for-every-algorithm",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["testserver", "localhost", "127.0.0.1"],
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en",
        "INSTALLED_APPS": [
            "unfold",
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "rest_framework",
            "drf_spectacular",
            "django_dramatiq",
            "dramatiq_crontab",
            "skillwise_kernel.apps.KernelConfig",
            *apps,
        ],
        "MIDDLEWARE": [
            "skillwise_kernel.middleware.RequestIdMiddleware",
            "skillwise_kernel.middleware.AccessLogMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "skillwise_kernel.response_cache.KeptAnswersMiddleware",
        ],
        "TEMPLATES": [
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
        ],
        "STATIC_URL": "/static/",
        "DATABASES": {
            "default": database_settings(
                os.environ.get("DATABASE_URL", "postgresql://skillwise@127.0.0.1/skillwise")
            )
        },
        "CACHES": {
            "default": {"BACKEND": "skillwise_kernel.cache.ResilientRedisCache", "LOCATION": redis_url}
        },
        "DRAMATIQ_BROKER": broker_settings(redis_url),
        "REST_FRAMEWORK": REST_FRAMEWORK_DEFAULTS,
        "SPECTACULAR_SETTINGS": SPECTACULAR_DEFAULTS,
        # Argon2 takes the time it should; tests log in by the thousand.
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }
    return settings | overrides
