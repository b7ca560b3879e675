"""What administrators see of people, and do to accounts."""

import pytest
from django.db import connection
from skillwise_identity import selectors
from skillwise_identity.events import RolesChanged, UserReinstated, UserSuspended
from skillwise_identity.models import AccountAction, User
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db

USERS = "/api/v1/admin/users/"


def names(api, response):
    return [user["full_name"] for user in api.json(response)["results"]]


def set_roles(client, user, *roles, **headers):
    return client.put(f"{USERS}{user.id}/roles/", {"roles": roles}, **headers)


def suspend(client, user, reason="Spam."):
    return client.post(f"{USERS}{user.id}/suspend/", {"reason": reason})


def reinstate(client, user):
    return client.post(f"{USERS}{user.id}/reinstate/")


@pytest.mark.parametrize("roles", [["student"], ["instructor"], ["student", "instructor"]])
def test_only_administrators_administer(as_user, user, roles):
    client = as_user(make_user(roles=roles))

    assert client.get(USERS).status_code == 403
    assert client.get(f"{USERS}{user.id}/").status_code == 403
    assert set_roles(client, user, "admin").status_code == 403
    assert suspend(client, user).status_code == 403
    assert reinstate(client, user).status_code == 403


def test_a_guest_is_asked_to_log_in(api, user):
    assert api.get(USERS).status_code == 401
    assert suspend(api, user).status_code == 401


def test_an_administrator_who_has_not_verified_the_address_verifies_it_first(api, as_user):
    response = as_user(make_user(roles=["admin"], verified=False)).get(USERS)

    assert (response.status_code, api.json(response)["code"]) == (403, "email_not_verified")


def test_the_newest_users_come_first_and_each_once_over_all_pages(api, as_user, admin):
    expected = [*[make_user().full_name for _ in range(5)][::-1], admin.full_name]
    client = as_user(admin)

    seen, page = [], f"{USERS}?page_size=2"
    while page:
        response = client.get(page)
        seen += names(api, response)
        page = api.json(response)["next"]

    assert seen == expected


def test_a_listed_user_says_whether_the_account_is_suspended(api, as_user, admin):
    make_user(suspended=True)

    users = api.json(as_user(admin).get(USERS))["results"]

    assert [user["is_suspended"] for user in users] == [True, False]
    assert users[1]["email"] == "root@example.org"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("LOVELACE", ["Ada Lovelace"]),
        ("da lo", ["Ada Lovelace"]),
        ("hopper@navy", ["Grace Hopper"]),
        ("ÉMILIE", ["Émilie du Châtelet"]),
        ("100%", ["Anna 100%"]),
        ("_", []),
        ("nobody at all", []),
    ],
)
def test_people_are_searched_by_part_of_name_or_address(api, as_user, admin, search, found):
    make_user(full_name="Ada Lovelace")
    make_user(full_name="Grace Hopper", email="Hopper@Navy.example")
    make_user(full_name="Émilie du Châtelet")
    make_user(full_name="Anna 100%")

    response = as_user(admin).get(USERS, {"search": search})

    assert names(api, response) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"role": "admin"}, {"Root Admin"}),
        ({"role": "instructor"}, {"Teacher", "Both"}),
        ({"status": "suspended"}, {"Gone"}),
        ({"status": "unverified"}, {"New"}),
        ({"status": "active", "role": "student"}, {"Both"}),
    ],
)
def test_people_are_filtered_by_role_and_status(api, as_user, admin, filters, found):
    make_user(full_name="Teacher", roles=["instructor"])
    make_user(full_name="Both", roles=["student", "instructor"])
    make_user(full_name="Gone", suspended=True, verified=False)
    make_user(full_name="New", verified=False)

    assert set(names(api, as_user(admin).get(USERS, filters))) == found


@pytest.mark.parametrize(
    "query", ["role=king", "status=asleep", "page_size=0", "cursor=x", f"search={'x' * 101}"]
)
def test_a_filter_that_does_not_exist_is_refused(as_user, admin, query):
    assert as_user(admin).get(f"{USERS}?{query}").status_code == 400


def test_the_list_takes_two_queries_however_long_it_is(as_user, admin, django_assert_num_queries):
    client = as_user(admin)
    for _ in range(3):
        make_user()

    with django_assert_num_queries(2):
        client.get(USERS)
    for _ in range(10):
        make_user()
    with django_assert_num_queries(2):
        client.get(USERS)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"search": "lovelace"}, "identity_user_search"),
        ({"role": "instructor"}, "identity_user_roles"),
        ({"status": "suspended"}, "identity_user_suspended"),
        ({"status": "unverified"}, "identity_user_unverified"),
        ({"status": "active"}, "identity_user_newest"),
        ({}, "identity_user_newest"),
    ],
)
def test_every_filter_has_an_index_that_serves_it(filters, index):
    users = selectors.list_users(**filters).order_by("-created_at", "-id")[:20]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        if index in {"identity_user_search", "identity_user_roles"}:  # what a large table's figures would say
            cursor.execute("SET LOCAL enable_indexscan = off")
        plan = users.explain()

    assert index in plan


