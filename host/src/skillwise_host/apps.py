"""The host as a Django app: it brings the commands and templates that belong to no context."""

from django.apps import AppConfig


class HostConfig(AppConfig):
    name = label = "skillwise_host"
    verbose_name = "SkillWise"
