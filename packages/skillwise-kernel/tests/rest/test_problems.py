"""Every error is one problem document (RFC 9457), whatever raised it."""

import logging
from typing import Any

import pytest
from django.test import Client
from skillwise_kernel.testing.client import ApiClient

CONTENT_TYPE = "application/problem+json"


def problem(response: Any) -> dict[str, Any]:
    """The problem that `response` holds, after checking what all of them have in common."""
    assert response["Content-Type"] == CONTENT_TYPE
    document: dict[str, Any] = ApiClient.json(response)
    assert document["status"] == response.status_code
    assert document["type"] == f"urn:skillwise:problem:{document['code']}"
    assert document["title"]
    assert document["request_id"] == response["X-Request-ID"]
    assert document["instance"] == response.wsgi_request.path
    assert response["Cache-Control"] == "no-store"
    return document


@pytest.fixture
def calm() -> ApiClient:
    """A client that sees the answer to a crash, as a real one does."""
    return ApiClient(raise_request_exception=False)


def test_a_use_cases_refusal_keeps_its_code_detail_fields_and_extra_members(api: ApiClient) -> None:
    document = problem(api.get("/api/v1/raise/gone/"))

    assert document["status"] == 410
    assert document["code"] == "samples.out_of_print"
    assert document["title"] == "The book is out of print."
    assert document["detail"] == "Volume 3 is."
    assert document["errors"] == [{"pointer": "/volume", "code": "gone", "detail": "It is."}]
    assert document["volume"] == 3


def test_bad_input_is_named_by_json_pointers_down_to_the_members_of_nested_lists(api: ApiClient) -> None:
    order = {
        "price": {"amount": 0, "currency": "XYZ"},
        "lines": [{"sku": "a", "quantity": 1}, {"sku": "toolong", "quantity": 0}],
        "tags": ["ok", "long one"],
    }

    document = problem(api.post("/api/v1/orders/", order))

    assert (document["status"], document["code"]) == (400, "invalid_input")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {
        ("/price/amount", "min_value"),
        ("/price/currency", "unknown_currency"),
        ("/lines/1/sku", "max_length"),
        ("/lines/1/quantity", "min_value"),
        ("/tags/1", "max_length"),
    }


def test_a_rule_over_the_whole_input_points_at_the_root(api: ApiClient) -> None:
    order = {"price": {"amount": 13, "currency": "USD"}, "lines": []}

    document = problem(api.post("/api/v1/orders/", order))

    assert document["errors"] == [{"pointer": "", "code": "unlucky", "detail": "Thirteen is not sold."}]


def test_a_body_that_is_no_object_points_at_the_root(api: ApiClient) -> None:
    document = problem(api.post("/api/v1/orders/", [1, 2]))

    assert [error["pointer"] for error in document["errors"]] == [""]


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    from skillwise_kernel.rest.problems import field_problems

    (only,) = field_problems({"a/b~c": ["wrong"]})

    assert only.pointer == "/a~1b~0c"


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("http404", 404, "not_found"),
        ("django-permission", 403, "permission_denied"),
        ("suspicious", 400, "malformed_request"),
        ("too-big", 413, "too_large"),
    ],
)
def test_djangos_own_refusals_are_problems_that_tell_nothing_of_the_inside(
    api: ApiClient, what: str, status: int, code: str
) -> None:
    response = api.get(f"/api/v1/raise/{what}/")

    assert (problem(response)["status"], problem(response)["code"]) == (status, code)
    assert b"secret" not in response.content
    assert b"Book" not in response.content


def test_a_failed_authentication_keeps_its_challenge_and_its_code(api: ApiClient) -> None:
    response = api.get("/api/v1/raise/authentication/")

    assert (problem(response)["status"], problem(response)["code"]) == (401, "samples.suspended")
    assert problem(response)["detail"] == "Suspended."
    assert response["WWW-Authenticate"] == "Bearer"


def test_what_simplejwt_says_of_a_token_becomes_the_code(api: ApiClient) -> None:
    document = problem(api.get("/api/v1/raise/token/"))

    assert (document["status"], document["code"]) == (401, "token_not_valid")
    assert document["detail"] == "Token is invalid or expired"


