"""Expires the sessions whose time is up, whether or not anybody calls."""

import asyncio
import time

from ..stripe.deliverer import Deliverer
from ..stripe.store import Store
from ..switches import Switches
from . import attempts
from .work import Merchant, Work

_TICK = 1.0


async def run(
    store: Store, switches: Switches, deliverer: Deliverer, merchant: Merchant, public_url: str
) -> None:
    """Expire what is due, for ever."""
    while True:
        work = Work(store=store, switches=switches, merchant=merchant, public_url=public_url, now=time.time())
        if attempts.expire_due(work):
            deliverer.wake()
        await asyncio.sleep(_TICK)
