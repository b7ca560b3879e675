"""Use case 1: a guest becomes a student and buys a course. Only the webhook tells us that it was paid."""

import re
import secrets
from typing import Any

from skillwise_host.demonstration import INSTRUCTORS
from skillwise_host.tour.traveller import Addresses, Traveller

__all__ = ["STUDENTS_PASSWORD", "buy", "choose_a_course", "log_in", "register"]

STUDENTS_PASSWORD = "correct-horse-battery-9"  # noqa: S105 - of an account that lives as long as the tour

LESSONS_TO_SEE_PROGRESS = 3
ACKNOWLEDGED = 200


def register(guest: Traveller, places: Addresses) -> None:
    """The guest registers, gets a mail, and proves with what stands in it that the address is theirs."""
    email = f"ada.{secrets.token_hex(4)}@example.org"
    account = guest.post(
        "/api/v1/auth/register/",
        json={"email": email, "password": STUDENTS_PASSWORD, "full_name": "Ada Lovelace"},
    )
    guest.check("the account exists, and is not verified yet", shown=account["is_email_verified"] is False)

    mail = find_mail(guest, places, to=email, subject="erif")
    token = re.search(r"token=([\w.:~-]+)", mail["text"])
    guest.check(f"a mail arrived over SMTP: “{mail['subject']}”", shown=token is not None)
    assert token is not None  # noqa: S101 - the check above has failed the tour otherwise

    verified = guest.post("/api/v1/auth/verify-email/", json={"token": token[1]}, expect=200)
    guest.check("the address is verified", shown=verified["is_email_verified"] is True)
    guest.facts |= {"email": email, "user_id": account["id"]}


def log_in(traveller: Traveller, email: str, password: str) -> None:
    """From here on the traveller's requests carry an access token."""
    tokens = traveller.post("/api/v1/auth/login/", json={"email": email, "password": password}, expect=200)
    traveller.token = tokens["access"]
    traveller.check(f"logged in as {', '.join(tokens['user']['roles'])}", shown=bool(tokens["refresh"]))


def choose_a_course(student: Traveller) -> dict[str, Any]:
    """Browse, search, open: a course that one of the demonstration's instructors sells."""
    sellers = {account.full_name for account in INSTRUCTORS}
    browsed = student.get(
        "/api/v1/courses/", params={"is_free": "false", "currency": "USD", "page_size": 100}
    )
    on_sale = [item for item in browsed["results"] if item["owner"]["display_name"] in sellers]
    wanted = next((item for item in on_sale if item["lesson_count"] >= LESSONS_TO_SEE_PROGRESS), None)
    student.check("there are courses to buy", shown=wanted is not None)
    assert wanted is not None  # noqa: S101 - the check above has failed the tour otherwise

    found = student.get("/api/v1/courses/", params={"search": wanted["title"]})
    student.check(
        "searching for its title finds it", shown=wanted["id"] in {item["id"] for item in found["results"]}
    )

    course: dict[str, Any] = student.get(f"/api/v1/courses/{wanted['id']}/").body
    student.check("its page shows the outline", shown=len(course["modules"]) > 0)
    return course


def buy(student: Traveller, places: Addresses, course: dict[str, Any]) -> None:
    """Pay; then wait for what the signed webhook sets off."""
    created = pay(student, places, course)
    the_webhook_decides(student, places)
    await_fulfilment(student, places, course, created["order"]["id"])
    student.facts["course"] = course


def pay(student: Traveller, places: Addresses, course: dict[str, Any]) -> dict[str, Any]:
    key = secrets.token_hex(16)
    request = {"course_ids": [course["id"]], "provider": "stripe"}
    created = student.post("/api/v1/payments/create/", json=request, headers={"Idempotency-Key": key})
    payment = created["payment"]
    student.check(
        "the answer holds the PaymentIntent's client secret", shown="_secret_" in payment["client_secret"]
    )
    student.check("the order asks the course's price", shown=created["order"]["total"] == course["price"])

    again = student.post(
        "/api/v1/payments/create/",
        json=request,
        headers={"Idempotency-Key": key},
    )
    student.check("a second tap gets the very same answer", shown=again.body == created.body)

    confirmed = student.post(
        f"{places.stripe}/v1/payment_intents/{payment['payment_intent']}/confirm",
        data={
            "key": payment["publishable_key"],
            "client_secret": payment["client_secret"],
            "payment_method": "pm_card_visa",
            "return_url": "skillwise://paid",
        },
        expect=200,
    )
    student.check("the card was charged", shown=confirmed["status"] == "succeeded")
    return dict(created.body)


def the_webhook_decides(student: Traveller, places: Addresses) -> None:
    """Stripe's stand-in shows what it delivered; the same without its signature is refused."""

    def delivered() -> dict[str, Any] | None:
        listed = student.get(f"{places.mail.removesuffix('/mail')}/_control/deliveries", quiet=True)
        kinds = [row for row in listed["deliveries"] if row["type"] == "payment_intent.succeeded"]
        return kinds[0] if kinds and kinds[0]["last_status"] == ACKNOWLEDGED else None

    event = student.wait_for("Stripe's signed webhook was delivered over HTTP, and acknowledged", delivered)
    forged = student.anonymous().post(
        "/api/v1/payments/webhooks/stripe/", json={"id": event["event"], "type": event["type"]}, expect=400
    )
    student.check("unsigned, it is refused", shown=forged["code"] == "commerce.webhook_signature_invalid")


def await_fulfilment(student: Traveller, places: Addresses, course: dict[str, Any], order_id: str) -> None:
    def paid() -> bool | None:
        return student.get(f"/api/v1/orders/{order_id}/", quiet=True)["status"] == "paid" or None

    student.wait_for("the order is paid", paid)

    invoices = student.get("/api/v1/invoices/")
    student.check(
        "there is an invoice for it", shown=[i["order_id"] for i in invoices["results"]] == [order_id]
    )

    def enrolled() -> dict[str, Any] | None:
        mine = student.get("/api/v1/enrollments/", quiet=True)["results"]
        return next((item for item in mine if item["course"]["id"] == course["id"]), None)

    enrollment = student.wait_for("the student is enrolled, without any further call", enrolled)
    student.facts["enrollment_id"] = enrollment["id"]
    receipt = find_mail(student, places, to=student.facts["email"], subject="eceipt")
    student.check(f"a receipt was mailed: “{receipt['subject']}”", shown=course["title"] in receipt["text"])


def find_mail(traveller: Traveller, places: Addresses, *, to: str, subject: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        received = traveller.get(f"{places.mail}/api/messages", params={"to": to}, quiet=True)
        return next((mail for mail in received.body if subject in mail["subject"]), None)

    mail = traveller.wait_for(f"a mail to {to} was received", look)
    traveller.show(mail["subject"], mail["text"])
    return mail
