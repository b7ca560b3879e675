"""Use case 2: an instructor creates a course, with a file for a lesson, has it reviewed, and revises it."""

import hashlib
import secrets
from typing import Any

from skillwise_host.tour.traveller import Answer, Traveller

__all__ = ["teach_a_course", "tidy_up"]

WORKSHEET = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def teach_a_course(instructor: Traveller, admin: Traveller) -> None:
    course = create(instructor)
    fill(instructor, course)
    publish(instructor, admin, course)
    revise(instructor, course)
    instructor.facts["taught"] = course


def tidy_up(instructor: Traveller) -> None:
    """Take the tour's course off the list again: the next visitor finds the demonstration as it was."""
    course = instructor.post(f"/api/v1/courses/{instructor.facts['taught']['id']}/unpublish/", expect=200)
    instructor.check("the tour's own course is off the list again", shown=course["status"] == "draft")


def create(instructor: Traveller) -> dict[str, Any]:
    categories = [category["slug"] for category in instructor.get("/api/v1/categories/")["results"]]
    course: dict[str, Any] = instructor.post(
        "/api/v1/courses/",
        json={
            "title": f"Bread from Three Ingredients, batch {secrets.token_hex(3)}",
            "subtitle": "Flour, water, salt, and what time does to them",
            "description": "A loaf a week, from the first starter to a crust that sings.",
            "category": "baking" if "baking" in categories else categories[0],
            "level": "beginner",
            "language": "en",
            "price": {"amount": 2900, "currency": "USD"},
        },
    ).body
    instructor.check("the course is a draft", shown=course["status"] == "draft")
    instructor.check("it says what it still lacks", shown=course["missing"] == ["lessons"])
    refused = instructor.post(f"/api/v1/courses/{course['id']}/publish/", expect=409)
    instructor.check("nobody publishes a course without a review", shown=refused["allowed"] == ["in_review"])
    return course


def fill(instructor: Traveller, course: dict[str, Any]) -> None:
    upload = send(instructor, "worksheet.pdf", "application/pdf", WORKSHEET)
    outline: dict[str, list[dict[str, Any]]] = {
        "The starter": [
            {
                "title": "Why it rises",
                "kind": "article",
                "article": "Wild yeast is **everywhere**.",
                "is_preview": True,
            },
            {"title": "Feeding, day by day", "kind": "video", "video_url": "https://example.org/starter.mp4"},
        ],
        "The loaf": [{"title": "Your baking sheet", "kind": "file", "upload_id": upload["id"]}],
    }
    for title, lessons in outline.items():
        module = instructor.post(f"/api/v1/courses/{course['id']}/modules/", json={"title": title})
        for lesson in lessons:
            made = instructor.post(f"/api/v1/modules/{module['id']}/lessons/", json=lesson)
    file = instructor.anonymous().get(made["file_url"])
    instructor.check("the file comes back by a signed link", shown=file.body == WORKSHEET.decode())


def send(instructor: Traveller, name: str, content_type: str, content: bytes) -> Answer:
    """Announce a file, send its parts to where the answer says, and complete it."""
    upload = instructor.post(
        "/api/v1/uploads/",
        json={
            "name": name,
            "content_type": content_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    for part in upload["parts"]:
        piece, request = content[part["offset"] :][: part["size"]], part["request"]
        # the address is the permission: no token goes with it
        instructor.anonymous().call(
            request["method"], request["url"], expect=204, headers=request["headers"], content=piece
        )
    return instructor.post(f"/api/v1/uploads/{upload['id']}/complete/", expect=200)


def publish(instructor: Traveller, admin: Traveller, course: dict[str, Any]) -> None:
    before = {"search": course["title"]}
    guest = instructor.anonymous()
    hidden = guest.get("/api/v1/courses/", params=before)
    instructor.check("before publishing, the public list does not show it", shown=hidden["results"] == [])

    path = f"/api/v1/courses/{course['id']}"
    submitted = instructor.post(f"{path}/submit/", expect=200)
    instructor.check("the course waits for its review", shown=submitted["status"] == "in_review")
    refused = instructor.call("PATCH", f"{path}/", expect=409, json={"title": "Another course"})
    instructor.check("and is not edited meanwhile", shown=refused["code"] == "catalog.course_in_review")
    waiting = admin.get("/api/v1/admin/courses/reviews/")["results"]
    admin.check("it is among those to review", shown=course["id"] in [item["id"] for item in waiting])
    approved = admin.post(f"{path}/approve/", expect=200)
    admin.check("the course is published", shown=approved["status"] == "published")

    listed = guest.get("/api/v1/courses/", params=before)["results"]
    instructor.check(
        "the very next anonymous list shows it", shown=[item["id"] for item in listed] == [course["id"]]
    )


def revise(instructor: Traveller, course: dict[str, Any]) -> None:
    """Edits stay the authors' own until they are published, all in one step."""
    path = f"/api/v1/courses/{course['id']}"
    guest = instructor.anonymous()
    better = "Flour, water, salt, and a week of patience"
    instructor.call("PATCH", f"{path}/", expect=200, json={"subtitle": better})
    instructor.check(
        "readers see nothing of an edit", shown=guest.get(f"{path}/")["subtitle"] == course["subtitle"]
    )
    changes = instructor.get(f"{path}/changes/")["fields"]
    instructor.check(
        "its authors see what it changes", shown=[change["name"] for change in changes] == ["subtitle"]
    )
    instructor.post(f"{path}/publish/", expect=200)
    instructor.check(
        "published, the next request shows it", shown=guest.get(f"{path}/")["subtitle"] == better
    )
    versions = instructor.get(f"{path}/versions/")["results"]
    instructor.check("as version 2", shown=[version["number"] for version in versions] == [2, 1])
