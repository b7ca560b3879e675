"""What an instructor has earned, and was paid."""

import csv
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.domain.payments import TransferStatus
from skillwise_commerce.errors import PayoutNotFoundError, ProviderUnavailableError
from skillwise_commerce.models import Earning, Payout
from skillwise_commerce.rest.examples import answer
from skillwise_commerce.selectors.earnings import (
    earnings_by_course,
    earnings_by_month,
    earnings_in_currencies,
    earnings_of_seller,
    payout_account_of,
    payout_of_seller,
    payouts_of_seller,
)
from skillwise_commerce.services.payouts.accounts import start_onboarding
from skillwise_commerce.services.payouts.statements import print_statement

__all__ = [
    "EarningsFileView",
    "EarningsView",
    "OnboardingView",
    "PayoutListView",
    "PayoutStatementView",
    "PayoutView",
]

_DOLLARS: Final = {"amount": 3499, "currency": "USD"}
_EARNINGS: Final[dict[str, Any]] = {
    "balances": [
        {
            "currency": "USD",
            "available": _DOLLARS,
            "held": {"amount": 6998, "currency": "USD"},
            "on_its_way": {"amount": 0, "currency": "USD"},
            "paid": {"amount": 27992, "currency": "USD"},
        }
    ],
    "by_course": [
        {
            "course_id": "0199c4d2-a1b0-7c3e-8f5a-6b7c8d9e0f10",
            "earned": {"amount": 38489, "currency": "USD"},
        }
    ],
    "by_month": [{"month": "2026-11-01", "earned": {"amount": 10497, "currency": "USD"}}],
    "can_be_paid": True,
}
_PAYOUT: Final[dict[str, Any]] = {
    "id": "0199c4d7-55aa-7a01-b3c4-77e1d2f3a4b5",
    "status": "paid",
    "amount": {"amount": 27992, "currency": "USD"},
    "earned_until": "2026-11-01T06:00:00Z",
    "failure_code": None,
    "created_at": "2026-11-01T06:00:00Z",
    "paid_at": "2026-11-01T06:00:02Z",
}
_LINK: Final = {"url": "https://connect.stripe.com/setup/e/acct_1QK…/…"}
_FILE_HEAD: Final = ("earned_at", "course_id", "course", "kind", "amount", "currency", "available_at")
#: With these a spreadsheet begins a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class BalanceOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    available = MoneyField(help_text="Can be paid out. Below zero after a late refund: it is carried over.")
    held = MoneyField(help_text="Can be paid out when the refund window of each sale has closed.")
    on_its_way = MoneyField()
    paid = MoneyField()


class CourseEarningsOutput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField()
    earned = MoneyField(help_text="Refunds taken off.")


class MonthEarningsOutput(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day, in UTC.")
    earned = MoneyField(help_text="Refunds of the month taken off.")


class EarningsOutput(serializers.Serializer[Any]):
    balances = BalanceOutput(many=True)
    by_course = CourseEarningsOutput(many=True)
    by_month = MonthEarningsOutput(many=True)
    can_be_paid = serializers.BooleanField(help_text="Whether onboarding is complete.")


class PayoutOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=sorted(TransferStatus))
    amount = MoneyField(source="total")
    earned_until = serializers.DateTimeField(help_text="What became payable by then is in it.")
    failure_code = serializers.CharField(allow_null=True, help_text="Why the provider refused, in its words.")
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Payout) -> dict[str, Any]:
        return {
            "id": instance.id,
            "status": instance.status,
            "amount": _money(instance.total),
            "earned_until": instance.earned_until,
            "failure_code": instance.failure_code or None,
            "created_at": instance.created_at,
            "paid_at": instance.paid_at,
        }


