"""The instructor's dashboard, and the administrator's view of everything."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_identity.api import Role
from skillwise_kernel.clock import now
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_insights.rest import examples
from skillwise_insights.rest.serializers import AnalyticsOutput, AnalyticsQuery, InstructorDashboardOutput
from skillwise_insights.selectors.analytics import analytics
from skillwise_insights.selectors.dashboard import instructor_dashboard

__all__ = ["AdminAnalyticsView", "InstructorDashboardView"]


class InstructorDashboardView(ApiView):
    permission_classes = [has_role(Role.INSTRUCTOR)]

    @extend_schema(
        operation_id="instructors_dashboard_retrieve",
        tags=["Dashboards"],
        summary="My courses in figures",
        description=(
            "Learners, completions, rating, revenue and earnings of the caller's own courses, and how many"
            " people enrolled on each of the last 30 days. Figures follow events and may trail by seconds."
        ),
        responses=InstructorDashboardOutput,
        examples=[OpenApiExample("One course", value=examples.DASHBOARD, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        dashboard = instructor_dashboard(instructor_id=self.actor.id, today=now().date())
        return Response(InstructorDashboardOutput(dashboard).data)


class AdminAnalyticsView(ApiView):
    permission_classes = [has_role(Role.ADMIN)]

    @extend_schema(
        operation_id="admin_analytics_retrieve",
        tags=["Dashboards"],
        summary="Everything in figures",
        description=(
            "Totals, top courses and most active users are of all time; `from` and `to` choose the UTC days"
            " of `daily`, at most 366. Figures follow events and may trail by seconds."
        ),
        parameters=[AnalyticsQuery],
        responses=AnalyticsOutput,
        examples=[OpenApiExample("A first day", value=examples.ANALYTICS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        return Response(AnalyticsOutput(analytics(**self.parse_query(AnalyticsQuery))).data)
