"""`Idempotency-Key`: the effect happens once, and every repeat hears the same."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from rest_samples.models import Payment
from rest_samples.views import PaymentView
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.models import IdempotencyRecord
from skillwise_kernel.rest import idempotency
from skillwise_kernel.rest.idempotency import purge_idempotency_records
from skillwise_kernel.tasks import forget_idempotency_keys
from skillwise_kernel.testing.client import ApiClient

PAYMENTS = "/api/v1/payments/"


@pytest.fixture
def payer(db: None) -> ApiClient:
    client = ApiClient().as_actor(new_id())
    client.raise_request_exception = False  # a crash answers as it would in production
    return client


@pytest.fixture
def during_payment(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Has something happen in the middle of the next payments."""
    return lambda happens: monkeypatch.setattr(PaymentView, "during", staticmethod(happens))


def pay(client: ApiClient, key: str | None, amount: int = 5, address: str = PAYMENTS):
    headers = {} if key is None else {"idempotency-key": key}
    return client.post(address, {"amount": amount}, headers=headers)


def make_expired(**changes: object) -> None:
    assert IdempotencyRecord.objects.update(**changes) == 1


def test_a_repeat_gets_the_first_answer_byte_for_byte(payer: ApiClient) -> None:
    first = pay(payer, "k1")
    again = pay(payer, "k1")

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Content-Type"] == first["Content-Type"] == "application/json"
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert again["X-Request-ID"] != first["X-Request-ID"]
    assert Payment.objects.count() == 1


def test_an_answer_without_a_body_is_repeated_too(payer: ApiClient) -> None:
    first, again = (payer.post("/api/v1/notes/", headers={"idempotency-key": "k"}) for _ in range(2))

    assert (first.status_code, again.status_code, again.content) == (204, 204, b"")
    assert Payment.objects.count() == 1


def test_another_body_with_the_same_key_is_422(payer: ApiClient) -> None:
    pay(payer, "k1", amount=5)

    response = pay(payer, "k1", amount=6)

    assert (response.status_code, payer.json(response)["code"]) == (422, "idempotency_key_reused")
    assert Payment.objects.count() == 1


def test_another_address_with_the_same_key_is_422(payer: ApiClient) -> None:
    pay(payer, "k1")

    assert pay(payer, "k1", address=f"{PAYMENTS}?really=yes").status_code == 422
    assert payer.post("/api/v1/notes/", headers={"idempotency-key": "k1"}).status_code == 422


def test_keys_belong_to_the_actor(payer: ApiClient) -> None:
    other = payer.as_actor(new_id())

    assert pay(payer, "k1").content != pay(other, "k1").content
    assert Payment.objects.count() == 2


def test_where_a_key_is_required_its_absence_is_400(payer: ApiClient) -> None:
    response = pay(payer, None)

    assert (response.status_code, payer.json(response)["code"]) == (400, "idempotency_key_required")
    assert not Payment.objects.exists()


