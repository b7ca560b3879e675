"""Every request has a name, and leaves one line in the log."""

import json
import logging
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from django.core import signing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

LogLines = Callable[[], list[dict[str, Any]]]


def access_line(lines: list[dict[str, Any]]) -> dict[str, Any]:
    (line,) = [line for line in lines if line["logger"] == "skillwise.access"]
    return line


@pytest.mark.parametrize("sent", ["abcdefgh", "4fa282fe-6f28-4f94-88c0-3a2b1a1c1d70", "a" * 64, "svc_1.2-3"])
def test_a_sane_request_id_is_kept(api: ApiClient, sent: str) -> None:
    assert api.get("/api/v1/notice/", headers={"x-request-id": sent})["X-Request-ID"] == sent


@pytest.mark.parametrize(
    "sent", ["", "short", "a" * 65, "with space", "né-accentué", "-dashfirst", "new\tline1"]
)
def test_anything_else_is_replaced_by_a_new_uuid7(api: ApiClient, sent: str) -> None:
    given = api.get("/api/v1/notice/", headers={"x-request-id": sent})["X-Request-ID"]

    assert uuid.UUID(given).version == 7


@pytest.mark.parametrize(
    "address", ["/api/v1/raise/defect/", "/api/v1/raise/gone/", "/nowhere/", "/health/live"]
)
def test_every_answer_carries_the_id_whatever_went_wrong(address: str) -> None:
    client = ApiClient(raise_request_exception=False)

    assert client.get(address, headers={"x-request-id": "my-own-id"})["X-Request-ID"] == "my-own-id"


def test_a_request_leaves_one_line_with_who_what_and_how_long(log_lines: LogLines) -> None:
    actor = new_id()

    response = ApiClient().as_actor(actor).get("/api/v1/verified/")

    line = access_line(log_lines())
    assert line["method"] == "GET"
    assert line["path"] == "/api/v1/verified/"
    assert line["status"] == 204
    assert line["actor_id"] == str(actor)
    assert line["request_id"] == response["X-Request-ID"]
    assert line["level"] == "info"
    assert 0 < line["ms"] < 5000
    assert line["timestamp"].endswith("Z")


def test_one_requests_line_tells_nothing_of_the_one_before(log_lines: LogLines) -> None:
    ApiClient().as_actor(new_id()).get("/api/v1/verified/")
    ApiClient().get("/api/v1/notice/")

    assert "actor_id" not in log_lines()[-1]


def test_neither_query_nor_body_nor_headers_reach_the_log(log_lines: LogLines) -> None:
    ApiClient().post(
        "/api/v1/orders/?token=query-secret",
        {"password": "body-secret"},
        headers={"authorization": "Bearer header-secret"},
    )

    assert access_line(log_lines())["status"] == 400
    assert "secret" not in json.dumps(log_lines())


@pytest.mark.parametrize(
    "token",
    [
        signing.dumps({"a": 1}, salt="some"),
        signing.dumps({"a": "b" * 100}, salt="some", compress=True),
        signing.TimestampSigner(salt="some").sign(new_id().hex),
    ],
    ids=["fields", "compressed", "id"],
)
def test_a_signed_token_is_blanked_wherever_it_stands(log_lines: LogLines, token: str) -> None:
    ApiClient().get(f"/api/v1/media/{token}/")
    ApiClient().get(f"/api/v1/media/any/number/{token}/of/pieces/")
    log = logging.getLogger("some.library")
    log.warning("asked for /media/%s?x=1", quote(token, safe=""))
    log.warning("next=%s", quote(f"/media/{token}/", safe=""))

    lines = log_lines()
    paths = [line["path"] for line in lines if line["logger"] == "skillwise.access"]
    assert paths == ["/api/v1/media/[token]/", "/api/v1/media/any/number/[token]/of/pieces/"]
    assert lines[-2]["event"] == "asked for /media/[token]?x=1"
    signature = token.rpartition(":")[2]
    assert signature not in json.dumps(lines)


