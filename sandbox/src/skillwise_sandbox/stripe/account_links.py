"""Links to Stripe's onboarding page, each good for one visit: /v1/account_links"""

import hmac
from urllib.parse import urlsplit

from .errors import invalid, malformed
from .parameters import EXPAND, one_of, text
from .store import Body, Found, Store, random_text
from .work import Call

CREATE_PARAMS = {
    **EXPAND,
    "account": text,
    "collect": one_of("currently_due", "eventually_due"),
    "refresh_url": text,
    "return_url": text,
    "type": one_of("account_onboarding", "account_update"),
}

_KIND = "account_link"
_MINUTES = 5


def create(call: Call) -> Body:
    """POST /v1/account_links: the page's address, for five minutes. It is not to be sent by mail."""
    account = call.referred("account", "account").body
    for name in ("refresh_url", "return_url"):
        address = urlsplit(call.params.get(name) or "")
        if address.scheme not in ("http", "https") or not address.netloc:
            raise malformed(f"Not a valid URL: {name}", param=name, code="url_invalid")
    if call.params["type"] == "account_update":
        raise invalid("You cannot create `account_update` type Account Links for this account.", param="type")
    secret = random_text(12)
    link: Body = {
        "object": _KIND,
        "created": call.now,
        "expires_at": call.now + _MINUTES * 60,
        "url": f"{call.public_url}/stripe/connect/{account['id']}/{secret}",
    }
    kept = {**link, "id": f"link_{secret}"}
    private = {name: call.params[name] for name in ("refresh_url", "return_url")}
    call.store.add(kept, {**private, "account": account["id"], "secret": secret, "used": False})
    return link


def find(store: Store, account: str, secret: str) -> Found | None:
    """The link that an address of the onboarding page belongs to."""
    found = store.find(_KIND, f"link_{secret}")
    if found is None or found.private["account"] != account:
        return None
    return found if hmac.compare_digest(found.private["secret"].encode(), secret.encode()) else None


def is_good(link: Found, now: int) -> bool:
    """Whether the link still opens the page; where not, its visitor belongs on its `refresh_url`."""
    return not link.private["used"] and now < link.body["expires_at"]


def use_up(store: Store, link: Found) -> None:
    """The onboarding was completed or left: the link opens nothing more."""
    store.save(link.body, link.private | {"used": True})
