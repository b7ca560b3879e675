"""Imports of an uploaded Open edX course: asked for as an app does, run as a worker does."""

from typing import Any
from uuid import UUID

from files import upload
from olx_packages import PNG, html, olx
from skillwise_catalog.services.course_imports import run_import
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

IMPORT = "/api/v1/courses/import/"
IMPORTS = "/api/v1/courses/imports/"
BREAD = olx(
    html('<p>See <img src="/static/loaf.png" alt="a loaf"/></p>', name="Look"),
    '<lti url_name="lab" display_name="The lab"/>',
    **{"course/static/loaf.png": PNG},
)


def uploaded(client: ApiClient, content: bytes = BREAD, name: str = "bread.tar.gz") -> str:
    answer = upload(client, name, content)
    assert answer.status_code == 200, answer.content
    return str(client.json(answer)["id"])


def ask(client: ApiClient, upload_id: str, **options: Any) -> dict[str, Any]:
    answer = client.post(IMPORT, {"upload_id": upload_id, "format": "olx", **options})
    assert answer.status_code == 202, answer.content
    asked: dict[str, Any] = client.json(answer)
    return asked


def read(client: ApiClient, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.json(client.get(f"{IMPORTS}{import_id}/"))
    return found


def run(import_id: str) -> None:
    run_import(import_id=UUID(import_id), clock=clock.now)
