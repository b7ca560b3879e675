"""The API, and beside it what it is compared with: in the same processes, behind the same middleware."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter
from skillwise_host.urls import handler400, handler403, handler404, handler500
from skillwise_host.urls import urlpatterns as host_urls

from benchmarks.catalogue.contestants.bare import recorded_answer
from benchmarks.catalogue.contestants.plain import CourseViewSet
from benchmarks.catalogue.contestants.unkept import UnkeptSuggestionsView

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_plain = SimpleRouter()
_plain.register("courses", CourseViewSet)

urlpatterns = [
    path("benchmarks/bare/<slug:scenario>/<int:number>/", recorded_answer),
    path("benchmarks/plain/", include(_plain.urls)),
    path("benchmarks/unkept/suggest/", UnkeptSuggestionsView.as_view()),
    *host_urls,
]
