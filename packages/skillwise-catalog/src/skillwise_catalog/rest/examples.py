"""What the OpenAPI document shows as an example of each body."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

__all__ = [
    "AUTHORED_COURSE",
    "AUTHORED_COURSE_DETAIL",
    "AUTHORED_LESSON",
    "CARD",
    "CARD_DETAIL",
    "CATALOG_CHANGES",
    "CATEGORIES",
    "COMPANIONS",
    "COURSE",
    "COURSE_INPUT",
    "DRAFT",
    "FACETS",
    "LESSON",
    "LESSON_OUTLINE",
    "LISTED_FILE",
    "LISTED_UPLOAD",
    "MODULE",
    "SUGGESTIONS",
    "UPLOAD",
    "UPLOADED",
    "UPLOAD_INPUT",
    "body",
]

CATEGORIES: Final[dict[str, Any]] = {
    "results": [
        {"slug": "kitchen", "name": "Kitchen", "parent": None, "depth": 1},
        {"slug": "bread", "name": "Bread", "parent": "kitchen", "depth": 2},
    ]
}

COURSE: Final[dict[str, Any]] = {
    "id": "0199c4d2-b001-7c3e-8f5a-6b7c8d9e0f10",
    "slug": "bread-from-three-ingredients",
    "title": "Bread from Three Ingredients",
    "subtitle": "Flour, water, salt, and what time does to them",
    "description": "A loaf a week, from the first starter to a crust that sings.",
    "language": "en",
    "level": "beginner",
    "category": {"slug": "bread", "name": "Bread"},
    "price": {"amount": 2900, "currency": "USD"},
    "owner": {"id": "0199c4d2-0000-7c3e-8f5a-6b7c8d9e0f10", "display_name": "Ada Lovelace"},
    "rating": {"average": 4.75, "count": 12},
    "enrollment_count": 230,
    "lesson_count": 2,
    "duration": 600,
    "status": "published",
    "published_at": "2026-11-23T10:00:00Z",
    "updated_at": "2026-11-23T10:00:00Z",
}

AUTHORED_COURSE: Final[dict[str, Any]] = {
    **COURSE,
    "tags": ["bread", "sourdough"],
    "outcomes": ["Keep a starter alive"],
    "requirements": ["An oven"],
    "audience": ["Whoever eats bread"],
    "cover_url": "/api/v1/media/0199c4d2e0037c3e8f5a6b7c8d9e0f10:1vNnT2:h7mJ2/",
    "cover_upload_id": "0199c4d2-e003-7c3e-8f5a-6b7c8d9e0f10",
    "promo_video_url": "https://videos.example/bread.mp4",
    "promo_video_upload_id": None,
    "created_at": "2026-11-20T08:00:00Z",
    "has_changes": True,
    "edition": 3,
    "missing": [],
    "review_note": "",
}

LESSON_OUTLINE: Final[dict[str, Any]] = {
    "id": "0199c4d2-d001-7c3e-8f5a-6b7c8d9e0f10",
    "title": "Why it rises",
    "kind": "article",
    "group": "",
    "duration": 300,
    "is_preview": True,
    "is_downloadable": True,
    "position": 1,
}

MODULE: Final[dict[str, Any]] = {
    "id": "0199c4d2-c001-7c3e-8f5a-6b7c8d9e0f10",
    "title": "The starter",
    "position": 1,
    "lessons": [
        LESSON_OUTLINE,
        {
            "id": "0199c4d2-d002-7c3e-8f5a-6b7c8d9e0f10",
            "title": "Feeding, day by day",
            "kind": "video",
            "group": "",
            "duration": 300,
            "is_preview": False,
            "is_downloadable": False,
            "position": 2,
        },
    ],
}

CARD: Final[dict[str, Any]] = {
    **{name: value for name, value in COURSE.items() if name != "description"},
    "tags": AUTHORED_COURSE["tags"],
    "instructors": [{**COURSE["owner"], "role": "owner"}],
    "cover_url": AUTHORED_COURSE["cover_url"],
}
CARD_DETAIL: Final[dict[str, Any]] = {
    **CARD,
    "description": COURSE["description"],
    "description_html": f"<p>{COURSE['description']}</p>",
    **{name: AUTHORED_COURSE[name] for name in ("outcomes", "requirements", "audience", "promo_video_url")},
    "modules": [MODULE],
}
FACETS: Final[dict[str, Any]] = {
    "total": 12,
    "exact": True,
    "facets": {
        name: {"exact": True, "choices": [{"value": value, "name": label, "count": 12}]}
        for name, value, label in [
            ("category", "bread", "Bread"),
            ("tags", "sourdough", "sourdough"),
            ("level", "beginner", "beginner"),
            ("language", "en", "en"),
            ("instructor", COURSE["owner"]["id"], COURSE["owner"]["display_name"]),
            ("currency", "USD", "USD"),
            ("price_min", "2000", "2000"),
            ("price_max", "5000", "5000"),
            ("is_free", "false", "false"),
            ("rating_min", "4.5", "4.5"),
            ("duration_min", "3600", "3600"),
            ("duration_max", "10800", "10800"),
        ]
    },
}
SUGGESTIONS: Final[dict[str, Any]] = {
    "results": [
        {"kind": "category", "text": "Bread", "reference": "bread"},
        {"kind": "course", "text": COURSE["title"], "reference": COURSE["slug"]},
    ]
}
COMPANIONS: Final[dict[str, Any]] = {"related": [CARD], "also_bought": []}
CATALOG_CHANGES: Final[dict[str, Any]] = {
    "courses": [
        {
            **CARD,
            "cover_url": f"/api/v1/courses/{CARD['id']}/cover/?of=0199c4d2e0037c3e8f5a6b7c8d9e0f10",
        }
    ],
    "removed": ["0199c4d2-b009-7c3e-8f5a-6b7c8d9e0f10"],
    "next": "WzcxLDkxMiw5MTUsIjAxOTkiXQ:kX0",
    "has_more": False,
}
AUTHORED_COURSE_DETAIL: Final[dict[str, Any]] = {
    **AUTHORED_COURSE,
    "description_html": CARD_DETAIL["description_html"],
    "instructors": CARD["instructors"],
    "modules": [MODULE],
}

DRAFT: Final[dict[str, Any]] = {
    **AUTHORED_COURSE_DETAIL,
    "rating": {"average": None, "count": 0},
    "enrollment_count": 0,
    "lesson_count": 0,
    "duration": 0,
    "status": "draft",
    "published_at": None,
    "updated_at": AUTHORED_COURSE["created_at"],
    "edition": None,
    "missing": ["lessons"],
    "modules": [],
}

COURSE_INPUT: Final[dict[str, Any]] = {
    "title": COURSE["title"],
    "subtitle": COURSE["subtitle"],
    "description": COURSE["description"],
    "category": "bread",
    "language": "en",
    "level": "beginner",
    "price": COURSE["price"],
    "tags": AUTHORED_COURSE["tags"],
    "outcomes": AUTHORED_COURSE["outcomes"],
    "requirements": AUTHORED_COURSE["requirements"],
    "audience": AUTHORED_COURSE["audience"],
    "cover_upload_id": AUTHORED_COURSE["cover_upload_id"],
    "promo_video_url": AUTHORED_COURSE["promo_video_url"],
}

LESSON: Final[dict[str, Any]] = {
    **{name: value for name, value in LESSON_OUTLINE.items() if name != "position"},
    "course_id": COURSE["id"],
    "module_id": MODULE["id"],
    "article": "Wild yeast is **everywhere**.",
    "article_html": "<p>Wild yeast is <strong>everywhere</strong>.</p>",
    "video_url": None,
    "playlist_url": None,
    "file_url": None,
    "file_name": None,
    "file_size": None,
    "captions": [],
    "resources": [
        {
            "title": "A table of temperatures",
            "name": "temperatures.pdf",
            "content_type": "application/pdf",
            "size": 48213,
            "url": "/api/v1/media/0199c4d2e0017c3e8f5a6b7c8d9e0f10:1vNnT2:wXyGnB0c/",
        }
    ],
    "quiz": None,
}

AUTHORED_LESSON: Final[dict[str, Any]] = {
    **LESSON,
    "position": LESSON_OUTLINE["position"],
    "upload_id": None,
    "resources": [{**LESSON["resources"][0], "upload_id": "0199c4d2-e001-7c3e-8f5a-6b7c8d9e0f10"}],
}

UPLOAD_INPUT: Final[dict[str, Any]] = {
    "name": "worksheet.pdf",
    "content_type": "application/pdf",
    "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

UPLOAD: Final[dict[str, Any]] = {
    "id": "0199c4d2-e001-7c3e-8f5a-6b7c8d9e0f10",
    "is_completed": False,
    **UPLOAD_INPUT,
    "created_at": "2026-11-20T08:30:00Z",
    "expires_at": "2026-11-22T08:30:00Z",
    "parts": [
        {
            "number": 1,
            "offset": 0,
            "size": 48213,
            "request": {
                "method": "PUT",
                "url": "/api/v1/media/incoming/eyJrIjoidXBsb2Fkcy8wMTk5Yz:1vNnT2:wXyGnB0c/",
                "headers": {"Content-Type": "application/pdf", "Content-Length": "48213"},
                "expires_at": "2026-11-20T09:30:00Z",
            },
        }
    ],
    "width": None,
    "height": None,
    "probe": None,
    "duration": None,
    "video_codec": None,
    "audio_codec": None,
    "rendering": None,
    "playlist_url": None,
}

UPLOADED: Final[dict[str, Any]] = UPLOAD | {"is_completed": True, "expires_at": None, "parts": []}
LISTED_UPLOAD: Final = {name: value for name, value in UPLOAD.items() if name != "parts"}
LISTED_FILE: Final = LISTED_UPLOAD | {"is_completed": True, "expires_at": None}


def body(name: str, value: Any, *, status: int | None = None) -> OpenApiExample:
    """An example of a request's body, or of the answer with `status`."""
    return OpenApiExample(
        name,
        value=value,
        request_only=status is None,
        response_only=status is not None,
        status_codes=[str(status)] if status else None,
    )
