"""Webhooks: genuine ones are stored before they are answered, once; others are refused."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from endpoints import WEBHOOK, problem
from skillwise_commerce.events import ProviderEventStored
from skillwise_commerce.models import ProviderEvent
from skillwise_kernel.testing.client import ApiClient
from stand_in import sign

PostEvent = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]
Ordered = dict[str, Any]

EVENT = {
    "id": "evt_of_a_test",
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {"object": {"id": "pi_of_a_test", "object": "payment_intent"}},
}


@pytest.mark.django_db
class TestSignature:
    def test_a_genuine_event_is_stored_to_the_letter_with_a_note_to_the_worker(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        body = json.dumps(EVENT, indent=2)

        response = post_event(body)

        assert (response.status_code, ApiClient.json(response)) == (200, {"received": True})
        stored = ProviderEvent.objects.get()
        assert stored.payload == body
        assert (stored.provider_event_id, stored.kind, stored.subject_id) == (
            "evt_of_a_test",
            "payment_intent.succeeded",
            "pi_of_a_test",
        )
        assert [event.provider_event_id for event in published(ProviderEventStored)] == [stored.id]

    def test_without_a_signature_it_is_refused(self, api: ApiClient) -> None:
        response = api.post(WEBHOOK, EVENT)

        problem(response, 400, "commerce.webhook_signature_invalid")
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize(
        "signature", ["", "t=1", "v1=abc", "t=,v1=", "t=now,v1=abc", "nonsense", "t=1,v1=ab,v1=cd", "é"]
    )
    def test_a_signature_that_is_none_is_refused(self, post_event: PostEvent, signature: str) -> None:
        problem(post_event(EVENT, signature=signature), 400, "commerce.webhook_signature_invalid")

    def test_a_signature_by_another_secret_is_refused(self, post_event: PostEvent) -> None:
        forged = sign(json.dumps(EVENT, indent=2), secret="whsec_of_somebody_else")

        problem(post_event(EVENT, signature=forged), 400, "commerce.webhook_signature_invalid")

    def test_a_signature_older_than_five_minutes_is_refused(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT)

        assert post_event(body, signature=sign(body, age=290)).status_code == 200
        problem(post_event(body, signature=sign(body, age=310)), 400, "commerce.webhook_signature_invalid")

    def test_another_body_under_a_genuine_signature_is_refused(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT)
        changed = body.replace("pi_of_a_test", "pi_of_another")

        problem(post_event(body, sent=changed), 400, "commerce.webhook_signature_invalid")
        assert not ProviderEvent.objects.exists()

    def test_an_unset_secret_lets_nobody_in(self, post_event: PostEvent, settings: Any) -> None:
        settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"STRIPE_WEBHOOK_SECRET": ""}
        body = json.dumps(EVENT)

        response = post_event(body, signature=sign(body, secret=""))

        problem(response, 400, "commerce.webhook_signature_invalid")

    @pytest.mark.parametrize(
        "body", ["", "not JSON", "[]", "{}", '{"id": 1, "type": "x"}', '{"id": "", "type": "x"}']
    )
    def test_a_signed_body_that_is_no_event_is_refused(self, post_event: PostEvent, body: str) -> None:
        problem(post_event(body), 400, "commerce.webhook_invalid")

    def test_bytes_that_are_no_text_are_refused(self, api: ApiClient) -> None:
        response = api.post(
            WEBHOOK,
            data=b"\xff\xfe",
            content_type="application/json",
            headers={"Stripe-Signature": sign("x")},
        )

        problem(response, 400, "commerce.webhook_signature_invalid")

    def test_a_body_larger_than_any_event_is_not_read(self, api: ApiClient) -> None:
        response = api.post(
            WEBHOOK, data=b" " * (512 * 1024 + 1), content_type="application/json", headers={}
        )

        problem(response, 413, "commerce.webhook_too_large")

    def test_escaped_nul_characters_in_an_event_are_stored_as_they_came(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT | {"note": "\x00"})

        assert post_event(body).status_code == 200
        assert ProviderEvent.objects.get().payload == body

    def test_stripe_is_never_throttled(self, post_event: PostEvent) -> None:
        answers = {post_event(EVENT | {"id": f"evt_{number}"}).status_code for number in range(150)}

        assert answers == {200}


@pytest.mark.django_db
class TestStoring:
    def test_a_repeated_event_is_stored_and_noted_once(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        assert [post_event(EVENT).status_code for _ in range(3)] == [200, 200, 200]

        assert ProviderEvent.objects.count() == 1
        assert len(published(ProviderEventStored)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_deliveries_that_race_to_insert_store_one(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        def post(_: int) -> int:
            try:
                return post_event(EVENT).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(post, range(20)))

        assert answers == [200] * 20
        assert ProviderEvent.objects.count() == 1
        assert len(published(ProviderEventStored)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_an_integrity_error_of_another_kind_is_not_taken_for_a_repetition(
        self, post_event: PostEvent
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE skillwise_commerce_providerevent "
                "ADD CONSTRAINT of_a_test CHECK (kind <> 'broken')"
            )
        try:
            with pytest.raises(IntegrityError, match="of_a_test"):
                post_event(EVENT | {"type": "broken"})
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE skillwise_commerce_providerevent DROP CONSTRAINT of_a_test")

    def test_an_event_whose_note_cannot_be_written_is_not_stored_either(
        self, post_event: PostEvent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from skillwise_commerce.services import webhooks

        def fail(event: object) -> None:
            raise RuntimeError("the outbox is full")

        with monkeypatch.context() as patch:
            patch.setattr(webhooks, "publish", fail)
            with pytest.raises(RuntimeError):
                post_event(EVENT)
        assert not ProviderEvent.objects.exists()

        assert post_event(EVENT).status_code == 200
        assert ProviderEvent.objects.count() == 1
