"""With every provider a genuine webhook is heard, and any other is refused."""

import pytest
from benches import Bench
from skillwise_commerce.domain.payments import ProviderPayment
from skillwise_commerce.errors import WebhookSignatureInvalidError
from skillwise_commerce.gateways import PaymentGateway

pytestmark = pytest.mark.django_db


def test_a_genuine_webhook_names_its_payment_and_itself(
    gateway: PaymentGateway, bench: Bench, paid: ProviderPayment
) -> None:
    body, headers = bench.notice(paid)

    notice = gateway.parse_webhook(body=body, headers=headers)

    assert (notice.subject, notice.subject_id) == ("payment", paid.id)
    assert notice.kind
    assert notice.event_id
    assert gateway.parse_webhook(body=body, headers=headers) == notice, "told twice, it is one event"


def test_a_forged_stale_or_changed_webhook_is_refused(
    gateway: PaymentGateway, bench: Bench, paid: ProviderPayment
) -> None:
    webhooks = bench.tampered(bench.notice(paid))

    for body, headers in webhooks:
        with pytest.raises(WebhookSignatureInvalidError):
            gateway.parse_webhook(body=body, headers=headers)
    assert len(webhooks) > 5
