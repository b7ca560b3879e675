"""Rate limits."""

import time
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_samples.views import LimitedView
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

LIMITED = "/api/v1/limited/"


def statuses(client: ApiClient, times: int, **kwargs: Any) -> list[int]:
    return [client.get(LIMITED, **kwargs).status_code for _ in range(times)]


@pytest.fixture
def rates(settings: Any):
    def set_rates(**rates: str | None) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}

    return set_rates


def test_beyond_the_rate_comes_429_as_a_problem_that_says_when_to_try_again(api: ApiClient) -> None:
    assert statuses(api, 2) == [204, 204]

    response = api.get(LIMITED)

    assert (response.status_code, api.json(response)["code"]) == (429, "throttled")
    assert response["Content-Type"] == "application/problem+json"
    assert 0 < int(response["Retry-After"]) <= 60
    assert api.json(response)["retry_after"] == int(response["Retry-After"])


def test_a_window_opens_again_after_its_period(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LimitedView, "throttle_rate", "1/second")
    assert statuses(api, 2) == [204, 429]

    time.sleep(1.05)

    assert statuses(api, 1) == [204]


def test_refused_requests_do_not_keep_the_window_shut(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LimitedView, "throttle_rate", "1/second")
    assert statuses(api, 1) == [204]

    shut_until = time.monotonic() + 3
    while statuses(api, 1) == [429]:
        assert time.monotonic() < shut_until
        time.sleep(0.05)


def test_actors_are_counted_by_who_they_are_and_guests_by_address(api: ApiClient) -> None:
    ann, bob = api.as_actor(new_id()), api.as_actor(new_id())

    assert statuses(ann, 3) == [204, 204, 429]
    assert statuses(bob, 3) == [204, 204, 429]
    assert statuses(api, 3) == [204, 204, 429]
    assert statuses(api, 1, REMOTE_ADDR="192.0.2.7") == [204]


def test_an_ipv6_client_is_its_whole_network(api: ApiClient) -> None:
    assert statuses(api, 2, REMOTE_ADDR="2001:db8:1:2::1") == [204, 204]
    assert statuses(api, 1, REMOTE_ADDR="2001:db8:1:2:ffff::9") == [429]
    assert statuses(api, 1, REMOTE_ADDR="2001:db8:1:3::1") == [204]


def test_an_ipv4_client_that_a_dual_stack_listener_reports_is_one_address(api: ApiClient) -> None:
    assert statuses(api, 3, REMOTE_ADDR="::ffff:203.0.113.9") == [204, 204, 429]
    assert statuses(api, 1, REMOTE_ADDR="203.0.113.9") == [429]
    assert statuses(api, 1, REMOTE_ADDR="::ffff:198.51.100.7") == [204]


def test_what_a_client_claims_of_its_address_is_not_believed(api: ApiClient) -> None:
    claims = [statuses(api, 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")[0] for n in range(3)]

    assert claims == [204, 204, 429]


def test_behind_a_proxy_the_address_is_what_the_proxy_appended(api: ApiClient, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    forged = [statuses(api, 1, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 192.0.2.1")[0] for n in range(3)]
    other = statuses(api, 1, HTTP_X_FORWARDED_FOR="10.0.0.1, 192.0.2.2")

    assert (forged, other) == ([204, 204, 429], [204])


def test_a_rate_in_the_settings_wins_over_the_views_own(api: ApiClient, rates: Any) -> None:
    rates(guest=None, actor=None, **{"samples.limited": "1/hour"})

    assert statuses(api, 2) == [204, 429]


def test_no_rate_is_no_limit(api: ApiClient, rates: Any) -> None:
    rates(guest=None, actor=None, **{"samples.limited": None})

    assert set(statuses(api, 20)) == {204}


def test_every_client_has_a_limit_over_all_endpoints(api: ApiClient, rates: Any) -> None:
    rates(guest="2/minute", actor="3/minute")
    actor = api.as_actor(new_id())

    assert [api.get("/api/v1/notice/").status_code for _ in range(3)] == [200, 200, 429]
    assert [actor.get("/api/v1/notice/").status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize("rate", ["5", "5/fortnight", "many/minute"])
def test_a_rate_that_reads_like_none_is_a_mistake_in_the_settings(
    api: ApiClient, rates: Any, rate: str
) -> None:
    rates(guest=rate)

    with pytest.raises(ImproperlyConfigured, match="A rate reads like"):
        statuses(api, 1)


def test_a_missing_rate_is_a_mistake_in_the_settings(api: ApiClient, rates: Any) -> None:
    rates()

    with pytest.raises(ImproperlyConfigured, match="lacks a rate for 'guest'"):
        statuses(api, 1)


def test_without_valkey_nobody_is_limited(api: ApiClient, valkey_down: None) -> None:
    assert statuses(api, 5) == [204] * 5


def test_a_valkey_that_hangs_delays_one_request_and_no_more(
    api: ApiClient, settings: Any, hanging_address: str
) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": hanging_address}}

    def seconds_for(times: int) -> float:
        started = time.perf_counter()
        assert set(statuses(api, times)) == {204}
        return time.perf_counter() - started

    assert 0.2 < seconds_for(1) < 2
    assert seconds_for(10) < 1
