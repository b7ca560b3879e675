"""What the endpoints take, and what they give as the OpenAPI document describes it."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from skillwise_kernel.rest.fields import MoneyField

from skillwise_catalog.domain.lessons import MAX_DURATION
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_LANGUAGE_LENGTH,
    MAX_LIST_LENGTH,
    MAX_POINT_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
    TextRefusedError,
    clean_language,
    clean_line,
    clean_prose,
    clean_tag,
    clean_video_url,
)
from skillwise_catalog.dto import CourseStatus, InstructorRole, LessonKind
from skillwise_catalog.models import Level
from skillwise_catalog.rest.lesson_serializers import (
    AuthoredCaptionsOutput,
    AuthoredResourceOutput,
    LessonCaptionsOutput,
    LessonResourceOutput,
    ShownQuizOutput,
)

__all__ = [
    "AuthoredCourseDetailOutput",
    "AuthoredCourseOutput",
    "AuthoredLessonOutput",
    "CategoryListOutput",
    "CourseInput",
    "InstructorOutput",
    "LanguageField",
    "LessonInput",
    "LessonListOutput",
    "LessonOutput",
    "ModuleInput",
    "ModuleListOutput",
    "ModuleOutput",
]

KINDS = [kind.value for kind in LessonKind]


class _CleanField(serializers.CharField):
    """Text that a function of `domain.text` cleans or refuses."""

    def clean(self, text: str) -> str:
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        return _cleaned(self.clean, text) if text else text


class LineField(_CleanField):
    def clean(self, text: str) -> str:
        return clean_line(text, max_length=self.max_length or MAX_TITLE_LENGTH)


class ProseField(_CleanField):
    def clean(self, text: str) -> str:
        return clean_prose(text, max_length=self.max_length or MAX_DESCRIPTION_LENGTH)


class LanguageField(_CleanField):
    def clean(self, text: str) -> str:
        return clean_language(text)


class TagField(_CleanField):
    def clean(self, text: str) -> str:
        return clean_tag(text)


class PointsField(serializers.ListField):
    """Lines that each say one thing."""

    def __init__(self, **kwargs: Any) -> None:
        child = LineField(max_length=MAX_POINT_LENGTH)
        super().__init__(child=child, max_length=MAX_LIST_LENGTH, **kwargs)


class VideoUrlField(_CleanField):
    def clean(self, text: str) -> str:
        return clean_video_url(text)


class CourseInput(serializers.Serializer):
    title = LineField(max_length=MAX_TITLE_LENGTH)
    subtitle = LineField(max_length=MAX_SUBTITLE_LENGTH, required=False, allow_blank=True)
    description = ProseField(
        max_length=MAX_DESCRIPTION_LENGTH, required=False, allow_blank=True, help_text="Markdown."
    )
    language = LanguageField(
        max_length=MAX_LANGUAGE_LENGTH, required=False, allow_blank=True, help_text="BCP 47: `en`, `pt-BR`."
    )
    level = serializers.ChoiceField(
        choices=Level.values, required=False, allow_blank=True, help_text="`all`: for everyone."
    )
    category = serializers.CharField(
        max_length=80, required=False, allow_null=True, help_text="A category's slug."
    )
    price = MoneyField(required=False, allow_null=True, help_text="An amount of 0 is free.")
    tags = serializers.ListField(
        child=TagField(max_length=MAX_TAG_LENGTH),
        max_length=MAX_LIST_LENGTH,
        required=False,
        help_text="In small letters and without commas; each is kept once.",
    )
    outcomes = PointsField(required=False, help_text="What one learns.")
    requirements = PointsField(required=False, help_text="What one needs.")
    audience = PointsField(required=False, help_text="Whom it is for.")
    cover_upload_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Of `uploads/`: a picture; null for none."
    )
    promo_video_upload_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Of `uploads/`: a video, in place of an address."
    )
    promo_video_url = VideoUrlField(
        max_length=MAX_URL_LENGTH,
        required=False,
        allow_blank=True,
        help_text="http or https, in place of a file.",
    )

    def validate_tags(self, tags: list[str]) -> list[str]:
        return list(dict.fromkeys(tags))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("promo_video_url") and attrs.get("promo_video_upload_id"):
            problem = {"promo_video_url": "Give either this or an upload."}
            raise serializers.ValidationError(problem, "one_of")
        return attrs


class ModuleInput(serializers.Serializer):
    title = LineField(max_length=MAX_TITLE_LENGTH)
    position = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="From 1; at the end unless given."
    )


class _WholeInput(serializers.Serializer):
    """An item of a list, which a PATCH replaces whole: DRF would let its members be missing there too."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if missing := [name for name, field in self.fields.items() if field.required and name not in attrs]:
            problem = dict.fromkeys(missing, "This field is required.")
            raise serializers.ValidationError(problem, "required")
        return attrs


