"""Imports of courses: what their endpoints take, and what they give."""

from typing import Any

from rest_framework import serializers

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.models import CourseImport, ImportState
from skillwise_catalog.rest.serializers import CategoryRefOutput

__all__ = ["ImportDetailOutput", "ImportInput", "ImportOutput", "import_as_json", "import_detail_as_json"]

_FORMATS = [known.value for known in PackageFormat]
_UNITS = [known.value for known in LessonsFrom]


class ImportInput(serializers.Serializer):
    upload_id = serializers.UUIDField(
        help_text="A completed upload of yours, ending in imscc, tar.gz, tgz or zip."
    )
    format = serializers.ChoiceField(
        choices=_FORMATS,
        help_text="`olx`: a course that Open edX exported. `package`: one that this catalogue exported. "
        "`cartridge`: an IMS Common Cartridge, versions 1.1 to 1.3.",
    )
    lessons_from = serializers.ChoiceField(
        choices=_UNITS,
        required=False,
        help_text="Of `olx`: whether each block becomes a lesson, which it does unless given, or each "
        "vertical.",
    )
    category = serializers.CharField(
        max_length=200,
        required=False,
        allow_null=True,
        help_text="A category's slug, or names from the top of the tree: `Kitchen/Bread`. Unless given, the "
        "package's own, where this catalogue has it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "lessons_from" in attrs and attrs["format"] != PackageFormat.OLX.value:
            message = f"This is of {PackageFormat.OLX.value} alone."
            raise serializers.ValidationError(
                {"lessons_from": serializers.ErrorDetail(message, "not_of_format")}
            )
        return attrs


class FindingOutput(serializers.Serializer):
    path = serializers.CharField(help_text="Where it stands in the package.")
    kind = serializers.CharField(help_text="As the format calls it.")
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    title = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class ReportOutput(serializers.Serializer):
    title = serializers.CharField()
    modules = serializers.IntegerField()
    lessons = serializers.IntegerField()
    imported = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many of each of the format's kinds."
    )
    kept_out = FindingOutput(many=True, help_text="What learners did not see there either.")
    left_out = FindingOutput(many=True, help_text="What has no counterpart here, or could not be read.")
    changed = FindingOutput(many=True, help_text="What was imported, and lost something on the way.")


class ImportFieldProblemOutput(serializers.Serializer):
    pointer = serializers.CharField(help_text="A JSON pointer into the package's description.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportProblemOutput(serializers.Serializer):
    code = serializers.CharField(help_text="Such as `catalog.package_refused`.")
    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(required=False, help_text="Of a refused package: what is wrong with it.")
    path = serializers.CharField(required=False, help_text="The file in it that is to blame.")
    errors = ImportFieldProblemOutput(many=True)  # type: ignore[assignment]  # DRF takes it out of the class


class ImportOutput(serializers.Serializer):
    id = serializers.UUIDField()
    upload_id = serializers.UUIDField()
    file_name = serializers.CharField()
    format = serializers.ChoiceField(choices=_FORMATS)
    lessons_from = serializers.ChoiceField(choices=_UNITS)
    category = CategoryRefOutput(allow_null=True)
    state = serializers.ChoiceField(
        choices=ImportState.values,
        help_text="`done` and `failed` are for good; of a failed one nothing is kept.",
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    course_id = serializers.UUIDField(
        allow_null=True, help_text="The draft that became of it; null again should that be deleted."
    )
    problem = ImportProblemOutput(allow_null=True, help_text="Why it failed.")


class ImportDetailOutput(ImportOutput):
    report = ReportOutput(allow_null=True, help_text="Once it is done.")


def import_as_json(found: CourseImport) -> dict[str, Any]:
    category = found.category
    return {
        "id": found.id,
        "upload_id": found.upload_id,
        "file_name": found.file_name,
        "format": found.format,
        "lessons_from": found.lessons_from,
        "category": category and {"slug": category.slug, "name": category.name},
        "state": found.state,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "course_id": found.course_id,
        "problem": found.problem,
    }


def import_detail_as_json(found: CourseImport) -> dict[str, Any]:
    return {**import_as_json(found), "report": found.report}
