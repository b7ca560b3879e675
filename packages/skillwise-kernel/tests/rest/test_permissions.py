"""Who is let in at all, and how the others are told."""

import pytest
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

GUEST, UNVERIFIED, STUDENT, EDITOR = "guest", "unverified", "student", "editor"


def client_of(kind: str) -> ApiClient:
    if kind == GUEST:
        return ApiClient()
    roles = ["editor"] if kind == EDITOR else ["student"]
    return ApiClient().as_actor(new_id(), roles=roles, verified=kind != UNVERIFIED)


@pytest.mark.parametrize(
    ("address", "kind", "status", "code"),
    [
        ("/api/v1/verified/", GUEST, 401, "not_authenticated"),
        ("/api/v1/verified/", UNVERIFIED, 403, "email_not_verified"),
        ("/api/v1/editors/", GUEST, 401, "not_authenticated"),
        ("/api/v1/editors/", UNVERIFIED, 403, "email_not_verified"),
        ("/api/v1/editors/", STUDENT, 403, "permission_denied"),
    ],
)
def test_those_who_may_not_are_told_why(address: str, kind: str, status: int, code: str) -> None:
    response = client_of(kind).get(address)

    assert (response.status_code, ApiClient.json(response)["code"]) == (status, code)
    assert response.has_header("WWW-Authenticate") == (status == 401)


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/api/v1/verified/", STUDENT), ("/api/v1/editors/", EDITOR), ("/api/v1/notice/", GUEST)],
)
def test_those_who_may_are_let_in(address: str, kind: str) -> None:
    assert client_of(kind).get(address).status_code in {200, 204}


@pytest.mark.django_db
def test_reading_can_be_open_where_editing_takes_a_role() -> None:
    address = f"/api/v1/books/{new_id()}/"

    assert client_of(GUEST).get(address).status_code == 404
    assert client_of(GUEST).patch(address, {}).status_code == 401
    assert ApiClient.json(client_of(UNVERIFIED).patch(address, {}))["code"] == "email_not_verified"
    assert ApiClient.json(client_of(STUDENT).patch(address, {}))["code"] == "permission_denied"
    assert client_of(EDITOR).patch(address, {}).status_code == 404
