"""What the API's document says before its operations: how all of them behave, and what the groups are."""

from typing import Final

__all__ = ["INTRODUCTION", "TAGS"]

INTRODUCTION: Final = """
Explore, buy and take courses; create and sell them.

**Signing in.** `POST /api/v1/auth/login/` answers an access token, good for fifteen minutes, and a
refresh token. Send the former as `Authorization: Bearer …`; trade the latter in at `auth/token/refresh/`
for a new pair, once. What a guest may read needs no token.

**Errors** are RFC 9457 problem documents (`application/problem+json`). Go by `code`, which never changes
its meaning; `detail` is for people. Bad input lists every bad field in `errors`, each with a JSON
pointer. Something unknown, and something you may not know of, answer the same 404. Quote `request_id`
when you report a fault.

**Lists** answer `results` with `next` and `previous`, links to follow as they are. Pages are stable
while rows come and go; `page_size` is at most 100.

**Money** is `{"amount": 4999, "currency": "USD"}`: whole minor units ($49.99) and an ISO 4217 code.
**Ids** are UUIDs. **Times** are RFC 3339, in UTC.

**Reading again.** Answers carry a strong `ETag`: send it as `If-None-Match`, and 304 says that nothing
changed. **Editing.** Send the `ETag` you read as `If-Match`: 412 says that somebody else was faster, and
nothing is lost.

**Trying again.** A POST that creates something takes an `Idempotency-Key` of your making, which payments
require. The same key with the same body answers the same bytes, marked `Idempotent-Replayed: true`; with
another body, 422; while the first is under way, 409.

**Limits** answer 429 with `Retry-After`. Every answer carries `X-Request-ID`.
"""

TAGS: Final = [
    {"name": "Sessions", "description": "Logging in, staying in, logging out."},
    {
        "name": "Accounts",
        "description": "Registering, proving an address, a lost password, one's own profile.",
    },
    {"name": "Courses", "description": "The storefront, and a course's own fields."},
    {"name": "Outline", "description": "Modules and lessons, for whoever teaches the course."},
    {
        "name": "Media",
        "description": "Files for lessons: uploaded by instructors, read by signed links that expire.",
    },
    {"name": "Teaching", "description": "An instructor's own courses, drafts among them."},
    {"name": "Payments", "description": "Buying, and what payment providers report."},
    {"name": "Orders", "description": "What one has ordered."},
    {"name": "Invoices", "description": "What one was billed."},
    {"name": "Enrolments", "description": "The courses one takes, and their lessons' content."},
    {"name": "Progress", "description": "How far one is, and where to go on."},
    {"name": "Reviews", "description": "What people say of courses."},
    {"name": "Dashboards", "description": "Figures for instructors and administrators."},
    {
        "name": "Administration",
        "description": "People's accounts, roles and suspensions, for administrators.",
    },
]
