"""What payments are called at SSLCOMMERZ, and whose they are by that."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_commerce.errors import PaymentNotFoundError
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_commerce.gateways.sslcommerz.names import name_of, owner_of
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db


@given(order_id=st.uuids(), attempt=st.integers(0, 99))
def test_a_name_is_short_and_leads_back_to_its_owner(order_id: UUID, attempt: int) -> None:
    name = name_of(order_id, attempt)

    assert len(name) <= 30
    assert owner_of(name) == order_id
    assert owner_of(name.lower()) is owner_of(f"{name}0x") is owner_of(f" {name}") is None


@given(st.text())
def test_any_other_name_has_no_owner(name: str) -> None:
    assert owner_of(name) is None


def test_a_payment_that_we_never_began_is_not_found(gateway: SslcommerzGateway) -> None:
    with pytest.raises(PaymentNotFoundError):
        gateway.fetch(name_of(new_id(), 0))
