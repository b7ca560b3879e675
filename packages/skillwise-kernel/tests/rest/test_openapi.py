"""The OpenAPI document of the sample context says what the kernel makes it do."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV30SpecValidator

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    generated: Document = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def resolved(document: Document, thing: Document) -> Document:
    while "$ref" in thing:
        found: Any = document
        for name in thing["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        thing = found
    return thing


def response(document: Document, method: str, path: str, status: int) -> Document:
    return resolved(document, document["paths"][f"/api/v1/{path}"][method]["responses"][str(status)])


def codes(document: Document, method: str, path: str, status: int) -> set[str]:
    """The problem codes shown for that status."""
    content = response(document, method, path, status)["content"]
    assert content.keys() == {"application/problem+json"}
    media = content["application/problem+json"]
    assert media["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}
    for code, example in media["examples"].items():
        assert (example["value"]["code"], example["value"]["status"]) == (code, status)
    return set(media["examples"])


def statuses(document: Document, method: str, path: str) -> set[int]:
    return {int(status) for status in document["paths"][f"/api/v1/{path}"][method]["responses"]}


def parameters(document: Document, method: str, path: str) -> dict[str, Document]:
    operation = document["paths"][f"/api/v1/{path}"][method]
    return {parameter["name"]: parameter for parameter in operation.get("parameters", [])}


def test_the_document_is_valid_openapi_3_0_3(document: Document) -> None:
    assert document["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(document).validate()


def test_a_list_shows_its_page_its_conditions_and_its_problems(document: Document) -> None:
    assert statuses(document, "get", "books/") == {200, 304, 400, 406, 429, 500, 503}
    assert codes(document, "get", "books/", 400) == {"invalid_input", "malformed_request", "invalid_cursor"}
    assert {"cursor", "page_size", "order", "If-None-Match"} <= parameters(document, "get", "books/").keys()
    assert parameters(document, "get", "books/")["page_size"]["schema"]["maximum"] == 100
    page = document["components"]["schemas"]["PaginatedBookOutputList"]
    assert page["required"] == ["next", "previous", "results"]
    assert page["properties"]["results"]["items"] == {"$ref": "#/components/schemas/BookOutput"}


def test_a_read_shows_its_etag_and_304_without_a_body(document: Document) -> None:
    assert {"ETag", "Cache-Control"} <= response(document, "get", "books/{book_id}/", 200)["headers"].keys()
    assert "ETag" in response(document, "get", "books/{book_id}/", 304)["headers"]
    assert "content" not in response(document, "get", "books/{book_id}/", 304)


def test_an_edit_of_versions_shows_if_match_and_412(document: Document) -> None:
    assert "If-Match" in parameters(document, "patch", "books/{book_id}/")
    assert codes(document, "patch", "books/{book_id}/", 412) == {"precondition_failed"}
    assert 412 not in statuses(document, "get", "books/{book_id}/")


def test_permissions_show_as_401_and_403_with_their_codes(document: Document) -> None:
    assert not {401, 403} & statuses(document, "get", "books/{book_id}/")
    assert codes(document, "patch", "books/{book_id}/", 401) == {"not_authenticated"}
    assert codes(document, "patch", "books/{book_id}/", 403) == {"email_not_verified", "permission_denied"}
    assert codes(document, "get", "verified/", 403) == {"email_not_verified"}
    assert 403 not in statuses(document, "post", "payments/")


def test_a_body_shows_413_and_415(document: Document) -> None:
    assert {413, 415} <= statuses(document, "post", "orders/")
    assert not {413, 415} & statuses(document, "post", "notes/")


def test_a_key_shows_as_a_parameter_its_problems_and_its_replay(document: Document) -> None:
    key = parameters(document, "post", "payments/")["Idempotency-Key"]
    assert (key["in"], key["required"]) == ("header", True)
    assert "required" not in parameters(document, "post", "notes/")["Idempotency-Key"]
    assert "Idempotency-Key" not in parameters(document, "post", "orders/")
    assert "idempotency_key_required" in codes(document, "post", "payments/", 400)
    assert codes(document, "post", "notes/", 409) == {"idempotency_key_in_flight"}
    assert codes(document, "post", "payments/", 422) == {"idempotency_key_reused"}
    assert "Idempotent-Replayed" in response(document, "post", "payments/", 201)["headers"]


def test_the_errors_of_a_use_case_show_under_their_status(document: Document) -> None:
    assert codes(document, "post", "payments/", 409) == {
        "idempotency_key_in_flight",
        "samples.payment_refused",
    }
    assert codes(document, "post", "payments/", 410) == {"samples.out_of_print"}


def test_retry_after_shows_where_it_is_sent(document: Document) -> None:
    for status in (429, 503):
        assert "Retry-After" in response(document, "get", "books/", status)["headers"]


def test_every_answer_of_every_operation_shows_its_request_id(document: Document) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                headers = resolved(document, answer)["headers"]
                assert "X-Request-ID" in headers, (method, path, status)


def test_guests_may_call_what_is_open_to_them(document: Document) -> None:
    assert document["paths"]["/api/v1/notice/"]["get"]["security"] == [{}]
    assert "security" not in document["paths"]["/api/v1/verified/"]["get"]


def test_inputs_and_money_have_plain_names(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert {"OrderInput", "PatchedBookInput", "Money", "BookOutput"} <= schemas.keys()
    assert schemas["Money"]["required"] == ["amount", "currency"]
