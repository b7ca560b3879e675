"""What the host and every package's tests set alike, so that a test meets the framework as production
configures it.

    REST_FRAMEWORK = {**REST_FRAMEWORK_DEFAULTS, "DEFAULT_AUTHENTICATION_CLASSES": [...]}
    SPECTACULAR_SETTINGS = {**SPECTACULAR_DEFAULTS, "TITLE": "SkillWise"}

Root urlconfs set `handler400`, `handler403`, `handler404`, `handler500` from `HANDLERS`. They stand in only
while `DEBUG` is off: with it on, Django's debug pages answer unknown addresses and crashes.
"""

from typing import Any

__all__ = ["HANDLERS", "REST_FRAMEWORK_DEFAULTS", "SPECTACULAR_DEFAULTS"]

HANDLERS: dict[str, str] = {
    "handler400": "skillwise_kernel.rest.problems.bad_request",
    "handler403": "skillwise_kernel.rest.problems.permission_denied",
    "handler404": "skillwise_kernel.rest.problems.page_not_found",
    "handler500": "skillwise_kernel.rest.problems.server_error",
}

REST_FRAMEWORK_DEFAULTS: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["skillwise_kernel.rest.permissions.IsVerified"],
    "DEFAULT_RENDERER_CLASSES": ["skillwise_kernel.rest.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["skillwise_kernel.rest.parsers.OrjsonParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "skillwise_kernel.rest.throttles.ClientThrottle",
        "skillwise_kernel.rest.throttles.ScopedThrottle",
    ],
    # How often one client (an actor, or for guests an address) may call in all; a view's `throttle_scope`
    # adds its own.
    "DEFAULT_THROTTLE_RATES": {"guest": "120/minute", "actor": "600/minute"},
    "DEFAULT_SCHEMA_CLASS": "skillwise_kernel.rest.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "skillwise_kernel.rest.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    # Of X-Forwarded-For nothing is believed, unless the host says how many proxies of its own append to it.
    "NUM_PROXIES": 0,
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": [
        "skillwise_kernel.rest.renderers.OrjsonRenderer",
        "rest_framework.renderers.MultiPartRenderer",
    ],
}

SPECTACULAR_DEFAULTS: dict[str, Any] = {
    "OAS_VERSION": "3.0.3",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}
