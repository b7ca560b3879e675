"""Catalog as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = label = "skillwise_catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from skillwise_catalog import subscribers  # noqa: F401 - importing registers them
