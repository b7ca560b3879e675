"""Buying, selling and earnings."""

from typing import Any

from skillwise_kernel.ids import new_id

from security.asking.catalog import the_course
from security.asking.registry import Request, ask, plain, repeatable, with_body
from security.world import World


@ask("POST /api/v1/payments/create/")
def buy(world: World, who: str) -> Request:
    return repeatable({"json": {"course_ids": [str(world.course.id)], "provider": "stripe"}})


@ask("POST /api/v1/payments/create/ : a course one owns already")
def buy_again(world: World, who: str) -> Request:
    assert world.order_id
    return repeatable({"json": {"course_ids": [str(world.course.id)], "provider": "stripe"}})


plain("GET /api/v1/cart/", "DELETE /api/v1/cart/")
with_body("PUT /api/v1/cart/", lambda world: {"course_ids": [str(world.course.id)]})
with_body("POST /api/v1/cart/items/", lambda world: {"course_id": str(world.course.id)})
plain("DELETE /api/v1/cart/items/{item_id}/", item_id=lambda world: world.cart_item_id)
plain("GET /api/v1/gifts/")
with_body("POST /api/v1/gifts/claim/", lambda world: {"code": world.gift["code"]})
with_body("POST /api/v1/gifts/{gift_id}/resend/", lambda world: {}, gift_id=lambda world: world.gift["id"])


def what_is_wanted(world: World) -> dict[str, Any]:
    return {"course_ids": [str(world.course.id)]}


def what_is_wanted_again(world: World) -> dict[str, Any]:
    assert world.order_id
    return what_is_wanted(world)


with_body("POST /api/v1/payments/quote/", what_is_wanted)
with_body("POST /api/v1/payments/quote/ : a course one owns already", what_is_wanted_again)

COUPON = {"percent_off": 20, "scope": "seller"}

plain("GET /api/v1/coupons/", "GET /api/v1/bundles/", "GET /api/v1/instructors/bundles/")
with_body("POST /api/v1/coupons/", lambda world: COUPON | {"code": f"C-{new_id().hex[:20]}"})
with_body(
    "POST /api/v1/coupons/ : for the owner's course",
    lambda world: {
        "code": f"C-{new_id().hex[:20]}",
        "percent_off": 20,
        "scope": "course",
        "scope_id": str(world.course.id),
    },
)
with_body("POST /api/v1/coupons/batches/", lambda world: COUPON | {"name": "Fair", "size": 2})
plain("GET /api/v1/coupons/batches/{batch_id}/codes/", batch_id=lambda world: world.coupon_batch_id)
plain(
    "GET /api/v1/coupons/{coupon_id}/",
    "DELETE /api/v1/coupons/{coupon_id}/",
    "POST /api/v1/coupons/{coupon_id}/end/",
    coupon_id=lambda world: world.coupon_id,
)
with_body(
    "PATCH /api/v1/coupons/{coupon_id}/",
    lambda world: {"max_uses": 5},
    coupon_id=lambda world: world.coupon_id,
)
with_body("POST /api/v1/bundles/", lambda world: world.bundle_body)
plain(
    "GET /api/v1/bundles/{bundle_id}/ : on sale",
    bundle_id=lambda world: world.bundle_on_sale_id,
)
plain("GET /api/v1/bundles/{bundle_id}/ : not on sale", bundle_id=lambda world: world.bundle_id)
with_body(
    "PATCH /api/v1/bundles/{bundle_id}/ : on sale",
    lambda world: {"title": "Renamed"},
    bundle_id=lambda world: world.bundle_on_sale_id,
)
with_body(
    "PATCH /api/v1/bundles/{bundle_id}/ : not on sale",
    lambda world: {"title": "Renamed"},
    bundle_id=lambda world: world.bundle_id,
)
plain(
    "GET /api/v1/instructors/courses/{course_id}/prices/",
    "GET /api/v1/instructors/courses/{course_id}/shares/",
    course_id=the_course,
)
with_body(
    "PUT /api/v1/instructors/courses/{course_id}/prices/",
    lambda world: {"prices": [{"amount": 5000, "currency": "BDT"}]},
    course_id=the_course,
)
with_body(
    "PUT /api/v1/instructors/courses/{course_id}/shares/",
    lambda world: {"shares": [{"seller_id": str(world.person("owner").id), "percent": 60}]},
    course_id=the_course,
)

ask("POST /api/v1/payments/webhooks/stripe/ : unsigned")(lambda world, who: {"json": {"id": "evt_1"}})
ask("POST /api/v1/payments/webhooks/sslcommerz/ : unsigned")(lambda world, who: {"data": {"tran_id": "1"}})
plain("POST /api/v1/payments/returns/{order_id}/", order_id=lambda world: world.order_id)
plain("GET /api/v1/orders/", "GET /api/v1/invoices/")
plain("GET /api/v1/orders/{order_id}/", order_id=lambda world: world.order_id)
plain(
    "GET /api/v1/invoices/{invoice_id}/",
    "GET /api/v1/invoices/{invoice_id}/pdf/",
    invoice_id=lambda world: world.invoice_id,
)
plain("GET /api/v1/invoices/files/{token}/", token=lambda world: world.invoice_token)
ask("POST /api/v1/invoices/{invoice_id}/send/", invoice_id=lambda world: world.invoice_id)(
    lambda world, who: repeatable({})
)
plain(
    "GET /api/v1/orders/{order_id}/refunds/",
    "GET /api/v1/admin/orders/{order_id}/refunds/",
    order_id=lambda world: world.order_id,
)
for refunds in ("/api/v1/orders/{order_id}/refunds/", "/api/v1/admin/orders/{order_id}/refunds/"):
    ask(f"POST {refunds} : of a payment unknown at the provider", order_id=lambda world: world.order_id)(
        lambda world, who: repeatable({"json": {"reason": "For a test."}})
    )


# Earnings

plain(
    "GET /api/v1/instructors/earnings/",
    "GET /api/v1/instructors/earnings/file/",
    "GET /api/v1/instructors/payouts/",
    "POST /api/v1/instructors/payouts/onboarding/",
)
plain(
    "GET /api/v1/instructors/payouts/{payout_id}/",
    "GET /api/v1/instructors/payouts/{payout_id}/statement/",
    payout_id=lambda world: world.payout_id,
)
