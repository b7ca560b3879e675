"""The category tree."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from skillwise_catalog.rest import examples
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.representations import category_as_json
from skillwise_catalog.rest.serializers import CategoryListOutput
from skillwise_catalog.rest.views.access import PublicView
from skillwise_catalog.selectors.storefront import all_categories

__all__ = ["CategoryListView"]


@extend_schema(tags=["Courses"])
class CategoryListView(PublicView):
    @extend_schema(
        operation_id="categories_list",
        summary="List the categories",
        description="The whole tree at once, each category before those within it.",
        responses={200: CategoryListOutput},
        examples=[body("A small tree", examples.CATEGORIES, status=200)],
    )
    def get(self, request: Request) -> Response:
        return Response({"results": [category_as_json(category) for category in all_categories()]})
