"""What the API document shows of insights' answers."""

from typing import Any

__all__ = ["ANALYTICS", "DASHBOARD"]

_COURSE = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e01"
_INSTRUCTOR = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e02"
_STUDENT = "01931f6e-8a00-7c3a-9b1e-3f2a6c1d0e21"
_RATING = {"average": 4.67, "count": 3}
_REVENUE = [{"amount": 14997, "currency": "USD"}]
_EARNINGS = [{"amount": 10497, "currency": "USD"}]
_SPLIT = [
    {
        "currency": "USD",
        "gross": {"amount": 14997, "currency": "USD"},
        "platform": {"amount": 4500, "currency": "USD"},
        "instructors": {"amount": 10497, "currency": "USD"},
    }
]

DASHBOARD: dict[str, Any] = {
    "totals": {
        "courses": 1,
        "courses_published": 1,
        "enrollments": 3,
        "completions": 1,
        "rating": _RATING,
        "revenue": _REVENUE,
        "earnings": _EARNINGS,
    },
    "courses": [
        {
            "course_id": _COURSE,
            "title": "Sourdough from scratch",
            "is_published": True,
            "enrollments": 3,
            "completions": 1,
            "rating": _RATING,
            "revenue": _REVENUE,
            "earnings": _EARNINGS,
        }
    ],
    "daily_enrollments": [
        {"day": "2026-11-21", "enrollments": 1},
        {"day": "2026-11-22", "enrollments": 2},
    ],
}

ANALYTICS: dict[str, Any] = {
    "totals": {
        "users": 5,
        "courses_published": 1,
        "enrollments": 3,
        "lessons_completed": 8,
        "courses_completed": 1,
        "reviews": 3,
        "orders": 3,
        "earnings": _SPLIT,
    },
    "top_courses": [
        {
            "course_id": _COURSE,
            "title": "Sourdough from scratch",
            "owner": {"id": _INSTRUCTOR, "display_name": "Amina Karim"},
            "is_published": True,
            "enrollments": 3,
            "completions": 1,
            "rating": _RATING,
            "revenue": _REVENUE,
        }
    ],
    "most_active_users": [
        {"user_id": _STUDENT, "display_name": "Nadia Rahman", "roles": ["student"], "actions": 11}
    ],
    "daily": [
        {
            "day": "2026-11-22",
            "registrations": 2,
            "enrollments": 3,
            "lessons_completed": 8,
            "courses_completed": 1,
            "reviews": 3,
            "orders": 3,
            "earnings": _SPLIT,
        }
    ],
}
