"""The whole way of a file through an S3 bucket (moto's server), with what moto itself does not refuse."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from buckets import client_of
from files import PDF, UPLOADS, announced, complete, hand_in, send_parts, upload
from skillwise_catalog.models import MediaFile, MediaUsage, Upload
from skillwise_catalog.selectors.media import signed_path
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

PART = 5 * 1024 * 1024  # S3 takes no smaller one but the last


@pytest.fixture(autouse=True)
def in_a_bucket(bucket: dict[str, Any], settings: Any) -> dict[str, Any]:
    settings.SKILLWISE_CATALOG = bucket | {"UPLOAD_PART_BYTES": PART}
    return bucket


@pytest.fixture
def keys(bucket: dict[str, Any]) -> Iterator[Callable[[], list[str]]]:
    """What the bucket holds, parts of objects included."""
    client, name = client_of(bucket), bucket["S3_BUCKET"]

    def listed() -> list[str]:
        objects = client.list_objects_v2(Bucket=name).get("Contents", ())
        begun = client.list_multipart_uploads(Bucket=name).get("Uploads", ())
        return [item["Key"] for item in (*objects, *begun)]

    yield listed
    client.close()


def text(length: int) -> bytes:
    return (b"Knead. " * (length // 7 + 1))[:length]


def test_a_file_goes_through_a_bucket_and_is_read_from_it(
    instructor: ApiClient, api: ApiClient, keys: Callable[[], list[str]]
) -> None:
    answer = upload(instructor, "sheet.pdf", PDF)

    assert answer.status_code == 200, answer.content
    file = MediaFile.objects.get()
    assert keys() == [file.storage_name]
    link = api.get(signed_path(file_id=UUID(instructor.json(answer)["id"])))
    assert (link.status_code, link["Cache-Control"]) == (302, "no-store")
    assert httpx.get(link["Location"]).content == PDF


def test_a_large_file_goes_in_parts_and_goes_on_after_a_crash(
    instructor: ApiClient, keys: Callable[[], list[str]]
) -> None:
    content = text(PART + 1000)
    begun = instructor.json(instructor.post(UPLOADS, announced("notes.txt", content)))
    first, second = begun["parts"]
    assert hand_in(instructor, first["request"], content[:PART]) == 200

    early = complete(instructor, begun)
    resumed = instructor.json(instructor.get(f"{UPLOADS}{begun['id']}/"))

    assert instructor.json(early)["missing_parts"] == [second["number"]]
    assert [part["request"] is None for part in resumed["parts"]] == [True, False]
    send_parts(instructor, resumed, content)
    assert complete(instructor, begun).status_code == 200
    file = MediaFile.objects.get()
    assert (file.size, keys()) == (len(content), [file.storage_name])


@pytest.mark.parametrize(
    ("sent", "reason"), [(PDF[:-1], "size"), (PDF + b"\n", "size"), (PDF.replace(b"C", b"G"), "checksum")]
)
def test_what_a_careless_bucket_let_pass_is_refused_at_completion(
    instructor: ApiClient, keys: Callable[[], list[str]], sent: bytes, reason: str
) -> None:
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    request = begun["parts"][0]["request"]
    # moto knows no checksum but takes any size: hand it over without
    careless = {"Content-Type": "application/pdf"}
    assert hand_in(instructor, request | {"headers": careless}, sent) == 200

    refused = complete(instructor, begun)

    problem = instructor.json(refused)
    assert (refused.status_code, problem["code"]) == (422, "catalog.upload_mismatch")
    assert problem["reason"] == reason
    assert (keys(), Upload.objects.count(), MediaFile.objects.count()) == ([], 0, 0)
    assert MediaUsage.objects.get().used_bytes == 0


def test_giving_up_an_upload_in_parts_leaves_none_in_the_bucket(
    instructor: ApiClient, keys: Callable[[], list[str]]
) -> None:
    content = text(PART + 1)
    begun = instructor.json(instructor.post(UPLOADS, announced("notes.txt", content)))
    assert hand_in(instructor, begun["parts"][0]["request"], content[:PART]) == 200
    assert keys() != []

    assert instructor.delete(f"{UPLOADS}{begun['id']}/").status_code == 204

    assert keys() == []
