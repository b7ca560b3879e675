"""Catalog on identity on the kernel, and nothing else."""

from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
from skillwise_kernel.rest.settings import SPECTACULAR_DEFAULTS
from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        *IDENTITY_APPS,
        "skillwise_catalog.apps.CatalogConfig",
        **IDENTITY_SETTINGS
        | {
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
