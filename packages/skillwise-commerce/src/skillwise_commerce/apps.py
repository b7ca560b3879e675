"""Django's entry to commerce."""

from django.apps import AppConfig

__all__ = ["CommerceConfig"]


class CommerceConfig(AppConfig):
    name = "skillwise_commerce"
    label = "skillwise_commerce"
    verbose_name = "Commerce"

    def ready(self) -> None:
        from skillwise_commerce import subscribers  # noqa: F401 - importing registers them
