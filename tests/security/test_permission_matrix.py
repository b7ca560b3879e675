"""Who may do what, driven over HTTP: the matrix, the OpenAPI document and the API say the same."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator

from security.asking import REQUESTS
from security.matrix import PEOPLE, Row, read_rows

ROWS = read_rows()
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_person_gets_what_the_matrix_says(row: Row, new_world: Callable[[], Any]) -> None:
    statuses: dict[str, int] = {}
    world, speak = new_world()
    for who in PEOPLE:
        cache.clear()
        if row.method != "GET":  # who reads leaves the next one's world as it was
            world, speak = new_world()
        request = REQUESTS[str(row)](world, who)

        answer = speak(who, row.method, request.pop("path"), **request)

        statuses[who] = answer.status_code
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", who
            assert answer.json()["code"], who

    assert statuses == row.statuses


def test_the_matrix_and_the_openapi_document_name_the_same_operations() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)
    documented = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in METHODS
    }
    stated = {(row.method, row.path) for row in ROWS}

    assert documented - stated == set(), "in the document, not in the matrix"
    assert stated - documented == set(), "in the matrix, not in the document"


def test_every_row_is_stated_once_and_asked() -> None:
    stated = Counter(str(row) for row in ROWS)

    assert [row for row, times in stated.items() if times > 1] == []
    assert set(stated) == set(REQUESTS)
