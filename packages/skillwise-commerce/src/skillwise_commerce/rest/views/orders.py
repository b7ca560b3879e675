"""What I have ordered."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsAuthenticated
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    OrderNotFoundError,
)
from skillwise_commerce.rest.examples import ORDER, answer
from skillwise_commerce.rest.filters import ORDER_LIST_PARAMETERS, filter_orders
from skillwise_commerce.rest.serializers import (
    OrderOutput,
)
from skillwise_commerce.selectors.orders import order_of_buyer, orders_of_buyer

__all__ = ["OrderListView", "OrderView"]


class NewestOrders(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Orders"])
class OrderListView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestOrders

    @extend_schema(
        operation_id="orders_list",
        summary="My orders",
        description="Newest first.",
        parameters=ORDER_LIST_PARAMETERS,
        responses={200: OrderOutput(many=True)},
        examples=[answer("A paid order", ORDER)],
    )
    def get(self, request: Request) -> Response:
        mine = filter_orders(orders_of_buyer(buyer_id=self.actor.id), request.query_params)
        orders = self.paginate_queryset(mine)
        return self.get_paginated_response(OrderOutput(orders, many=True).data)


@extend_schema(tags=["Orders"])
class OrderView(ApiView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="orders_retrieve",
        summary="One of my orders",
        description="Cheap to poll with `If-None-Match`.",
        responses={200: OrderOutput},
        examples=[answer("A paid order", ORDER)],
    )
    @problem_codes(OrderNotFoundError)
    def get(self, request: Request, order_id: UUID) -> Response:
        order = order_of_buyer(buyer_id=self.actor.id, order_id=order_id)
        return Response(OrderOutput(order).data)
