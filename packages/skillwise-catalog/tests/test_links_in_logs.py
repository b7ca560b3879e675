"""A signed link lets in whoever has it: none reaches the logs."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from files import MP4, PDF, UPLOADS, announced, upload
from skillwise_catalog.domain.documents import CaptionDocument
from skillwise_catalog.models import Rendition
from skillwise_catalog.selectors.media import playlist_path, signed_path
from skillwise_catalog.urls import urlpatterns
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def links(instructor: ApiClient) -> dict[str, str]:
    """A link to each route that takes a token, as we make them, by the route's name."""
    begun = instructor.json(instructor.post(UPLOADS, announced("sheet.pdf", PDF)))
    video_id = UUID(instructor.json(upload(instructor, "a.mp4", MP4))["id"])
    Rendition.objects.create(
        file_id=video_id, width=64, height=48, bandwidth=9, playlist="segments", storage_name="none", size=1
    )
    captions = CaptionDocument(language="en", file_id=video_id)
    playlist = playlist_path(file_id=video_id, captions=[captions])
    lines = instructor.get(playlist).content.decode().splitlines()
    rendition = lines[-1]
    return {
        "catalog-media-captions": lines[2].partition('URI="')[2].rstrip('"'),
        "catalog-media": signed_path(file_id=video_id),
        "catalog-media-playlist": playlist,
        "catalog-media-receive": begun["parts"][0]["request"]["url"],
        "catalog-media-rendition": rendition,
        "catalog-media-segments": instructor.get(rendition).content.decode().strip(),
    }


def test_no_link_to_any_route_is_logged(
    api: ApiClient, links: dict[str, str], log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    assert sorted(links) == sorted(
        str(route.name) for route in urlpatterns if "token" in route.pattern.converters
    )

    for name, link in links.items():
        (api.put(link) if name == "catalog-media-receive" else api.get(link)).close()

    lines = [line for line in log_lines() if line["logger"] == "skillwise.access"]
    assert [line["path"] for line in lines] == [
        reverse(name, kwargs={"token": "here"}).replace("here", "[token]") for name in links
    ]
    for link in links.values():
        assert link.rstrip("/").rpartition("/")[2] not in json.dumps(log_lines())
