"""Proving that one reads one's e-mail address."""

from datetime import timedelta

import pytest
import time_machine
from skillwise_identity.events import EmailVerified
from skillwise_identity.models import MailToken, Notification
from skillwise_identity.services import mail_requests, mail_tokens
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

VERIFY = MailToken.Purpose.VERIFY_EMAIL


@pytest.fixture
def newcomer():
    return make_user(verified=False, email="new@example.org")


@pytest.fixture
def token(newcomer):
    return mail_tokens.reveal(mail_tokens.issue(user=newcomer, purpose=VERIFY, now=now()))


def verify(api, token):
    return api.post("/api/v1/auth/verify-email/", {"token": token})


def test_the_token_of_the_mail_verifies_the_address(api, newcomer, mailed_token, published):
    mail_requests.mail_token_to(newcomer, purpose=VERIFY, now=now())

    response = verify(api, mailed_token())

    assert response.status_code == 200
    assert api.json(response)["is_email_verified"] is True
    newcomer.refresh_from_db()
    assert published() == [EmailVerified(user_id=newcomer.id, verified_at=newcomer.email_verified_at)]


def test_verifying_twice_answers_the_same_and_tells_it_once(api, token, published):
    first = verify(api, token)
    second = verify(api, token)

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(published(EmailVerified)) == 1


def test_after_three_days_the_token_is_refused(api, token, newcomer):
    with time_machine.travel(now() + timedelta(days=3, seconds=1)):
        response = verify(api, token)

    assert (response.status_code, api.json(response)["code"]) == (410, "identity.token_expired")
    newcomer.refresh_from_db()
    assert not newcomer.is_email_verified


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:32], lambda t: "x"]
)
def test_a_token_that_we_did_not_sign_is_refused(api, token, forge):
    response = verify(api, forge(token))

    assert (response.status_code, api.json(response)["code"]) == (422, "identity.token_invalid")


def test_a_token_for_another_purpose_is_refused(api, newcomer):
    reset = mail_tokens.issue(user=newcomer, purpose=MailToken.Purpose.RESET_PASSWORD, now=now())

    response = verify(api, mail_tokens.reveal(reset))

    assert api.json(response)["code"] == "identity.token_invalid"


def test_a_token_proves_no_other_address_than_the_one_it_was_mailed_to(api, token, newcomer):
    newcomer.email = "other@example.org"
    newcomer.save()

    assert api.json(verify(api, token))["code"] == "identity.token_invalid"


def test_a_suspended_user_verifies_nothing(api, token, newcomer):
    newcomer.suspended_at, newcomer.suspension_reason = now(), "Spam."
    newcomer.save()

    response = verify(api, token)

    assert (response.status_code, api.json(response)["code"]) == (401, "identity.account_suspended")


def test_a_reader_of_the_database_finds_no_token_in_it(newcomer):
    mail_requests.mail_token_to(newcomer, purpose=VERIFY, now=now())
    token = sent_mails()[0].body.split("token=")[1].split()[0]
    signature = token.split(".")[1]

    stored = [*MailToken.objects.values(), *Notification.objects.values()]

    assert stored
    assert signature not in repr(stored)


def test_asking_again_mails_another_token_and_either_is_good(
    api, newcomer, token, mailed_token, deliver_events
):
    response = api.post("/api/v1/auth/verify-email/resend/", {"email": "NEW@example.org"})

    assert (response.status_code, response.content) == (202, b"")
    deliver_events()
    assert mailed_token() != token
    assert verify(api, token).status_code == 200
    assert verify(api, mailed_token()).status_code == 200


@pytest.mark.parametrize("account", [None, {"verified": True}, {"verified": False, "suspended": True}])
def test_asking_for_an_address_that_needs_no_mail_answers_the_same_and_mails_nothing(
    api, deliver_events, account
):
    if account:
        make_user(email="who@example.org", **account)

    response = api.post("/api/v1/auth/verify-email/resend/", {"email": "who@example.org"})

    assert (response.status_code, response.content) == (202, b"")
    deliver_events()
    assert sent_mails() == []
