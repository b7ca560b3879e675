"""The base of every view."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

import structlog
from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from skillwise_kernel.actor import Actor
from skillwise_kernel.rest.conditional import ConditionalReadMixin
from skillwise_kernel.rest.pagination import KeysetPagination

__all__ = ["ApiView"]


class ApiView(ConditionalReadMixin):
    """A DRF `APIView` with conditional reads, that answers guests 401 where they may not go.

        class CourseListView(ApiView):
            permission_classes = [ReadOnly | has_role("instructor")]
            pagination_class = NewestFirst  # a KeysetPagination

            def get(self, request: Request) -> Response:
                filters = self.parse_query(CourseFilterInput)
                courses = self.paginate_queryset(selectors.list_courses(**filters))
                return self.get_paginated_response(CourseOutput(courses, many=True).data)

            @idempotent()
            def post(self, request: Request) -> Response:
                course = services.create_course(actor=self.actor, **self.parse_body(CourseInput))
                ...

    `self.actor` is whoever is logged in; `request.user` is an `Actor` too, or None for a guest.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    pagination_class: type[KeysetPagination] | None = None
    #: Whether writes here honour `If-Match` (the view calls `expected_version`): the document says so then.
    has_versions = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "\x00" in request.path or any("\x00" in value for value in _values(request.query_params)):
            raise exceptions.ParseError("The address holds a NUL character.", "malformed_request")
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if isinstance(request.user, Actor):
            structlog.contextvars.bind_contextvars(actor_id=str(request.user.id))

    def check_permissions(self, request: Request) -> None:
        for permission in self.get_permissions():
            if not permission.has_permission(request, self):
                message, code = _reason(permission)
                self.permission_denied(request, message=message, code=code)

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        if request.user is None:
            raise exceptions.NotAuthenticated
        raise exceptions.PermissionDenied(detail=message, code=code)

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge of a 401, which must have one (RFC 9110 §15.5.2)."""
        return super().get_authenticate_header(request) or "Bearer"

    @property
    def actor(self) -> Actor:
        """Who is logged in. Raises `NotAuthenticated` (401) for a guest."""
        if not isinstance(self.request.user, Actor):
            raise exceptions.NotAuthenticated
        return self.request.user

    # Input

    def parse_body(
        self, serializer: type[serializers.Serializer[Any]], *, partial: bool = False
    ) -> dict[str, Any]:
        """The body as `serializer` validates it; `partial` for a PATCH. Raises `ValidationError` (400)."""
        form = serializer(data=self.request.data, partial=partial, context={"request": self.request})
        form.is_valid(raise_exception=True)
        validated: dict[str, Any] = form.validated_data
        return validated

    def parse_query(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The query parameters as `serializer` validates them, which has no context. Raises `ValidationError`
        (400).
        """
        validated: dict[str, Any] = _kept(serializer).run_validation(self.request.query_params)
        return validated

    # Pages

    def paginate_queryset(
        self, queryset: QuerySet[Any, Any], *, ordering: Sequence[str] | None = None
    ) -> list[Any]:
        """The requested page's rows, by `pagination_class`, in `ordering` where the request chose one."""
        return self.paginator.paginate_queryset(queryset, self.request, self, ordering=ordering)

    def get_paginated_response(self, results: Any) -> Response:
        """The answer for the page that `paginate_queryset` read; `results` are its rows, as serialised."""
        return self.paginator.get_paginated_response(results)

    @property
    def paginator(self) -> KeysetPagination:
        if not hasattr(self, "_paginator"):
            if self.pagination_class is None:
                raise TypeError(f"{type(self).__name__} sets no pagination_class")
            self._paginator = self.pagination_class()
        return self._paginator


@cache
def _kept(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Made once: to copy its fields takes ten times as long as to validate with them, which leaves no trace
    in it.
    """
    return serializer()


def _reason(permission: Any) -> tuple[str | None, str | None]:
    """What a permission that refused says; of a combined one (`ReadOnly | IsVerified`) what a part says."""
    for part in (permission, getattr(permission, "op2", None), getattr(permission, "op1", None)):
        if (code := getattr(part, "code", None)) is not None:
            return getattr(part, "message", None), code
    return None, None


def _values(params: QueryDict) -> list[str]:
    return [text for name, values in params.lists() for text in (name, *values)]
