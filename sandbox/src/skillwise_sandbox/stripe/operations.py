"""Every operation of the stand-in: its method and path, what it takes, who may call it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from . import (
    account_links,
    accounts,
    balance,
    charges,
    checkout,
    confirmation,
    customers,
    disputes,
    endpoints,
    ephemeral_keys,
    events,
    intents,
    payment_methods,
    payouts,
    refunds,
    transfers,
)
from .parameters import EXPAND, Shape
from .store import Body
from .work import Call

_SECRET: frozenset[str] = frozenset()
_APP = frozenset({"publishable"})
_EPHEMERAL = frozenset({"ephemeral"})


@dataclass(frozen=True)
class Operation:
    """One method on one path. `also` names the sorts of key that may call it beside the secret one."""

    method: str
    template: str
    run: Callable[[Call], Body]
    params: Mapping[str, Shape]
    required: frozenset[str] = frozenset()
    also: frozenset[str] = _SECRET

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template) + r"\Z")


def match(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation for a method and path, with the parts of the path that it names."""
    for operation in OPERATIONS:
        found = operation.pattern.match(path) if operation.method == method else None
        if found:
            return operation, found.groupdict()
    return None


def _operation(
    method: str,
    template: str,
    run: Callable[[Call], Body],
    params: Mapping[str, Shape],
    *required: str,
    also: frozenset[str] = _SECRET,
) -> Operation:
    return Operation(method, template, run, params, frozenset(required), also)


