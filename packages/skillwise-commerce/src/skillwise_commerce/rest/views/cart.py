"""My cart, on all my devices."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError
from skillwise_kernel.money import CURRENCIES, Money
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.fields import MoneyField
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsAuthenticated
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    AlreadyOwnedError,
    BundleNotFoundError,
    CartFullError,
    CartItemNotFoundError,
    CourseNotForSaleError,
    CourseNotFoundError,
    CourseNotPricedError,
    OwnCourseError,
)
from skillwise_commerce.rest.baskets import IdsField, QuoteLineOutput, lines_of
from skillwise_commerce.rest.examples import QUOTE, answer, request
from skillwise_commerce.services.cart_prices import PricedCart, price_cart
from skillwise_commerce.services.carts import add_to_cart, empty_cart, remove_from_cart, replace_cart

__all__ = ["CartItemListView", "CartItemView", "CartView"]

_COURSE: Final = QUOTE["lines"][0]["course_id"]
CART: Final[dict[str, Any]] = {
    "items": [
        {
            "id": "0199c4d3-1f0a-7a11-b2c3-d4e5f6a7b8c9",
            "course_id": _COURSE,
            "bundle_id": None,
            "title": "Bread from four ingredients",
            "added_at": "2026-11-22T18:30:00Z",
            "problem": None,
        },
        {
            "id": "0199c4d3-2b44-7c90-8e0f-102132435465",
            "course_id": "0199c4d2-b7e3-7f02-9a4b-8c9d0e1f2a3b",
            "bundle_id": None,
            "title": "Rye from the north",
            "added_at": "2026-11-22T18:31:12Z",
            "problem": {
                "code": "commerce.course_not_for_sale",
                "title": "This course is not for sale at present.",
            },
        },
    ],
    "coupon_code": "SPRING20",
    "coupon_problem": None,
    "problem": None,
    **{name: QUOTE[name] for name in ("lines", "price", "discount", "tax", "total")},
}


class CartQuery(serializers.Serializer[Any]):
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, help_text="Of whom is billed, for the tax. ISO 3166-1 alpha-2."
    )
    currency = serializers.ChoiceField(
        choices=sorted(CURRENCIES),
        required=False,
        help_text="In which to price; else the one in which all the courses are shown.",
    )


class CartInput(serializers.Serializer[Any]):
    course_ids = IdsField(default=list)
    bundle_ids = IdsField(default=list)
    coupon_code = serializers.CharField(max_length=40, allow_blank=True, default="")


class CartItemInput(serializers.Serializer[Any]):
    """A course or a bundle."""

    course_id = serializers.UUIDField(required=False)
    bundle_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            message = serializers.ErrorDetail("Name a course or a bundle.", "required")
            raise serializers.ValidationError({"course_id": [message]})
        return attrs


class CartProblemOutput(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="`commerce.already_owned`, say.")
    title = serializers.CharField(help_text="For people.")


class CartItemOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    course_id = serializers.UUIDField(allow_null=True)
    bundle_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField(help_text="Empty should it not exist any longer.")
    added_at = serializers.DateTimeField()
    problem = CartProblemOutput(
        allow_null=True, help_text="Why it cannot be bought any longer; it is left out of the prices."
    )


class CartOutput(serializers.Serializer[Any]):
    items = CartItemOutput(many=True, help_text="In the order in which they were added.")
    coupon_code = serializers.CharField(help_text="Empty: none.")
    coupon_problem = CartProblemOutput(
        allow_null=True, help_text="Why the coupon is of no use; the prices are without it."
    )
    problem = CartProblemOutput(
        allow_null=True,
        help_text="Why the items have no price together: they are in several currencies, say.",
    )
    lines = QuoteLineOutput(many=True, help_text="The courses, priced; those of the bundles too.")
    price = MoneyField(allow_null=True, help_text="Null when nothing in it has a price.")
    discount = MoneyField(allow_null=True)
    tax = MoneyField(allow_null=True)
    total = MoneyField(allow_null=True)


@extend_schema(tags=["Cart"])
class CartView(ApiView):
    has_versions = True
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cart_retrieve",
        summary="My cart",
        description="At today's prices, which nothing promises: ask `payments/quote/` for that. What cannot "
        "be bought any longer stays, says why, and is left out of the prices. What is bought leaves the cart "
        "once its order is paid.",
        parameters=[CartQuery],
        responses={200: CartOutput},
        examples=[answer("One of two can be bought", CART)],
    )
    def get(self, request: Request) -> Response:
        query = self.parse_query(CartQuery)
        cart = price_cart(
            user_id=self.actor.id,
            country=query.get("country", ""),
            currency=query.get("currency"),
            now=now(),
        )
        self.version = cart.version
        return Response(_rendered(cart))

    @extend_schema(
        operation_id="cart_update",
        summary="Replace my cart",
        description="With `If-Match`, only what one has seen is replaced. Items that stay keep their ids. "
        "What cannot be bought is taken in, and says why.",
        request=CartInput,
        responses={200: CartOutput},
        examples=[
            request("A course and a coupon", {"course_ids": [_COURSE], "coupon_code": "spring20"}),
            answer("Replaced", CART),
        ],
    )
    @problem_codes(CartFullError)
    def put(self, request: Request) -> Response:
        data, moment = self.parse_body(CartInput), now()
        replace_cart(
            user_id=self.actor.id,
            course_ids=data["course_ids"],
            bundle_ids=data["bundle_ids"],
            coupon_code=data["coupon_code"].strip(),
            expected_version=expected_version(request),
            now=moment,
        )
        cart = price_cart(user_id=self.actor.id, now=moment)
        self.version = cart.version
        return Response(_rendered(cart))

    @extend_schema(
        operation_id="cart_destroy",
        summary="Empty my cart",
        description="The coupon goes too. Emptying an empty cart changes nothing.",
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        empty_cart(user_id=self.actor.id, expected_version=expected_version(request), now=now())
        return Response(status=204)


@extend_schema(tags=["Cart"])
class CartItemListView(ApiView):
    has_versions = True
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cart_items_create",
        summary="Put a course or a bundle into my cart",
        description="Safe to repeat, and from several devices at once. Answers the cart: 201 when it is new "
        "there, else 200.",
        request=CartItemInput,
        responses={201: CartOutput, 200: CartOutput},
        examples=[
            request("A course", {"course_id": _COURSE}),
            answer("Added", CART, status=201),
            answer("It was there", CART),
        ],
    )
    @problem_codes(
        CourseNotFoundError,
        BundleNotFoundError,
        OwnCourseError,
        CourseNotForSaleError,
        AlreadyOwnedError,
        CourseNotPricedError,
        CartFullError,
    )
    def post(self, request: Request) -> Response:
        wish, moment = self.parse_body(CartItemInput), now()
        is_new = add_to_cart(user_id=self.actor.id, now=moment, **wish)
        cart = price_cart(user_id=self.actor.id, now=moment)
        self.version = cart.version
        return Response(_rendered(cart), status=201 if is_new else 200)


@extend_schema(tags=["Cart"])
class CartItemView(ApiView):
    has_versions = True
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cart_items_destroy",
        summary="Take something out of my cart",
        responses={204: None},
    )
    @problem_codes(CartItemNotFoundError)
    def delete(self, request: Request, item_id: UUID) -> Response:
        remove_from_cart(
            user_id=self.actor.id, item_id=item_id, expected_version=expected_version(request), now=now()
        )
        return Response(status=204)


def _rendered(cart: PricedCart) -> dict[str, Any]:
    basket = cart.basket
    return {
        "items": [
            {
                "id": item.id,
                "course_id": item.course_id,
                "bundle_id": item.bundle_id,
                "title": item.title,
                "added_at": item.added_at,
                "problem": _problem(item.problem),
            }
            for item in cart.items
        ],
        "coupon_code": cart.coupon_code,
        "coupon_problem": _problem(cart.coupon_problem),
        "problem": _problem(cart.problem),
        "lines": lines_of(basket) if basket is not None else [],
        "price": _money(basket.price) if basket is not None else None,
        "discount": _money(basket.discount) if basket is not None else None,
        "tax": _money(basket.tax) if basket is not None else None,
        "total": _money(basket.total) if basket is not None else None,
    }


def _problem(error: SkillWiseError | None) -> dict[str, str] | None:
    return None if error is None else {"code": error.code, "title": error.title}


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
