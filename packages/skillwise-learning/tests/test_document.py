"""What the API document says of learning."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def operations() -> dict[str, dict[str, Any]]:
    document = SchemaGenerator(urlconf="skillwise_learning.urls").get_schema(request=None, public=True)
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }


def test_every_operation_is_described_with_an_example(operations: dict[str, dict[str, Any]]):
    assert set(operations) == {
        "enrollments_list",
        "enrollments_create",
        "enrollments_retrieve",
        "enrollments_lessons_retrieve",
        "attempts_list",
        "attempts_create",
        "attempts_retrieve",
        "progress_list",
        "progress_create",
        "reviews_list",
        "reviews_create",
        "reviews_retrieve",
        "reviews_partial_update",
        "reviews_destroy",
    }
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["tags"], name
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                assert response["content"]["application/json"]["examples"], name
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["examples"], name


def test_a_course_with_a_price_is_documented_as_taking_payment(operations: dict[str, dict[str, Any]]):
    responses = operations["enrollments_create"]["responses"]

    assert {"200", "201", "402", "404", "409"} <= set(responses)
    assert "learning.payment_required" in responses["402"]["content"]["application/problem+json"]["examples"]
