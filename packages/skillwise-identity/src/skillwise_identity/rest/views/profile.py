"""What users see and change of themselves."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsAuthenticated
from skillwise_kernel.rest.views import ApiView

from skillwise_identity import selectors
from skillwise_identity.errors import InvalidNameError
from skillwise_identity.models import User
from skillwise_identity.rest.examples import USER, body
from skillwise_identity.rest.serializers import ProfileInput, UserOutput
from skillwise_identity.services import profile

__all__ = ["MeView"]


@extend_schema(tags=["Accounts"])
class MeView(ApiView):
    has_versions = True
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="users_me_read",
        summary="Who I am",
        description="Works before the address is verified.",
        responses={200: UserOutput},
        examples=[body("A student", USER, answer=True, status=200)],
    )
    def get(self, request: Request) -> Response:
        return self.answer(selectors.get_user(user_id=self.actor.id))

    @extend_schema(
        operation_id="users_me_edit",
        summary="Change my name",
        request=ProfileInput,
        responses={200: UserOutput},
        examples=[
            body("Another name", {"full_name": "Ada King"}),
            body("As it is now", {**USER, "full_name": "Ada King"}, answer=True, status=200),
        ],
    )
    @problem_codes(InvalidNameError)
    def patch(self, request: Request) -> Response:
        data = self.parse_body(ProfileInput, partial=True)
        user = profile.change_profile(
            user_id=self.actor.id,
            full_name=data.get("full_name"),
            expected_version=expected_version(request),
        )
        return self.answer(user)

    def answer(self, user: User) -> Response:
        self.version = user.version
        return Response(UserOutput(user).data)
