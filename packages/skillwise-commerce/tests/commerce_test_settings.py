"""Settings for commerce's own tests: the kernel, identity, catalog, commerce, and nothing else."""

from skillwise_commerce.settings import COMMERCE_SETTINGS
from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        *IDENTITY_APPS,
        "skillwise_catalog.apps.CatalogConfig",
        "skillwise_commerce.apps.CommerceConfig",
        **IDENTITY_SETTINGS
        | COMMERCE_SETTINGS
        | {
            "ROOT_URLCONF": "commerce_test_urls",
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
            "APP_URL": "https://app.skillwise.example",
            "PUBLIC_URL": "https://api.skillwise.example",
            "DEFAULT_FROM_EMAIL": "SkillWise <hello@skillwise.example>",
            # Where the stand-ins listen, the fixtures `stripe` and `sslcommerz` say.
            "SKILLWISE_COMMERCE": COMMERCE_SETTINGS["SKILLWISE_COMMERCE"]
            | {
                "STRIPE_SECRET_KEY": "sk_test_sandbox",
                "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
                "STRIPE_WEBHOOK_SECRET": "whsec_for_the_tests_of_commerce",
                "STRIPE_API_BASE": "http://127.0.0.1:9/stripe",
                "SSLCOMMERZ_STORE_ID": "sandbox",
                "SSLCOMMERZ_STORE_PASSWORD": "sandbox@ssl",
                "SSLCOMMERZ_API_BASE": "http://127.0.0.1:9/sslcommerz",
            },
        },
    )
)
