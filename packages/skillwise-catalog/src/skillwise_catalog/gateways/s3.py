"""Files in a bucket of S3, or of whatever speaks its protocol: handed in and out by itself, at presigned
addresses.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, BinaryIO, Final, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.utils.http import content_disposition_header

from skillwise_catalog.gateways.port import ByteRange, ContentMissingError, Part, UploadTarget
from skillwise_catalog.settings import catalog_setting

__all__ = ["STORAGE", "S3Storage"]

_CHUNK: Final = 256 * 1024
_MISSING: Final = frozenset({"404", "NoSuchKey", "NoSuchUpload", "NotFound"})


class S3Storage:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def from_settings(cls) -> Self:
        client = _client(
            endpoint_url=catalog_setting("S3_ENDPOINT_URL"),
            region=catalog_setting("S3_REGION"),
            key_id=catalog_setting("S3_ACCESS_KEY_ID"),
            secret=catalog_setting("S3_SECRET_ACCESS_KEY"),
        )
        return cls(client, catalog_setting("S3_BUCKET"))

    def whole_target(
        self, *, key: str, size: int, content_type: str, sha256: str, lifetime: timedelta
    ) -> UploadTarget:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        url = self._presigned(
            "put_object",
            lifetime,
            Key=key,
            ContentLength=size,
            ContentType=content_type,
            ChecksumSHA256=checksum,
        )
        return UploadTarget(
            method="PUT",
            url=url,
            headers={
                "Content-Type": content_type,
                "Content-Length": str(size),
                "x-amz-checksum-sha256": checksum,
            },
        )

    def begin_parts(self, *, key: str, content_type: str) -> str:
        begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type)
        return str(begun["UploadId"])

    def part_target(self, *, key: str, multipart_id: str, part: Part, lifetime: timedelta) -> UploadTarget:
        url = self._presigned(
            "upload_part",
            lifetime,
            Key=key,
            UploadId=multipart_id,
            PartNumber=part.number,
            ContentLength=part.size,
        )
        return UploadTarget(method="PUT", url=url, headers={"Content-Length": str(part.size)})

    def parts_present(self, *, key: str, multipart_id: str) -> Mapping[int, int]:
        return {part["PartNumber"]: part["Size"] for part in self._parts(key, multipart_id)}

    def assemble(self, *, key: str, multipart_id: str, parts: Sequence[Part]) -> None:
        etags = {part["PartNumber"]: part["ETag"] for part in self._parts(key, multipart_id)}
        if not etags:
            # assembled before, or gone
            self.size(key=key)
            return
        if missing := [part.number for part in parts if part.number not in etags]:
            raise ContentMissingError(f"{key}: parts {missing}")
        listed = [{"PartNumber": part.number, "ETag": etags[part.number]} for part in parts]
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=multipart_id, MultipartUpload={"Parts": listed}
            )
        except ClientError as error:
            if not _is_missing(error):
                raise
            # somebody else did it between the two requests
            self.size(key=key)

    def abandon_parts(self, *, key: str, multipart_id: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=multipart_id)
        except ClientError as error:
            if not _is_missing(error):
                raise

    def copy(self, *, source: str, key: str) -> None:
        try:
            # boto3's managed copy, which goes by parts where the object is too large for one request
            self._client.copy({"Bucket": self._bucket, "Key": source}, self._bucket, key)
        except ClientError as error:
            raise self._translated(error, source) from None

    def save(self, *, key: str, content: BinaryIO, content_type: str) -> None:
        # a wrapper, because boto3 closes what it is given
        self._client.upload_fileobj(
            _Unclosed(content), self._bucket, key, ExtraArgs={"ContentType": content_type}
        )

    def size(self, *, key: str) -> int:
        try:
            return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])
        except ClientError as error:
            raise self._translated(error, key) from None

    def read(self, *, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        ranged = {"Range": f"bytes={span.start}-{span.end - 1}"} if span else {}
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key, **ranged)["Body"]
        except ClientError as error:
            raise self._translated(error, key) from None
        chunks: Iterator[bytes] = body.iter_chunks(_CHUNK)
        return chunks

    def delete(self, *, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_below(self, *, prefix: str, keep: str = "") -> None:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for item in page.get("Contents", ()):
                if item["Key"] != keep:
                    self.delete(key=item["Key"])

    def download_url(
        self, *, key: str, file_name: str, content_type: str, inline: bool, lifetime: timedelta
    ) -> str | None:
        return self._presigned(
            "get_object",
            lifetime,
            Key=key,
            ResponseContentType=content_type,
            ResponseContentDisposition=content_disposition_header(not inline, file_name),
        )

    def _presigned(self, method: str, lifetime: timedelta, **parameters: Any) -> str:
        return str(
            self._client.generate_presigned_url(
                method,
                Params={"Bucket": self._bucket, **parameters},
                ExpiresIn=int(lifetime.total_seconds()),
            )
        )

    def _parts(self, key: str, multipart_id: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=key, UploadId=multipart_id
        )
        try:
            return [part for page in pages for part in page.get("Parts", ())]
        except ClientError as error:
            if _is_missing(error):
                return []
            raise

    def _translated(self, error: ClientError, key: str) -> Exception:
        return ContentMissingError(key) if _is_missing(error) else error


STORAGE = S3Storage


class _Unclosed:
    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def _is_missing(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in _MISSING


@lru_cache(maxsize=4)
def _client(*, endpoint_url: str | None, region: str | None, key_id: str | None, secret: str | None) -> Any:
    """One per process: its connections are kept, and threads may share it."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 3},
            # checksums that S3 does not require are those that its imitations do not know
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if endpoint_url else "auto"},
        ),
    )
