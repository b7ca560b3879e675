"""Learning's paths where the host puts them."""

from django.urls import include, path
from skillwise_kernel.rest.settings import HANDLERS

globals().update(HANDLERS)

urlpatterns = [path("api/v1/", include("skillwise_learning.urls"))]