class CaptionsInput(_WholeInput):
    language = LanguageField(max_length=MAX_LANGUAGE_LENGTH, help_text="BCP 47.")
    upload_id = serializers.UUIDField(help_text="Of `uploads/`: a WebVTT file.")


class ResourceInput(_WholeInput):
    title = LineField(max_length=MAX_TITLE_LENGTH)
    upload_id = serializers.UUIDField(help_text="Of `uploads/`.")


class LessonInput(serializers.Serializer):
    title = LineField(max_length=MAX_TITLE_LENGTH)
    kind = serializers.ChoiceField(choices=KINDS)
    group = LineField(
        max_length=MAX_TITLE_LENGTH,
        required=False,
        allow_blank=True,
        help_text="The heading that it stands under, with its neighbours of the same.",
    )
    duration = serializers.IntegerField(
        min_value=0, max_value=MAX_DURATION, required=False, help_text="Seconds; 0 where unknown."
    )
    is_downloadable = serializers.BooleanField(
        required=False, help_text="The app may keep it for when there is no network."
    )
    is_preview = serializers.BooleanField(
        required=False, help_text="Anybody may take it, once the course is published."
    )
    position = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="From 1; at the module's end unless given."
    )
    article = ProseField(
        max_length=MAX_ARTICLE_LENGTH, required=False, help_text="Markdown: the content of an article."
    )
    video_url = VideoUrlField(
        max_length=MAX_URL_LENGTH, required=False, help_text="http or https: the content of a video."
    )
    upload_id = serializers.UUIDField(
        required=False, help_text="Of `uploads/`: the content of a file, or of a video that is kept here."
    )
    quiz = serializers.JSONField(required=False, help_text="Questions with their answers.")
    captions = serializers.ListField(
        child=CaptionsInput(),
        max_length=MAX_LIST_LENGTH,
        required=False,
        help_text="Of a video: all that it has, one in a language.",
    )
    resources = serializers.ListField(
        child=ResourceInput(),
        max_length=MAX_LIST_LENGTH,
        required=False,
        help_text="Files to take along: all of them, in their order.",
    )

    def validate_captions(self, captions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({caption["language"] for caption in captions}) != len(captions):
            raise serializers.ValidationError("A language stands here twice.", "duplicate")
        return captions


class CategoryRefOutput(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()


class CategoryOutput(CategoryRefOutput):
    parent = serializers.CharField(  # type: ignore[assignment]  # DRF takes it out of the class
        allow_null=True, help_text="The slug of the category that it is in; null at the top."
    )
    depth = serializers.IntegerField(help_text="1 at the top.")


class CategoryListOutput(serializers.Serializer):
    results = CategoryOutput(many=True)


class OwnerOutput(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField()


class RatingOutput(serializers.Serializer):
    average = serializers.FloatField(allow_null=True, help_text="From 1 to 5; null while nobody has rated.")
    count = serializers.IntegerField()


class AuthoredCourseOutput(serializers.Serializer):
    """The working copy, for its authors. It may still have blank text, and no category and price."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    subtitle = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True, help_text="Markdown.")
    language = serializers.CharField(allow_blank=True, help_text="BCP 47.")
    level = serializers.ChoiceField(choices=Level.values, allow_blank=True)
    category = CategoryRefOutput(allow_null=True)
    price = MoneyField(allow_null=True)
    owner = OwnerOutput()
    rating = RatingOutput()
    enrollment_count = serializers.IntegerField()
    lesson_count = serializers.IntegerField()
    duration = serializers.IntegerField(help_text="Seconds, of all lessons.")
    status = serializers.ChoiceField(choices=[status.value for status in CourseStatus])
    published_at = serializers.DateTimeField(allow_null=True, help_text="When it was first published.")
    updated_at = serializers.DateTimeField()
    tags = serializers.ListField(child=serializers.CharField())
    outcomes = serializers.ListField(child=serializers.CharField(), help_text="What one learns.")
    requirements = serializers.ListField(child=serializers.CharField(), help_text="What one needs.")
    audience = serializers.ListField(child=serializers.CharField(), help_text="Whom it is for.")
    cover_url = serializers.CharField(
        allow_null=True, help_text="A path below the API's origin that works for ten minutes."
    )
    promo_video_url = serializers.CharField(
        allow_null=True, help_text="An address, or a path below the API's origin that works for four hours."
    )
    cover_upload_id = serializers.UUIDField(allow_null=True)
    promo_video_upload_id = serializers.UUIDField(
        allow_null=True, help_text="The file that `promo_video_url` leads to; null where it is an address."
    )
    created_at = serializers.DateTimeField()
    has_changes = serializers.BooleanField(help_text="Whether it was edited since it was last published.")
    edition = serializers.IntegerField(
        allow_null=True,
        help_text="The number of the version that readers see; null while they never saw one.",
    )
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What it must still get before it can be published."
    )
    review_note = serializers.CharField(
        allow_blank=True, help_text="Why an administrator returned it; blank when none has."
    )


class LessonSummaryOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    group = serializers.CharField(allow_blank=True, help_text="The heading that it stands under, if any.")
    duration = serializers.IntegerField(help_text="Seconds; 0 where unknown.")
    is_preview = serializers.BooleanField()
    is_downloadable = serializers.BooleanField(help_text="The app may keep it for when there is no network.")


class LessonOutlineOutput(LessonSummaryOutput):
    position = serializers.IntegerField()


class ModuleOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    position = serializers.IntegerField()
    lessons = LessonOutlineOutput(many=True)


class ModuleListOutput(serializers.Serializer):
    results = ModuleOutput(many=True)


class InstructorOutput(OwnerOutput):
    role = serializers.ChoiceField(choices=[role.value for role in InstructorRole])


class AuthoredCourseDetailOutput(AuthoredCourseOutput):
    description_html = serializers.CharField(allow_blank=True, help_text="The same, safe to show.")
    instructors = InstructorOutput(many=True)
    modules = ModuleOutput(many=True)


class LessonListOutput(serializers.Serializer):
    results = LessonOutlineOutput(many=True)


class LessonOutput(LessonSummaryOutput):
    """Of `article`, `video_url`, `file_url` and `quiz` that of its kind is not null; a video has either an
    address or a file.
    """

    course_id = serializers.UUIDField()
    module_id = serializers.UUIDField()
    article = serializers.CharField(allow_null=True, help_text="Markdown.")
    article_html = serializers.CharField(
        allow_null=True,
        help_text="The same, safe to show, with links to its pictures that work for ten minutes.",
    )
    video_url = serializers.CharField(allow_null=True)
    playlist_url = serializers.CharField(
        allow_null=True,
        help_text="The HLS playlist of a video that was made ready for streaming: a path below the API's "
        "origin that works for four hours.",
    )
    file_url = serializers.CharField(
        allow_null=True,
        help_text="A path below the API's origin that works for ten minutes, a video's for four hours.",
    )
    file_name = serializers.CharField(allow_null=True)
    file_size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    captions = LessonCaptionsOutput(many=True)
    resources = LessonResourceOutput(many=True, help_text="Files to take along.")
    quiz = ShownQuizOutput(allow_null=True)


class AuthoredLessonOutput(LessonOutput):
    """The working copy, for its authors: their quizzes come with the answers."""

    quiz = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # another shape, for authors
    upload_id = serializers.UUIDField(allow_null=True, help_text="The file that `file_url` leads to.")
    captions = AuthoredCaptionsOutput(many=True)
    resources = AuthoredResourceOutput(many=True)
    position = serializers.IntegerField()


def _cleaned(clean: Callable[[str], str], text: str) -> str:
    try:
        return clean(text)
    except TextRefusedError as exc:
        raise serializers.ValidationError(str(exc), exc.code) from None
