"""Catalog's paths, below `/api/v1/`."""

from django.urls import path

from skillwise_catalog.rest.views.media import MediaView

urlpatterns = [
    path("media/<str:token>/", MediaView.as_view(), name="catalog-media"),
]