def test_a_user_is_read_with_what_was_done_to_the_account(api, as_user, admin, user):
    client = as_user(admin)
    set_roles(client, user, "instructor")
    suspend(client, user, "Advertising.")

    body = api.json(client.get(f"{USERS}{user.id}/"))

    assert body["suspension_reason"] == "Advertising."
    assert [(action["kind"], action["actor_id"], action["detail"]) for action in body["account_actions"]] == [
        ("suspended", str(admin.id), {"reason": "Advertising."}),
        ("roles_changed", str(admin.id), {"before": ["student"], "after": ["instructor"]}),
    ]


def test_an_unknown_user_is_not_found(api, as_user, admin):
    client, nobody = as_user(admin), User(id=new_id())

    answers = [
        client.get(f"{USERS}{nobody.id}/"),
        set_roles(client, nobody, "student"),
        suspend(client, nobody),
        reinstate(client, nobody),
    ]

    assert {(a.status_code, api.json(a)["code"]) for a in answers} == {(404, "identity.user_not_found")}


def test_roles_are_set_told_and_recorded(api, as_user, admin, user, published):
    response = set_roles(as_user(admin), user, "instructor", "student")

    assert (response.status_code, api.json(response)["roles"]) == (200, ["student", "instructor"])
    action = AccountAction.objects.get()
    assert published() == [
        RolesChanged(user_id=user.id, roles=("student", "instructor"), changed_at=action.at)
    ]
    assert (action.actor_id, action.user_id) == (admin.id, user.id)


def test_a_new_role_holds_from_the_next_request_on(as_user, admin, user):
    client = as_user(user)
    assert client.get(USERS).status_code == 403

    set_roles(as_user(admin), user, "admin")
    assert client.get(USERS).status_code == 200

    set_roles(as_user(admin), user, "student")
    assert client.get(USERS).status_code == 403


def test_setting_the_same_roles_tells_nothing(as_user, admin, user, published):
    assert set_roles(as_user(admin), user, "student").status_code == 200

    assert published() == []
    assert not AccountAction.objects.exists()


@pytest.mark.parametrize("roles", [[], ["king"], ["student", None], "student"])
def test_what_are_no_roles_is_refused(as_user, admin, user, roles):
    response = as_user(admin).put(f"{USERS}{user.id}/roles/", {"roles": roles})

    assert response.status_code == 400


def test_roles_that_somebody_else_has_changed_meanwhile_are_not_overwritten(as_user, admin, user):
    client = as_user(admin)
    seen = client.get(f"{USERS}{user.id}/")["ETag"]
    set_roles(client, user, "instructor")

    response = set_roles(client, user, "student", HTTP_IF_MATCH=seen)

    assert response.status_code == 412


def test_the_last_administrator_stays_one(api, as_user, admin):
    make_user(roles=["admin"], suspended=True)

    response = set_roles(as_user(admin), admin, "student")

    assert (response.status_code, api.json(response)["code"]) == (409, "identity.last_admin")
    admin.refresh_from_db()
    assert admin.roles == ["admin"]


def test_an_administrator_may_step_down_when_another_remains(as_user, admin):
    make_user(roles=["admin"])

    assert set_roles(as_user(admin), admin, "student").status_code == 200


def test_administrators_cannot_suspend_themselves(api, as_user, admin):
    make_user(roles=["admin"])

    response = suspend(as_user(admin), admin)

    assert (response.status_code, api.json(response)["code"]) == (409, "identity.cannot_suspend_self")


def test_a_suspension_is_told_recorded_and_mailed(api, as_user, admin, user, published):
    response = suspend(as_user(admin), user, "Advertising in reviews.")

    assert (response.status_code, api.json(response)["is_suspended"]) == (200, True)
    user.refresh_from_db()
    assert published() == [UserSuspended(user_id=user.id, suspended_at=user.suspended_at)]
    assert AccountAction.objects.get().detail == {"reason": "Advertising in reviews."}
    (mail,) = sent_mails()
    assert mail.to == [user.email]
    assert "Advertising in reviews." in mail.body


def test_suspending_or_reinstating_again_changes_nothing(api, as_user, admin, user, published):
    client = as_user(admin)
    suspend(client, user, "First.")
    suspend(client, user, "Second.")
    user.refresh_from_db()
    assert user.suspension_reason == "First."

    reinstate(client, user)
    again = reinstate(client, user)

    assert (again.status_code, api.json(again)["is_suspended"]) == (200, False)
    assert [type(event) for event in published()] == [UserSuspended, UserReinstated]
    assert [mail.subject for mail in sent_mails()] == [
        "Your account was suspended",
        "Welcome back: your account works again",
    ]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_suspension_has_a_reason(as_user, admin, user, reason):
    assert suspend(as_user(admin), user, reason).status_code == 400
