"""Insights' paths, below `/api/v1/`."""

from django.urls import path

from skillwise_insights.rest.views import AdminAnalyticsView, InstructorDashboardView

urlpatterns = [
    path("instructors/dashboard/", InstructorDashboardView.as_view(), name="insights-instructor-dashboard"),
    path("admin/analytics/", AdminAnalyticsView.as_view(), name="insights-admin-analytics"),
]
