"""Catalog on identity on the kernel, and nothing else."""

from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
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
        },
    )
)
