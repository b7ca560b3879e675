"""What every storage does alike: the contract of `gateways.port.MediaStorage`, over HTTP."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from files import hand_in
from skillwise_catalog.gateways import (
    ByteRange,
    ContentMissingError,
    MediaStorage,
    UploadTarget,
    cut_into_parts,
    get_storage,
)
from skillwise_catalog.models import Upload
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LARGE = bytes(range(256)) * 24 * 1024  # 6 MiB: S3 takes no smaller part than 5 but the last
PART = 5 * 1024 * 1024


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, settings: Any) -> MediaStorage:
    """Each of them."""
    if request.param == "s3":
        settings.SKILLWISE_CATALOG = request.getfixturevalue("bucket")
    return get_storage()


@pytest.fixture
def key() -> str:
    """Of an upload that goes on, so that the folder's endpoint takes bytes for it."""
    upload = Upload.objects.create(
        id=new_id(), owner_id=new_id(), name="a.txt", content_type="text/plain", size=1,
        sha256="0" * 64, created_at=clock.now(), expires_at=clock.now() + HOUR,
    )  # fmt: skip
    return upload.key


def put(api: ApiClient, target: UploadTarget, content: bytes) -> int:
    return hand_in(
        api, {"method": target.method, "url": target.url, "headers": dict(target.headers)}, content
    )


def whole_target(storage: MediaStorage, key: str, content: bytes) -> UploadTarget:
    return storage.whole_target(
        key=key,
        size=len(content),
        content_type="text/plain",
        sha256=hashlib.sha256(content).hexdigest(),
        lifetime=HOUR,
    )


def read(storage: MediaStorage, key: str, span: ByteRange | None = None) -> bytes:
    return b"".join(storage.read(key=key, span=span))


def test_bytes_that_are_handed_in_are_there(api: ApiClient, storage: MediaStorage, key: str) -> None:
    target = whole_target(storage, key, b"some text")

    assert put(api, target, b"some text") in {200, 204}

    assert storage.size(key=key) == 9
    assert read(storage, key) == b"some text"


def test_a_span_of_bytes_is_read_alone(storage: MediaStorage, key: str) -> None:
    storage.save(key=key, content=io.BytesIO(b"0123456789"), content_type="text/plain")

    assert read(storage, key, ByteRange(start=3, end=7)) == b"3456"


def test_what_was_saved_is_there_and_its_source_is_left_open(storage: MediaStorage, key: str) -> None:
    content = io.BytesIO(b"some text")

    storage.save(key=key, content=content, content_type="text/plain")

    assert not content.closed
    assert read(storage, key) == b"some text"


def test_an_object_arrives_in_parts_in_any_order_and_again(
    api: ApiClient, storage: MediaStorage, key: str
) -> None:
    parts = cut_into_parts(size=len(LARGE), part_size=PART)
    name = storage.begin_parts(key=key, content_type="text/plain")
    assert storage.parts_present(key=key, multipart_id=name) == {}

    for part in [*reversed(parts), parts[0]]:
        target = storage.part_target(key=key, multipart_id=name, part=part, lifetime=HOUR)
        assert put(api, target, LARGE[part.offset : part.offset + part.size]) in {200, 204}

    assert storage.parts_present(key=key, multipart_id=name) == {1: PART, 2: len(LARGE) - PART}
    with pytest.raises(ContentMissingError):
        storage.size(key=key)
    storage.assemble(key=key, multipart_id=name, parts=parts)
    assert read(storage, key) == LARGE
    assert storage.parts_present(key=key, multipart_id=name) == {}


def test_assembling_again_changes_nothing(api: ApiClient, storage: MediaStorage, key: str) -> None:
    parts = cut_into_parts(size=4, part_size=4)
    name = storage.begin_parts(key=key, content_type="text/plain")
    put(api, storage.part_target(key=key, multipart_id=name, part=parts[0], lifetime=HOUR), b"text")

    for _ in range(2):
        storage.assemble(key=key, multipart_id=name, parts=parts)

    assert read(storage, key) == b"text"


def test_what_lacks_a_part_is_not_assembled(api: ApiClient, storage: MediaStorage, key: str) -> None:
    parts = cut_into_parts(size=len(LARGE), part_size=PART)
    name = storage.begin_parts(key=key, content_type="text/plain")
    target = storage.part_target(key=key, multipart_id=name, part=parts[1], lifetime=HOUR)
    put(api, target, LARGE[PART:])

    with pytest.raises(ContentMissingError):
        storage.assemble(key=key, multipart_id=name, parts=parts)

    assert storage.parts_present(key=key, multipart_id=name) == {2: len(LARGE) - PART}


