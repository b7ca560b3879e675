"""Versions and what they changed, as the OpenAPI document describes them."""

from rest_framework import serializers

from skillwise_catalog.dto import ChangeKind

__all__ = ["ChangesOutput", "VersionDetailOutput", "VersionOutput"]


class PublisherOutput(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField(allow_blank=True)


class VersionOutput(serializers.Serializer):
    number = serializers.IntegerField(help_text="From 1, without gaps.")
    published_at = serializers.DateTimeField()
    published_by = PublisherOutput(allow_null=True, help_text="Null: the house, by an import.")


class VersionDetailOutput(VersionOutput):
    document = serializers.JSONField(
        help_text="The whole course as it was published, quizzes with their answers."
    )


class FieldChangeOutput(serializers.Serializer):
    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    diff = serializers.CharField(
        allow_null=True, help_text="Of descriptions and articles: a unified diff of their lines."
    )


class PartChangeOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField(help_text="As it is now; of what was removed, as it was.")
    changes = serializers.ListField(
        child=serializers.ChoiceField(choices=[kind.value for kind in ChangeKind]),
        help_text="`moved`: to another module or place; `changed`: in what it says, beside its title.",
    )
    fields = FieldChangeOutput(many=True)  # type: ignore[assignment]  # DRF takes it out of the class


class ChangesOutput(serializers.Serializer):
    before = serializers.IntegerField(
        allow_null=True, help_text="The number of the earlier version; null: there was none."
    )
    after = serializers.IntegerField(
        allow_null=True, help_text="The number of the later version; null: the working copy."
    )
    fields = FieldChangeOutput(many=True)  # type: ignore[assignment]  # DRF takes it out of the class
    modules = PartChangeOutput(many=True)
    lessons = PartChangeOutput(many=True)
