"""The addresses that the kernel's own tests call."""

from django.contrib import admin
from django.urls import include, path
from skillwise_kernel.rest.settings import HANDLERS

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("rest_samples.urls")),
    path("health/", include("skillwise_kernel.health")),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