@pytest.mark.parametrize(
    "text",
    [
        'File "/some/media/file.py", line 3, in read',
        "/some/media/file.py:10:5: E501 a_rule_with_a_very_long_name",
        "tests/media/test_a.py::test_b::test_a_name_that_is_longer_than_any",
        "2026-11-29T18:14:40 http://host:8000/api/v1/media/incoming/",
        "<urn:course:0199c4d2-e001-7c3e-8f5a-6b7c8d9e0f10>",
    ],
)
def test_paths_and_addresses_without_a_token_are_logged_as_they_are(log_lines: LogLines, text: str) -> None:
    logging.getLogger("some.library").warning(text)

    assert log_lines()[-1]["event"] == text


def test_a_crash_is_logged_with_its_traceback_and_the_requests_id(log_lines: LogLines) -> None:
    response = ApiClient(raise_request_exception=False).get("/api/v1/raise/defect/")

    (crash,) = [line for line in log_lines() if line["level"] == "error"]
    assert "ZeroDivisionError: secret detail" in crash["exception"]
    assert crash["request_id"] == response["X-Request-ID"]


def test_personal_data_and_secrets_that_slip_into_a_message_are_blanked(log_lines: LogLines) -> None:
    ApiClient(raise_request_exception=False).get("/api/v1/raise/integrity/")
    logging.getLogger("some.library").warning("mail to %s failed", "ann.o'neil+x@mail.example.org")
    structlog.get_logger("ours").info(
        "said too much",
        token="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        keys=["sk_test_sandbox", "whsec_abc", {"intent": "pi_1_secret_2"}],
        url="postgresql://skillwise:hunter2@db/skillwise",
    )

    text = json.dumps(log_lines())
    for leaked in ("ann", "eyJ", "sandbox", "abc", "secret_2", "hunter2"):
        assert leaked not in text
    assert "[e-mail]" in text
    assert "duplicate key value" in text
    assert "pi_1_secret_[key]" in text


@given(
    st.one_of(
        st.from_regex(re.compile(shape, re.ASCII), fullmatch=True)
        for shape in (
            r"[a-z.]+@[a-z]+\.[a-z]+",
            r"eyJ[\w-]+\.[\w-]+\.[\w-]*",
            r"([sr]k_(test|live)|ek_(test|live)|whsec)_\w+",
            r"pi_\w+_secret_\w+",
            r"[\w.-]+(:|%3[Aa])[\w-]{6}(:|%3[Aa])[\w-]{43}",
            r"[a-z]*://[a-z]*:[a-z]+@",
        )
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_has_the_shape_of_a_secret_is_blanked(log_lines: LogLines, secret: str) -> None:
    logging.getLogger("some.library").warning("said %s.", secret)

    assert secret not in log_lines()[-1]["event"]


_PROCESS = """
import logging, logging.config, sys
from skillwise_kernel.logs import configure_logging
logging.config.dictConfig(configure_logging("INFO", json=sys.argv[1] == "json"))
logging.getLogger("django.request").warning("a refused request")
logging.getLogger("a.library").debug("a detail")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("a.library").exception("Hello %s", "ann@example.org")
"""


def lines_of_a_process(form: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROCESS, form], check=True, capture_output=True, text=True
    ).stderr


def test_a_process_writes_one_json_object_a_line_and_nothing_below_its_level() -> None:
    (only,) = lines_of_a_process("json").splitlines()

    line = json.loads(only)
    assert (line["event"], line["logger"], line["level"]) == ("Hello [e-mail]", "a.library", "error")
    assert line["exception"].endswith("ZeroDivisionError: division by zero")


def test_for_people_it_writes_plain_lines() -> None:
    written = lines_of_a_process("text")

    assert "Hello [e-mail]" in written
    assert "ZeroDivisionError: division by zero" in written
    assert "{" not in written
