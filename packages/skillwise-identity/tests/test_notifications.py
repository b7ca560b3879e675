"""Mail to users: written with its cause, sent once, given up only for good reason."""

import smtplib
import socket
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import dramatiq
import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import connection, connections, transaction
from skillwise_identity import tasks
from skillwise_identity.domain.sending import MAX_ATTEMPTS, next_attempt
from skillwise_identity.models import Notification
from skillwise_identity.services import notifications
from skillwise_identity.services.notifications import Outcome
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

STATUS = Notification.Status
CHANGED = "skillwise_identity/mail/password_changed"
SUSPENDED = "skillwise_identity/mail/account_suspended"


def notify(user, key="test:1", template=CHANGED, **context):
    notifications.notify(user_id=user.id, template=template, context=context, dedupe_key=key, now=now())
    return Notification.objects.get(dedupe_key=key)


def send(notification, at=None):
    outcome = notifications.send(notification_id=notification.id, now=at or now())
    notification.refresh_from_db()
    return outcome


class Mailbox:
    """A mail server's hands: keeps what it takes, and refuses when told to."""

    def __init__(self):
        self.received = []
        self.refuse_recipient = self.refuse_content = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refuse_content:
            return self.refuse_content
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_TIMEOUT = 5
    yield mailbox
    server.stop()


@pytest.fixture
def no_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1


# What is sent


def test_a_mail_is_handed_to_a_real_server_as_text_and_as_html(mailbox, user):
    notification = notify(user, changed_at="23 November 2026, 10:00 UTC")

    assert send(notification) is Outcome.SENT

    (message,) = mailbox.received
    assert message["To"] == "ada@example.org"
    assert message["From"] == "SkillWise <hello@skillwise.example>"
    assert message["Subject"] == "Your password was changed"
    assert message["Message-ID"] == f"<{notification.id}@skillwise.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    for part in (text, html):
        assert "Hello Ada Lovelace," in part
        assert "23 November 2026, 10:00 UTC" in part
    assert "<" not in text


def test_html_is_escaped_where_it_is_html_and_only_there(user):
    notify(user, template=SUSPENDED, reason="<script>alert('1 & 2')</script>")

    (message,) = sent_mails()
    assert "<script>alert('1 & 2')</script>" in message.body
    html = message.alternatives[0].content
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;1 &amp; 2&#x27;)&lt;/script&gt;" in html


def test_a_subject_is_one_line_whatever_stands_in_it(mailbox, user):
    hostile = "A\r\nBcc: everybody@example.org\u2028\x85\x0bB"
    user.full_name = hostile
    user.save()
    notification = notify(user, template="identity_tests/mail/personal")

    assert send(notification) is Outcome.SENT

    (message,) = mailbox.received
    assert message["Subject"] == "For A Bcc: everybody@example.org B"
    assert message["Bcc"] is None


# When it is sent


def test_a_mail_is_sent_once_however_often_the_worker_is_told(mailbox, user):
    notification = notify(user)

    for _ in range(3):
        tasks.send_notification.fn(str(notification.id))
    tasks.send_due_notifications.fn()

    assert len(mailbox.received) == 1
    notification.refresh_from_db()
    assert (notification.status, notification.attempts) == (STATUS.SENT, 1)


@pytest.mark.django_db(transaction=True)
def test_a_mail_whose_cause_is_undone_is_never_sent(mailbox):
    user = make_user()

    with transaction.atomic():
        notify(user)
        transaction.set_rollback(True)

    tasks.send_due_notifications.fn()
    assert mailbox.received == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_once_the_cause_is_committed(mailbox):
    user = make_user()
    with transaction.atomic():
        notify(user)
        assert queued() == 0

    assert queued() == 1
    worker = dramatiq.Worker(dramatiq.get_broker(), worker_timeout=100, queues={"mail"})
    worker.start()
    dramatiq.get_broker().join("mail", timeout=10_000)
    worker.join()
    worker.stop()
    assert len(mailbox.received) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("valkey_down")
