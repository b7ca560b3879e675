"""Identity's paths, where the host has them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("skillwise_identity.urls")),
    path("", include("skillwise_identity.page_urls")),
    path("admin/", admin.site.urls),
]
