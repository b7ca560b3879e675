"""Catalog on identity on the kernel, and nothing else."""

import os

from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
from skillwise_kernel.rest.settings import SPECTACULAR_DEFAULTS
from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        *IDENTITY_APPS,
        "skillwise_catalog.apps.CatalogConfig",
        **IDENTITY_SETTINGS
        | {
            # Workers beside a test share its folder; the others' tests set one themselves.
            "MEDIA_ROOT": os.environ.get("MEDIA_ROOT", ""),
            "SILENCED_SYSTEM_CHECKS": ["auth.E003"],  # unique in any case of letters
            "ROOT_URLCONF": "catalog_test_urls",
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
            "DEFAULT_FROM_EMAIL": "SkillWise <hello@skillwise.example>",
            "SPECTACULAR_SETTINGS": SPECTACULAR_DEFAULTS
            | {
                "ENUM_NAME_OVERRIDES": {
                    "LessonKindEnum": "skillwise_catalog.rest.serializers.KINDS",
                    "QuestionKindEnum": ["single", "multiple", "true_false", "short_text", "numeric"],
                }
            },
        },
    )
)
