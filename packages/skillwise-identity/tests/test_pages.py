"""The two pages that links in mails lead to."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from skillwise_identity.models import MailToken
from skillwise_identity.services import mail_tokens
from skillwise_identity.testing import PASSWORD, make_user, sent_mails
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

NEW = "another long password"


@pytest.fixture
def browser():
    """A browser that no CSRF check is switched off for."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def newcomer():
    return make_user(verified=False)


@pytest.fixture
def verify(newcomer):
    """The path of a link in a verification mail."""
    return f"/verify-email?token={issue(newcomer, MailToken.Purpose.VERIFY_EMAIL)}"


@pytest.fixture
def reset(user):
    return f"/reset-password?token={issue(user, MailToken.Purpose.RESET_PASSWORD)}"


def issue(user, purpose):
    return mail_tokens.reveal(mail_tokens.issue(user=user, purpose=purpose, now=now()))


def submit(browser, path, **fields):
    """Open the page and send its form, as a person does."""
    page = browser.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return browser.post(path, hidden | fields)


def test_the_link_of_a_mail_leads_to_its_page(browser, newcomer, settings, deliver_events, api):
    api.post("/api/v1/auth/verify-email/resend/", {"email": newcomer.email})
    deliver_events()
    link = re.search(r"https://\S+", sent_mails()[0].body)[0]

    assert browser.get(link.removeprefix(settings.APP_URL)).status_code == 200


def test_opening_the_link_verifies_nothing(browser, verify, newcomer):
    browser.get(verify)
    browser.head(verify)

    newcomer.refresh_from_db()
    assert not newcomer.is_email_verified


def test_the_button_verifies_the_address(browser, verify, newcomer):
    response = submit(browser, verify)

    assert response.status_code == 200
    assert "is verified" in response.content.decode()
    newcomer.refresh_from_db()
    assert newcomer.is_email_verified


def test_a_late_link_says_so(browser, verify):
    with time_machine.travel(now() + timedelta(days=4)):
        response = submit(browser, verify)

    assert response.status_code == 410
    assert "expired" in response.content.decode()


@pytest.mark.parametrize("path", ["/verify-email", "/reset-password"])
def test_another_site_cannot_press_the_button(browser, path):
    assert browser.post(path, {"token": "x"}).status_code == 403


def test_a_new_password_is_set_on_the_page(browser, reset, api):
    response = submit(browser, reset, password=NEW)

    assert response.status_code == 200
    login = {"email": "ada@example.org", "password": NEW}
    assert api.post("/api/v1/auth/login/", login).status_code == 200


def test_opening_the_link_changes_no_password_and_spends_nothing(browser, reset, user):
    for _ in range(3):
        assert browser.get(reset).status_code == 200

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "", "x" * 300])
def test_a_password_that_will_not_do_is_asked_for_again(browser, reset, password):
    response = submit(browser, reset, password=password)

    assert response.status_code == 422
    assert 'class="problem"' in response.content.decode()
    assert submit(browser, reset, password=NEW).status_code == 200


def test_a_spent_link_says_so_at_once(browser, reset):
    submit(browser, reset, password=NEW)

    response = browser.get(reset)

    assert response.status_code == 410
    assert "has been used" in response.content.decode()


@pytest.mark.parametrize("token", ["", "x", "%00", "<script>alert(1)</script>"])
def test_what_is_no_token_is_shown_as_text_and_refused(browser, token):
    shown = browser.get("/verify-email", {"token": token})
    refused = browser.get("/reset-password", {"token": token})

    assert b"<script" not in shown.content
    assert (shown.status_code, refused.status_code) == (200, 422)


@pytest.mark.parametrize("page", ["verify", "reset"])
def test_a_page_whose_address_holds_a_secret_is_neither_kept_nor_framed_nor_told(browser, request, page):
    response = browser.get(request.getfixturevalue(page))

    assert "no-store" in response["Cache-Control"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
