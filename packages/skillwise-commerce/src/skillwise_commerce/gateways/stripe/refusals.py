"""Stripe's error classes as ours: the buyer's means of payment, our request, or Stripe itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe
import structlog

from skillwise_commerce.errors import (
    CustomerNotFoundError,
    PaymentDeclinedError,
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    ProviderFailedError,
    ProviderUnavailableError,
)

__all__ = ["our_errors"]

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409

logger = structlog.get_logger(__name__)


@contextmanager
def our_errors() -> Iterator[None]:
    """Around one call to Stripe."""
    try:
        yield
    except stripe.CardError as error:
        raise PaymentDeclinedError(extra={"provider_code": error.code or ""}) from error
    except stripe.InvalidRequestError as error:
        if error.http_status == _NOT_FOUND:  # what the address names; a missing parameter's object is a 400
            raise PaymentNotFoundError from error
        if (error.code, error.param) == ("resource_missing", "customer"):
            raise CustomerNotFoundError from error
        logger.warning(
            "stripe_refused_request", code=error.code, param=error.param, stripe_request=error.request_id
        )
        raise PaymentNotAcceptedError(extra={"provider_code": error.code or ""}) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        logger.warning("stripe_unreachable", error=type(error).__name__)
        raise ProviderUnavailableError from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("stripe_refused_our_key", error=type(error).__name__, stripe_request=error.request_id)
        raise ProviderUnavailableError from error
    except stripe.StripeError as error:
        logger.warning("stripe_failed", status=error.http_status, stripe_request=error.request_id)
        if error.http_status in (None, _CONFLICT):  # nothing is remembered: the same request may be in flight
            raise ProviderUnavailableError from error
        raise ProviderFailedError from error
