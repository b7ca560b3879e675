"""Addresses without an account, which other contexts write to by an id."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from skillwise_identity import api as identity
from skillwise_identity.errors import RecipientNotFoundError
from skillwise_identity.models import Notification, Recipient
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db

TEMPLATE = "skillwise_identity/mail/password_changed"


def write_to(recipient_id, key="test:1"):
    identity.notify_recipient(
        recipient_id=recipient_id,
        template=TEMPLATE,
        context={"display_name": "Grandmother"},
        dedupe_key=key,
    )


def test_an_address_without_an_account_is_written_to_by_its_id():
    recipient_id = identity.register_recipient(email="  gran@Example.ORG ")

    write_to(recipient_id)
    write_to(recipient_id)

    (mail,) = sent_mails()
    assert mail.to == ["gran@example.org"]
    assert mail.body.startswith("Hello Grandmother,")


def test_one_address_is_one_recipient_in_whatever_case_it_is_written():
    make_user(email="gran@example.org")

    ids = {identity.register_recipient(email=email) for email in ("gran@example.org", "Gran@example.org")}

    assert len(ids) == 1


def test_a_recipient_that_nobody_registered_is_not_written_to():
    with pytest.raises(RecipientNotFoundError):
        write_to(new_id())


def test_a_mail_has_one_addressee():
    recipient_id = identity.register_recipient(email="gran@example.org")
    write_to(recipient_id)

    with pytest.raises(IntegrityError, match="identity_notification_to_one"), transaction.atomic():
        Notification.objects.update(user=make_user())


@pytest.mark.django_db(transaction=True)
def test_registering_an_address_at_the_same_moment_makes_one_recipient():
    def register(_):
        try:
            return identity.register_recipient(email="gran@example.org")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(register, range(8)))

    assert ids == set(Recipient.objects.values_list("id", flat=True))
    assert len(ids) == 1


def test_operators_see_whom_a_mail_goes_to(client):
    client.force_login(make_user(roles=["admin"]))
    write_to(identity.register_recipient(email="gran@example.org"))

    listed = client.get(reverse("admin:skillwise_identity_notification_changelist"))

    assert "gran@example.org" in listed.content.decode()
