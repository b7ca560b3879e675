"""How each row of the matrix is asked: a well-formed request, so that only permission decides."""

from collections.abc import Callable
from typing import Any

from skillwise_kernel.ids import new_id

from security.world import World

Request = dict[str, Any]
Builder = Callable[[World, str], Request]

REQUESTS: dict[str, Builder] = {}
PASSWORD = "correct horse battery staple"


def ask(row: str, **names: Callable[[World], Any]) -> Callable[[Builder], Builder]:
    """Register the builder of a row. It answers what httpx takes; `names` fill the path's parameters."""

    def register(builder: Builder) -> Builder:
        def build(world: World, who: str) -> Request:
            path = row.split(" ")[1].format(**{name: find(world) for name, find in names.items()})
            return {"path": path, **builder(world, who)}

        assert row not in REQUESTS, f"{row} is asked twice"
        REQUESTS[row] = build
        return build

    return register


def plain(*rows: str, **names: Callable[[World], Any]) -> None:
    """Register rows whose request has no body."""
    for row in rows:
        ask(row, **names)(lambda world, who: {})


def with_body(row: str, body: Callable[[World], dict[str, Any]], **names: Callable[[World], Any]) -> None:
    ask(row, **names)(lambda world, who: {"json": body(world)})


def repeatable(request: Request) -> Request:
    return request | {"headers": {"Idempotency-Key": "one-key"}}


# identity

with_body(
    "POST /api/v1/auth/register/",
    lambda world: {"email": f"{new_id()}@example.org", "password": PASSWORD, "full_name": "New"},
)
with_body("POST /api/v1/auth/verify-email/", lambda world: {"token": "no-such-token"})
with_body("POST /api/v1/auth/verify-email/resend/", lambda world: {"email": "nobody@example.org"})
with_body("POST /api/v1/auth/password/reset/", lambda world: {"email": "nobody@example.org"})
with_body(
    "POST /api/v1/auth/password/reset/confirm/",
    lambda world: {"token": "no-such-token", "password": PASSWORD},
)


@ask("POST /api/v1/auth/login/")
def log_in_as_oneself(world: World, who: str) -> Request:
    user = world.person("stranger" if who == "guest" else who)
    return {"json": {"email": user.email, "password": PASSWORD}}


@ask("POST /api/v1/auth/token/refresh/")
def refresh_ones_own(world: World, who: str) -> Request:
    return {"json": {"refresh": world.refresh_token("stranger" if who == "guest" else who)}}


@ask("POST /api/v1/auth/logout/")
def log_out(world: World, who: str) -> Request:
    return {"json": {"refresh": world.refresh_token("stranger" if who == "guest" else who)}}


plain("GET /api/v1/users/me/", "GET /api/v1/admin/users/")
with_body("PATCH /api/v1/users/me/", lambda world: {"full_name": "Renamed"})


def stranger(world: World) -> Any:
    return world.person("stranger").id


plain("GET /api/v1/admin/users/{user_id}/", user_id=stranger)
with_body(
    "PUT /api/v1/admin/users/{user_id}/roles/", lambda world: {"roles": ["instructor"]}, user_id=stranger
)
with_body("POST /api/v1/admin/users/{user_id}/suspend/", lambda world: {"reason": "Spam."}, user_id=stranger)
plain(
    "POST /api/v1/admin/users/{user_id}/reinstate/",
    user_id=lambda world: world.suspended_stranger,
)

# catalog

COURSE = {
    "title": "Pickles",
    "subtitle": "Salt and time",
    "description": "Crunch.",
    "level": "beginner",
    "language": "en",
    "price": {"amount": 1900, "currency": "USD"},
}


def the_course(world: World) -> Any:
    return world.course.id


def the_draft(world: World) -> Any:
    return world.draft.id


plain("GET /api/v1/categories/", "GET /api/v1/courses/", "GET /api/v1/instructors/courses/")
plain("GET /api/v1/courses/facets/", "GET /api/v1/sync/catalog/")
plain("GET /api/v1/courses/{course_id}/related/", course_id=the_course)
plain("GET /api/v1/courses/{slug}/", slug=lambda world: world.course.slug)


