"""The kernel as a Django app: the outbox, idempotency records, the operator's commands."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = label = "skillwise_kernel"
    verbose_name = "Machinery"
