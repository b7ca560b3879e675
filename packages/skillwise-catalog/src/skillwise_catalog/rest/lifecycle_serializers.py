"""What lifecycle, order and instructors' endpoints take and give."""

from typing import Any

from rest_framework import serializers

from skillwise_catalog.domain.lessons import MAX_LESSONS_PER_MODULE, MAX_MODULES
from skillwise_catalog.domain.text import MAX_DESCRIPTION_LENGTH
from skillwise_catalog.dto import InstructorRole
from skillwise_catalog.rest.serializers import ModuleOutput, OwnerOutput, ProseField

__all__ = ["InstructorInput", "InstructorListOutput", "OutlineOrderInput", "OutlineOutput", "ReturnInput"]


class ReturnInput(serializers.Serializer):
    note = ProseField(
        max_length=MAX_DESCRIPTION_LENGTH, help_text="What its authors should change, for them to read."
    )


class ModuleOrderInput(serializers.Serializer):
    id = serializers.UUIDField()
    lessons = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MAX_MODULES * MAX_LESSONS_PER_MODULE,
        help_text="Ids of its lessons, in teaching order; any of the course's.",
    )


class OutlineOrderInput(serializers.Serializer):
    modules = ModuleOrderInput(many=True, help_text="All of the course's, in teaching order.")

    def validate_modules(self, modules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [module["id"] for module in modules]
        ids += [lesson_id for module in modules for lesson_id in module["lessons"]]
        if len(set(ids)) != len(ids):
            raise serializers.ValidationError("A module or lesson stands here twice.", "duplicate")
        return modules


class OutlineOutput(serializers.Serializer):
    modules = ModuleOutput(many=True)


class InstructorInput(serializers.Serializer):
    user_id = serializers.UUIDField(required=False)
    email = serializers.EmailField(required=False, help_text="Instead of `user_id`.")
    role = serializers.ChoiceField(choices=[role.value for role in InstructorRole])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("user_id" in attrs) == ("email" in attrs):
            raise serializers.ValidationError({"user_id": "Give either this or an email."}, "one_of")
        return attrs


class InstructorRoleOutput(serializers.Serializer):
    user = OwnerOutput()
    role = serializers.ChoiceField(choices=[role.value for role in InstructorRole])


class InstructorListOutput(serializers.Serializer):
    results = InstructorRoleOutput(many=True)
