"""What users see and change of themselves."""

import pytest
from skillwise_identity.testing import make_user

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me/"


def test_a_guest_is_nobody(api):
    response = api.get(ME)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_users_see_themselves_before_their_address_is_verified(api, as_user):
    user = make_user(verified=False, roles=["student", "instructor"])

    body = api.json(as_user(user).get(ME))

    assert body["id"] == str(user.id)
    assert body["roles"] == ["student", "instructor"]
    assert body["is_email_verified"] is False
    assert "is_suspended" not in body
    assert "password" not in body


def test_reading_it_again_unchanged_costs_no_body(as_user, user):
    client = as_user(user)
    tag = client.get(ME)["ETag"]

    response = client.get(ME, HTTP_IF_NONE_MATCH=tag)

    assert (response.status_code, response.content) == (304, b"")


def test_users_change_their_name(api, as_user, user):
    response = as_user(user).patch(ME, {"full_name": "  Ada   King "})

    assert (response.status_code, api.json(response)["full_name"]) == (200, "Ada King")
    user.refresh_from_db()
    assert (user.full_name, user.version) == ("Ada King", 2)


def test_an_edit_of_what_somebody_else_has_changed_is_refused(api, as_user, user):
    client = as_user(user)
    stale = client.get(ME)["ETag"]
    fresh = client.patch(ME, {"full_name": "Ada King"}, HTTP_IF_MATCH=stale)["ETag"]

    refused = client.patch(ME, {"full_name": "Countess"}, HTTP_IF_MATCH=stale)

    assert (refused.status_code, api.json(refused)["code"]) == (412, "precondition_failed")
    assert client.patch(ME, {"full_name": "Countess"}, HTTP_IF_MATCH=fresh).status_code == 200


def test_an_edit_that_changes_nothing_makes_no_new_version(as_user, user):
    client = as_user(user)

    client.patch(ME, {"full_name": user.full_name})
    client.patch(ME, {})

    user.refresh_from_db()
    assert user.version == 1


@pytest.mark.parametrize("field", ["email", "roles", "is_email_verified", "id"])
def test_nothing_else_is_theirs_to_change(as_user, user, field):
    before = as_user(user).get(ME).content

    as_user(user).patch(ME, {field: "admin"})

    assert as_user(user).get(ME).content == before


def test_a_name_that_nobody_can_read_is_refused(api, as_user, user):
    response = as_user(user).patch(ME, {"full_name": "\u200b\u2060"})

    assert (response.status_code, api.json(response)["code"]) == (422, "identity.invalid_name")


def test_reading_oneself_takes_two_queries(as_user, user, django_assert_num_queries):
    client = as_user(user)

    with django_assert_num_queries(2):
        client.get(ME)
