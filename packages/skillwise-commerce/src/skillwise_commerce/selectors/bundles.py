"""Bundles, as the storefront and their makers see them."""

from uuid import UUID

from django.db.models import QuerySet
from skillwise_kernel.actor import Actor

from skillwise_commerce.errors import BundleNotFoundError
from skillwise_commerce.models import Bundle

__all__ = ["bundles_of_maker", "bundles_on_sale", "visible_bundle"]


def bundles_on_sale() -> QuerySet[Bundle]:
    """With courses and prices: three queries, however many bundles."""
    return _whole().filter(is_on_sale=True)


def bundles_of_maker(*, actor: Actor) -> QuerySet[Bundle]:
    """An instructor's own, all of them for an administrator, on sale or not; as `bundles_on_sale`."""
    return _whole() if actor.has_role("admin") else _whole().filter(owner_id=actor.id)


def visible_bundle(*, bundle_id: UUID, actor: Actor | None) -> Bundle:
    """One on sale, or one that the reader made. Raises `BundleNotFoundError`."""
    bundle = _whole().filter(id=bundle_id).first()
    if bundle is None or not (bundle.is_on_sale or (actor is not None and _is_maker(actor, bundle))):
        raise BundleNotFoundError
    return bundle


def _whole() -> QuerySet[Bundle]:
    return Bundle.objects.prefetch_related("courses", "prices")


def _is_maker(actor: Actor, bundle: Bundle) -> bool:
    return actor.id == bundle.owner_id or actor.has_role("admin")
