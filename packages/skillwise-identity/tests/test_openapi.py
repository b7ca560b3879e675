"""What the OpenAPI document says of identity."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

PUBLIC = {
    ("post", "/api/v1/auth/register/"),
    ("post", "/api/v1/auth/verify-email/"),
    ("post", "/api/v1/auth/verify-email/resend/"),
    ("post", "/api/v1/auth/login/"),
    ("post", "/api/v1/auth/token/refresh/"),
    ("post", "/api/v1/auth/logout/"),
    ("post", "/api/v1/auth/password/reset/"),
    ("post", "/api/v1/auth/password/reset/confirm/"),
}
PRIVATE = {
    ("get", "/api/v1/users/me/"),
    ("patch", "/api/v1/users/me/"),
    ("get", "/api/v1/admin/users/"),
    ("get", "/api/v1/admin/users/{user_id}/"),
    ("put", "/api/v1/admin/users/{user_id}/roles/"),
    ("post", "/api/v1/admin/users/{user_id}/suspend/"),
    ("post", "/api/v1/admin/users/{user_id}/reinstate/"),
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(document):
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_knows_exactly_the_endpoints_there_are(operations):
    assert set(operations) == PUBLIC | PRIVATE


def test_it_is_made_without_a_warning(document):
    assert not GENERATOR_STATS._error_cache
    assert not GENERATOR_STATS._warn_cache


def test_every_operation_is_told_of_with_examples(operations):
    for name, operation in operations.items():
        contents = [operation.get("requestBody", {})]
        contents += [r for status, r in operation["responses"].items() if status in {"200", "201"}]
        bodies = [body for item in contents for body in item.get("content", {}).values()]
        assert operation["summary"], name
        assert all(body.get("examples") for body in bodies), name


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_guests_may_do_asks_for_no_token(operations, name):
    assert operations[name]["security"] == [{}]


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_what_users_may_do_asks_for_a_token(operations, name):
    assert operations[name]["security"] == [{"bearer": []}]
