from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel import errors
from skillwise_kernel.response_cache import ResponseCache
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import AllowAny, IsAuthenticated, IsVerified, ReadOnly, has_role
from skillwise_kernel.rest.views import ApiView

from rest_samples.models import Book, Payment
from rest_samples.serializers import (
    BookInput,
    BookOutput,
    BookQuery,
    OrderInput,
    OrderOutput,
    PaymentInput,
    PaymentOutput,
)

ORDERINGS = {
    "title": ("title", "id"),
    "-title": ("-title", "-id"),
    "rating": ("rating", "id"),
    "-rating": ("-rating", "-id"),
    "mixed": ("-shelf", "title", "-id"),
    "-published_at": ("-published_at", "-id"),
    "newest": ("-id",),
}


class BookOutOfPrintError(errors.GoneError):
    code = "samples.out_of_print"
    title = "The book is out of print."


class PaymentRefusedError(errors.ConflictError):
    code = "samples.payment_refused"


class ByTitle(KeysetPagination):
    ordering = ("title", "id")
    page_size = 3


class BookListView(ApiView):
    permission_classes = [AllowAny]
    pagination_class = ByTitle

    @extend_schema(
        tags=["books"], summary="List books", parameters=[BookQuery], responses=BookOutput(many=True)
    )
    def get(self, request: Request) -> Response:
        order = self.parse_query(BookQuery)["order"]
        books = self.paginate_queryset(Book.objects.all(), ordering=ORDERINGS[order])
        return self.get_paginated_response(BookOutput(books, many=True).data)


class BookView(ApiView):
    permission_classes = [ReadOnly | has_role("editor")]
    has_versions = True

    @extend_schema(tags=["books"], summary="Read a book", responses=BookOutput)
    def get(self, request: Request, book_id: UUID) -> Response:
        return self._answer(self._find(book_id))

    @extend_schema(tags=["books"], summary="Edit a book", request=BookInput, responses=BookOutput)
    def patch(self, request: Request, book_id: UUID) -> Response:
        book = self._find(book_id)
        expected = expected_version(request)
        if expected not in {None, book.version}:
            raise errors.PreconditionFailedError
        book.title = self.parse_body(BookInput)["title"]
        book.version += 1
        book.save()
        return self._answer(book)

    def _find(self, book_id: UUID) -> Book:
        book = Book.objects.filter(id=book_id).first()
        if book is None:
            raise errors.NotFoundError
        return book

    def _answer(self, book: Book) -> Response:
        self.version = book.version
        return Response(BookOutput(book).data)


class PublicNoticeView(ApiView):
    permission_classes = [AllowAny]
    cache_control = "public, max-age=60"

    @extend_schema(tags=["books"], summary="Read the notice", responses=PaymentInput)
    def get(self, request: Request) -> Response:
        return Response({"amount": 1})


SHELVES = ResponseCache("rest_samples.shelves")


class ShelfView(ApiView):
    """Kept for guests. `during` lets a test say what happens after the rows were read; `renderings` counts
    the answers that were made.
    """

    permission_classes = [AllowAny]
    throttle_classes: ClassVar[list[Any]] = []
    renderings: ClassVar[int] = 0
    during: ClassVar[Callable[[], None]] = staticmethod(lambda: None)

    @extend_schema(exclude=True)
    def get(self, request: Request, shelf: str) -> Response:
        titles = list(Book.objects.filter(shelf=shelf).order_by("id").values_list("title", flat=True))
        if not titles:
            raise errors.NotFoundError
        type(self).renderings += 1
        type(self).during()
        self.version = 7
        return Response({"shelf": shelf, "titles": titles})


class OrderView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(tags=["orders"], summary="Order", request=OrderInput, responses={201: OrderOutput})
    def post(self, request: Request) -> Response:
        order = self.parse_body(OrderInput)
        return Response(OrderOutput(order).data, status=201)


class PaymentView(ApiView):
    """`before` and `during` let a test say what happens while the payment runs."""

    permission_classes = [IsAuthenticated]
    during: ClassVar[Callable[[], None]] = staticmethod(lambda: None)

    @extend_schema(tags=["orders"], summary="Pay", request=PaymentInput, responses={201: PaymentOutput})
    @problem_codes(PaymentRefusedError, BookOutOfPrintError)
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        amount = self.parse_body(PaymentInput)["amount"]
        payment = Payment.objects.create(amount=amount)
        type(self).during()
        if amount == 409:
            raise PaymentRefusedError("The card was declined.")
        if amount == 503:
            raise errors.UnavailableError
        if amount == 500:
            raise ZeroDivisionError("a defect")
        response = Response(PaymentOutput(payment).data, status=201)
        response["Location"] = f"/api/v1/payments/{payment.id}/"
        return response


class OptionalKeyView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(tags=["orders"], summary="Note", request=None, responses={204: None})
    @idempotent()
    def post(self, request: Request) -> Response:
        Payment.objects.create(amount=0)
        return Response(status=204)


class VerifiedView(ApiView):
    permission_classes = [IsVerified]

    @extend_schema(tags=["people"], summary="For the verified", responses={204: None})
    def get(self, request: Request) -> Response:
        return Response(status=204)


class EditorView(ApiView):
    permission_classes = [has_role("editor", "admin")]

    @extend_schema(tags=["people"], summary="For editors", responses={204: None})
    def get(self, request: Request) -> Response:
        return Response(status=204)


class LimitedView(ApiView):
    permission_classes = [AllowAny]
    throttle_scope = "samples.limited"
    throttle_rate = "2/minute"

    @extend_schema(tags=["people"], summary="Sparingly", responses={204: None})
    def get(self, request: Request) -> Response:
        return Response(status=204)


RAISED: dict[str, Exception] = {
    "http404": Http404("No Book matches the given query."),
    "django-permission": PermissionDenied("secret reason"),
    "suspicious": SuspiciousOperation("secret reason"),
    "too-big": RequestDataTooBig("secret reason"),
    "gone": BookOutOfPrintError(
        "Volume 3 is.", fields=(errors.FieldProblem("/volume", "gone", "It is."),), extra={"volume": 3}
    ),
    "unavailable": errors.UnavailableError("The mail server sleeps.", extra={"retry_after": 40}),
    "authentication": exceptions.AuthenticationFailed("Suspended.", "samples.suspended"),
    "token": exceptions.AuthenticationFailed(
        {"detail": "Token is invalid or expired", "code": "token_not_valid", "messages": []}
    ),
    "operational": OperationalError("connection to 10.1.2.3 failed"),
    "integrity": IntegrityError("duplicate key value (email)=(ann@example.org)"),
    "defect": ZeroDivisionError("secret detail"),
}


class RaisingView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request, what: str) -> Response:
        raise RAISED[what]

    @extend_schema(exclude=True)
    def post(self, request: Request, what: str) -> Response:
        data: Any = request.data
        return Response(data)
