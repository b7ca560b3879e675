"""Courses, files and the storefront."""

from collections.abc import Callable
from typing import Any

from security.asking.registry import Request, ask, plain, with_body
from security.world import World

COURSE = {
    "title": "Pickles",
    "subtitle": "Salt and time",
    "description": "Crunch.",
    "level": "beginner",
    "language": "en",
    "price": {"amount": 1900, "currency": "USD"},
}


def the_course(world: World) -> Any:
    return world.course.id


def the_draft(world: World) -> Any:
    return world.draft.id


plain("GET /api/v1/categories/", "GET /api/v1/courses/", "GET /api/v1/instructors/courses/")
plain("GET /api/v1/courses/facets/", "GET /api/v1/sync/catalog/")
plain("GET /api/v1/courses/{course_id}/related/", course_id=the_course)
plain("GET /api/v1/courses/{course_id}/cover/", course_id=lambda world: world.course_with_a_cover)
plain("GET /api/v1/courses/{slug}/", slug=lambda world: world.course.slug)


@ask("GET /api/v1/courses/suggest/")
def complete(world: World, who: str) -> Request:
    return {"params": {"q": "so"}}


with_body("POST /api/v1/courses/", lambda world: COURSE)
plain(
    "GET /api/v1/courses/{course_id}/ : published",
    "GET /api/v1/courses/{course_id}/modules/ : published",
    course_id=the_course,
)
plain(
    "GET /api/v1/courses/{course_id}/ : draft",
    "GET /api/v1/courses/{course_id}/modules/ : draft",
    course_id=the_draft,
)
with_body(
    "PATCH /api/v1/courses/{course_id}/ : published", lambda world: {"subtitle": "New"}, course_id=the_course
)
with_body(
    "PATCH /api/v1/courses/{course_id}/ : draft", lambda world: {"subtitle": "New"}, course_id=the_draft
)
plain("DELETE /api/v1/courses/{course_id}/ : published", course_id=the_course)
plain("DELETE /api/v1/courses/{course_id}/ : draft", course_id=the_draft)
plain("POST /api/v1/courses/{course_id}/publish/", course_id=the_draft)
plain("POST /api/v1/courses/{course_id}/unpublish/", course_id=the_course)
with_body("POST /api/v1/courses/{course_id}/modules/", lambda world: {"title": "More"}, course_id=the_course)

plain("POST /api/v1/courses/{course_id}/archive/", course_id=the_course)
plain("POST /api/v1/courses/{course_id}/submit/", course_id=the_draft)
plain(
    "POST /api/v1/courses/{course_id}/withdraw/",
    "POST /api/v1/courses/{course_id}/approve/",
    course_id=lambda world: world.submitted_id,
)
with_body(
    "POST /api/v1/courses/{course_id}/return/",
    lambda world: {"note": "No sound."},
    course_id=lambda world: world.submitted_id,
)
plain("GET /api/v1/admin/courses/reviews/")
plain(
    "POST /api/v1/courses/{course_id}/duplicate/",
    "GET /api/v1/courses/{course_id}/export/",
    "GET /api/v1/courses/{course_id}/changes/",
    "GET /api/v1/courses/{course_id}/versions/",
    "GET /api/v1/courses/{course_id}/outline/",
    "GET /api/v1/courses/{course_id}/instructors/",
    course_id=the_course,
)
plain(
    "GET /api/v1/courses/{course_id}/versions/{number}/",
    "GET /api/v1/courses/{course_id}/versions/{number}/changes/",
    "POST /api/v1/courses/{course_id}/versions/{number}/restore/",
    course_id=the_course,
    number=lambda world: 1,
)
with_body(
    "PUT /api/v1/courses/{course_id}/outline/",
    lambda world: {"modules": world.outline_of(world.course.id)},
    course_id=the_course,
)
with_body(
    "POST /api/v1/courses/{course_id}/instructors/",
    lambda world: {"user_id": str(world.editor_id), "role": "editor"},
    course_id=the_course,
)
plain(
    "DELETE /api/v1/courses/{course_id}/instructors/{user_id}/",
    course_id=lambda world: world.co_taught.id,
    user_id=lambda world: world.editor_id,
)

for case, course in {"published": the_course, "draft": the_draft}.items():

    def module(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_module(course(world))

    def lesson(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_lesson(course(world), preview=False)

    def preview(world: World, course: Callable[[World], Any] = course) -> Any:
        return world.first_lesson(course(world), preview=True)

    plain(
        f"GET /api/v1/modules/{{module_id}}/ : {case}",
        f"GET /api/v1/modules/{{module_id}}/lessons/ : {case}",
        f"DELETE /api/v1/modules/{{module_id}}/ : {case}",
        module_id=module,
    )
    with_body(
        f"PATCH /api/v1/modules/{{module_id}}/ : {case}", lambda world: {"title": "Renamed"}, module_id=module
    )
    with_body(
        f"POST /api/v1/modules/{{module_id}}/lessons/ : {case}",
        lambda world: {"title": "More", "kind": "article", "article": "Text."},
        module_id=module,
    )
    plain(
        f"GET /api/v1/lessons/{{lesson_id}}/ : {case}",
        f"DELETE /api/v1/lessons/{{lesson_id}}/ : {case}",
        lesson_id=lesson,
    )
    plain(f"GET /api/v1/lessons/{{lesson_id}}/ : free preview, {case}", lesson_id=preview)
    with_body(
        f"PATCH /api/v1/lessons/{{lesson_id}}/ : {case}", lambda world: {"title": "Renamed"}, lesson_id=lesson
    )


@ask("POST /api/v1/courses/import/")
def import_ones_own(world: World, who: str) -> Request:
    uploader = who if who in {"colleague", "admin"} else "owner"
    return {"json": {"upload_id": world.package_of(uploader), "format": "package"}}


plain("GET /api/v1/courses/imports/")
plain("GET /api/v1/courses/imports/{import_id}/", import_id=lambda world: world.import_id)
plain("GET /api/v1/uploads/")
with_body("POST /api/v1/uploads/", lambda world: world.announcement)
plain("GET /api/v1/uploads/{upload_id}/", upload_id=lambda world: world.begun_upload_id())
plain("POST /api/v1/uploads/{upload_id}/complete/", upload_id=lambda world: world.begun_upload_id())
plain("DELETE /api/v1/uploads/{upload_id}/", upload_id=lambda world: world.begun_upload_id())


@ask("PUT /api/v1/media/incoming/{token}/", token=lambda world: world.incoming_token())
def _hand_in(world: World, who: str) -> Request:
    return {"content": world.WORDS, "headers": {"Content-Type": "text/plain"}}


plain("GET /api/v1/media/playlists/{token}/", token=lambda world: world.rendered_tokens[0])
plain("GET /api/v1/media/renditions/{token}/", token=lambda world: world.rendered_tokens[1])
plain("GET /api/v1/media/segments/{token}/", token=lambda world: world.rendered_tokens[2])
plain("GET /api/v1/media/captions/{token}/", token=lambda world: world.rendered_tokens[3])
plain("GET /api/v1/media/{token}/", token=lambda world: world.media_token)
