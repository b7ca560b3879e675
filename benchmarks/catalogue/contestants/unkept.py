"""Ours without what it keeps: what a suggestion costs that nobody asked for within the last minute."""

from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_catalog.rest.views import storefront
from skillwise_catalog.selectors.storefront.suggestions import suggest

__all__ = ["UnkeptSuggestionsView"]


class UnkeptSuggestionsView(storefront.SuggestionsView):
    def get(self, request: Request) -> Response:
        typed = self.parse_query(storefront.SuggestionInput)["q"].lower()
        return storefront.suggestions_answer(suggest(typed))
