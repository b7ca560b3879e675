"""The category tree."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection, transaction

from skillwise_catalog.domain.text import slug_of
from skillwise_catalog.models import Category
from skillwise_catalog.services.freshness import refresh_storefront
from skillwise_catalog.services.projection import project_again

__all__ = ["add_category", "ensure_category", "hold_names", "rename_category"]


@transaction.atomic
def add_category(*, name: str, slug: str, parent: Category | None) -> Category:
    """A new category below `parent`, or at the top. It stays there: its slug and its place stand in
    addresses.

    Raises Django's `IntegrityError` for a slug that is taken.
    """
    category = Category.objects.create(
        name=name, slug=slug, parent=parent, lineage=[*(parent.lineage if parent else []), slug]
    )
    refresh_storefront()
    return category


def hold_names(category_ids: Collection[UUID]) -> None:
    """Have nobody rename these categories until the transaction ends. For whoever publishes into one: a
    rename finds the editions that are there, and one under way is not. Before any edition is locked, which is
    the order in which a rename locks them.
    """
    table = connection.ops.quote_name(Category._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(category_ids)]
        )


@transaction.atomic
def rename_category(category: Category, *, name: str) -> Category:
    category.name = name
    category.save(update_fields=["name"])
    project_again(category.editions.all())
    refresh_storefront()
    return category


@transaction.atomic
def ensure_category(*, path: Sequence[str]) -> Category:
    """The category at `path` (names from the top down: `("Programming", "Python")`), made where it is not
    there yet.

    Slugs are unique in the whole tree: a name that another branch has too gets its parent's slug before its
    own.
    """
    category: Category | None = None
    for name in path:
        parent = category
        category = Category.objects.filter(parent=parent, name__iexact=name).first()
        if category is None:
            category = add_category(name=name, slug=_free_slug(name, parent), parent=parent)
    if category is None:
        raise ValueError("a category has a name")
    return category


def _free_slug(name: str, parent: Category | None) -> str:
    slug = slug_of(name) or "category"
    if parent and Category.objects.filter(slug=slug).exists():
        slug = f"{parent.slug}-{slug}"[:80]
    number = 1
    free = slug
    while Category.objects.filter(slug=free).exists():
        number += 1
        free = f"{slug[:76]}-{number}"
    return free
