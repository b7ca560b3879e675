"""Identity as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = label = "skillwise_identity"
    verbose_name = "People"

    def ready(self) -> None:
        from skillwise_identity import subscribers  # noqa: F401 - importing registers them
