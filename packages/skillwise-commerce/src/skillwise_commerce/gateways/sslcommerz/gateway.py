"""Payments on SSLCOMMERZ's page, and what becomes of the money.

What its protocol lacks, and what we do instead:

* It knows no customers. Of a buyer it is told nothing: where it demands a name, an address to write to or a
  telephone, it gets the shop's.
* It makes a new session for whoever asks twice, and withdraws none: `pages.py` says how there is one all the
  same, and `cancel` answers what is true. A second payment made all the same is added to what was received.
* It lists nothing: `list_since` asks about each payment and refund of ours that may have changed, one by one.
  Refunds that somebody makes in its merchant panel are unknown to us, and disputes are not in its protocol.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import ClassVar, Final, Self
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import (
    PaymentStatus,
    ProviderDispute,
    ProviderFee,
    ProviderPayment,
    ProviderRecord,
    ProviderRefund,
    RefundStatus,
)
from skillwise_commerce.errors import (
    DisputeNotFoundError,
    PaymentNotFoundError,
    ProviderNotOfferedError,
    RefundNotFoundError,
    RefundRefusedError,
)
from skillwise_commerce.gateways.port import PaymentRequest, RefundRequest, WebhookForm, WebhookNotice
from skillwise_commerce.gateways.sslcommerz.amounts import minor_units, share_of, written
from skillwise_commerce.gateways.sslcommerz.answers import (
    PROVIDER,
    is_paid,
    moment_from,
    money_received,
    open_payment,
    payment_from,
)
from skillwise_commerce.gateways.sslcommerz.calls import Answer, Calls, Page, connect
from skillwise_commerce.gateways.sslcommerz.names import name_of, owner_of
from skillwise_commerce.gateways.sslcommerz.notices import WEBHOOK_FORM, read_notice
from skillwise_commerce.gateways.sslcommerz.pages import forget_page, remember_page, remembered_page
from skillwise_commerce.models import Refund
from skillwise_commerce.selectors.providers import (
    changeable_payments,
    changeable_refunds,
    refund_known_as,
    refunds_of_payment,
)

__all__ = ["SslcommerzGateway"]

_SETTLED_IN: Final = "BDT"
_LONGEST_TITLE: Final = 255


class SslcommerzGateway:
    """Implements `PaymentGateway`. A payment's id is its `tran_id`, a refund's its `refund_ref_id`."""

    provider: ClassVar[str] = PROVIDER
    webhook_form: ClassVar[WebhookForm] = WEBHOOK_FORM

    def __init__(self, calls: Calls, *, store_password: str, public_url: str, shop_email: str) -> None:
        self._calls = calls
        self._store_password = store_password
        self._public_url = public_url
        self._shop_email = shop_email

    @classmethod
    def from_settings(cls) -> Self:
        """Raises `ProviderNotOfferedError` where no store is configured."""
        configured = settings.SKILLWISE_COMMERCE
        store_id, password = configured["SSLCOMMERZ_STORE_ID"], configured["SSLCOMMERZ_STORE_PASSWORD"]
        if not (store_id and password):
            raise ProviderNotOfferedError
        return cls(
            connect(configured["SSLCOMMERZ_API_BASE"], store_id, password),
            store_password=password,
            public_url=settings.PUBLIC_URL.rstrip("/"),
            shop_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        )

    def create_customer(self, *, user_id: UUID, replacing: str = "") -> str:
        """There are none: our own id stands in for one, and leaves the house never."""
        return str(user_id)

    def start(self, request: PaymentRequest) -> ProviderPayment:
        tran_id = name_of(request.order_id, request.attempt)
        if remembered_page(tran_id) is not None:
            payment = self.fetch(tran_id)
            if payment.status is not PaymentStatus.FAILED:
                return payment
        page = remember_page(tran_id, self._calls.open_page(self._session(tran_id, request)))
        return open_payment(tran_id, order_id=request.order_id, page_url=page.url)

    def fetch(self, payment_id: str) -> ProviderPayment:
        order_id = owner_of(payment_id)
        if order_id is None:
            raise PaymentNotFoundError
        states = self._calls.transactions(payment_id)
        page_url = ""
        if not any(is_paid(state) for state in states) and (page := remembered_page(payment_id)):
            state = self._calls.session(page.sessionkey)
            page_url = self._still_payable(payment_id, page, state)
            states = [*states, state]
        return payment_from(
            payment_id,
            order_id=order_id,
            states=states,
            validated=self._validated(states),
            page_url=page_url,
            now=now(),
        )

    def cancel(self, payment_id: str) -> ProviderPayment:
        """A page cannot be withdrawn: while one can be paid, the payment stays open."""
        payment = self.fetch(payment_id)
        if payment.status is PaymentStatus.FAILED:
            return dataclasses.replace(payment, status=PaymentStatus.CANCELED)
        return payment

    def hand_over(self, payment: ProviderPayment, request: PaymentRequest) -> dict[str, str]:
        """The page on which to pay; another one where the last has failed or is forgotten."""
        return {
            "provider": self.provider,
            "payment_id": payment.id,
            "gateway_page_url": payment.secret or self._another_page(payment, request),
        }

    def refund(self, request: RefundRequest) -> ProviderRefund:
        paid = self._paid(request.payment_id)
        if paid is None:
            raise RefundRefusedError(extra={"provider_code": "not_paid"})
        amount, currency = money_received(paid)
        if currency != request.amount.currency:
            raise RefundRefusedError(extra={"provider_code": "another_currency"})
        reference = self._calls.refund(
            {
                "bank_tran_id": str(paid["bank_tran_id"]),
                "refund_trans_id": name_of(request.refund_id, request.attempt),
                "refund_amount": share_of(
                    str(paid["amount"]), part=request.amount, whole=Money(amount, currency)
                ),
                "refund_remarks": request.reason[:_LONGEST_TITLE] or "Refund",
                "refe_id": str(request.refund_id),
            }
        )
        return self._refund_now(
            reference, amount=request.amount, refund_id=request.refund_id, payment_id=request.payment_id
        )

    def fetch_refund(self, refund_id: str) -> ProviderRefund:
        """SSLCOMMERZ says how far it is; how much it is, we know alone."""
        refund = refund_known_as(refund_id, provider=self.provider)
        if refund is None:
            raise RefundNotFoundError
        return self._known_refund(refund)

    def refunds_of(self, payment_id: str) -> list[ProviderRefund]:
        self.fetch(payment_id)
        known = refunds_of_payment(self.provider, payment_id=payment_id)
        return [self._known_refund(refund) for refund in known]

    def fetch_dispute(self, dispute_id: str) -> ProviderDispute:
        raise DisputeNotFoundError

    def fee_of(self, payment_id: str) -> ProviderFee | None:
        paid = self._paid(payment_id)
        if paid is None or not paid.get("store_amount"):
            return None
        kept = minor_units(str(paid["amount"]), _SETTLED_IN) - minor_units(
            str(paid["store_amount"]), _SETTLED_IN
        )
        return ProviderFee(
            provider=self.provider,
            payment_id=payment_id,
            reference=str(paid["val_id"]),
            fee=Money(kept, _SETTLED_IN),
        )

    def list_since(self, since: datetime) -> Iterator[ProviderRecord]:
        """SSLCOMMERZ lists nothing. This asks about each payment of ours that can still change or has changed
        since, and about each such refund; what was never started by us stays unseen.
        """
        for payment_id in changeable_payments(self.provider, since=since):
            try:
                yield self.fetch(payment_id)
            except PaymentNotFoundError:
                continue
        for refund in changeable_refunds(self.provider, since=since):
            try:
                yield self._known_refund(refund)
            except RefundNotFoundError:
                continue

    def parse_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        return read_notice(body, store_password=self._store_password)

    def _session(self, tran_id: str, request: PaymentRequest) -> dict[str, str]:
        site = self._public_url
        back = site + reverse("commerce-payment-return", kwargs={"order_id": request.order_id})
        titles = ", ".join(title for title, _ in request.lines) or "Online courses"
        return {
            "tran_id": tran_id,
            "total_amount": written(request.total),
            "currency": request.total.currency,
            "product_name": titles[:_LONGEST_TITLE],
            "product_category": "Education",
            "product_profile": "non-physical-goods",
            "num_of_item": "1",
            "shipping_method": "NO",
            "success_url": back,
            "fail_url": back,
            "cancel_url": back,
            "ipn_url": site + reverse("commerce-webhook-sslcommerz"),
            "value_a": str(request.order_id),
            "cus_name": "Customer",
            "cus_email": self._shop_email,
            "cus_phone": "00000000000",
            "cus_add1": "Online",
            "cus_city": "Online",
            "cus_postcode": "0000",
            "cus_country": "Bangladesh",
        }

    def _still_payable(self, tran_id: str, page: Page, state: Answer) -> str:
        """The page's address; empty, and the page forgotten, when its session has ended."""
        if state.get("status") == "PENDING":
            return page.url
        forget_page(tran_id, page)
        return ""

    def _another_page(self, payment: ProviderPayment, request: PaymentRequest) -> str:
        page = remember_page(payment.id, self._calls.open_page(self._session(payment.id, request)))
        return page.url

    def _validated(self, states: list[Answer]) -> list[Answer]:
        """The order validation call, for everything that is said to be paid: its answer is what counts."""
        val_ids = dict.fromkeys(str(state["val_id"]) for state in states if is_paid(state))
        return [self._calls.validated(val_id, tran_id=str(states[0]["tran_id"])) for val_id in val_ids]

    def _paid(self, payment_id: str) -> Answer | None:
        """The first of what was paid, validated. Raises `PaymentNotFoundError`."""
        states = self._calls.transactions(payment_id)
        if not states:
            raise PaymentNotFoundError
        return next(iter(self._validated(states)), None)

    def _known_refund(self, refund: Refund) -> ProviderRefund:
        return self._refund_now(
            str(refund.provider_refund_id),
            amount=refund.total,
            refund_id=refund.id,
            payment_id=str(refund.order.provider_payment_id),
        )

    def _refund_now(
        self, reference: str, *, amount: Money, refund_id: UUID, payment_id: str
    ) -> ProviderRefund:
        state = self._calls.refund_state(reference)
        return ProviderRefund(
            provider=self.provider,
            id=reference,
            payment_id=payment_id,
            status=_refund_status(str(state.get("status"))),
            amount=amount,
            refund_id=refund_id,
            created_at=moment_from(state.get("initiated_on")) or now(),
            error_code=str(state.get("errorReason") or "")[:100],
        )


def _refund_status(status: str) -> RefundStatus:
    match status:
        case "refunded":
            return RefundStatus.SUCCEEDED
        case "cancelled":
            return RefundStatus.CANCELED
        case _:
            return RefundStatus.PENDING
