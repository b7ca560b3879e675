"""The shapes that learning takes and gives over HTTP."""

from rest_framework import serializers
from skillwise_catalog.api import LessonKind

from skillwise_learning.domain.reviews import MAX_RATING, MAX_TEXT_LENGTH, MIN_RATING
from skillwise_learning.dto import Access

__all__ = [
    "CourseProgressOutput",
    "EnrollmentDetailOutput",
    "EnrollmentInput",
    "EnrollmentOutput",
    "ProgressInput",
    "ProgressQuery",
    "ReviewChangeInput",
    "ReviewInput",
    "ReviewOutput",
    "ReviewQuery",
]

#: A hundred hours: no lesson is longer.
MAX_POSITION = 360_000


class EnrollmentInput(serializers.Serializer):
    course_id = serializers.UUIDField()


class ResumePointOutput(serializers.Serializer):
    lesson_id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="Seconds from the lesson's start.")


class EnrolledCourseOutput(serializers.Serializer):
    id = serializers.UUIDField(source="course_id")
    slug = serializers.CharField(source="course_slug")
    title = serializers.CharField(source="course_title")


class EnrollmentOutput(serializers.Serializer):
    id = serializers.UUIDField(source="enrollment_id")
    course = EnrolledCourseOutput(source="*")
    order_id = serializers.UUIDField(
        allow_null=True,
        help_text="The order that it came by: bought, free, or a gift.",
    )
    enrolled_at = serializers.DateTimeField()
    access = serializers.ChoiceField(
        choices=list(Access),
        help_text="`suspended` while a dispute about the payment is open, `ended` after a refund: no "
        "lesson is played, progress is kept.",
    )
    access_ended_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(
        source="progress.completed_at", allow_null=True, help_text="When the course was first complete."
    )
    percent = serializers.IntegerField(source="progress.percent", min_value=0, max_value=100)
    completed_lessons = serializers.IntegerField(source="progress.completed_lessons")
    total_lessons = serializers.IntegerField(source="progress.total_lessons")
    resume = ResumePointOutput(
        source="progress.resume", allow_null=True, help_text="Where to go on; null when nothing is left."
    )


class EnrolledLessonOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(LessonKind))
    group = serializers.CharField(help_text="The heading that it stands under, if any.")
    duration = serializers.IntegerField(help_text="Seconds; 0 where unknown.")
    is_downloadable = serializers.BooleanField(help_text="The app may keep it for when there is no network.")
    position = serializers.IntegerField(source="state.position", help_text="Seconds from the lesson's start.")
    is_completed = serializers.BooleanField(source="state.is_completed")
    completed_at = serializers.DateTimeField(source="state.completed_at", allow_null=True)


class EnrolledModuleOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    lessons = EnrolledLessonOutput(many=True)


class EnrollmentDetailOutput(EnrollmentOutput):
    modules = EnrolledModuleOutput(many=True, help_text="In teaching order.")


class ProgressQuery(serializers.Serializer):
    course_id = serializers.UUIDField(required=False, help_text="Only the progress in this course.")


class ProgressInput(serializers.Serializer):
    lesson_id = serializers.UUIDField()
    completed = serializers.BooleanField(
        default=False, help_text="Whether the lesson is done. Once it is, it stays so: false changes nothing."
    )
    position = serializers.IntegerField(
        required=False, min_value=0, max_value=MAX_POSITION, help_text="Seconds from the lesson's start."
    )
    occurred_at = serializers.DateTimeField(
        required=False,
        help_text="When this happened, for reports that waited while the device was offline; else now. "
        "An older report never moves the position of a newer one back.",
    )


class LessonStateOutput(serializers.Serializer):
    lesson_id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="Seconds from the lesson's start.")
    is_completed = serializers.BooleanField()
    played_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class CourseProgressOutput(serializers.Serializer):
    course_id = serializers.UUIDField()
    completed_lessons = serializers.IntegerField()
    total_lessons = serializers.IntegerField()
    percent = serializers.IntegerField(
        min_value=0, max_value=100, help_text="Rounded down: 100 only when every lesson is completed."
    )
    resume = ResumePointOutput(allow_null=True, help_text="Where to go on; null when nothing is left.")
    lessons = LessonStateOutput(many=True, help_text="In teaching order.")
    completed_at = serializers.DateTimeField(allow_null=True, help_text="When the course was first complete.")


class ReviewQuery(serializers.Serializer):
    course_id = serializers.UUIDField(help_text="The course whose reviews to list.")


class ReviewChangeInput(serializers.Serializer):
    rating = serializers.IntegerField(min_value=MIN_RATING, max_value=MAX_RATING, required=False)
    text = serializers.CharField(max_length=MAX_TEXT_LENGTH, allow_blank=True, required=False)


class ReviewInput(serializers.Serializer):
    course_id = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=MIN_RATING, max_value=MAX_RATING)
    text = serializers.CharField(max_length=MAX_TEXT_LENGTH, allow_blank=True, default="")


class ReviewAuthorOutput(serializers.Serializer):
    id = serializers.UUIDField(source="author_id")
    display_name = serializers.CharField(source="author_name")


class ReviewOutput(serializers.Serializer):
    id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    author = ReviewAuthorOutput(source="*")
    rating = serializers.IntegerField(min_value=MIN_RATING, max_value=MAX_RATING)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
