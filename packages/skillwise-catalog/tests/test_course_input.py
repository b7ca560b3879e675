"""What an instructor writes is checked, named where it is wrong, and kept as it was meant."""

from typing import Any

import pytest
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"title": ""}, "/title", "blank"),
        ({"title": "   "}, "/title", "blank"),
        ({"title": "\u200b\ufeff"}, "/title", "blank"),
        ({"title": "x" * 201}, "/title", "max_length"),
        ({"title": "Ring \x07 the bell"}, "/title", "unprintable_character"),
        ({"title": "txt.\u202egpj"}, "/title", "unprintable_character"),
        ({"title": None}, "/title", "null"),
        ({"description": "\x1b[31mred"}, "/description", "unprintable_character"),
        ({"description": "x" * 20_001}, "/description", "max_length"),
        ({"language": "english please"}, "/language", "invalid_language"),
        ({"language": "e"}, "/language", "invalid_language"),
        ({"level": "expert"}, "/level", "invalid_choice"),
        ({"price": {"amount": -1, "currency": "USD"}}, "/price/amount", "min_value"),
        ({"price": {"amount": 1.5, "currency": "USD"}}, "/price/amount", "invalid"),
        ({"price": {"amount": 1, "currency": "XXX"}}, "/price/currency", "unknown_currency"),
        ({"price": 5}, "/price", "invalid"),
    ],
)
def test_input_that_is_not_valid_is_named_by_its_pointer(
    instructor: ApiClient, api: ApiClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = instructor.post(COURSES, {"title": "Bread", **change})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in api.json(answer)["errors"]] == [(pointer, code)]


def test_text_is_kept_composed_trimmed_and_its_lines_whole(instructor: ApiClient, api: ApiClient) -> None:
    course = api.json(
        instructor.post(
            COURSES,
            {
                "title": "  Cafe\u0301 \t Racer ",
                "description": "\r\n# One\r\n\r\n    code\r\n",
                "language": "PT-br",
            },
        )
    )

    assert course["title"] == "Café Racer"
    assert course["description"] == "# One\n\n    code"
    assert course["language"] == "pt-BR"


def test_a_category_that_is_not_there_is_a_field_problem(instructor: ApiClient, api: ApiClient) -> None:
    answer = instructor.post(COURSES, {"title": "Bread", "category": "no-such"})

    assert answer.status_code == 422
    problem = api.json(answer)
    assert problem["code"] == "catalog.category_not_found"
    assert problem["errors"][0]["pointer"] == "/category"
