"""Replacing a forgotten password."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from skillwise_identity.events import EmailVerified
from skillwise_identity.models import MailRequest, MailToken
from skillwise_identity.services import mail_requests, mail_tokens
from skillwise_identity.testing import PASSWORD, make_user, sent_mails, tokens_for
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

RESET = MailToken.Purpose.RESET_PASSWORD
NEW = "another long password"


@pytest.fixture
def token(user):
    return mail_tokens.reveal(mail_tokens.issue(user=user, purpose=RESET, now=now()))


def ask(api, email):
    return api.post("/api/v1/auth/password/reset/", {"email": email})


def confirm(api, token, password=NEW):
    return api.post("/api/v1/auth/password/reset/confirm/", {"token": token, "password": password})


def log_in(api, password):
    return api.post("/api/v1/auth/login/", {"email": "ada@example.org", "password": password})


def test_a_forgotten_password_is_replaced_with_what_stands_in_the_mail(
    api, user, deliver_events, mailed_token
):
    assert ask(api, "Ada@Example.org").status_code == 202
    deliver_events()

    assert confirm(api, mailed_token()).status_code == 204

    assert log_in(api, PASSWORD).status_code == 401
    assert log_in(api, NEW).status_code == 200


def test_known_and_unknown_addresses_are_answered_alike_for_equal_work(api, user):
    with CaptureQueriesContext(connection) as known:
        first = ask(api, "ada@example.org")
    with CaptureQueriesContext(connection) as unknown:
        second = ask(api, "nobody@example.org")

    assert (first.status_code, first.content) == (second.status_code, second.content) == (202, b"")
    assert len(known) == len(unknown)


def test_nothing_is_kept_of_an_address_without_an_account(api, deliver_events):
    ask(api, "nobody@example.org")

    deliver_events()

    assert not MailRequest.objects.exists()
    assert sent_mails() == []


def test_a_repeated_delivery_of_the_request_mails_once(user):
    mail_requests.request_mail_token(email=user.email, purpose=RESET, now=now())
    request = MailRequest.objects.get()

    mail_requests.answer_request(request_id=request.id, now=now())
    mail_requests.answer_request(request_id=request.id, now=now())

    assert len(sent_mails()) == 1


def test_a_token_is_good_once(api, token):
    confirm(api, token)

    response = confirm(api, token, "yet another password")

    assert (response.status_code, api.json(response)["code"]) == (410, "identity.token_spent")
    assert log_in(api, NEW).status_code == 200


def test_a_changed_password_makes_every_earlier_token_useless(api, user, token):
    other = mail_tokens.reveal(mail_tokens.issue(user=user, purpose=RESET, now=now()))
    confirm(api, other)

    assert api.json(confirm(api, token, "yet another password"))["code"] == "identity.token_spent"


def test_after_an_hour_a_token_is_refused(api, token):
    with time_machine.travel(now() + timedelta(hours=1, seconds=1)):
        response = confirm(api, token)

    assert (response.status_code, api.json(response)["code"]) == (410, "identity.token_expired")


def test_a_weak_password_is_refused_and_the_token_stays_good(api, token):
    refused = confirm(api, token, "short")

    assert (refused.status_code, api.json(refused)["code"]) == (422, "identity.weak_password")
    assert confirm(api, token).status_code == 204


def test_a_new_password_ends_every_session(api, user, token):
    tokens = tokens_for(user)

    confirm(api, token)

    assert api.get("/api/v1/users/me/", HTTP_AUTHORIZATION=f"Bearer {tokens.access}").status_code == 401
    assert api.post("/api/v1/auth/token/refresh/", {"refresh": tokens.refresh}).status_code == 401


def test_the_user_is_told_that_the_password_changed(api, token):
    confirm(api, token)

    (mail,) = sent_mails()
    assert mail.subject == "Your password was changed"


def test_whoever_resets_a_password_has_proved_the_address(api, published):
    user = make_user(verified=False)
    token = mail_tokens.reveal(mail_tokens.issue(user=user, purpose=RESET, now=now()))

    confirm(api, token)

    user.refresh_from_db()
    assert published() == [EmailVerified(user_id=user.id, verified_at=user.email_verified_at)]


def test_a_suspended_user_gets_no_mail_and_cannot_use_an_older_one(api, user, token, deliver_events):
    user.suspended_at, user.suspension_reason = now(), "Spam."
    user.save()

    ask(api, user.email)
    deliver_events()

    assert sent_mails() == []
    assert confirm(api, token).status_code == 401
