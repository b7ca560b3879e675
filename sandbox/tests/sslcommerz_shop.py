"""A shop that sells through SSLCOMMERZ's stand-in: what it asks there, and how it reads what it is told."""

from typing import Any
from urllib.parse import parse_qsl

import httpx
from sandbox_process import Sandbox
from skillwise_sandbox.sslcommerz.signatures import md5_sign, sha2_sign

ORDER = {
    "total_amount": "4999.00",
    "currency": "BDT",
    "tran_id": "order-1",
    "success_url": "http://shop.example/success",
    "fail_url": "http://shop.example/fail",
    "cancel_url": "http://shop.example/cancel",
    "cus_name": "Rahim",
    "cus_email": "rahim@shop.example",
    "cus_add1": "Dhaka",
    "cus_city": "Dhaka",
    "cus_postcode": "1000",
    "cus_country": "Bangladesh",
    "cus_phone": "01700000000",
    "shipping_method": "NO",
    "product_name": "Growing tomatoes",
    "product_category": "Education",
    "product_profile": "non-physical-goods",
    "value_a": "kept & returned",
}


class Shop:
    """A store at SSLCOMMERZ."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.base = str(sandbox.addresses["sslcommerz_api_base"])
        self.credentials = {
            "store_id": str(sandbox.addresses["sslcommerz_store_id"]),
            "store_passwd": str(sandbox.addresses["sslcommerz_store_password"]),
        }

    def open(self, params: dict[str, str]) -> Any:
        url = f"{self.base}/gwprocess/v4/api.php"
        return httpx.post(url, data=ORDER | self.credentials | params).json()

    def validate(self, val_id: str, **params: str) -> Any:
        url = f"{self.base}/validator/api/validationserverAPI.php"
        return httpx.get(url, params=self.credentials | {"val_id": val_id, "format": "json"} | params).json()

    def ask(self, **params: str) -> Any:
        url = f"{self.base}/validator/api/merchantTransIDvalidationAPI.php"
        return httpx.get(url, params=self.credentials | {"format": "json"} | params).json()

    def refund(self, payment: dict[str, str], amount: str, name: str = "refund-1", **params: str) -> Any:
        given = {"bank_tran_id": payment["bank_tran_id"], "refund_trans_id": name, "refund_amount": amount}
        return self.ask(**(given | {"refund_remarks": "Asked for", "refe_id": name} | params))

    def end(self, session: str, outcome: str = "pay", **more: Any) -> Any:
        return self.sandbox.control("POST", f"/sslcommerz/sessions/{session}", {"outcome": outcome, **more})

    def paid(self, **params: str) -> Any:
        session = self.open(params)["sessionkey"]
        return self.end(session)


def ipns(receiver: Any) -> list[dict[str, str]]:
    """What a web server was told, oldest first."""
    return [dict(parse_qsl(body.decode(), keep_blank_values=True)) for _, body in list(receiver.received)]


def is_signed(fields: dict[str, str], password: str) -> bool:
    names = fields["verify_key"].split(",")
    return (md5_sign(fields, names, password), sha2_sign(fields, names, password)) == (
        fields["verify_sign"],
        fields["verify_sign_sha2"],
    )
