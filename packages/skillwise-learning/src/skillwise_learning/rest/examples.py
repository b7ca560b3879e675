"""What the API document shows of learning's answers."""

from typing import Any

__all__ = [
    "ATTEMPT",
    "ATTEMPTED",
    "ATTEMPT_INPUT",
    "ATTEMPT_SUMMARY",
    "ENROLLMENT",
    "ENROLLMENT_DETAIL",
    "LESSON",
    "PROGRESS",
    "REVIEW",
]

_COURSE = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e01"
_LESSON_ONE = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e11"
_LESSON_TWO = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e12"
_PERSON = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e21"

ENROLLMENT: dict[str, Any] = {
    "id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e31",
    "course": {"id": _COURSE, "slug": "sourdough-from-scratch", "title": "Sourdough from scratch"},
    "order_id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e61",
    "enrolled_at": "2026-11-02T09:14:05Z",
    "access": "open",
    "access_ended_at": None,
    "completed_at": None,
    "percent": 50,
    "completed_lessons": 1,
    "total_lessons": 2,
    "resume": {"lesson_id": _LESSON_TWO, "position": 95},
}

ENROLLMENT_DETAIL: dict[str, Any] = {
    **ENROLLMENT,
    "modules": [
        {
            "id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e41",
            "title": "The starter",
            "lessons": [
                {
                    "id": _LESSON_ONE,
                    "title": "Flour and water",
                    "kind": "article",
                    "group": "",
                    "duration": 300,
                    "is_downloadable": True,
                    "position": 0,
                    "is_completed": True,
                    "completed_at": "2026-11-02T09:20:11Z",
                },
                {
                    "id": _LESSON_TWO,
                    "title": "Feeding",
                    "kind": "video",
                    "group": "",
                    "duration": 640,
                    "is_downloadable": False,
                    "position": 95,
                    "is_completed": False,
                    "completed_at": None,
                },
            ],
        }
    ],
}

LESSON: dict[str, Any] = {
    "id": _LESSON_ONE,
    "course_id": _COURSE,
    "module_id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e41",
    "version": 3,
    "title": "Flour and water",
    "kind": "article",
    "group": "",
    "duration": 300,
    "is_preview": False,
    "is_downloadable": True,
    "article": "Mix **50 g** of each.",
    "article_html": "<p>Mix <strong>50 g</strong> of each.</p>",
    "video_url": None,
    "playlist_url": None,
    "file_url": None,
    "file_name": None,
    "file_size": None,
    "captions": [],
    "resources": [
        {
            "title": "A table of weights",
            "name": "weights.pdf",
            "content_type": "application/pdf",
            "size": 48213,
            "url": "/api/v1/media/01931f6e8a007c3a9b1e3f2a6c1d0e71:1vNnT2:wXyGnB0c/",
        }
    ],
    "quiz": None,
    "best_percent": None,
}

PROGRESS: dict[str, Any] = {
    "course_id": _COURSE,
    "completed_lessons": 1,
    "total_lessons": 2,
    "percent": 50,
    "resume": {"lesson_id": _LESSON_TWO, "position": 95},
    "lessons": [
        {
            "lesson_id": _LESSON_ONE,
            "position": 0,
            "is_completed": True,
            "played_at": "2026-11-02T09:20:11Z",
            "completed_at": "2026-11-02T09:20:11Z",
        },
        {
            "lesson_id": _LESSON_TWO,
            "position": 95,
            "is_completed": False,
            "played_at": "2026-11-02T09:23:40Z",
            "completed_at": None,
        },
    ],
    "completed_at": None,
}

_QUESTION = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e81"
_YEAST = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e82"
_SALT = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e83"

ATTEMPT_INPUT: dict[str, Any] = {
    "id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e91",
    "version": 3,
    "answers": {_QUESTION: _YEAST},
    "occurred_at": "2026-11-02T09:30:00Z",
}

ATTEMPT_SUMMARY: dict[str, Any] = {
    "id": ATTEMPT_INPUT["id"],
    "version": 3,
    "occurred_at": "2026-11-02T09:30:00Z",
    "earned": 2,
    "points": 2,
    "percent": 100,
    "is_passed": True,
}

ATTEMPT: dict[str, Any] = {
    **ATTEMPT_SUMMARY,
    "lesson_id": _LESSON_TWO,
    "pass_percent": 60,
    "best_percent": 100,
    "questions": [
        {
            "id": _QUESTION,
            "kind": "single",
            "text": "What makes dough **rise**?",
            "text_html": "<p>What makes dough <strong>rise</strong>?</p>",
            "points": 2,
            "choices": [
                {"id": _YEAST, "text": "Yeast", "text_html": "<p>Yeast</p>"},
                {"id": _SALT, "text": "Salt", "text_html": "<p>Salt</p>"},
            ],
            "answer": _YEAST,
            "is_right": True,
            "earned": 2,
            "correct": {
                "choice_ids": [_YEAST],
                "is_true": None,
                "accepted": [],
                "number": None,
                "tolerance": None,
            },
            "explanation": "Yeast makes carbon dioxide.",
            "explanation_html": "<p>Yeast makes carbon dioxide.</p>",
        }
    ],
}

ATTEMPTED: dict[str, Any] = {**ATTEMPT, "progress": PROGRESS}

REVIEW: dict[str, Any] = {
    "id": "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e51",
    "course_id": _COURSE,
    "author": {"id": _PERSON, "display_name": "Nadia Rahman"},
    "rating": 5,
    "text": "My first loaf that rose.",
    "created_at": "2026-11-09T18:02:33Z",
    "updated_at": "2026-11-09T18:02:33Z",
}
