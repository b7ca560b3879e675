"""Where everything is."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from skillwise_kernel.rest.settings import HANDLERS

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs")),
    path("api/v1/", include("skillwise_catalog.urls")),  # first: it is asked the most
    path("api/v1/", include("skillwise_identity.urls")),
    path("api/v1/", include("skillwise_commerce.urls")),
    path("api/v1/", include("skillwise_learning.urls")),
    path("api/v1/", include("skillwise_insights.urls")),
    path("", include("skillwise_identity.page_urls")),  # before the admin: it limits guesses at its login
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path(
        "api/redoc/",
        SpectacularRedocView.as_view(url_name="api-schema", template_name="skillwise_host/redoc.html"),
        name="api-redoc",
    ),
    path("health/", include("skillwise_kernel.health")),
    path("admin/", admin.site.urls),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
