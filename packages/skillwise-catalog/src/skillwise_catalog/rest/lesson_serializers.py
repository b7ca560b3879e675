"""What a lesson consists of, on the wire."""

from rest_framework import serializers

from skillwise_catalog.dto import QuestionKind

__all__ = [
    "AuthoredCaptionsOutput",
    "AuthoredResourceOutput",
    "LessonCaptionsOutput",
    "LessonResourceOutput",
    "ShownQuizOutput",
]

_LINK = "A path below the API's origin, signed; it works for ten minutes."


class LessonCaptionsOutput(serializers.Serializer):
    language = serializers.CharField(help_text="BCP 47.")
    url = serializers.CharField(
        help_text="WebVTT. A path below the API's origin, signed; it works for four hours."
    )


class LessonResourceOutput(serializers.Serializer):
    title = serializers.CharField()
    name = serializers.CharField(help_text="What the file downloads as.")
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    url = serializers.CharField(help_text=_LINK)


class AuthoredCaptionsOutput(LessonCaptionsOutput):
    upload_id = serializers.UUIDField()


class AuthoredResourceOutput(LessonResourceOutput):
    upload_id = serializers.UUIDField()


class _ShownTextOutput(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField(help_text="Markdown.")
    text_html = serializers.CharField(help_text="The same, safe to show.")


class ShownChoiceOutput(_ShownTextOutput):
    pass


class ShownQuestionOutput(_ShownTextOutput):
    kind = serializers.ChoiceField(choices=[kind.value for kind in QuestionKind])
    points = serializers.IntegerField()
    choices = ShownChoiceOutput(many=True, required=False, help_text="Of `single` and `multiple`.")


class ShownQuizOutput(serializers.Serializer):
    """Without anything that tells an answer: those come with an attempt."""

    pass_percent = serializers.IntegerField(help_text="Of the points, to pass.")
    questions = ShownQuestionOutput(many=True)
