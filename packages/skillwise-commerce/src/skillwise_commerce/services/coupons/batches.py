"""One-off codes, many at once."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from skillwise_kernel.actor import Actor

from skillwise_commerce.domain.coupons import ALPHABET
from skillwise_commerce.models import Coupon, CouponBatch
from skillwise_commerce.services.coupons.managing import new_coupon

__all__ = ["MAX_BATCH", "create_batch"]

#: How many codes a batch may hold.
MAX_BATCH: Final = 5000

#: 31 to the 12th is 2 to the 59th: whoever tries a million codes a second against a batch of 5000 hits one in
#: years, and none is ever made twice.
_CODE_LENGTH: Final = 12


@transaction.atomic
def create_batch(
    *, actor: Actor, name: str, size: int, terms: Mapping[str, Any], now: datetime
) -> CouponBatch:
    """`size` coupons (1 to `MAX_BATCH`) with random codes, each to be used once. `terms`, and what is raised:
    see `new_coupon`.
    """
    once = {**terms, "max_uses": 1, "max_uses_per_person": 1}
    pattern = new_coupon(actor=actor, code="", terms=once, now=now)
    batch = CouponBatch.objects.create(name=name, size=size, created_by=actor.id, created_at=now)
    same = {
        field.name: getattr(pattern, field.name)
        for field in Coupon._meta.concrete_fields
        if field.name not in {"id", "code", "code_key", "batch"}
    }
    codes: set[str] = set()
    while len(codes) < size:
        codes.add("".join(secrets.choice(ALPHABET) for _ in range(_CODE_LENGTH)))
    coupons = [Coupon(**same, batch=batch, code=code, code_key=code) for code in codes]
    Coupon.objects.bulk_create(coupons, batch_size=1000)
    return batch
