"""Learning as a Django app."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = label = "skillwise_learning"
    verbose_name = "Learning"

    def ready(self) -> None:
        from skillwise_learning import subscribers  # noqa: F401 - importing it registers the subscriptions
