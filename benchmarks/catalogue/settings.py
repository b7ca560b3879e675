"""The host's settings, with the contestants beside the API, and nobody held back for asking too often or
taking too long: of a million courses what most people write reads a page for longer than the host allows.
"""

from datetime import timedelta

from skillwise_host import settings as host

_UNREACHED = "1000000000/minute"  # each request is still counted, as ever

globals().update({name: value for name, value in vars(host).items() if name.isupper()})

_database = host.DATABASES["default"]
_options = _database.get("OPTIONS", {})
DATABASES = {
    "default": {
        **_database,
        # the later one of two counts, and the web server's own stands before
        "OPTIONS": {
            **_options,
            "options": f"{_options.get('options', '')} -c statement_timeout=120s".strip(),
        },
    }
}
ROOT_URLCONF = "benchmarks.catalogue.urls"
REST_FRAMEWORK = {
    **host.REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(host.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], _UNREACHED),
}
SIMPLE_JWT = {**host.SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(days=1)}
