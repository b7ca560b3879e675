"""Identity's door."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.template import TemplateDoesNotExist
from skillwise_identity import api as identity
from skillwise_identity.dto import Role, UserSummary
from skillwise_identity.errors import UserNotFoundError
from skillwise_identity.events import EmailVerified, UserRegistered
from skillwise_identity.models import Notification, User
from skillwise_identity.testing import PASSWORD, make_user, sent_mails
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db


def ensure(**changes):
    values = {
        "email": "demo@skillwise.example",
        "password": "skillwise-demo",
        "full_name": "Demo",
        "roles": [Role.ADMIN, Role.STUDENT],
        "now": now(),
    }
    return identity.ensure_user(**values | changes)


def test_people_are_told_of_by_name_and_never_by_address(django_assert_num_queries):
    ada, gone = make_user(full_name="Ada"), make_user(full_name="Gone", verified=False, suspended=True)

    with django_assert_num_queries(1):
        users = identity.get_users(ids=[ada.id, gone.id, ada.id, new_id()])

    assert users == {
        ada.id: UserSummary(
            id=ada.id,
            display_name="Ada",
            roles=frozenset({Role.STUDENT}),
            is_verified=True,
            is_suspended=False,
        ),
        gone.id: UserSummary(
            id=gone.id,
            display_name="Gone",
            roles=frozenset({Role.STUDENT}),
            is_verified=False,
            is_suspended=True,
        ),
    }


def test_an_ensured_user_is_verified_and_told_of(published):
    user_id = ensure()

    user = User.objects.get()
    assert user.id == user_id
    assert (user.roles, user.is_email_verified) == (["student", "admin"], True)
    assert [type(event) for event in published()] == [UserRegistered, EmailVerified]


def test_ensuring_a_user_twice_changes_nothing(published):
    first = ensure()

    second = ensure(email="Demo@SkillWise.example", password="something else", full_name="Other")

    assert first == second
    user = User.objects.get()
    assert (user.full_name, user.check_password("skillwise-demo")) == ("Demo", True)
    assert len(published(UserRegistered)) == 1


def notify(user_id, key="test:1", template="skillwise_identity/mail/password_changed", **context):
    identity.notify(user_id=user_id, template=template, context=context, dedupe_key=key)


def test_a_user_is_notified_once_for_each_key(user):
    notify(user.id, changed_at="today")
    notify(user.id, changed_at="tomorrow")
    notify(user.id, "test:2", changed_at="tomorrow")

    assert [mail.to for mail in sent_mails()] == [[user.email], [user.email]]


def test_a_template_that_is_missing_is_noticed_by_the_caller(user):
    with pytest.raises(TemplateDoesNotExist):
        notify(user.id, template="skillwise_identity/mail/no_such_mail")


def test_nobody_unknown_is_notified():
    with pytest.raises(UserNotFoundError):
        notify(new_id())

    assert not Notification.objects.exists()


def test_a_command_makes_the_first_administrator(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    call_command("create_admin", "root@example.org", "Root")

    user = User.objects.get()
    assert (user.roles, user.is_email_verified, user.check_password(PASSWORD)) == (["admin"], True, True)
    assert "root@example.org" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_password(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    with pytest.raises(CommandError, match="too short"):
        call_command("create_admin", "root@example.org", "Root")
