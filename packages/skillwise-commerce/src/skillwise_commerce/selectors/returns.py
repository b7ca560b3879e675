"""What has gone back, and what is left."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet, Sum
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.domain.sales import LinePart
from skillwise_commerce.models import Order, OrderLine, Refund, RefundLine, RefundLineShare

__all__ = ["left_of_lines", "part_of_refund_line", "refunded_amounts", "refunds_of_order"]

_COUNTS = [RefundStatus.PENDING, RefundStatus.SUCCEEDED]


def left_of_lines(order: Order, *, after: Collection[RefundStatus] = _COUNTS) -> dict[OrderLine, LinePart]:
    """Of each line of an order, in the order's own order, what refunds in the states `after` leave: those
    that have not failed, unless asked otherwise. Four queries. The caller holds the order's row lock.
    """
    counting = RefundLine.objects.filter(line__order=order, refund__status__in=after)
    gone = {
        row["line_id"]: (row["total"], row["tax"])
        for row in counting.values("line_id").annotate(total=Sum("amount"), tax=Sum("tax_amount"))
    }
    shares_gone: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in (
        RefundLineShare.objects.filter(refund_line__in=counting)
        .values("refund_line__line_id", "seller_id")
        .annotate(total=Sum("amount"))
    ):
        shares_gone[row["refund_line__line_id"]][row["seller_id"]] = row["total"]
    left = {}
    for line in order.lines.select_related("order").prefetch_related("shares"):
        total, tax = gone.get(line.id, (0, 0))
        left[line] = LinePart(
            total=Money(line.total_amount - total, line.price_currency),
            tax=Money(line.tax_amount - tax, line.price_currency),
            tax_country=order.billing_country,
            shares={
                share.seller_id: Money(
                    share.amount - shares_gone[line.id].get(share.seller_id, 0), line.price_currency
                )
                for share in line.shares.all()
            },
        )
    return left


def part_of_refund_line(row: RefundLine, order: Order) -> LinePart:
    """A refunded line as money, with its `shares`."""
    currency = order.total_currency
    return LinePart(
        total=Money(row.amount, currency),
        tax=Money(row.tax_amount, currency),
        tax_country=order.billing_country,
        shares={share.seller_id: Money(share.amount, currency) for share in row.shares.all()},
    )


def refunded_amounts(order: Order) -> dict[UUID, int]:
    """By line, what has gone back of it for certain, in minor units; lines of which nothing has are left
    out.
    """
    done = RefundLine.objects.filter(line__order=order, refund__status=RefundStatus.SUCCEEDED)
    return {row["line_id"]: row["total"] for row in done.values("line_id").annotate(total=Sum("amount"))}


def refunds_of_order(order: Order) -> QuerySet[Refund]:
    """With lines, the oldest first: two queries."""
    return order.refunds.prefetch_related("lines__line").order_by("created_at", "id")
