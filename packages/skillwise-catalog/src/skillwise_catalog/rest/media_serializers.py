"""The shapes of uploads and files on the wire."""

from rest_framework import serializers

from skillwise_catalog.domain.uploads.kinds import KINDS
from skillwise_catalog.models import ProbeState, RenderState

__all__ = ["UploadInput", "UploadOutput"]

_ENDS = ", ".join(end[1:] for end in KINDS)


class UploadInput(serializers.Serializer):
    name = serializers.CharField(
        max_length=1000, trim_whitespace=False, help_text=f"A file's name without folders, ending in {_ENDS}."
    )
    size = serializers.IntegerField(min_value=1, max_value=2**53 - 1, help_text="Bytes.")
    content_type = serializers.CharField(max_length=100, help_text="The type that its extension stands for.")
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$", help_text="Of all its bytes, in hexadecimal digits."
    )


class RequestOutput(serializers.Serializer):
    method = serializers.CharField()
    url = serializers.CharField(help_text="Absolute, or below the API's origin.")
    headers = serializers.DictField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class PartOutput(serializers.Serializer):
    number = serializers.IntegerField(help_text="From 1.")
    offset = serializers.IntegerField(help_text="Of its first byte in the file.")
    size = serializers.IntegerField(help_text="Bytes.")
    request = RequestOutput(allow_null=True, help_text="How to hand it in; null where it has arrived.")


class ListedUploadOutput(serializers.Serializer):
    """An upload that goes on, or the file that became of one."""

    id = serializers.UUIDField(help_text="For a lesson's `upload_id`, once completed.")
    is_completed = serializers.BooleanField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is given up unless completed; null once it is."
    )
    width = serializers.IntegerField(allow_null=True, help_text="Pixels, of a picture or a probed video.")
    height = serializers.IntegerField(allow_null=True)
    probe = serializers.ChoiceField(
        choices=ProbeState.values,
        allow_null=True,
        help_text="How far a video is looked into; null of others.",
    )
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds, of a probed video.")
    video_codec = serializers.CharField(allow_null=True)
    audio_codec = serializers.CharField(allow_null=True)
    rendering = serializers.ChoiceField(
        choices=RenderState.values, allow_null=True, help_text="How far a video is made ready for streaming."
    )
    playlist_url = serializers.CharField(
        allow_null=True, help_text="Its HLS playlist, signed; null where it was not made ready for streaming."
    )


class UploadOutput(ListedUploadOutput):
    parts = PartOutput(many=True, help_text="None, once completed.")
