"""Lessons as enrolled people take them, on the wire."""

from rest_framework import serializers
from skillwise_catalog.api import LessonKind, QuestionKind

__all__ = ["LessonContentOutput"]

_LINK = "A path below the API's origin, signed; it works for ten minutes."


class ContentCaptionsOutput(serializers.Serializer):
    language = serializers.CharField(help_text="BCP 47.")
    url = serializers.CharField(help_text=f"WebVTT. {_LINK}")


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


class LessonContentOutput(serializers.Serializer):
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
