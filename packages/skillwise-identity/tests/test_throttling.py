"""Brute force finds doors that open seldom."""

import pytest
from django.test import Client
from skillwise_identity.testing import PASSWORD, make_user

pytestmark = pytest.mark.django_db


WRONG = "not the password"


def log_in(api, email, password=WRONG, address="192.0.2.1"):
    return api.post("/api/v1/auth/login/", {"email": email, "password": password}, REMOTE_ADDR=address)


def test_guessing_at_one_account_is_stopped_even_for_who_then_guesses_right(api, user):
    answers = [log_in(api, user.email).status_code for _ in range(10)]
    stopped = log_in(api, user.email, PASSWORD)

    assert set(answers) == {401}
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60


def test_writing_the_address_otherwise_gains_no_more_guesses(api, user):
    for _ in range(5):
        log_in(api, user.email)
        log_in(api, f" {user.email.upper()}")

    assert log_in(api, user.email).status_code == 429


def test_one_guesser_shuts_out_neither_the_owner_elsewhere_nor_neighbours(api, user):
    other = make_user()
    for _ in range(11):
        log_in(api, user.email)

    assert log_in(api, user.email, PASSWORD, address="198.51.100.7").status_code == 200
    assert log_in(api, other.email, PASSWORD).status_code == 200


def test_trying_many_accounts_from_one_place_is_stopped_too(api):
    answers = [log_in(api, f"person{n}@example.org").status_code for n in range(61)]

    assert answers[-1] == 429
    assert set(answers[:-1]) == {401}


def enter_back_office(email, password=WRONG, address="192.0.2.1"):
    form = {"username": email, "password": password}
    return Client().post("/admin/login/", form, REMOTE_ADDR=address)


def test_guessing_at_the_back_office_is_stopped_and_leaves_the_owner_elsewhere_alone(admin):
    answers = [enter_back_office(admin.email).status_code for _ in range(10)]
    stopped = enter_back_office(f" {admin.email.upper()}", PASSWORD)

    assert set(answers) == {200}  # the form once more
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60
    assert "Try again in" in stopped.content.decode()
    assert enter_back_office(admin.email, PASSWORD, address="198.51.100.7").status_code == 302


def test_guesses_at_the_api_and_at_the_back_office_count_together(api, admin):
    for _ in range(10):
        log_in(api, admin.email)

    assert enter_back_office(admin.email, PASSWORD).status_code == 429
    assert Client().get("/admin/login/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_trying_many_accounts_at_the_back_office_is_stopped_too():
    answers = [enter_back_office(f"person{n}@example.org").status_code for n in range(61)]

    assert answers == [200] * 60 + [429]


@pytest.mark.usefixtures("valkey_down")
def test_without_the_counter_administrators_may_log_in(admin):
    assert [enter_back_office(admin.email, PASSWORD).status_code for _ in range(12)] == [302] * 12


@pytest.mark.parametrize("path", ["auth/password/reset/", "auth/verify-email/resend/"])
def test_nobody_fills_anothers_mailbox(api, path):
    answers = [api.post(f"/api/v1/{path}", {"email": "ada@example.org"}).status_code for _ in range(6)]

    assert answers == [202] * 5 + [429]


@pytest.mark.parametrize("body", [[], "x", {}, {"email": 7}, {"email": None}])
def test_a_body_without_an_address_is_an_ordinary_mistake(api, body):
    assert api.post("/api/v1/auth/login/", body).status_code == 400


@pytest.mark.usefixtures("valkey_down")
def test_without_the_counter_everybody_may_log_in(api, user):
    assert [log_in(api, user.email, PASSWORD).status_code for _ in range(12)] == [200] * 12
