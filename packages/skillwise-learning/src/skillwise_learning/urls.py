"""Learning's paths, below `/api/v1/`."""

from django.urls import path

from skillwise_learning.rest.attempts import AttemptListView, AttemptView
from skillwise_learning.rest.enrollments import EnrolledLessonView, EnrollmentListView, EnrollmentView
from skillwise_learning.rest.progress import ProgressView
from skillwise_learning.rest.reviews import ReviewListView, ReviewView

urlpatterns = [
    path("enrollments/", EnrollmentListView.as_view(), name="learning-enrollment-list"),
    path("enrollments/<uuid:enrollment_id>/", EnrollmentView.as_view(), name="learning-enrollment-detail"),
    path(
        "enrollments/<uuid:enrollment_id>/lessons/<uuid:lesson_id>/",
        EnrolledLessonView.as_view(),
        name="learning-enrolled-lesson",
    ),
    path(
        "enrollments/<uuid:enrollment_id>/lessons/<uuid:lesson_id>/attempts/",
        AttemptListView.as_view(),
        name="learning-attempt-list",
    ),
    path(
        "enrollments/<uuid:enrollment_id>/lessons/<uuid:lesson_id>/attempts/<uuid:attempt_id>/",
        AttemptView.as_view(),
        name="learning-attempt-detail",
    ),
    path("progress/", ProgressView.as_view(), name="learning-progress"),
    path("reviews/", ReviewListView.as_view(), name="learning-review-list"),
    path("reviews/<uuid:review_id>/", ReviewView.as_view(), name="learning-review-detail"),
]
