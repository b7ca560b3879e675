"""What identity's tests share."""

import re
from collections.abc import Callable

import pytest
from skillwise_identity.dto import Role
from skillwise_identity.models import User
from skillwise_identity.testing import make_user, sent_mails, tokens_for
from skillwise_kernel.testing.client import ApiClient


@pytest.fixture
def user(db: None) -> User:
    """A verified student."""
    return make_user(email="ada@example.org", full_name="Ada Lovelace")


@pytest.fixture
def admin(db: None) -> User:
    return make_user(roles=[Role.ADMIN], email="root@example.org", full_name="Root Admin")


@pytest.fixture
def as_user() -> Callable[[User], ApiClient]:
    """A client that carries a real access token of the user's."""

    def as_user(user: User) -> ApiClient:
        client = ApiClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens_for(user).access}")
        return client

    return as_user


@pytest.fixture
def mailed_token(db: None) -> Callable[[], str]:
    """The token in the mail that was sent last."""

    def mailed_token() -> str:
        return re.search(r"token=(\S+)", sent_mails()[-1].body)[1]

    return mailed_token
