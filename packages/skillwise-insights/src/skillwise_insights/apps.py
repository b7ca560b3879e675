"""Insights as a Django app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = label = "skillwise_insights"
    verbose_name = "Insights"

    def ready(self) -> None:
        from skillwise_insights import subscribers  # noqa: F401 - importing it registers the subscriptions
