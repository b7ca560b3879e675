"""Connected accounts, of the express type: /v1/accounts. Onboarding is on Stripe's page: `account_links`."""

from typing import Any

from . import currencies, events
from .errors import invalid
from .lists import listing
from .parameters import EXPAND, LIST, boolean, email, hash_of, merged, metadata, moment_range, one_of, text
from .store import Body, new_id
from .work import Call, Work

_CAPABILITIES = ("card_payments", "transfers")
_REQUESTED = hash_of(requested=boolean)
_WRITE = {
    **EXPAND,
    "business_type": one_of("individual", "company", "non_profit", "government_entity"),
    "business_profile": hash_of(mcc=text, name=text, product_description=text, support_email=email, url=text),
    "capabilities": hash_of((), **dict.fromkeys(_CAPABILITIES, _REQUESTED)),
    "email": email,
    "metadata": metadata,
}
CREATE_PARAMS = _WRITE | {"country": text, "default_currency": text, "type": one_of("express")}
UPDATE_PARAMS = _WRITE
LIST_PARAMS = {**LIST, **EXPAND, "created": moment_range}

# What becomes of an account when Stripe looks at it: all is well, or something is missing.
STATES = ("complete", "restricted")

_DUE = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
_PROFILE = {
    "annual_revenue": None,
    "estimated_worker_count": None,
    "mcc": None,
    "name": None,
    "product_description": None,
    "support_address": None,
    "support_email": None,
    "support_phone": None,
    "support_url": None,
    "url": None,
}
_PLACES = {"US": "usd", "GB": "gbp", "JP": "jpy", "CA": "cad", "AU": "aud", "CH": "chf", "NO": "nok"}


def create(call: Call) -> Body:
    """POST /v1/accounts"""
    params = call.params
    if params.get("type") != "express":
        raise invalid("The sandbox has accounts of the type `express` only.", param="type")
    country = (params.get("country") or "US").upper()
    currency = params.get("default_currency") or _PLACES.get(country, "eur")
    identifier = new_id("acct", 16)
    account: Body = {
        "id": identifier,
        "object": "account",
        "business_profile": _PROFILE,
        "business_type": params.get("business_type"),
        "capabilities": {},
        "charges_enabled": False,
        "controller": {
            "type": "application",
            "is_controller": True,
            "fees": {"payer": "application_express"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "country": country,
        "created": call.now,
        "default_currency": currencies.check_currency(currency),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{identifier}/external_accounts",
        },
        "future_requirements": _requirements(),
        "metadata": {},
        "payouts_enabled": False,
        "requirements": _requirements(_DUE),
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {"statement_descriptor_prefix": None},
            "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": None},
            "payouts": {
                "debit_negative_balances": True,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": None,
            },
        },
        "tos_acceptance": {"date": None},
        "type": "express",
    }
    account |= _changes(call, account)
    call.store.add(account)
    return account


def retrieve(call: Call) -> Body:
    """GET /v1/accounts/:id"""
    return call.addressed("account", "id").body


def update(call: Call) -> Body:
    """POST /v1/accounts/:id"""
    account = call.addressed("account", "id").body
    return _save(call, account, account | _changes(call, account))


def list_all(call: Call) -> Body:
    """GET /v1/accounts"""
    return listing(call, "account", "/v1/accounts")


def settle(work: Work, account: Body, state: str) -> Body:
    """What Stripe finds, one of `STATES`: `complete` makes every requested capability active, `restricted`
    takes them away until more is told.
    """
    good = state == "complete"
    capabilities = dict.fromkeys(account["capabilities"], "active" if good else "inactive")
    wanting = _requirements(_DUE[1:2], disabled_reason="requirements.past_due")
    changes: Body = {
        "capabilities": capabilities,
        "charges_enabled": good and "card_payments" in capabilities,
        "details_submitted": good or account["details_submitted"],
        "payouts_enabled": good,
        "requirements": _requirements() if good else wanting,
    }
    if good:
        changes["tos_acceptance"] = {"date": account["tos_acceptance"]["date"] or work.now}
    return _save(work, account, account | changes)


def _save(work: Work, before: Body, after: Body) -> Body:
    previous = {name: value for name, value in before.items() if after[name] != value}
    if previous:
        work.store.save(after)
        events.record(work, "account.updated", after, previous, account=after["id"])
    return after


def _changes(call: Call, account: Body) -> Body:
    params = call.params
    changes: dict[str, Any] = call.given("business_type", "email")
    if "business_profile" in params:
        changes["business_profile"] = account["business_profile"] | (params["business_profile"] or {})
    if "metadata" in params:
        changes["metadata"] = merged(account["metadata"], params["metadata"])
    if "capabilities" in params:
        status = "active" if account["payouts_enabled"] else "inactive"
        held = dict(account["capabilities"])
        for name, asked in (params["capabilities"] or {}).items():
            if asked and asked.get("requested"):
                held.setdefault(name, status)
            else:
                held.pop(name, None)
        changes["capabilities"] = held
    return changes


def _requirements(due: list[str] | None = None, *, disabled_reason: str | None = None) -> Body:
    due = due or []
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled_reason or ("requirements.past_due" if due else None),
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }
