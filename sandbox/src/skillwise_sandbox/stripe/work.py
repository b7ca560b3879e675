"""What a piece of work at the stand-in runs with."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ..switches import Switches
from .errors import missing_object
from .store import Found, Store

KeyKind = Literal["secret", "publishable", "ephemeral"]

# What Stripe's messages call an object, where that is not its kind.
_NOUNS = {"payment_method": "PaymentMethod", "webhook_endpoint": "webhook endpoint"}


@dataclass(frozen=True)
class Key:
    """Who calls: an API key, and for an ephemeral one the customer that it opens."""

    kind: KeyKind
    customer: str | None = None


@dataclass(frozen=True)
class Work:
    """One piece of work: where objects are kept, the time (unix seconds), and which request it answers.

    A settlement that happens by itself, later, has no request.
    """

    store: Store
    now: int
    public_url: str
    switches: Switches
    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Call(Work):
    """An API call, its parameters already read into typed values (only those that were given)."""

    key: Key = field(default_factory=lambda: Key("secret"))
    params: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    api_version: str | None = None

    def given(self, *names: str) -> dict[str, Any]:
        """Those of the named parameters that were given."""
        return {name: self.params[name] for name in names if name in self.params}

    def addressed(self, kind: str, param: str) -> Found:
        """The object that the address names; 404 when there is none."""
        identifier = self.path[param]
        found = self.store.find(kind, identifier)
        if found is None:
            raise missing_object(_NOUNS.get(kind, kind), identifier, param=param, in_path=True)
        return found

    def referred(self, kind: str, param: str) -> Found:
        """The object that a parameter names; 400 when there is none."""
        return referred(self, kind, self.params[param], param)


def referred(work: Work, kind: str, identifier: str, param: str) -> Found:
    """The object of this id, named by a parameter; 400 when there is none."""
    found = work.store.find(kind, identifier)
    if found is None:
        raise missing_object(_NOUNS.get(kind, kind), identifier, param=param, in_path=False)
    return found
