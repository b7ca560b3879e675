from django.apps import AppConfig


class ProbeConfig(AppConfig):
    name = label = "outbox_probe"

    def ready(self) -> None:
        from outbox_probe import subscribers  # noqa: F401 - importing registers them
