"""Django's admin, for administrators."""

import pytest
from django.test import Client
from skillwise_identity.models import Notification
from skillwise_identity.services import notifications
from skillwise_identity.testing import PASSWORD, make_user
from skillwise_kernel.clock import now

pytestmark = pytest.mark.django_db

USERS = "/admin/skillwise_identity/user/"
MAILS = "/admin/skillwise_identity/notification/"


def logged_in(user):
    client = Client()
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def office(admin):
    return logged_in(admin)


def save(office, user, roles=("student",), reason=""):
    form = {"held_roles": roles, "suspended_because": reason}
    return office.post(f"{USERS}{user.id}/change/", form, follow=True)


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ({"roles": ["admin"]}, 200),
        ({"roles": ["instructor"]}, 302),
        ({"roles": ["admin"], "suspended": True}, 302),
    ],
)
def test_active_administrators_alone_get_in(account, status):
    assert logged_in(make_user(**account)).get("/admin/").status_code == status


def test_an_administrator_who_is_demoted_or_suspended_is_out_at_once(admin):
    office = logged_in(admin)
    assert office.get(USERS).status_code == 200

    admin.roles = ["student"]
    admin.save()

    assert office.get(USERS).status_code == 302


def test_a_suspended_administrator_may_nothing():
    suspended = make_user(roles=["admin"], suspended=True)

    assert not suspended.is_staff
    assert not suspended.has_perm("skillwise_identity.change_user")
    assert not suspended.has_module_perms("skillwise_identity")


def test_people_are_listed_and_searched(office, user):
    found = office.get(USERS, {"q": "LOVELACE"}).content.decode()

    assert user.email in found
    assert f"{USERS}{user.id}/change/" in found
    assert office.get(USERS, {"q": "nobody"}).content.decode().count("/change/") == 0


def test_roles_and_suspensions_go_through_the_same_rules(office, admin, user):
    save(office, user, roles=["instructor"], reason="Spam.")

    user.refresh_from_db()
    assert (user.roles, user.suspension_reason) == (["instructor"], "Spam.")
    actions = user.account_actions.values_list("kind", "actor_id")
    assert set(actions) == {("roles_changed", admin.id), ("suspended", admin.id)}

    save(office, user, roles=["instructor"])

    user.refresh_from_db()
    assert not user.is_suspended


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"roles": ["student"]}, "The last active administrator must stay one."),
        ({"roles": ["admin"], "reason": "Tired."}, "Administrators cannot suspend themselves."),
    ],
)
def test_a_refusal_is_shown_and_nothing_is_saved(office, admin, change, refusal):
    page = save(office, admin, **change).content.decode()

    assert refusal in page
    admin.refresh_from_db()
    assert (admin.roles, admin.is_suspended) == (["admin"], False)


def test_a_mail_that_was_given_up_is_sent_again(office, user):
    notifications.notify(
        user_id=user.id,
        template="skillwise_identity/mail/account_reinstated",
        context={},
        dedupe_key="test:1",
        now=now(),
    )
    Notification.objects.update(status=Notification.Status.DEAD, error="It could not be.")
    mail = Notification.objects.get()
    assert "It could not be." in office.get(MAILS).content.decode()

    office.post(MAILS, {"action": "send_again", "_selected_action": [str(mail.id)]})

    mail.refresh_from_db()
    assert mail.status == Notification.Status.PENDING


@pytest.mark.parametrize("page", ["accountaction", "notification"])
def test_records_are_looked_at_and_changed_by_nobody(office, page):
    assert office.get(f"/admin/skillwise_identity/{page}/").status_code == 200
    assert office.get(f"/admin/skillwise_identity/{page}/add/").status_code == 403