class LinkOutput(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Good once, and for minutes: open it at once.")


@extend_schema(tags=["Earnings"])
class EarningsView(ApiView):
    permission_classes = [has_role("instructor")]

    @extend_schema(
        operation_id="instructors_earnings",
        summary="What I have earned",
        description="By currency, by course and by month. The same money is in the platform's ledger.",
        responses={200: EarningsOutput},
        examples=[answer("Earnings", _EARNINGS)],
    )
    def get(self, request: Request) -> Response:
        seller_id = self.actor.id
        account = payout_account_of(seller_id=seller_id)
        return Response(
            {
                "balances": [
                    {
                        "currency": one.available.currency,
                        "available": _money(one.available),
                        "held": _money(one.held),
                        "on_its_way": _money(one.on_its_way),
                        "paid": _money(one.paid),
                    }
                    for one in earnings_in_currencies(seller_id=seller_id, now=now())
                ],
                "by_course": [
                    {"course_id": one.course_id, "earned": _money(one.earned)}
                    for one in earnings_by_course(seller_id=seller_id)
                ],
                "by_month": [
                    {"month": one.month.isoformat(), "earned": _money(one.earned)}
                    for one in earnings_by_month(seller_id=seller_id)
                ],
                "can_be_paid": account is not None and account.can_be_paid,
            }
        )


@extend_schema(tags=["Earnings"])
class EarningsFileView(ApiView):
    permission_classes = [has_role("instructor")]

    @extend_schema(
        operation_id="instructors_earnings_file",
        summary="My earnings as CSV",
        description="One row for each earning, and for what was taken back of it, the newest first; amounts "
        "in minor units.",
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="The rows.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        rows = _file_rows(earnings_of_seller(seller_id=self.actor.id))
        return StreamingHttpResponse(
            rows,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="earnings.csv"'},
        )


class NewestPayouts(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Earnings"])
class PayoutListView(ApiView):
    permission_classes = [has_role("instructor")]
    pagination_class = NewestPayouts

    @extend_schema(
        operation_id="instructors_payouts_list",
        summary="My payouts",
        description="Newest first. Payouts are made on the first of each month.",
        responses={200: PayoutOutput(many=True)},
        examples=[answer("A payout", _PAYOUT)],
    )
    def get(self, request: Request) -> Response:
        payouts = self.paginate_queryset(payouts_of_seller(seller_id=self.actor.id))
        return self.get_paginated_response(PayoutOutput(payouts, many=True).data)


@extend_schema(tags=["Earnings"])
class PayoutView(ApiView):
    permission_classes = [has_role("instructor")]

    @extend_schema(
        operation_id="instructors_payouts_retrieve",
        summary="One of my payouts",
        responses={200: PayoutOutput},
        examples=[answer("A payout", _PAYOUT)],
    )
    @problem_codes(PayoutNotFoundError)
    def get(self, request: Request, payout_id: UUID) -> Response:
        return Response(PayoutOutput(payout_of_seller(seller_id=self.actor.id, payout_id=payout_id)).data)


@extend_schema(tags=["Earnings"])
class PayoutStatementView(ApiView):
    permission_classes = [has_role("instructor")]

    @extend_schema(
        operation_id="instructors_payouts_statement",
        summary="A payout's statement as PDF",
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The document.")
        },
    )
    @problem_codes(PayoutNotFoundError)
    def get(self, request: Request, payout_id: UUID) -> HttpResponseBase:
        document = print_statement(seller_id=self.actor.id, payout_id=payout_id)
        return HttpResponse(
            document,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="statement-{payout_id}.pdf"'},
        )


@extend_schema(tags=["Earnings"])
class OnboardingView(ApiView):
    permission_classes = [has_role("instructor")]
    throttle_scope = "payouts_onboarding"
    throttle_rate = "10/minute"

    @extend_schema(
        operation_id="instructors_payouts_onboarding",
        summary="Say where my earnings are to go",
        description="Answers the address of Stripe's page for it. It leads back to the app; whether it is "
        "complete, `GET instructors/earnings/` says (`can_be_paid`).",
        request=None,
        responses={201: LinkOutput},
        examples=[answer("A link", _LINK, status=201)],
    )
    @problem_codes(ProviderUnavailableError)
    def post(self, request: Request) -> Response:
        url = start_onboarding(seller_id=self.actor.id, now=now())
        return Response({"url": url}, status=status.HTTP_201_CREATED)


class _Line:
    """What `csv` writes to: hands the line back instead."""

    def write(self, line: str) -> str:
        return line


def _file_rows(earnings: Iterator[Earning]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(_FILE_HEAD)
    for earning in earnings:
        title = earning.line.title
        yield writer.writerow(
            (
                earning.earned_at.isoformat(),
                earning.course_id,
                f"'{title}" if title.startswith(_FORMULA) else title,
                earning.kind,
                earning.amount,
                earning.currency,
                earning.available_at.isoformat(),
            )
        )


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
