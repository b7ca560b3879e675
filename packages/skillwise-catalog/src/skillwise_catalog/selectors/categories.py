"""One category, and where it stands in the tree."""

from collections.abc import Sequence

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.errors import CategoryNotFoundError
from skillwise_catalog.models import Category

__all__ = ["category_at", "find_category", "names_down_to"]


def find_category(named: str) -> Category:
    """The category of this slug, or of this path of names or slugs from the top down: `bread`,
    `Kitchen/Bread`.

    Raises `CategoryNotFoundError`, which points to `/category`. A query for each name of the path.
    """
    found = Category.objects.filter(slug=named).first()
    if found is None and "/" in named:
        found = category_at([name.strip() for name in named.split("/")], by=("slug", "name__iexact"))
    if found is None:
        problem = FieldProblem("/category", "catalog.category_not_found", "There is no such category.")
        raise CategoryNotFoundError(f"There is no category {named}.", fields=(problem,))
    return found


def category_at(path: Sequence[str], *, by: Sequence[str] = ("name__iexact",)) -> Category | None:
    """The category at `path`, names from the top down, or whatever else it is looked up `by`; None where
    there is none. At most a query for each name and lookup.
    """
    category: Category | None = None
    for name in path:
        here = Category.objects.filter(parent=category)
        found = (here.filter(**{lookup: name}).first() for lookup in by)
        category = next(filter(None, found), None)
        if category is None:
            return None
    return category


def names_down_to(category: Category | None) -> tuple[str, ...]:
    """A category's names from the top of the tree; of None, none. One query."""
    if category is None:
        return ()
    names = dict(Category.objects.filter(slug__in=category.lineage).values_list("slug", "name"))
    return tuple(names[slug] for slug in category.lineage)
