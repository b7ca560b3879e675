"""A real S3 over HTTP, as moto plays it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from skillwise_kernel.ids import new_id

__all__ = ["bucket", "client_of", "s3_address"]


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str) -> Iterator[dict[str, Any]]:
    """Settings that lead to an empty bucket."""
    found = {
        "MEDIA_STORAGE": "s3",
        "S3_BUCKET": f"media-{new_id().hex}",
        "S3_ENDPOINT_URL": s3_address,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "an-id",
        "S3_SECRET_ACCESS_KEY": "a-secret",
    }
    client = client_of(found)
    client.create_bucket(Bucket=found["S3_BUCKET"])
    yield found
    client.close()


def client_of(bucket: dict[str, Any]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=bucket["S3_ENDPOINT_URL"],
        region_name=bucket["S3_REGION"],
        aws_access_key_id=bucket["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=bucket["S3_SECRET_ACCESS_KEY"],
    )
