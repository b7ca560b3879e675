"""Identity on the kernel, and nothing else."""

from pathlib import Path

from skillwise_identity.settings import IDENTITY_APPS, IDENTITY_SETTINGS
from skillwise_kernel.rest.settings import REST_FRAMEWORK_DEFAULTS
from skillwise_kernel.testing.settings import minimal_settings

(templates,) = minimal_settings()["TEMPLATES"]
templates["DIRS"] = [Path(__file__).parent / "templates"]

globals().update(
    minimal_settings(
        *IDENTITY_APPS,
        **IDENTITY_SETTINGS
        | {
            "ROOT_URLCONF": "identity_test_urls",
            "REST_FRAMEWORK": REST_FRAMEWORK_DEFAULTS
            | {
                "DEFAULT_AUTHENTICATION_CLASSES": [
                    "skillwise_identity.rest.authentication.ActorAuthentication"
                ]
            },
            "TEMPLATES": [templates],
            # the real algorithm, with as little work as it can be made to do
            "PASSWORD_HASHERS": ["identity_test_hashers.QuickArgon2"],
            "APP_URL": "https://app.skillwise.example",
            "DEFAULT_FROM_EMAIL": "SkillWise <hello@skillwise.example>",
        },
    )
)