OPERATIONS = (
    _operation("POST", "/v1/customers", customers.create, customers.WRITE_PARAMS),
    _operation("GET", "/v1/customers", customers.list_all, customers.LIST_PARAMS),
    _operation("GET", "/v1/customers/{id}", customers.retrieve, EXPAND, also=_EPHEMERAL),
    _operation("POST", "/v1/customers/{id}", customers.update, customers.WRITE_PARAMS),
    _operation("DELETE", "/v1/customers/{id}", customers.delete, {}),
    _operation(
        "GET",
        "/v1/customers/{id}/payment_methods",
        payment_methods.list_of_customer,
        payment_methods.CUSTOMER_LIST_PARAMS,
    ),
    _operation("POST", "/v1/ephemeral_keys", ephemeral_keys.create, ephemeral_keys.CREATE_PARAMS, "customer"),
    _operation("DELETE", "/v1/ephemeral_keys/{id}", ephemeral_keys.delete, EXPAND),
    _operation(
        "POST",
        "/v1/payment_methods",
        payment_methods.create,
        payment_methods.CREATE_PARAMS,
        "type",
        also=_APP,
    ),
    _operation(
        "GET", "/v1/payment_methods", payment_methods.list_all, payment_methods.LIST_PARAMS, also=_EPHEMERAL
    ),
    _operation("GET", "/v1/payment_methods/{id}", payment_methods.retrieve, EXPAND),
    _operation("POST", "/v1/payment_methods/{id}", payment_methods.update, payment_methods.UPDATE_PARAMS),
    _operation(
        "POST",
        "/v1/payment_methods/{id}/attach",
        payment_methods.attach,
        payment_methods.ATTACH_PARAMS,
        "customer",
    ),
    _operation("POST", "/v1/payment_methods/{id}/detach", payment_methods.detach, EXPAND),
    _operation("POST", "/v1/payment_intents", intents.create, intents.CREATE_PARAMS, "amount", "currency"),
    _operation("GET", "/v1/payment_intents", intents.list_all, intents.LIST_PARAMS),
    _operation("GET", "/v1/payment_intents/{id}", intents.retrieve, intents.RETRIEVE_PARAMS, also=_APP),
    _operation("POST", "/v1/payment_intents/{id}", intents.update, intents.UPDATE_PARAMS),
    _operation(
        "POST",
        "/v1/payment_intents/{id}/confirm",
        confirmation.confirm,
        confirmation.CONFIRM_PARAMS,
        also=_APP,
    ),
    _operation("POST", "/v1/payment_intents/{id}/cancel", intents.cancel, intents.CANCEL_PARAMS),
    _operation("GET", "/v1/charges", charges.list_all, charges.LIST_PARAMS),
    _operation("GET", "/v1/charges/{id}", charges.retrieve, EXPAND),
    _operation("POST", "/v1/charges/{id}", charges.update, charges.UPDATE_PARAMS),
    _operation("GET", "/v1/balance", balance.retrieve, EXPAND),
    _operation("GET", "/v1/balance_transactions", balance.list_transactions, balance.LIST_PARAMS),
    _operation("GET", "/v1/balance_transactions/{id}", balance.retrieve_transaction, EXPAND),
    _operation("GET", "/v1/disputes", disputes.list_all, disputes.LIST_PARAMS),
    _operation("GET", "/v1/disputes/{id}", disputes.retrieve, EXPAND),
    _operation("POST", "/v1/disputes/{id}", disputes.update, disputes.UPDATE_PARAMS),
    _operation("POST", "/v1/disputes/{id}/close", disputes.close, EXPAND),
    _operation("POST", "/v1/refunds", refunds.create, refunds.CREATE_PARAMS),
    _operation("GET", "/v1/refunds", refunds.list_all, refunds.LIST_PARAMS),
    _operation("GET", "/v1/refunds/{id}", refunds.retrieve, EXPAND),
    _operation("POST", "/v1/refunds/{id}", refunds.update, refunds.UPDATE_PARAMS),
    _operation(
        "POST",
        "/v1/checkout/sessions",
        checkout.create,
        checkout.CREATE_PARAMS,
        "line_items",
        "mode",
        "success_url",
    ),
    _operation("GET", "/v1/checkout/sessions", checkout.list_all, checkout.LIST_PARAMS),
    _operation("GET", "/v1/checkout/sessions/{id}", checkout.retrieve, EXPAND),
    _operation("POST", "/v1/checkout/sessions/{id}/expire", checkout.expire, EXPAND),
    _operation(
        "GET", "/v1/checkout/sessions/{id}/line_items", checkout.list_items, checkout.LINE_ITEM_PARAMS
    ),
    _operation("POST", "/v1/accounts", accounts.create, accounts.CREATE_PARAMS),
    _operation("GET", "/v1/accounts", accounts.list_all, accounts.LIST_PARAMS),
    _operation("GET", "/v1/accounts/{id}", accounts.retrieve, EXPAND),
    _operation("POST", "/v1/accounts/{id}", accounts.update, accounts.UPDATE_PARAMS),
    _operation(
        "POST", "/v1/account_links", account_links.create, account_links.CREATE_PARAMS, "account", "type"
    ),
    _operation(
        "POST",
        "/v1/transfers",
        transfers.create,
        transfers.CREATE_PARAMS,
        "amount",
        "currency",
        "destination",
    ),
    _operation("GET", "/v1/transfers", transfers.list_all, transfers.LIST_PARAMS),
    _operation("GET", "/v1/transfers/{id}", transfers.retrieve, EXPAND),
    _operation("POST", "/v1/transfers/{id}", transfers.update, transfers.UPDATE_PARAMS),
    _operation("POST", "/v1/transfers/{id}/reversals", transfers.reverse, transfers.REVERSE_PARAMS),
    _operation(
        "GET", "/v1/transfers/{id}/reversals", transfers.list_reversals, transfers.REVERSAL_LIST_PARAMS
    ),
    _operation("GET", "/v1/transfers/{transfer}/reversals/{id}", transfers.retrieve_reversal, EXPAND),
    _operation("POST", "/v1/payouts", payouts.create, payouts.CREATE_PARAMS, "amount", "currency"),
    _operation("GET", "/v1/payouts", payouts.list_all, payouts.LIST_PARAMS),
    _operation("GET", "/v1/payouts/{id}", payouts.retrieve, EXPAND),
    _operation("GET", "/v1/events", events.list_all, events.LIST_PARAMS),
    _operation("GET", "/v1/events/{id}", events.retrieve, EXPAND),
    _operation(
        "POST", "/v1/webhook_endpoints", endpoints.create, endpoints.CREATE_PARAMS, "enabled_events", "url"
    ),
    _operation("GET", "/v1/webhook_endpoints", endpoints.list_all, endpoints.LIST_PARAMS),
    _operation("GET", "/v1/webhook_endpoints/{id}", endpoints.retrieve, EXPAND),
    _operation("POST", "/v1/webhook_endpoints/{id}", endpoints.update, endpoints.UPDATE_PARAMS),
    _operation("DELETE", "/v1/webhook_endpoints/{id}", endpoints.delete, {}),
)
