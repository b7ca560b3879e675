"""Learning on what stands below it, and nothing else."""

from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        "skillwise_identity.apps.IdentityConfig",
        "skillwise_catalog.apps.CatalogConfig",
        "skillwise_commerce.apps.CommerceConfig",
        "skillwise_learning.apps.LearningConfig",
        ROOT_URLCONF="learning_test_urls",
        AUTH_USER_MODEL="skillwise_identity.User",
    )
)