@ask("GET /api/v1/courses/suggest/")
def complete(world: World, who: str) -> Request:
    return {"params": {"q": "so"}}


with_body("POST /api/v1/courses/", lambda world: COURSE)
plain(
    "GET /api/v1/courses/{course_id}/ : published",
    "GET /api/v1/courses/{course_id}/modules/ : published",
    course_id=the_course,
)
plain(
    "GET /api/v1/courses/{course_id}/ : draft",
    "GET /api/v1/courses/{course_id}/modules/ : draft",
    course_id=the_draft,
)
with_body(
    "PATCH /api/v1/courses/{course_id}/ : published", lambda world: {"subtitle": "New"}, course_id=the_course
)
with_body(
    "PATCH /api/v1/courses/{course_id}/ : draft", lambda world: {"subtitle": "New"}, course_id=the_draft
)
plain("DELETE /api/v1/courses/{course_id}/ : published", course_id=the_course)
plain("DELETE /api/v1/courses/{course_id}/ : draft", course_id=the_draft)
plain("POST /api/v1/courses/{course_id}/publish/", course_id=the_draft)
plain("POST /api/v1/courses/{course_id}/unpublish/", course_id=the_course)
with_body("POST /api/v1/courses/{course_id}/modules/", lambda world: {"title": "More"}, course_id=the_course)

plain("POST /api/v1/courses/{course_id}/archive/", course_id=the_course)
plain("POST /api/v1/courses/{course_id}/submit/", course_id=the_draft)
plain(
    "POST /api/v1/courses/{course_id}/withdraw/",
    "POST /api/v1/courses/{course_id}/approve/",
    course_id=lambda world: world.submitted_id,
)
with_body(
    "POST /api/v1/courses/{course_id}/return/",
    lambda world: {"note": "No sound."},
    course_id=lambda world: world.submitted_id,
)
plain("GET /api/v1/admin/courses/reviews/")
plain(
    "POST /api/v1/courses/{course_id}/duplicate/",
    "GET /api/v1/courses/{course_id}/export/",
    "GET /api/v1/courses/{course_id}/changes/",
    "GET /api/v1/courses/{course_id}/versions/",
    "GET /api/v1/courses/{course_id}/outline/",
    "GET /api/v1/courses/{course_id}/instructors/",
    course_id=the_course,
)
plain(
    "GET /api/v1/courses/{course_id}/versions/{number}/",
    "GET /api/v1/courses/{course_id}/versions/{number}/changes/",
    "POST /api/v1/courses/{course_id}/versions/{number}/restore/",
    course_id=the_course,
    number=lambda world: 1,
)
with_body(
    "PUT /api/v1/courses/{course_id}/outline/",
    lambda world: {"modules": world.outline_of(world.course.id)},
    course_id=the_course,
)
with_body(
    "POST /api/v1/courses/{course_id}/instructors/",
    lambda world: {"user_id": str(world.editor_id), "role": "editor"},
    course_id=the_course,
)
plain(
    "DELETE /api/v1/courses/{course_id}/instructors/{user_id}/",
    course_id=lambda world: world.co_taught.id,
    user_id=lambda world: world.editor_id,
)

