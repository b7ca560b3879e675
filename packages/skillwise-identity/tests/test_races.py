"""What must hold when two do it at the same moment.

Each thread has a connection, and a transaction, of its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from skillwise_identity.dto import Role
from skillwise_identity.errors import (
    EmailTakenError,
    LastAdminError,
    MailTokenSpentError,
    SessionInvalidError,
)
from skillwise_identity.events import EmailVerified, UserRegistered
from skillwise_identity.models import AccountAction, MailRequest, MailToken, Notification, User
from skillwise_identity.services import (
    administration,
    mail_requests,
    mail_tokens,
    notifications,
    passwords,
    registration,
    sessions,
    verification,
)
from skillwise_identity.testing import PASSWORD, make_user, tokens_for
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act answered, or the refusal that it raised, when all begin together."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return act()
        except SkillWiseError as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_one_address_makes_one_account(published):
    def register(email):
        return lambda: registration.register(
            email=email, password=PASSWORD, full_name="Ada", role=Role.STUDENT, now=now()
        )

    outcomes = at_once(
        *[register(email) for email in ("ada@example.org", "ADA@example.org", "Ada@example.org")]
    )

    assert outcomes.count(EmailTakenError) == 2
    assert User.objects.count() == Notification.objects.count() == len(published(UserRegistered)) == 1


def test_ensuring_one_user_makes_one_account():
    def ensure():
        return registration.ensure_user(
            email="demo@example.org", password=PASSWORD, full_name="Demo", roles=[Role.ADMIN], now=now()
        )

    assert set(at_once(ensure, ensure, ensure)) == {User.objects.get().id}


def test_one_refresh_token_is_exchanged_once():
    user = make_user()
    for _ in range(ROUNDS):
        token = tokens_for(user).refresh
        before = OutstandingToken.objects.count()

        outcomes = at_once(*[lambda t=token: sessions.refresh(token=t)] * 4)

        assert outcomes.count(SessionInvalidError) == 3
        assert OutstandingToken.objects.count() == before + 1


def test_two_administrators_who_demote_each_other_leave_one():
    for _ in range(ROUNDS):
        User.objects.all().delete()
        ada, bob = make_user(roles=["admin"]), make_user(roles=["admin"])

        def demote(actor, user):
            return lambda: administration.change_roles(
                actor_id=actor.id, user_id=user.id, roles=["student"], now=now()
            )

        outcomes = at_once(demote(ada, bob), demote(bob, ada))

        assert outcomes.count(LastAdminError) == 1
        assert User.objects.filter(roles__contains=["admin"]).count() == 1
        forget_actions()


def test_two_administrators_who_suspend_each_other_leave_one():
    for _ in range(ROUNDS):
        User.objects.all().delete()
        ada, bob = make_user(roles=["admin"]), make_user(roles=["admin"])

        def suspend(actor, user):
            return lambda: administration.suspend(
                actor_id=actor.id, user_id=user.id, reason="Coup.", now=now()
            )

        outcomes = at_once(suspend(ada, bob), suspend(bob, ada))

        assert outcomes.count(LastAdminError) == 1
        assert User.objects.filter(suspended_at__isnull=True).count() == 1
        forget_actions()


def test_one_reset_token_sets_one_password():
    user = make_user()
    token = issue(user, MailToken.Purpose.RESET_PASSWORD)

    def reset(password):
        return lambda: passwords.reset_password(token=token, password=password, now=now())

    outcomes = at_once(reset("the first password"), reset("the second password"))

    assert outcomes.count(MailTokenSpentError) == 1


def test_two_reset_tokens_used_together_do_not_lock_each_other_out():
    user = make_user()
    first, second = (issue(user, MailToken.Purpose.RESET_PASSWORD) for _ in range(2))

    outcomes = at_once(
        lambda: passwords.reset_password(token=first, password="the first password", now=now()),
        lambda: passwords.reset_password(token=second, password="the second password", now=now()),
    )

    assert outcomes.count(MailTokenSpentError) == 1


def test_an_address_verified_twice_at_once_is_told_of_once(published):
    user = make_user(verified=False)
    token = issue(user, MailToken.Purpose.VERIFY_EMAIL)

    outcomes = at_once(*[lambda: verification.verify_email(token=token, now=now())] * 4)

    assert outcomes == [user] * 4
    assert len(published(EmailVerified)) == 1


def test_one_key_makes_one_mail():
    user = make_user()

    def notify():
        notifications.notify(
            user_id=user.id,
            template="skillwise_identity/mail/account_reinstated",
            context={},
            dedupe_key="test:1",
            now=now(),
        )

    at_once(notify, notify, notify)

    assert Notification.objects.count() == 1


def test_a_request_for_a_mail_that_is_answered_twice_at_once_makes_one_mail():
    user = make_user()
    for _ in range(ROUNDS):
        Notification.objects.all().delete()
        mail_requests.request_mail_token(
            email=user.email, purpose=MailToken.Purpose.RESET_PASSWORD, now=now()
        )
        request = MailRequest.objects.get()

        at_once(*[lambda r=request: mail_requests.answer_request(request_id=r.id, now=now())] * 4)

        assert Notification.objects.count() == 1


def issue(user, purpose):
    return mail_tokens.reveal(mail_tokens.issue(user=user, purpose=purpose, now=now()))


def forget_actions():
    AccountAction.objects.all().delete()
