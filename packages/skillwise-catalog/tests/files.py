"""Files to upload, made up on the spot, how an app uploads them, and where they are kept."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from PIL import Image
from skillwise_kernel.testing.client import ApiClient

UPLOADS = "/api/v1/uploads/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
VTT = b"WEBVTT\n\n1\n00:00.000 --> 00:02.500\nFlour.\n\n00:02.500 --> 00:04.000 align:start\nWater.\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#c00"/></svg>'
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(32)
MOV = b"\x00\x00\x00\x14ftypqt  " + bytes(4) + b"qt  " + bytes(32)

TYPES = {
    "csv": "text/csv", "epub": "application/epub+zip", "imscc": "application/zip", "jpg": "image/jpeg",
    "md": "text/markdown", "mov": "video/quicktime", "mp4": "video/mp4",
    "pdf": "application/pdf", "png": "image/png",
    "svg": "image/svg+xml", "gz": "application/gzip", "tgz": "application/gzip", "txt": "text/plain",
    "vtt": "text/vtt", "webm": "video/webm", "webp": "image/webp", "zip": "application/zip",
}  # fmt: skip


def picture(kind: str, width: int = 4, height: int = 3) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(content, kind)
    return content.getvalue()


def zipped(entries: dict[str, bytes], *, packing: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, stored in entries.items():
            archive.writestr(name, stored)
    return content.getvalue()


def tarred(entries: dict[str, bytes], *links: tuple[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, stored in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(stored)
            archive.addfile(entry, io.BytesIO(stored))
        for name, target in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return content.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content)


def announced(name: str, content: bytes, **changed: Any) -> dict[str, Any]:
    """What an app says before it uploads."""
    return {
        "name": name,
        "size": len(content),
        "content_type": TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
        "sha256": hashlib.sha256(content).hexdigest(),
    } | changed


def hand_in(client: ApiClient, request: dict[str, Any], content: bytes) -> int:
    """Make the request that an upload names, of the API or of a bucket. Answers the status."""
    url = request["url"]
    headers = {name: value for name, value in request["headers"].items() if name != "Content-Length"}
    if urlsplit(url).netloc:
        return httpx.request(request["method"], url, headers=headers, content=content).status_code
    content_type = headers.pop("Content-Type")
    answer = client.generic(request["method"], url, content, content_type=content_type, headers=headers)
    return int(answer.status_code)


def send_parts(client: ApiClient, upload: dict[str, Any], content: bytes) -> None:
    for part in upload["parts"]:
        if part["request"] is not None:
            piece = content[part["offset"] : part["offset"] + part["size"]]
            assert hand_in(client, part["request"], piece) in {200, 204}


def complete(client: ApiClient, upload: dict[str, Any]) -> Any:
    return client.post(f"{UPLOADS}{upload['id']}/complete/")


def upload(client: ApiClient, name: str, content: bytes, **changed: Any) -> Any:
    """All of it, as an app does it: the answer of the last request that was needed."""
    begun = client.post(UPLOADS, announced(name, content, **changed))
    if begun.status_code != 201:
        return begun
    send_parts(client, client.json(begun), content)
    return complete(client, client.json(begun))


def stored_files(media: Path) -> list[Path]:
    """Under `MEDIA_ROOT`, as the fixture `media` names it."""
    return [path for path in media.rglob("*") if path.is_file()]


Uploader = Callable[..., Any]