for case, course in {"published": the_course, "draft": the_draft}.items():

    def module(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_module(course(world))

    def lesson(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_lesson(course(world), preview=False)

    def preview(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_lesson(course(world), preview=True)

    plain(
        f"GET /api/v1/modules/{{module_id}}/ : {case}",
        f"GET /api/v1/modules/{{module_id}}/lessons/ : {case}",
        f"DELETE /api/v1/modules/{{module_id}}/ : {case}",
        module_id=module,
    )
    with_body(
        f"PATCH /api/v1/modules/{{module_id}}/ : {case}", lambda world: {"title": "Renamed"}, module_id=module
    )
    with_body(
        f"POST /api/v1/modules/{{module_id}}/lessons/ : {case}",
        lambda world: {"title": "More", "kind": "article", "article": "Text."},
        module_id=module,
    )
    plain(
        f"GET /api/v1/lessons/{{lesson_id}}/ : {case}",
        f"DELETE /api/v1/lessons/{{lesson_id}}/ : {case}",
        lesson_id=lesson,
    )
    plain(f"GET /api/v1/lessons/{{lesson_id}}/ : free preview, {case}", lesson_id=preview)
    with_body(
        f"PATCH /api/v1/lessons/{{lesson_id}}/ : {case}", lambda world: {"title": "Renamed"}, lesson_id=lesson
    )


@ask("POST /api/v1/courses/import/")
def import_ones_own(world: World, who: str) -> Request:
    uploader = who if who in {"colleague", "admin"} else "owner"
    return {"json": {"upload_id": world.package_of(uploader), "format": "package"}}


plain("GET /api/v1/courses/imports/")
plain("GET /api/v1/courses/imports/{import_id}/", import_id=lambda world: world.import_id)
with_body("POST /api/v1/uploads/", lambda world: world.announcement)
plain("GET /api/v1/uploads/{upload_id}/", upload_id=lambda world: world.begun_upload_id())
plain("POST /api/v1/uploads/{upload_id}/complete/", upload_id=lambda world: world.begun_upload_id())
plain("DELETE /api/v1/uploads/{upload_id}/", upload_id=lambda world: world.begun_upload_id())


@ask("PUT /api/v1/media/incoming/{token}/", token=lambda world: world.incoming_token())
def _hand_in(world: World, who: str) -> Request:
    return {"content": world.WORDS, "headers": {"Content-Type": "text/plain"}}


plain("GET /api/v1/media/playlists/{token}/", token=lambda world: world.rendered_tokens[0])
plain("GET /api/v1/media/renditions/{token}/", token=lambda world: world.rendered_tokens[1])
plain("GET /api/v1/media/segments/{token}/", token=lambda world: world.rendered_tokens[2])
plain("GET /api/v1/media/{token}/", token=lambda world: world.media_token)

# commerce


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

# earnings

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

# learning

plain("GET /api/v1/enrollments/", "GET /api/v1/progress/")
with_body("POST /api/v1/enrollments/ : free course", lambda world: {"course_id": str(world.free_course.id)})


@ask("POST /api/v1/enrollments/ : paid course")
def enrol_in_a_paid_course(world: World, who: str) -> Request:
    assert world.order_id, "the student has bought it, and is enrolled"
    return {"json": {"course_id": str(world.course.id)}}


plain("GET /api/v1/enrollments/{enrollment_id}/", enrollment_id=lambda world: world.enrollment_id)
plain(
    "GET /api/v1/enrollments/{enrollment_id}/lessons/{lesson_id}/",
    enrollment_id=lambda world: world.enrollment_id,
    lesson_id=lambda world: world.first_lesson(world.course.id, preview=False),
)


ATTEMPTS = "/api/v1/enrollments/{enrollment_id}/lessons/{lesson_id}/attempts/"
AT_THE_QUIZ = {
    "enrollment_id": lambda world: world.enrollment_id,
    "lesson_id": lambda world: world.quiz_id,
}
with_body(f"POST {ATTEMPTS}", lambda world: {"id": str(new_id()), "answers": {}}, **AT_THE_QUIZ)
plain(f"GET {ATTEMPTS}", **AT_THE_QUIZ)
plain(f"GET {ATTEMPTS}{{attempt_id}}/", attempt_id=lambda world: world.attempt_id, **AT_THE_QUIZ)


@ask("POST /api/v1/progress/")
def complete_a_lesson(world: World, who: str) -> Request:
    assert world.order_id
    lesson_id = world.first_lesson(world.course.id, preview=False)
    return {"json": {"lesson_id": str(lesson_id), "completed": True}}


ask("GET /api/v1/reviews/")(lambda world, who: {"params": {"course_id": str(world.course.id)}})


@ask("POST /api/v1/reviews/")
def review(world: World, who: str) -> Request:
    assert world.order_id
    return {"json": {"course_id": str(world.course.id), "rating": 5, "text": "Good."}}


plain(
    "GET /api/v1/reviews/{review_id}/",
    "DELETE /api/v1/reviews/{review_id}/",
    review_id=lambda world: world.review_id,
)
with_body(
    "PATCH /api/v1/reviews/{review_id}/",
    lambda world: {"rating": 3},
    review_id=lambda world: world.review_id,
)

# insights

plain("GET /api/v1/instructors/dashboard/", "GET /api/v1/admin/analytics/")