def test_where_a_key_is_optional_each_request_without_one_takes_effect(payer: ApiClient) -> None:
    for _ in range(2):
        assert payer.post("/api/v1/notes/").status_code == 204

    assert Payment.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_a_guest_has_no_keys(api: ApiClient, db: None) -> None:
    response = api.post("/api/v1/notes/", headers={"idempotency-key": "k"})

    assert (response.status_code, api.json(response)["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "tab\t"])
def test_a_key_that_is_none_is_400(payer: ApiClient, key: str) -> None:
    response = pay(payer, key)

    assert (response.status_code, payer.json(response)["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize("key", ["x" * 255, '"quoted"', "4fa282fe-6f28-4f94-88c0-3a2b1a1c1d70", "~!"])
def test_any_visible_ascii_is_a_key(payer: ApiClient, key: str) -> None:
    assert pay(payer, key).status_code == 201


def test_a_refusal_that_the_use_case_decided_is_repeated(payer: ApiClient) -> None:
    first, again = pay(payer, "k1", amount=409), pay(payer, "k1", amount=409)

    assert (first.status_code, payer.json(first)["code"]) == (409, "samples.payment_refused")
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"
    assert again["Idempotent-Replayed"] == "true"
    assert Payment.objects.count() == 1


def test_bad_input_leaves_the_key_free_for_the_corrected_request(payer: ApiClient) -> None:
    bad = payer.post(PAYMENTS, {"amount": "much"}, headers={"idempotency-key": "k1"})
    good = pay(payer, "k1")

    assert (bad.status_code, good.status_code) == (400, 201)


def test_a_body_that_is_not_json_leaves_the_key_free(payer: ApiClient) -> None:
    bad = payer.generic("POST", PAYMENTS, b"{", "application/json", headers={"idempotency-key": "k1"})

    assert bad.status_code == 400
    assert pay(payer, "k1").status_code == 201


@pytest.mark.parametrize("failure", [500, 503])
def test_a_failure_frees_the_key(
    payer: ApiClient, failure: int, during_payment: Callable[[Callable[[], None]], None]
) -> None:
    assert pay(payer, "k1", amount=failure).status_code == failure
    assert not IdempotencyRecord.objects.exists()

    assert pay(payer, "k1", amount=failure).status_code == failure
    assert Payment.objects.count() == 2


def test_a_repeat_while_the_first_still_runs_is_409_and_says_when_to_try_again(
    payer: ApiClient, during_payment: Callable[[Callable[[], None]], None]
) -> None:
    heard = []
    during_payment(lambda: heard.append(pay(payer, "k1")) if not heard else None)

    assert pay(payer, "k1").status_code == 201

    assert (heard[0].status_code, payer.json(heard[0])["code"]) == (409, "idempotency_key_in_flight")
    assert heard[0]["Retry-After"] == "1"
    assert Payment.objects.count() == 1


class ProcessDiedError(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.fixture
def abandoned_claim(
    payer: ApiClient,
    during_payment: Callable[[Callable[[], None]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A key whose request's process died half way."""

    def die() -> None:
        raise ProcessDiedError

    during_payment(die)
    with monkeypatch.context() as patched:
        patched.setattr(idempotency._Attempt, "_free", lambda attempt: None)
        with pytest.raises(ProcessDiedError):
            pay(payer, "k1")
    during_payment(lambda: None)
    Payment.objects.all().delete()
    return "k1"


def test_the_claim_of_a_dead_process_holds_for_its_lease(payer: ApiClient, abandoned_claim: str) -> None:
    make_expired(locked_until=now() + timedelta(seconds=1))

    assert pay(payer, abandoned_claim).status_code == 409


def test_the_claim_of_a_dead_process_is_taken_over_after_its_lease(
    payer: ApiClient, abandoned_claim: str
) -> None:
    make_expired(locked_until=now() - timedelta(seconds=1))

    first, again = pay(payer, abandoned_claim), pay(payer, abandoned_claim)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert Payment.objects.count() == 1


def test_the_claim_of_a_dead_process_is_not_taken_over_by_another_request(
    payer: ApiClient, abandoned_claim: str
) -> None:
    make_expired(locked_until=now() - timedelta(seconds=1))

    assert pay(payer, abandoned_claim, amount=6).status_code == 422


def test_whoever_lost_its_claim_stores_nothing_over_the_answer_of_whoever_took_it(
    payer: ApiClient, during_payment: Callable[[Callable[[], None]], None]
) -> None:
    overtaking = []

    def be_overtaken() -> None:
        if not overtaking:
            overtaking.append(None)
            make_expired(locked_until=now() - timedelta(seconds=1))
            overtaking.append(pay(payer, "k1"))

    during_payment(be_overtaken)
    slow = pay(payer, "k1")

    assert slow.status_code == overtaking[1].status_code == 201
    assert pay(payer, "k1").content == overtaking[1].content != slow.content


def test_an_expired_key_is_new_again(payer: ApiClient) -> None:
    first = pay(payer, "k1", amount=5)
    make_expired(expires_at=now() - timedelta(seconds=1))

    second = pay(payer, "k1", amount=6)

    assert second.status_code == 201
    assert second.content != first.content
    assert pay(payer, "k1", amount=6).content == second.content


def test_expired_records_are_purged_in_batches_and_the_others_kept(payer: ApiClient) -> None:
    for number in range(5):
        pay(payer, f"old-{number}")
    IdempotencyRecord.objects.update(expires_at=now() - timedelta(seconds=1))
    pay(payer, "new")

    assert purge_idempotency_records(now=now(), batch=2) == 5
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]


def test_expired_records_are_forgotten_by_the_clock(payer: ApiClient) -> None:
    pay(payer, "old")
    make_expired(expires_at=now() - timedelta(seconds=1))

    forget_idempotency_keys()

    assert not IdempotencyRecord.objects.exists()


def test_a_key_costs_a_first_request_two_statements_and_a_transaction(
    payer: ApiClient, django_assert_num_queries: Callable[[int], Iterator[None]]
) -> None:
    own_transactions = 2  # savepoints here, BEGIN and COMMIT elsewhere

    with django_assert_num_queries(2 + own_transactions + 1):  # claim, store; and the payment itself
        pay(payer, "k1")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_exactly_one_takes_effect(
    during_payment: Callable[[Callable[[], None]], None],
) -> None:
    actor = new_id()
    barrier = threading.Barrier(20)
    second_wave = threading.Event()
    during_payment(lambda: second_wave.wait(0.5))

    def attempt(_: int) -> tuple[int, bytes, bool]:
        client = ApiClient().as_actor(actor)
        try:
            barrier.wait()
            response = pay(client, "k1")
            return response.status_code, response.content, response.has_header("Idempotent-Replayed")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(attempt, range(20)))

    assert Payment.objects.count() == 1
    statuses = Counter(status for status, _, _ in answers)
    assert statuses.keys() <= {201, 409}
    assert len([answer for answer in answers if answer[0] == 201 and not answer[2]]) == 1
    assert len({body for status, body, _ in answers if status == 201}) == 1


@pytest.mark.django_db(transaction=True)
def test_the_claim_is_committed_before_the_view_runs(
    during_payment: Callable[[Callable[[], None]], None],
) -> None:
    seen = []

    def look_from_another_connection() -> None:
        def look() -> None:
            seen.extend(IdempotencyRecord.objects.values_list("status", flat=True))
            connection.close()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    during_payment(look_from_another_connection)

    pay(ApiClient().as_actor(new_id()), "k1")

    assert seen == [None]
