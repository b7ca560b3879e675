"""One of everything, made when first asked for: a course of the owner, bought and reviewed by the student."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import (
    QUIZ,
    TWO_LESSONS,
    give_cover,
    links_of_a_rendered_video,
    make_course,
    outline_of,
)
from skillwise_commerce.testing import link_to_invoice, make_paid_gift, make_paid_order, make_payout
from skillwise_identity import testing as identity
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

ROLES = {"owner": ["instructor"], "colleague": ["instructor"], "admin": ["admin"]}


class World:
    """`deliver_events` hands events to their subscribers; `speak(who, method, path, **options)` is a call."""

    def __init__(self, deliver_events: Callable[[], int], speak: Callable[..., Any]) -> None:
        self._deliver_events = deliver_events
        self._speak = speak
        self._people: dict[str, Any] = {}

    def person(self, who: str) -> Any:
        """The user called so in the matrix; `stranger` is somebody whom requests are about."""
        if who not in self._people:
            self._people[who] = identity.make_user(
                roles=ROLES.get(who, ["student"]), verified=who != "unverified"
            )
        return self._people[who]

    def token(self, who: str) -> str | None:
        """An access token; the suspended person's was given before the suspension."""
        if who == "guest":
            return None
        user = self.person(who)
        token = identity.tokens_for(user).access
        if who == "suspended":
            path = f"/api/v1/admin/users/{user.id}/suspend/"
            assert self._speak("admin", "POST", path, json={"reason": "For a test."}).is_success
        return token

    @cached_property
    def course(self) -> CourseSummary:
        quiz = {"title": "Ask", "kind": "quiz", "quiz": dict(QUIZ)}
        return make_course(owner_id=self.person("owner").id, title="Sourdough", lessons=(*TWO_LESSONS, quiz))

    @cached_property
    def course_with_a_cover(self) -> UUID:
        course = make_course(owner_id=self.person("owner").id, title="Ciabatta")
        give_cover(course_id=course.id, owner_id=course.owner_id)
        return course.id

    @cached_property
    def draft(self) -> CourseSummary:
        return make_course(owner_id=self.person("owner").id, published=False, title="Rye")

    @cached_property
    def submitted_id(self) -> UUID:
        """The owner's draft, waiting for its review."""
        self._speak("owner", "POST", f"/api/v1/courses/{self.draft.id}/submit/")
        return self.draft.id

    @cached_property
    def editor_id(self) -> UUID:
        """An instructor who is nobody of the matrix."""
        user: Any = identity.make_user(roles=["instructor"])
        return UUID(str(user.id))

    @cached_property
    def co_taught(self) -> CourseSummary:
        """A course of the owner's with an editor."""
        return make_course(owner_id=self.person("owner").id, editor_ids=[self.editor_id], title="Spelt")

    def outline_of(self, course_id: UUID) -> list[dict[str, Any]]:
        """Its order, as it is sent to change it."""
        return [
            {"id": str(module.id), "lessons": [str(lesson.id) for lesson in module.lessons]}
            for module in outline_of(course_id).modules
        ]

    @cached_property
    def free_course(self) -> CourseSummary:
        return make_course(owner_id=self.person("owner").id, price=Money.zero("USD"), title="Water")

    @cached_property
    def suspended_stranger(self) -> UUID:
        user: Any = identity.make_user(suspended=True)
        return UUID(str(user.id))

    def refresh_token(self, who: str) -> str:
        """Of a session of its own; the suspended person's was opened before the suspension."""
        return identity.tokens_for(self.person(who)).refresh

    def first_module(self, course_id: UUID) -> UUID:
        return outline_of(course_id).modules[0].id

    def first_lesson(self, course_id: UUID, *, preview: bool) -> UUID:
        """The first lesson that is, or is not, a free preview."""
        return next(lesson.id for lesson in outline_of(course_id).lessons if lesson.is_preview == preview)

    @cached_property
    def order_id(self) -> UUID:
        order_id = make_paid_order(buyer_id=self.person("student").id, course_ids=[self.course.id], now=now())
        self._deliver_events()
        return order_id

    @cached_property
    def cart_item_id(self) -> str:
        """The course in the student's cart."""
        body = {"course_id": str(self.course.id)}
        cart = self._speak("student", "POST", "/api/v1/cart/items/", json=body).json()
        return str(cart["items"][0]["id"])

    @cached_property
    def gift(self) -> dict[str, str]:
        """The course, given away by the student, and waiting to be claimed."""
        giver = self.person("student").id
        make_paid_gift(buyer_id=giver, course_ids=[self.course.id], email="gran@example.org", now=now())
        gift: dict[str, str] = self._speak("student", "GET", "/api/v1/gifts/").json()["results"][0]
        return gift

    @cached_property
    def enrollment_id(self) -> str:
        assert self.order_id
        return str(self._speak("student", "GET", "/api/v1/enrollments/").json()["results"][0]["id"])

    @property
    def quiz_id(self) -> UUID:
        """The quiz for the enrolled."""
        lessons = outline_of(self.course.id).lessons
        return next(lesson.id for lesson in lessons if lesson.kind == "quiz" and not lesson.is_preview)

    @cached_property
    def attempt_id(self) -> str:
        """The student's, at the quiz."""
        path = f"/api/v1/enrollments/{self.enrollment_id}/lessons/{self.quiz_id}/attempts/"
        body = {"id": str(new_id()), "answers": {}}
        return str(self._speak("student", "POST", path, json=body).json()["id"])

    @cached_property
    def invoice_id(self) -> str:
        assert self.order_id
        return str(self._speak("student", "GET", "/api/v1/invoices/").json()["results"][0]["id"])

    @cached_property
    def invoice_token(self) -> str:
        """Of the link in the student's receipt."""
        return link_to_invoice(UUID(self.invoice_id)).rstrip("/").rsplit("/", 1)[-1]

    @cached_property
    def payout_id(self) -> UUID:
        return make_payout(seller_id=self.person("owner").id, amount=Money(3499, "USD"), now=now())

    @cached_property
    def review_id(self) -> str:
        assert self.order_id
        body = {"course_id": str(self.course.id), "rating": 4, "text": "Good."}
        return str(self._speak("student", "POST", "/api/v1/reviews/", json=body).json()["id"])

    @cached_property
    def coupon_id(self) -> str:
        """The owner's."""
        body = {"code": f"C-{new_id().hex[:20]}", "percent_off": 20, "scope": "seller"}
        return str(self._speak("owner", "POST", "/api/v1/coupons/", json=body).json()["id"])

    @cached_property
    def coupon_batch_id(self) -> str:
        """The owner's."""
        body = {"name": "Fair", "size": 2, "percent_off": 20, "scope": "seller"}
        return str(self._speak("owner", "POST", "/api/v1/coupons/batches/", json=body).json()["id"])

    @property
    def bundle_body(self) -> dict[str, Any]:
        """Of two courses of the owner's."""
        course_ids = [str(self.course.id), str(self.free_course.id)]
        return {
            "title": "Both",
            "course_ids": course_ids,
            "prices": [{"amount": 3900, "currency": "USD"}],
        }

    @cached_property
    def bundle_id(self) -> str:
        """The owner's, not on sale."""
        return str(self._speak("owner", "POST", "/api/v1/bundles/", json=self.bundle_body).json()["id"])

    @cached_property
    def bundle_on_sale_id(self) -> str:
        body = self.bundle_body | {"is_on_sale": True}
        return str(self._speak("owner", "POST", "/api/v1/bundles/", json=body).json()["id"])

    WORDS = b"Knead."

    @property
    def announcement(self) -> dict[str, Any]:
        """Of a file that says `WORDS`."""
        return {
            "name": "notes.txt",
            "content_type": "text/plain",
            "size": len(self.WORDS),
            "sha256": hashlib.sha256(self.WORDS).hexdigest(),
        }

    def package_of(self, who: str) -> str:
        """An upload of this person's that courses may be imported from."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("course.json", "{}")
        package = content.getvalue()
        announcement = {
            "name": "course.zip",
            "content_type": "application/zip",
            "size": len(package),
            "sha256": hashlib.sha256(package).hexdigest(),
        }
        begun = self._speak(who, "POST", "/api/v1/uploads/", json=announcement).json()
        path = f"/api/v1/media/incoming/{self.incoming_token(begun)}/"
        headers = {"Content-Type": "application/zip"}
        assert self._speak("guest", "PUT", path, content=package, headers=headers).is_success
        assert self._speak(who, "POST", f"/api/v1/uploads/{begun['id']}/complete/").is_success
        return str(begun["id"])

    @cached_property
    def import_id(self) -> str:
        """The owner's."""
        body = {"upload_id": self.package_of("owner"), "format": "package"}
        return str(self._speak("owner", "POST", "/api/v1/courses/import/", json=body).json()["id"])

    def incoming_token(self, upload: dict[str, Any] | None = None) -> str:
        """Signed for whoever hands in the bytes of a file of the owner's."""
        begun = upload or self._speak("owner", "POST", "/api/v1/uploads/", json=self.announcement).json()
        return str(begun["parts"][0]["request"]["url"]).rstrip("/").rsplit("/", 1)[-1]

    def begun_upload_id(self) -> str:
        """A new one of the owner's, whose bytes have arrived."""
        begun = self._speak("owner", "POST", "/api/v1/uploads/", json=self.announcement).json()
        path = f"/api/v1/media/incoming/{self.incoming_token(begun)}/"
        headers = {"Content-Type": "text/plain"}
        assert self._speak("guest", "PUT", path, content=self.WORDS, headers=headers).is_success
        return str(begun["id"])

    @cached_property
    def rendered_tokens(self) -> tuple[str, str, str, str]:
        """Signed for whoever streams a video of the owner's: its playlist, a rendition's, its segments,
        its captions'."""
        return links_of_a_rendered_video(owner_id=self.person("owner").id)

    @cached_property
    def media_token(self) -> str:
        """Signed for whoever plays the owner's file lesson."""
        upload_id = self.begun_upload_id()
        assert self._speak("owner", "POST", f"/api/v1/uploads/{upload_id}/complete/").is_success
        lesson = {"title": "Sheet", "kind": "file", "upload_id": upload_id}
        path = f"/api/v1/modules/{self.first_module(self.draft.id)}/lessons/"
        made = self._speak("owner", "POST", path, json=lesson).json()
        return str(made["file_url"]).rstrip("/").rsplit("/", 1)[-1]
