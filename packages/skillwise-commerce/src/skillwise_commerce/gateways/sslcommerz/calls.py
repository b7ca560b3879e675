"""SSLCOMMERZ's calls. It answers 200 whatever the matter is, and says in the body what that is."""

import atexit
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import httpx
import structlog

from skillwise_commerce.errors import (
    PaymentNotAcceptedError,
    ProviderUnavailableError,
    RefundNotFoundError,
    RefundRefusedError,
)

__all__ = ["Answer", "Calls", "Page", "connect"]

LIVE: Final = "https://securepay.sslcommerz.com"

_SESSION: Final = "/gwprocess/v4/api.php"
_VALIDATION: Final = "/validator/api/validationserverAPI.php"
_TRANSACTION: Final = "/validator/api/merchantTransIDvalidationAPI.php"

_CONNECT_SECONDS: Final = 2.0
_READ_SECONDS: Final = 8.0
#: How long we wait before each repetition of a call that changes nothing.
_PAUSES: Final = (0.2, 0.6)
_OK: Final = 200
_DONE: Final = "DONE"
#: How SSLCOMMERZ begins to say that it does not know our store or its password.
_STORE_REFUSED: Final = "Store Credential"

#: SSLCOMMERZ takes the password in the address, and httpx would write every address into the log.
logging.getLogger("httpx").setLevel(logging.WARNING)

logger = structlog.get_logger(__name__)

#: What SSLCOMMERZ says about something: texts by name, numbers among them at times.
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page on which one payment can be made: a session's."""

    sessionkey: str
    url: str


class Calls:
    """Every method raises `ProviderUnavailableError` when SSLCOMMERZ does not answer, or not sensibly."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        store_id: str,
        store_password: str,
        pauses: tuple[float, ...] = _PAUSES,
    ) -> None:
        self._client = client
        self._pauses = pauses
        self._credentials = {"store_id": store_id, "store_passwd": store_password}

    def open_page(self, fields: Mapping[str, str]) -> Page:
        """Raises `PaymentNotAcceptedError`. Not repeated: it may have made a session whose page nobody knows,
        and nobody can then pay.
        """
        answer = self._call("POST", _SESSION, fields)
        match answer:
            case {"status": "SUCCESS", "sessionkey": str(key), "GatewayPageURL": str(url)} if key and url:
                return Page(sessionkey=key, url=url)
            case {"status": "FAILED", "failedreason": str(reason)} if reason.startswith(_STORE_REFUSED):
                logger.error("sslcommerz_refused_our_store")
                raise ProviderUnavailableError
            case {"status": "FAILED", "failedreason": str(reason)}:
                logger.warning("sslcommerz_refused_request", reason=reason[:200])
                raise PaymentNotAcceptedError(extra={"provider_code": reason[:100]})
            case _:
                raise _senseless(_SESSION)

    def validated(self, val_id: str, *, tran_id: str) -> Answer:
        """The payment of this `val_id`, which SSLCOMMERZ has said was made for `tran_id`."""
        answer = self._ask(_VALIDATION, {"val_id": val_id})
        if answer.get("status") not in ("VALID", "VALIDATED") or answer.get("tran_id") != tran_id:
            raise _senseless(_VALIDATION)
        return answer

    def transactions(self, tran_id: str) -> list[Answer]:
        """Everything that was ever begun under this name; nothing when it is unknown."""
        match self._ask(_TRANSACTION, {"tran_id": tran_id}):
            case {"element": [*elements]} if all(isinstance(element, dict) for element in elements):
                return [element for element in elements if element.get("tran_id") == tran_id]
            case {"no_of_trans_found": 0 | "0"}:
                return []
            case _:
                raise _senseless(_TRANSACTION)

    def session(self, sessionkey: str) -> Answer:
        """What became of one session."""
        return self._ask(_TRANSACTION, {"sessionkey": sessionkey})

    def refund(self, fields: Mapping[str, str]) -> str:
        """The `refund_ref_id` of a refund that was begun, now or before. Raises `RefundRefusedError`."""
        match self._checked(_TRANSACTION, self._call("GET", _TRANSACTION, fields)):
            case {"status": "success" | "processing", "refund_ref_id": str(reference)} if reference:
                return reference
            case {"status": "failed", **more}:
                reason = str(more.get("errorReason", ""))
                logger.warning("sslcommerz_refused_refund", reason=reason[:200])
                raise RefundRefusedError(extra={"provider_code": reason[:100]})
            case _:
                raise _senseless(_TRANSACTION)

    def refund_state(self, reference: str) -> Answer:
        """How far a refund is. Raises `RefundNotFoundError`."""
        answer = self._ask(_TRANSACTION, {"refund_ref_id": reference})
        if answer.get("refund_ref_id") != reference:
            raise RefundNotFoundError
        return answer

    def _ask(self, path: str, params: Mapping[str, str]) -> Answer:
        """A call that changes nothing there, and may therefore be repeated."""
        for pause in self._pauses:
            try:
                answer = self._call("GET", path, params)
            except ProviderUnavailableError:
                time.sleep(pause)
            else:
                return self._checked(path, answer)
        return self._checked(path, self._call("GET", path, params))

    def _checked(self, path: str, answer: Answer) -> Answer:
        connected = answer.get("APIConnect")
        if connected == _DONE:
            return answer
        if connected in ("INVALID_REQUEST", "INACTIVE"):
            logger.error("sslcommerz_refused_our_store", path=path)
            raise ProviderUnavailableError
        raise _senseless(path)

    def _call(self, method: str, path: str, params: Mapping[str, str]) -> Answer:
        given = {**params, **self._credentials}
        try:
            if method == "POST":
                response = self._client.post(path, data=given)
            else:
                response = self._client.get(path, params={**given, "format": "json"})
            answer = response.json() if response.status_code == _OK else None
        except (httpx.HTTPError, ValueError) as error:
            # only the error's kind: its text and its chain may hold the address, and that the password
            logger.warning("sslcommerz_unreachable", path=path, error=type(error).__name__)
            raise ProviderUnavailableError from None
        if not isinstance(answer, dict):
            logger.warning("sslcommerz_failed", path=path, status=response.status_code)
            raise ProviderUnavailableError
        return answer


def _senseless(path: str) -> ProviderUnavailableError:
    logger.error("sslcommerz_answered_senselessly", path=path)
    return ProviderUnavailableError()


@lru_cache(maxsize=4)
def connect(api_base: str | None, store_id: str, store_password: str) -> Calls:
    """One for each process and store: it keeps its connections."""
    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    client = httpx.Client(base_url=api_base or LIVE, timeout=timeout, follow_redirects=False)
    atexit.register(client.close)
    return Calls(client, store_id=store_id, store_password=store_password)
