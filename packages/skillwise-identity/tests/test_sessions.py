"""Logging in, staying so, and logging out."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken
from skillwise_identity.errors import SessionInvalidError
from skillwise_identity.services import administration, sessions
from skillwise_identity.testing import PASSWORD, make_user, tokens_for
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db


def log_in(api, email="ada@example.org", password=PASSWORD):
    return api.post("/api/v1/auth/login/", {"email": email, "password": password})


def refresh(api, token):
    return api.post("/api/v1/auth/token/refresh/", {"refresh": token})


def me(api, access):
    return api.get("/api/v1/users/me/", HTTP_AUTHORIZATION=f"Bearer {access}")


def test_logging_in_gives_two_tokens_and_who_one_is(api, user):
    response = log_in(api)

    assert response.status_code == 200
    body = api.json(response)
    assert body["user"]["id"] == str(user.id)
    assert me(api, body["access"]).status_code == 200
    assert refresh(api, body["refresh"]).status_code == 200


def test_the_address_may_be_written_in_any_case(api, user):
    assert log_in(api, email="ADA@Example.Org").status_code == 200


def test_an_unverified_user_may_log_in(api):
    make_user(verified=False, email="new@example.org")

    response = log_in(api, email="new@example.org")

    assert api.json(response)["user"]["is_email_verified"] is False


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(api, user):
    unknown = log_in(api, email="nobody@example.org")
    wrong = log_in(api, password="not the password")

    assert unknown.status_code == wrong.status_code == 401
    assert api.json(unknown)["code"] == "identity.invalid_credentials"
    assert api.json(unknown) | {"request_id": None} == api.json(wrong) | {"request_id": None}


def test_an_unknown_address_costs_as_many_hashes_as_a_wrong_password(api, user, monkeypatch):
    from identity_test_hashers import QuickArgon2

    hashed = []
    for name in ("encode", "verify"):
        original = getattr(QuickArgon2, name)
        monkeypatch.setattr(QuickArgon2, name, lambda *a, f=original: hashed.append(f.__name__) or f(*a))

    log_in(api, password="not the password")
    log_in(api, email="nobody@example.org")

    assert hashed == ["verify", "encode"]


def test_an_access_token_lives_a_quarter_of_an_hour_and_its_refresh_token_thirty_days(api, user):
    tokens = tokens_for(user)

    with time_machine.travel(now() + timedelta(minutes=14)):
        assert me(api, tokens.access).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1)):
        response = me(api, tokens.access)
    assert (response.status_code, api.json(response)["code"]) == (401, "identity.session_invalid")
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert refresh(api, tokens.refresh).status_code == 401
    with time_machine.travel(now() + timedelta(days=29)):
        assert refresh(api, tokens.refresh).status_code == 200


def test_a_refresh_token_is_exchanged_once(api, user):
    tokens = tokens_for(user)

    second = api.json(refresh(api, tokens.refresh))
    again = refresh(api, tokens.refresh)

    assert (again.status_code, api.json(again)["code"]) == (401, "identity.session_invalid")
    assert me(api, second["access"]).status_code == 200
    assert refresh(api, second["refresh"]).status_code == 200


def test_logging_out_makes_the_refresh_token_useless_and_may_be_repeated(api, user):
    tokens = tokens_for(user)

    assert api.post("/api/v1/auth/logout/", {"refresh": tokens.refresh}).status_code == 204
    assert api.post("/api/v1/auth/logout/", {"refresh": tokens.refresh}).status_code == 204

    assert refresh(api, tokens.refresh).status_code == 401


def test_logging_out_ends_no_other_session(api, user):
    phone, tablet = tokens_for(user), tokens_for(user)

    api.post("/api/v1/auth/logout/", {"refresh": phone.refresh})

    assert refresh(api, tablet.refresh).status_code == 200


def test_an_access_token_is_no_refresh_token_nor_the_reverse(api, user):
    tokens = tokens_for(user)

    assert refresh(api, tokens.access).status_code == 401
    assert me(api, tokens.refresh).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
def test_what_is_no_token_of_ours_is_refused(api, token):
    response = me(api, token)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("claim", ["sub", "gen"])
def test_a_signed_token_that_names_nobody_is_refused(api, user, claim):
    access, token = AccessToken(), RefreshToken()
    for claims in (access, token):
        claims["sub"], claims["gen"] = str(user.id), 1
        del claims.payload[claim]

    assert me(api, str(access)).status_code == 401
    assert refresh(api, str(token)).status_code == 401


def test_a_stale_access_token_does_not_hinder_logging_in(api, user):
    api.credentials(HTTP_AUTHORIZATION="Bearer x")

    assert log_in(api).status_code == 200


def test_a_suspended_user_is_refused_at_once_everywhere(api, user, admin):
    tokens = tokens_for(user)

    administration.suspend(actor_id=admin.id, user_id=user.id, reason="Spam.", now=now())

    for response in (me(api, tokens.access), refresh(api, tokens.refresh), log_in(api)):
        assert (response.status_code, api.json(response)["code"]) == (401, "identity.account_suspended")
    assert api.json(log_in(api, password="wrong"))["code"] == "identity.invalid_credentials"


def test_a_reinstated_user_logs_in_anew(api, user, admin):
    tokens = tokens_for(user)
    administration.suspend(actor_id=admin.id, user_id=user.id, reason="Spam.", now=now())

    administration.reinstate(actor_id=admin.id, user_id=user.id, now=now())

    assert me(api, tokens.access).status_code == 401
    assert refresh(api, tokens.refresh).status_code == 401
    assert log_in(api).status_code == 200


def test_a_deleted_user_is_refused(api):
    user = make_user()
    tokens = tokens_for(user)
    user.delete()

    assert me(api, tokens.access).status_code == 401
    assert refresh(api, tokens.refresh).status_code == 401


def test_knowing_who_makes_a_request_takes_one_query(user, django_assert_num_queries):
    access = tokens_for(user).access

    with django_assert_num_queries(1):
        actor = sessions.authenticate(access=access, now=now())

    assert (actor.id, actor.roles, actor.is_verified) == (user.id, {"student"}, True)


def test_the_same_access_token_is_verified_once(user, monkeypatch):
    verified = []
    monkeypatch.setattr(sessions, "AccessToken", lambda token: verified.append(token) or AccessToken(token))
    access, forged = tokens_for(user).access, f"{tokens_for(user).access[:-4]}AAAA"

    for _ in range(2):
        sessions.authenticate(access=access, now=now())
        with pytest.raises(SessionInvalidError):
            sessions.authenticate(access=forged, now=now())

    assert verified == [access, forged, forged]


def test_the_database_holds_no_refresh_token(user):
    tokens_for(user)

    assert OutstandingToken.objects.get().token == ""


def test_what_has_expired_is_forgotten(user):
    spent = tokens_for(user)
    sessions.refresh(token=spent.refresh)
    lifetime = django_settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]

    sessions.forget_expired(now=now() + lifetime - timedelta(minutes=1))
    assert OutstandingToken.objects.count() == 2
    sessions.forget_expired(now=now() + lifetime + timedelta(minutes=1))

    assert not OutstandingToken.objects.exists()
    assert not BlacklistedToken.objects.exists()
