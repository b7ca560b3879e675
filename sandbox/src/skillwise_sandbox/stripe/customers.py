"""Customers: /v1/customers"""

from typing import Any

from . import events
from .errors import missing_object
from .lists import listing
from .parameters import (
    ADDRESS,
    EXPAND,
    LIST,
    SHIPPING,
    array,
    email,
    merged,
    metadata,
    moment_range,
    one_of,
    text,
)
from .store import Body, new_id, random_text
from .work import Call, Work

WRITE_PARAMS = {
    **EXPAND,
    "address": ADDRESS,
    "description": text,
    "email": email,
    "metadata": metadata,
    "name": text,
    "phone": text,
    "preferred_locales": array(text),
    "shipping": SHIPPING,
    "tax_exempt": one_of("none", "exempt", "reverse"),
}
LIST_PARAMS = {**LIST, **EXPAND, "created": moment_range, "email": text}

_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


def create(call: Call) -> Body:
    """POST /v1/customers"""
    customer: Body = {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": call.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer |= _changes(call, customer)
    call.store.add(customer)
    events.record(call, "customer.created", customer)
    return customer


def retrieve(call: Call) -> Body:
    """GET /v1/customers/:id; a deleted one says so; an ephemeral key opens its own only."""
    if call.key.kind == "ephemeral" and call.key.customer != call.path["id"]:
        raise missing_object("customer", call.path["id"], param="id", in_path=True)
    return call.addressed("customer", "id").body


def update(call: Call) -> Body:
    """POST /v1/customers/:id"""
    customer = living(call, call.path["id"], "id", in_path=True)
    changes = _changes(call, customer)
    previous = {name: customer[name] for name, value in changes.items() if customer[name] != value}
    customer = customer | changes
    call.store.save(customer)
    if previous:
        events.record(call, "customer.updated", customer, previous)
    return customer


def delete(call: Call) -> Body:
    """DELETE /v1/customers/:id"""
    customer = living(call, call.path["id"], "id", in_path=True)
    deleted: Body = {"id": customer["id"], "object": "customer", "deleted": True}
    call.store.save(deleted)
    events.record(call, "customer.deleted", customer)
    return deleted


def list_all(call: Call) -> Body:
    """GET /v1/customers"""
    where = {"email": call.params["email"]} if "email" in call.params else {}
    return listing(call, "customer", "/v1/customers", where=where, compare=(("$.deleted", "IS", None),))


def living(work: Work, identifier: str, param: str, *, in_path: bool = False) -> Body:
    """The customer of this id; 404 (400 when a parameter names it) when there is none or it was deleted."""
    found = work.store.find("customer", identifier)
    if found is None or found.body.get("deleted"):
        raise missing_object("customer", identifier, param=param, in_path=in_path)
    return found.body


def _changes(call: Call, customer: Body) -> Body:
    changes: dict[str, Any] = call.given(*_PLAIN)
    if "metadata" in call.params:
        changes["metadata"] = merged(customer["metadata"], call.params["metadata"])
    if changes.get("tax_exempt", "none") is None:
        changes["tax_exempt"] = "none"
    return changes
