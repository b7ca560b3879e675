"""Refunds at SSLCOMMERZ's stand-in: once, and never of more than was paid."""

import pytest
from sandbox_process import eventually


def test_a_refund_is_processed_and_then_done(shop):
    payment = shop.paid()

    refund = shop.refund(payment, "1000.00")

    assert (refund["APIConnect"], refund["status"], refund["trans_id"]) == ("DONE", "success", "order-1")
    asked = shop.ask(refund_ref_id=refund["refund_ref_id"])
    assert (asked["status"], asked["refunded_on"]) == ("processing", "")
    done = eventually(
        lambda: (one := shop.ask(refund_ref_id=refund["refund_ref_id"]))["status"] == "refunded" and one,
        what="the refund",
    )
    assert (done["tran_id"], done["bank_tran_id"]) == ("order-1", payment["bank_tran_id"])


def test_a_refund_asked_for_twice_is_one(shop):
    payment = shop.paid()
    first = shop.refund(payment, "1000.00")

    again = shop.refund(payment, "1000.00")
    rest = shop.refund(payment, "3999.00", "refund-2")

    assert (again["status"], again["refund_ref_id"]) == ("processing", first["refund_ref_id"])
    assert rest["status"] == "success"


def test_more_than_was_paid_is_never_refunded(shop):
    payment = shop.paid()
    shop.refund(payment, "4000.00")

    more = shop.refund(payment, "999.01", "refund-2")
    canceled = shop.refund(payment, "999.00", "refund-3")
    shop.sandbox.control("POST", f"/sslcommerz/refunds/{canceled['refund_ref_id']}", {"status": "cancelled"})
    once_more = shop.refund(payment, "999.00", "refund-4")

    assert (more["status"], "999.00 BDT" in more["errorReason"]) == ("failed", True)
    assert shop.ask(refund_ref_id=canceled["refund_ref_id"])["status"] == "cancelled"
    assert once_more["status"] == "success"


@pytest.mark.parametrize(
    "params",
    [
        {"bank_tran_id": "nothing"},
        {"refund_trans_id": ""},
        {"refund_trans_id": "x" * 31},
        {"refund_amount": "0"},
        {"refund_amount": "1e3000"},
        {"refund_amount": "1.001"},
        {"refund_remarks": ""},
    ],
)
def test_a_refund_that_cannot_be_fails_and_says_why(shop, params):
    payment = shop.paid()

    answer = shop.refund(payment, "10.00", **params)

    assert (answer["APIConnect"], answer["status"], bool(answer["errorReason"])) == ("DONE", "failed", True)
    assert shop.refund(payment, "4999.00", "all-of-it")["status"] == "success"


def test_what_was_not_paid_cannot_be_refunded(shop):
    session = shop.open({})["sessionkey"]

    answer = shop.refund(shop.end(session, "fail"), "10.00")

    assert (answer["status"], answer["errorReason"]) == ("failed", "The bank_tran_id is not found.")
