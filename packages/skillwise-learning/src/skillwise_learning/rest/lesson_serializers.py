"""Lessons as enrolled people take them, on the wire."""

from rest_framework import serializers
from skillwise_catalog.api import LessonKind, QuestionKind

from skillwise_learning.rest.serializers import CourseProgressOutput

__all__ = [
    "AttemptInput",
    "AttemptOutput",
    "AttemptSummaryOutput",
    "AttemptedOutput",
    "EnrolledContentOutput",
]

_LINK = "A path below the API's origin, signed; it works for ten minutes."


class ContentCaptionsOutput(serializers.Serializer):
    language = serializers.CharField(help_text="BCP 47.")
    url = serializers.CharField(
        help_text="WebVTT. A path below the API's origin, signed; it works for four hours."
    )


class ContentResourceOutput(serializers.Serializer):
    title = serializers.CharField()
    name = serializers.CharField(help_text="What the file downloads as.")
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    url = serializers.CharField(help_text=_LINK)


class _QuizTextOutput(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField(help_text="Markdown.")
    text_html = serializers.CharField(help_text="The same, safe to show.")


class QuizChoiceOutput(_QuizTextOutput):
    pass


class QuizQuestionOutput(_QuizTextOutput):
    kind = serializers.ChoiceField(choices=list(QuestionKind))
    points = serializers.IntegerField()
    choices = QuizChoiceOutput(many=True, required=False, help_text="Of `single` and `multiple`.")


class QuizOutput(serializers.Serializer):
    """Without anything that tells an answer: those come with an attempt."""

    pass_percent = serializers.IntegerField(help_text="Of the points, to pass.")
    questions = QuizQuestionOutput(many=True)


class EnrolledContentOutput(serializers.Serializer):
    """Of `article`, `video_url`, `file_url` and `quiz` that of its kind is not null; a video has either an
    address or a file.
    """

    id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    module_id = serializers.UUIDField()
    version = serializers.IntegerField(
        help_text="Of the course: what an attempt at the quiz says that it answers."
    )
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(LessonKind))
    group = serializers.CharField(help_text="The heading that it stands under, if any.")
    duration = serializers.IntegerField(help_text="Seconds; 0 where unknown.")
    is_preview = serializers.BooleanField()
    is_downloadable = serializers.BooleanField(help_text="The app may keep it for when there is no network.")
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
    captions = ContentCaptionsOutput(many=True)
    resources = ContentResourceOutput(many=True, help_text="Files to take along.")
    quiz = QuizOutput(allow_null=True)
    best_percent = serializers.IntegerField(
        allow_null=True, help_text="Of the caller's best attempt at the quiz; null before the first."
    )


class AttemptInput(serializers.Serializer):
    id = serializers.UUIDField(help_text="The app's own for this attempt: sent again, it counts once.")
    answers = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        help_text="By the questions' ids: a choice's id of `single`, a list of them of `multiple`, true or "
        "false of `true_false`, text of `short_text`, a number (or one as text) of `numeric`. What is null "
        "or left out is wrong.",
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Of the lesson as the app showed it, so that a quiz which changes meanwhile is graded as "
        "it was; else as it is now.",
    )
    occurred_at = serializers.DateTimeField(
        required=False,
        help_text="When it was handed in, for attempts that waited while the device was offline; else now.",
    )


class AttemptSummaryOutput(serializers.Serializer):
    id = serializers.UUIDField(source="attempt_id")
    version = serializers.IntegerField(help_text="Of the course, that it answers.")
    occurred_at = serializers.DateTimeField()
    earned = serializers.IntegerField(help_text="Points.")
    points = serializers.IntegerField(help_text="That there were to earn.")
    percent = serializers.IntegerField(min_value=0, max_value=100, help_text="Rounded down.")
    is_passed = serializers.BooleanField()


class CorrectAnswerOutput(serializers.Serializer):
    """Those of the question's kind are set."""

    choice_ids = serializers.ListField(child=serializers.UUIDField())
    is_true = serializers.BooleanField(allow_null=True)
    accepted = serializers.ListField(child=serializers.CharField())
    number = serializers.CharField(allow_null=True)
    tolerance = serializers.CharField(allow_null=True, help_text="Either way.")


class GradedQuestionOutput(QuizQuestionOutput):
    id = serializers.UUIDField(source="shown.id")
    text = serializers.CharField(source="shown.text", help_text="Markdown.")
    text_html = serializers.CharField(source="shown.text_html", help_text="The same, safe to show.")
    kind = serializers.ChoiceField(source="shown.kind", choices=list(QuestionKind))
    points = serializers.IntegerField(source="shown.points")
    choices = QuizChoiceOutput(
        source="shown.choices", many=True, required=False, help_text="Of `single` and `multiple`."
    )
    answer = serializers.JSONField(allow_null=True, help_text="What was answered; a number as text.")
    is_right = serializers.BooleanField()
    earned = serializers.IntegerField(help_text="All of its points, or none.")
    correct = CorrectAnswerOutput()
    explanation = serializers.CharField(allow_blank=True, help_text="Markdown.")
    explanation_html = serializers.CharField(allow_blank=True, help_text="The same, safe to show.")


class AttemptOutput(serializers.Serializer):
    """An attempt with what was right in it."""

    id = serializers.UUIDField()
    lesson_id = serializers.UUIDField(source="graded.lesson_id")
    version = serializers.IntegerField(source="graded.version", help_text="Of the course, that it answers.")
    occurred_at = serializers.DateTimeField()
    earned = serializers.IntegerField(source="graded.earned", help_text="Points.")
    points = serializers.IntegerField(source="graded.points", help_text="That there were to earn.")
    percent = serializers.IntegerField(
        source="graded.percent", min_value=0, max_value=100, help_text="Rounded down."
    )
    pass_percent = serializers.IntegerField(source="graded.pass_percent")
    is_passed = serializers.BooleanField()
    best_percent = serializers.IntegerField(help_text="Of the caller's best attempt at this quiz.")
    questions = GradedQuestionOutput(source="graded.questions", many=True)


class AttemptedOutput(AttemptOutput):
    progress = CourseProgressOutput(help_text="In the whole course: a passed attempt completes the lesson.")
