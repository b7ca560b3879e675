"""What administrators see of people, and do to accounts."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_identity import selectors
from skillwise_identity.dto import Role
from skillwise_identity.errors import CannotSuspendSelfError, LastAdminError, UserNotFoundError
from skillwise_identity.models import User
from skillwise_identity.rest.examples import ADMIN_USER, LISTED_USER, body
from skillwise_identity.rest.serializers import (
    AdminUserDetailOutput,
    AdminUserOutput,
    RolesInput,
    SuspensionInput,
    UserListInput,
)
from skillwise_identity.services import administration

__all__ = ["ReinstateView", "RolesView", "SuspendView", "UserListView", "UserView"]


class NewestFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


class AdminView(ApiView):
    permission_classes = [has_role(Role.ADMIN)]

    def answer(self, user: User) -> Response:
        self.version = user.version
        return Response(AdminUserDetailOutput(user).data)


@extend_schema(tags=["Administration"])
class UserListView(AdminView):
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="admin_users_list",
        summary="List users",
        description="The newest first.",
        parameters=[UserListInput],
        responses={200: AdminUserOutput(many=True)},
        examples=[body("One of them", LISTED_USER, answer=True, status=200)],
    )
    def get(self, request: Request) -> Response:
        users = self.paginate_queryset(selectors.list_users(**self.parse_query(UserListInput)))
        return self.get_paginated_response(AdminUserOutput(users, many=True).data)


@extend_schema(tags=["Administration"])
class UserView(AdminView):
    @extend_schema(
        operation_id="admin_users_read",
        summary="Read a user",
        description="With what administrators did to the account.",
        responses={200: AdminUserDetailOutput},
        examples=[body("A suspended user", ADMIN_USER, answer=True, status=200)],
    )
    @problem_codes(UserNotFoundError)
    def get(self, request: Request, user_id: UUID) -> Response:
        return self.answer(selectors.get_user(user_id=user_id))


@extend_schema(tags=["Administration"])
class RolesView(AdminView):
    has_versions = True

    @extend_schema(
        operation_id="admin_users_roles",
        summary="Set a user's roles",
        description="They hold from the user's next request on. "
        "The last active administrator stays one: `identity.last_admin` (409).",
        request=RolesInput,
        responses={200: AdminUserDetailOutput},
        examples=[
            body("Student and instructor", {"roles": ["student", "instructor"]}),
            body("The user now", {**ADMIN_USER, "roles": ["student", "instructor"]}, answer=True, status=200),
        ],
    )
    @problem_codes(UserNotFoundError, LastAdminError)
    def put(self, request: Request, user_id: UUID) -> Response:
        user = administration.change_roles(
            actor_id=self.actor.id,
            user_id=user_id,
            roles=self.parse_body(RolesInput)["roles"],
            now=now(),
            expected_version=expected_version(request),
        )
        return self.answer(user)


@extend_schema(tags=["Administration"])
class SuspendView(AdminView):
    @extend_schema(
        operation_id="admin_users_suspend",
        summary="Suspend a user",
        description="Every token of theirs is refused from this moment. Suspending again changes nothing. "
        "Refused for oneself "
        "(`identity.cannot_suspend_self`, 409) and for the last active administrator "
        "(`identity.last_admin`, 409).",
        request=SuspensionInput,
        responses={200: AdminUserDetailOutput},
        examples=[
            body("A reason", {"reason": "Advertising in reviews."}),
            body("The user now", ADMIN_USER, answer=True, status=200),
        ],
    )
    @problem_codes(UserNotFoundError, CannotSuspendSelfError, LastAdminError)
    def post(self, request: Request, user_id: UUID) -> Response:
        reason = self.parse_body(SuspensionInput)["reason"]
        user = administration.suspend(actor_id=self.actor.id, user_id=user_id, reason=reason, now=now())
        return self.answer(user)


@extend_schema(tags=["Administration"])
class ReinstateView(AdminView):
    @extend_schema(
        operation_id="admin_users_reinstate",
        summary="Reinstate a suspended user",
        description="They may log in again. Does nothing to one who is not suspended.",
        request=None,
        responses={200: AdminUserDetailOutput},
        examples=[
            body(
                "The user now",
                {**ADMIN_USER, "is_suspended": False, "suspended_at": None, "suspension_reason": ""},
                answer=True,
                status=200,
            )
        ],
    )
    @problem_codes(UserNotFoundError)
    def post(self, request: Request, user_id: UUID) -> Response:
        return self.answer(administration.reinstate(actor_id=self.actor.id, user_id=user_id, now=now()))
