"""What SSLCOMMERZ's stand-in says of a payment, and to whom."""

from sslcommerz_shop import Shop


def test_a_payment_is_valid_once_and_validated_ever_after(shop):
    payment = shop.paid()

    first, second = shop.validate(payment["val_id"]), shop.validate(payment["val_id"])

    assert (first["status"], second["status"]) == ("VALID", "VALIDATED")
    assert (second["amount"], second["currency_type"], second["currency_amount"]) == (
        "4999.00",
        "BDT",
        "4999.00",
    )
    assert (second["tran_id"], second["risk_level"]) == ("order-1", "0")
    assert second["bank_tran_id"] == payment["bank_tran_id"]


def test_an_unknown_validation_and_a_stranger_are_told_nothing(shop):
    payment = shop.paid()

    assert shop.validate("nothing")["status"] == "INVALID_TRANSACTION"
    assert shop.validate("")["status"] == "INVALID_TRANSACTION"
    stranger = shop.validate(payment["val_id"], store_passwd="guessed")
    assert stranger == {"APIConnect": "INVALID_REQUEST", "status": "INVALID_TRANSACTION"}
    assert shop.validate(payment["val_id"])["status"] == "VALID"


def test_another_currency_is_charged_in_taka_and_told_in_both(shop):
    payment = shop.paid(currency="USD", total_amount="10.01")

    answer = shop.validate(payment["val_id"])

    assert (answer["amount"], answer["currency"]) == ("1216.22", "BDT")
    assert (answer["currency_amount"], answer["currency_type"]) == ("10.01", "USD")
    assert answer["currency_rate"] == "121.5000"


def test_what_it_was_told_survives_a_kill_under_the_credentials_of_the_command_line(new_sandbox):
    credentials = ("--store-id", "skill64", "--store-password", "skill64@ssl")
    new_sandbox.start(*credentials)
    payment = Shop(new_sandbox).paid()
    new_sandbox.kill()

    new_sandbox.start(*credentials)
    shop = Shop(new_sandbox)

    assert shop.credentials == {"store_id": "skill64", "store_passwd": "skill64@ssl"}
    assert shop.validate(payment["val_id"])["status"] == "VALID"
