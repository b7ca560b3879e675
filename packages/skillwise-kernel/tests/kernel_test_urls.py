"""The addresses that the kernel's own tests call."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
