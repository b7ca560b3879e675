"""Learning's paths where the host puts them."""

from django.contrib import admin
from django.urls import include, path
from skillwise_kernel.rest.settings import HANDLERS

globals().update(HANDLERS)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("skillwise_learning.urls")),
    path("api/v1/", include("skillwise_catalog.urls")),  # lessons link to its files
    path("api/v1/", include("skillwise_commerce.urls")),  # its mails link there
]
