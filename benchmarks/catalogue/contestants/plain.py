"""What most people write: `ModelViewSet`, `ModelSerializer`, `PageNumberPagination`, a JWT.

As good as that gets: its order has an index, its relations are fetched ahead, and its renderer is DRF's own.
It leaves out the owner's name, which ours looks up.
"""

from django.db.models import QuerySet
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import BaseSerializer, ModelSerializer
from rest_framework.viewsets import ModelViewSet
from rest_framework_simplejwt.authentication import JWTAuthentication
from skillwise_catalog.models import Category, Course, Lesson, Module

__all__ = ["CourseViewSet"]


class CategorySerializer(ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = ["slug", "name"]


class CourseSerializer(ModelSerializer[Course]):
    category = CategorySerializer()

    class Meta:
        model = Course
        fields = [
            "id",
            "slug",
            "title",
            "subtitle",
            "description",
            "language",
            "level",
            "category",
            "price_amount",
            "price_currency",
            "owner_id",
            "rating_average",
            "rating_count",
            "enrollment_count",
            "lesson_count",
            "duration",
            "status",
            "published_at",
            "created_at",
            "updated_at",
        ]


class LessonSerializer(ModelSerializer[Lesson]):
    class Meta:
        model = Lesson
        fields = ["id", "title", "kind", "duration", "is_preview", "position"]


class ModuleSerializer(ModelSerializer[Module]):
    lessons = LessonSerializer(many=True)

    class Meta:
        model = Module
        fields = ["id", "title", "position", "lessons"]


class CourseDetailSerializer(CourseSerializer):
    modules = ModuleSerializer(many=True)

    class Meta:
        model = Course
        fields = [*CourseSerializer.Meta.fields, "modules"]


class Pages(PageNumberPagination):
    page_size = 20


class CourseViewSet(ModelViewSet[Course]):
    queryset = (
        Course.objects.filter(status="published")
        .select_related("category")
        .defer("search", "title_key")
        .order_by("-published_at", "-id")
    )
    pagination_class = Pages
    authentication_classes = [JWTAuthentication]
    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]
    throttle_classes = []

    def get_queryset(self) -> QuerySet[Course]:
        courses = super().get_queryset()
        return courses.prefetch_related("modules__lessons") if self.action == "retrieve" else courses

    def get_serializer_class(self) -> type[BaseSerializer[Course]]:
        return CourseDetailSerializer if self.action == "retrieve" else CourseSerializer
