"""What everybody reads: lists, searches, facets, suggestions, related courses, and what changed."""

from skillwise_catalog.selectors.storefront.listing import ORDERINGS, RELEVANCE, all_categories
from skillwise_catalog.selectors.storefront.people import display_names, names_of

__all__ = ["ORDERINGS", "RELEVANCE", "all_categories", "display_names", "names_of"]