def test_abandoned_parts_are_gone_and_abandoning_twice_is_fine(
    api: ApiClient, storage: MediaStorage, key: str
) -> None:
    parts = cut_into_parts(size=4, part_size=4)
    name = storage.begin_parts(key=key, content_type="text/plain")
    put(api, storage.part_target(key=key, multipart_id=name, part=parts[0], lifetime=HOUR), b"text")

    for _ in range(2):
        storage.abandon_parts(key=key, multipart_id=name)

    assert storage.parts_present(key=key, multipart_id=name) == {}
    with pytest.raises(ContentMissingError):
        storage.assemble(key=key, multipart_id=name, parts=parts)


def test_a_copy_stays_as_it_was_whatever_becomes_of_its_source(
    api: ApiClient, storage: MediaStorage, key: str
) -> None:
    copy = f"files/{new_id().hex}/copy"
    put(api, whole_target(storage, key, b"before"), b"before")

    storage.copy(source=key, key=copy)
    put(api, whole_target(storage, key, b"behind"), b"behind")
    assert read(storage, copy) == b"before"
    storage.delete(key=key)

    assert read(storage, copy) == b"before"


def test_what_is_not_there_is_missing_whatever_is_asked(storage: MediaStorage) -> None:
    nowhere = f"files/{new_id().hex}/nothing"

    with pytest.raises(ContentMissingError):
        storage.size(key=nowhere)
    with pytest.raises(ContentMissingError):
        storage.read(key=nowhere)
    with pytest.raises(ContentMissingError):
        storage.copy(source=nowhere, key=f"{nowhere}-copy")
    storage.delete(key=nowhere)
    storage.delete_below(prefix=f"{nowhere}/")


def test_everything_below_a_prefix_is_deleted_but_what_is_kept(storage: MediaStorage) -> None:
    folder, beside = f"files/{new_id().hex}/", f"files/{new_id().hex}/kept"
    for name in (f"{folder}a", f"{folder}b/c", f"{folder}kept", beside):
        storage.save(key=name, content=io.BytesIO(b"text"), content_type="text/plain")

    storage.delete_below(prefix=folder, keep=f"{folder}kept")

    assert read(storage, f"{folder}kept") == read(storage, beside) == b"text"
    for name in (f"{folder}a", f"{folder}b/c"):
        with pytest.raises(ContentMissingError):
            storage.size(key=name)


# What moto does not check: that the signature binds what it must.


@pytest.fixture
def s3(bucket: dict[str, Any], settings: Any) -> MediaStorage:
    settings.SKILLWISE_CATALOG = bucket
    return get_storage()


def signed(url: str) -> tuple[set[str], dict[str, list[str]]]:
    """The headers and the parameters that a presigned address is bound to."""
    parameters = parse_qs(urlsplit(url).query)
    return set(parameters["X-Amz-SignedHeaders"][0].split(";")), parameters


def test_a_presigned_upload_is_bound_to_size_type_checksum_and_hour(s3: MediaStorage, key: str) -> None:
    target = whole_target(s3, key, b"text")

    headers, parameters = signed(target.url)
    assert headers == {"content-length", "content-type", "host", "x-amz-checksum-sha256"}
    assert parameters["X-Amz-Expires"] == ["3600"]
    assert parameters["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert {name.lower() for name in target.headers} == headers - {"host"}
    assert urlsplit(target.url).path.endswith(f"/{key}")


def test_the_signature_changes_with_all_that_it_binds(s3: MediaStorage, key: str) -> None:
    good = {"key": key, "size": 4, "content_type": "text/plain", "sha256": "0" * 64, "lifetime": HOUR}
    others = [{"key": f"{key}2"}, {"size": 5}, {"content_type": "text/html"}, {"sha256": "1" * 64}]

    signatures = {
        signed(s3.whole_target(**(good | other)).url)[1]["X-Amz-Signature"][0] for other in [{}, *others]
    }

    assert len(signatures) == 1 + len(others)


def test_a_presigned_part_is_bound_to_its_size_and_place(s3: MediaStorage, key: str) -> None:
    name = s3.begin_parts(key=key, content_type="text/plain")
    part = cut_into_parts(size=8, part_size=5)[1]

    headers, parameters = signed(s3.part_target(key=key, multipart_id=name, part=part, lifetime=HOUR).url)

    assert headers == {"content-length", "host"}
    assert (parameters["partNumber"], parameters["uploadId"]) == (["2"], [name])
    assert parameters["X-Amz-Expires"] == ["3600"]


def test_a_bucket_sends_files_itself_as_what_they_are(s3: MediaStorage, key: str) -> None:
    s3.save(key=key, content=io.BytesIO(b"0123456789"), content_type="text/plain")

    url = s3.download_url(
        key=key, file_name="Übung.pdf", content_type="application/pdf", inline=False, lifetime=HOUR
    )

    assert url is not None
    assert signed(url)[1]["X-Amz-Expires"] == ["3600"]
    answer = httpx.get(url, headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%C3%9Cbung.pdf"