def test_an_unavailable_dependency_says_when_to_try_again(api: ApiClient) -> None:
    response = api.get("/api/v1/raise/unavailable/")

    assert (problem(response)["status"], problem(response)["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "40"


def test_a_database_that_does_not_answer_is_503_and_logged_with_its_traceback(
    api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = api.get("/api/v1/raise/operational/")

    assert problem(response)["status"] == 503
    assert response["Retry-After"] == "5"
    assert b"10.1.2.3" not in response.content
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


@pytest.mark.parametrize("what", ["defect", "integrity"])
def test_a_defect_is_a_500_without_a_word_of_its_cause_and_logged_with_its_traceback(
    calm: ApiClient, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    response = calm.get(f"/api/v1/raise/{what}/")

    assert (problem(response)["status"], problem(response)["code"]) == (500, "internal_error")
    assert b"secret" not in response.content
    assert b"ann@" not in response.content
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info


def test_an_unknown_address_under_the_api_is_a_problem(api: ApiClient) -> None:
    assert problem(api.get("/api/v1/no/such/thing/"))["code"] == "not_found"


def test_an_unknown_address_elsewhere_is_a_page_for_people(api: ApiClient) -> None:
    response = api.get("/nowhere/")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


def test_a_method_that_a_resource_lacks_is_405_and_names_those_it_has(api: ApiClient) -> None:
    response = api.delete("/api/v1/orders/")

    assert (problem(response)["status"], problem(response)["code"]) == (405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_options_is_no_method_of_the_api(api: ApiClient) -> None:
    response = api.options("/api/v1/books/")

    assert problem(response)["status"] == 405
    assert response["Allow"] == "GET, HEAD"


def test_accepting_what_cannot_be_made_is_406_as_a_problem_all_the_same(api: ApiClient) -> None:
    response = api.get("/api/v1/notice/", headers={"accept": "image/png"})

    assert (problem(response)["status"], problem(response)["code"]) == (406, "not_acceptable")


def test_a_body_of_another_media_type_is_415() -> None:
    response = Client().post("/api/v1/orders/", b"<order/>", content_type="text/xml")

    assert (problem(response)["status"], problem(response)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b'{"price": ', b"\xff\xfe", b'{"a": NaN}', b'"\\ud800"', b"[" * 2000])
def test_what_is_not_json_is_400_malformed_json(body: bytes) -> None:
    response = Client().post("/api/v1/orders/", body, content_type="application/json")

    assert (problem(response)["status"], problem(response)["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("body", [b'{"a": ["x\\u0000y"]}', b'{"a\\u0000": 1}', b'"\\u0000"'])
def test_a_nul_character_in_a_body_is_refused_before_postgresql_would(body: bytes) -> None:
    response = Client().post("/api/v1/orders/", body, content_type="application/json")

    assert (problem(response)["status"], problem(response)["code"]) == (400, "malformed_json")


@pytest.mark.parametrize(
    "body", [b"[" * 1000 + b'"\\u0000"' + b"]" * 1000, b'{"a":' * 1000 + b'"\\u0000"' + b"}" * 1000]
)
def test_a_nul_character_is_found_however_deep_it_lies(body: bytes) -> None:
    response = Client().post("/api/v1/orders/", body, content_type="application/json")

    assert (problem(response)["status"], problem(response)["code"]) == (400, "malformed_json")


def test_the_text_backslash_u0000_is_not_a_nul_character(api: ApiClient) -> None:
    response = Client().post("/api/v1/raise/echo/", b'{"a": "\\\\u0000"}', content_type="application/json")

    assert response.status_code == 200
    assert response.content == b'{"a":"\\\\u0000"}'


@pytest.mark.parametrize(
    "address", ["/api/v1/books/?search=a%00b", "/api/v1/raise/a%00b/", "/api/v1/books/?%00=1"]
)
def test_a_nul_character_in_an_address_is_refused(api: ApiClient, address: str) -> None:
    assert problem(api.get(address))["code"] == "malformed_request"


def test_of_a_doubled_member_the_last_counts() -> None:
    response = Client().post("/api/v1/raise/echo/", b'{"a":1,"a":2}', content_type="application/json")

    assert response.content == b'{"a":2}'


def test_a_body_beyond_the_limit_is_413(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    fits = Client().post("/api/v1/raise/echo/", b'"' + b"a" * 98 + b'"', content_type="application/json")
    bursts = Client().post("/api/v1/raise/echo/", b'"' + b"a" * 99 + b'"', content_type="application/json")

    assert fits.status_code == 200
    assert (problem(bursts)["status"], problem(bursts)["code"]) == (413, "too_large")


def test_a_host_that_is_not_ours_is_a_problem_under_the_api() -> None:
    response = Client(headers={"host": "evil.example"}).get("/api/v1/no/such/")

    assert response.status_code == 400
    assert response["Content-Type"] == CONTENT_TYPE
