"""Becoming a user."""

import pytest
from django.db import IntegrityError, transaction
from skillwise_identity.dto import Role
from skillwise_identity.errors import InvalidRolesError
from skillwise_identity.events import UserRegistered
from skillwise_identity.models import Notification, User
from skillwise_identity.services import registration
from skillwise_identity.testing import PASSWORD, make_user, sent_mails
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

ADA = {"email": "ada@example.org", "password": PASSWORD, "full_name": "Ada Lovelace"}


def register(api, **changes):
    return api.post("/api/v1/auth/register/", ADA | changes)


def test_a_guest_becomes_an_unverified_student(api, published):
    response = register(api)

    assert response.status_code == 201
    body = api.json(response)
    user = User.objects.get()
    assert body == {
        "id": str(user.id),
        "email": "ada@example.org",
        "full_name": "Ada Lovelace",
        "roles": ["student"],
        "is_email_verified": False,
        "created_at": user.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert published() == [UserRegistered(user_id=user.id, roles=("student",), registered_at=user.created_at)]


def test_the_password_is_hashed_with_argon2(api):
    register(api)

    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_a_mail_that_proves_the_address_is_sent(api):
    register(api)

    (mail,) = sent_mails()
    assert mail.to == ["ada@example.org"]
    assert mail.subject == "Verify your e-mail address"


def test_one_may_register_as_an_instructor(api):
    response = register(api, role="instructor")

    assert api.json(response)["roles"] == ["instructor"]


def test_nobody_registers_as_an_administrator(api):
    response = register(api, role="admin")

    assert response.status_code == 400
    assert [error["pointer"] for error in api.json(response)["errors"]] == ["/role"]
    assert not User.objects.exists()


def test_not_even_another_door_to_registration_makes_administrators():
    with pytest.raises(InvalidRolesError):
        registration.register(
            email="ada@example.org", password=PASSWORD, full_name="Ada", role=Role.ADMIN, now=now()
        )


@pytest.mark.parametrize("again", ["ada@example.org", "ADA@Example.ORG", "  ada@EXAMPLE.org "])
def test_an_address_belongs_to_one_account_in_whatever_case_it_is_written(api, again):
    register(api)

    response = register(api, email=again)

    assert (response.status_code, api.json(response)["code"]) == (409, "identity.email_taken")
    assert User.objects.count() == 1
    assert Notification.objects.count() == 1


def test_the_database_itself_holds_that_an_address_is_unique():
    make_user(email="ada@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="Ada@Example.org")


@pytest.mark.parametrize("roles", [[], ["student", "king"]])
def test_the_database_itself_holds_that_roles_are_known_ones(roles):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(roles=roles)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-1", "password_too_short"),
        ("password123", "password_too_common"),
        ("8346297512", "password_entirely_numeric"),
        ("ada lovelace", "password_too_similar"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_with_the_reason(api, password, code):
    response = register(api, password=password)

    body = api.json(response)
    assert (response.status_code, body["code"]) == (422, "identity.weak_password")
    assert (code, "/password") in [(error["code"], error["pointer"]) for error in body["errors"]]
    assert not User.objects.exists()


def test_a_password_is_taken_as_it_is_typed(api):
    register(api, password="  correct horse battery  ")

    login = {"email": ADA["email"], "password": "correct horse battery"}
    assert api.post("/api/v1/auth/login/", login).status_code == 401
    login["password"] = "  correct horse battery  "
    assert api.post("/api/v1/auth/login/", login).status_code == 200


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@exa mple.org"])
def test_what_is_no_address_is_refused(api, email):
    response = register(api, email=email)

    assert response.status_code == 400
    assert api.json(response)["errors"][0]["pointer"] == "/email"
