"""Settings for insights' own tests: the kernel, what stands below insights, and nothing else."""

from skillwise_commerce.settings import COMMERCE_SETTINGS
from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        *IDENTITY_APPS,
        "skillwise_catalog.apps.CatalogConfig",
        "skillwise_commerce.apps.CommerceConfig",
        "skillwise_learning.apps.LearningConfig",
        "skillwise_insights.apps.InsightsConfig",
        **IDENTITY_SETTINGS
        | COMMERCE_SETTINGS
        | {
            "ROOT_URLCONF": "insights_test_urls",
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        },
    )
)
