"""Catalog's paths, where the host has them."""

from django.contrib import admin
from django.urls import include, path
from skillwise_kernel.rest.settings import HANDLERS

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("skillwise_catalog.urls")),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
