"""Whom a token admits is kept by each process, and asked anew from the request on that follows a change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from skillwise_identity.dto import Role
from skillwise_identity.models import MailToken, User
from skillwise_identity.services import administration, bearers, passwords, verification
from skillwise_identity.services.mail_requests import mail_token_to
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db(transaction=True)

ME = "/api/v1/users/me/"
USERS = "/api/v1/admin/users/"


@pytest.fixture
def client(as_user: Callable[[User], ApiClient], user: User) -> ApiClient:
    """One whose bearer this process knows."""
    client = as_user(user)
    assert client.get(ME).status_code == 200
    return client


def test_who_was_there_a_moment_ago_is_not_asked_for_again(
    client: ApiClient, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):  # of what they read
        assert client.get(ME).status_code == 200


def test_a_suspended_user_is_refused_from_the_next_request_on_and_a_reinstated_one_has_to_log_in(
    client: ApiClient, user: User, admin: User
) -> None:
    administration.suspend(actor_id=admin.id, user_id=user.id, reason="Spam.", now=now())

    refused = client.get(ME)
    assert (refused.status_code, client.json(refused)["code"]) == (401, "identity.account_suspended")

    administration.reinstate(actor_id=admin.id, user_id=user.id, now=now())
    refused = client.get(ME)
    assert (refused.status_code, client.json(refused)["code"]) == (401, "identity.session_invalid")


def test_roles_count_from_the_next_request_on(client: ApiClient, user: User, admin: User) -> None:
    def change(*roles: Role) -> None:
        administration.change_roles(actor_id=admin.id, user_id=user.id, roles=roles, now=now())

    assert client.get(USERS).status_code == 403

    change(Role.STUDENT, Role.ADMIN)
    assert client.get(USERS).status_code == 200

    change(Role.STUDENT)
    assert client.get(USERS).status_code == 403


def test_a_new_password_ends_what_this_process_had_kept(
    client: ApiClient, user: User, mailed_token: Callable[[], str]
) -> None:
    with transaction.atomic():
        mail_token_to(user, purpose=MailToken.Purpose.RESET_PASSWORD, now=now())

    passwords.reset_password(token=mailed_token(), password="a horse of another colour", now=now())

    assert client.get(ME).status_code == 401


def test_an_address_counts_as_verified_from_the_next_request_on(as_user: Callable[[User], ApiClient]) -> None:
    user = make_user(verified=False)
    as_user(user).get(ME)
    generation = user.session_generation
    assert not bearers.find_bearer(user_id=user.id, generation=generation).is_verified

    with transaction.atomic():
        verification.mark_verified(user, now=now())

    assert bearers.find_bearer(user_id=user.id, generation=generation).is_verified


def test_a_change_that_is_taken_back_is_no_change(client: ApiClient, user: User, admin: User) -> None:
    with transaction.atomic():
        administration.suspend(actor_id=admin.id, user_id=user.id, reason="Spam.", now=now())
        assert client.get(ME).status_code == 401  # here it is one
        transaction.set_rollback(True)

    assert client.get(ME).status_code == 200