def test_without_a_broker_nothing_fails_and_the_sweep_sends_it(mailbox):
    user = make_user()

    with transaction.atomic():
        notify(user)

    tasks.send_due_notifications.fn()
    assert len(mailbox.received) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_in_whatever_trouble_undoes_no_change_and_skips_no_one_after(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no kind of trouble that anybody has thought of")

    monkeypatch.setattr(dramatiq.get_broker(), "enqueue", fail)
    user = make_user()
    told = []

    with transaction.atomic():
        notification = notify(user)
        transaction.on_commit(lambda: told.append("who comes after"))

    assert told == ["who comes after"]
    assert notification.status == STATUS.PENDING


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_another_worker_is_sending_is_left_to_it(mailbox):
    notification = notify(make_user())

    with transaction.atomic():
        Notification.objects.select_for_update().get()
        outcome = in_another_connection(notifications.send, notification_id=notification.id, now=now())

    assert outcome is Outcome.NOTHING_TO_DO
    assert mailbox.received == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_while_sending_loses_nothing(mailbox, monkeypatch):
    notification = notify(make_user())

    def die(message):
        raise KeyboardInterrupt  # as a worker that is told to stop

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", die)
        with pytest.raises(KeyboardInterrupt):
            send(notification)

    assert notifications.send_due(now=now()) == 1
    assert len(mailbox.received) == 1


# When it cannot be sent


@pytest.mark.usefixtures("no_mail_server")
def test_a_server_that_is_down_postpones_the_mail_further_each_time(user):
    notification, moment, pauses = notify(user), now(), []

    for _ in range(4):
        assert send(notification, at=moment) is Outcome.LATER
        pauses.append((notification.due_at - moment).total_seconds())
        moment = notification.due_at

    assert pauses == [30, 60, 120, 240]
    assert (notification.status, notification.attempts) == (STATUS.PENDING, 4)
    assert "ConnectionRefusedError" in notification.error


def test_a_server_that_comes_back_gets_what_waited(user, settings, mailbox):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    notification = notify(user)
    send(notification)

    settings.EMAIL_PORT = port
    assert notifications.send_due(now=now()) == 0
    assert notifications.send_due(now=notification.due_at) == 1

    notification.refresh_from_db()
    assert (notification.status, notification.error) == (STATUS.SENT, "")


@pytest.mark.usefixtures("no_mail_server")
def test_a_sweep_does_not_try_a_dead_server_with_every_mail(user):
    for number in range(3):
        notify(user, f"test:{number}")

    notifications.send_due(now=now())

    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_a_mail_that_the_server_puts_off_is_tried_again(user, mailbox):
    notification = notify(user)
    mailbox.refuse_content = "451 try later"

    assert send(notification) is Outcome.LATER

    mailbox.refuse_content = None
    assert send(notification) is Outcome.SENT


@pytest.mark.parametrize("refusal", ["refuse_recipient", "refuse_content"])
def test_a_mail_that_the_server_refuses_for_good_is_given_up(user, mailbox, refusal):
    notification = notify(user)
    setattr(mailbox, refusal, "550 no such user")

    assert send(notification) is Outcome.DEAD

    assert (notification.status, notification.attempts) == (STATUS.DEAD, 1)
    assert "550" in notification.error


def test_one_refused_mail_does_not_hold_up_the_others(user, mailbox):
    broken = notify(user, "test:1", template="identity_tests/mail/broken")
    notify(user, "test:2")

    assert notifications.send_due(now=now()) == 1

    broken.refresh_from_db()
    assert broken.status == STATUS.DEAD
    assert "TemplateDoesNotExist" in broken.error


@pytest.mark.usefixtures("no_mail_server")
def test_after_about_two_days_a_mail_is_given_up(user):
    notification, moment = notify(user), now()
    started = moment

    while send(notification, at=moment) is Outcome.LATER:
        moment = notification.due_at

    assert (notification.status, notification.attempts) == (STATUS.DEAD, MAX_ATTEMPTS)
    assert timedelta(hours=40) < moment - started < timedelta(hours=60)


def test_a_mail_that_was_given_up_gets_another_life(user, mailbox):
    mailbox.refuse_recipient = "550 no such user"
    notification = notify(user)
    send(notification)
    mailbox.refuse_recipient = None

    notifications.resend(notification_id=notification.id, now=now())

    assert notifications.send_due(now=now()) == 1
    notification.refresh_from_db()
    assert (notification.status, notification.attempts) == (STATUS.SENT, 1)


def test_a_mail_that_was_sent_is_not_sent_again_on_request(user):
    notification = notify(user)
    send(notification)

    notifications.resend(notification_id=notification.id, now=now())

    assert notifications.send_due(now=now()) == 0
    assert len(mail.outbox) == 1


def test_a_mail_backend_may_raise_what_it_likes(user, monkeypatch):
    class StrangeError(Exception):
        """As a provider's API client raises them."""

    def fail(message):
        raise StrangeError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)

    assert send(notify(user)) is Outcome.LATER


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPAuthenticationError(535, b"bad password"), Outcome.LATER),
        (smtplib.SMTPServerDisconnected("gone"), Outcome.LATER),
        (TimeoutError(), Outcome.LATER),
    ],
)
def test_what_an_operator_can_mend_is_tried_again(user, monkeypatch, error, outcome):
    def fail(message):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)

    assert send(notify(user)) is outcome


def test_pauses_double_up_to_six_hours():
    moment = now()

    pauses = [next_attempt(failed_attempts=n, now=moment) for n in range(1, MAX_ATTEMPTS + 1)]

    assert pauses[0] == moment + timedelta(seconds=30)
    assert pauses[-2] == moment + timedelta(hours=6)
    assert pauses[-1] is None


def queued():
    return dramatiq.get_broker().client.llen("dramatiq:mail")


def in_another_connection(function, **arguments):
    result = []

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")  # rather than wait for the caller for ever
            result.append(function(**arguments))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return result[0]
