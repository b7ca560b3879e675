"""Histories that could have happened, and what they amount to, told without a database."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from skillwise_catalog.events import CourseChanged, CoursePublished, CourseUnpublished
from skillwise_commerce.events import OrderPaid, PaidLine
from skillwise_identity.events import RolesChanged, UserRegistered
from skillwise_insights.testing import CourseCounts, DayCounts, Figures, UserCounts
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.money import Money
from skillwise_learning.events import (
    CourseCompleted,
    Enrolled,
    LessonCompleted,
    ReviewChanged,
    ReviewPosted,
    ReviewRemoved,
)

START = datetime(2026, 11, 2, 21, tzinfo=UTC)
_CURRENCIES = ("USD", "JPY", "KWD")


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable, and no secret


def random_history(seed: int, length: int = 120) -> list[DomainEvent]:
    """What happened over days to four people, three courses and their reviews, in the order it happened."""
    world = _World(dice(seed))
    history = [world.next_event() for _ in range(length)]
    return [event for event in history if event is not None]


class _World:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.moment = START
        self.people = [self.new_id() for _ in range(4)]
        self.courses = {self.new_id(): chance.choice(self.people) for _ in range(3)}
        self.reviews: dict[UUID, tuple[UUID, UUID]] = {}
        self.happenings = [
            self.register,
            self.change_roles,
            self.publish_course,
            self.change_course,
            self.unpublish_course,
            *[self.pay] * 2,
            *[self.enroll] * 2,
            self.complete_lesson,
            self.complete_course,
            self.post_review,
            *[self.revise_review] * 2,
        ]

    def next_event(self) -> DomainEvent | None:
        # the clock stands still now and then: what is latest must be decided within one moment, too
        self.moment += timedelta(minutes=self.chance.choice((0, 0, 1, 25, 50)))
        return self.chance.choice(self.happenings)()

    def new_id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def person(self) -> UUID:
        return self.chance.choice(self.people)

    def course(self) -> UUID:
        return self.chance.choice(list(self.courses))

    def register(self) -> DomainEvent:
        return UserRegistered(user_id=self.person(), roles=("student",), registered_at=self.moment)

    def change_roles(self) -> DomainEvent:
        roles = self.chance.sample(["student", "instructor", "admin"], self.chance.randint(1, 3))
        return RolesChanged(user_id=self.person(), roles=tuple(roles), changed_at=self.moment)

    def publish_course(self) -> DomainEvent:
        course_id = self.course()
        return CoursePublished(
            course_id=course_id,
            owner_id=self.courses[course_id],
            title=f"Published {self.chance.randrange(100)}",
            price=Money(100, "USD"),
            published_at=self.moment,
        )

    def change_course(self) -> DomainEvent:
        course_id = self.course()
        return CourseChanged(
            course_id=course_id,
            owner_id=self.courses[course_id],
            title=f"Changed {self.chance.randrange(100)}",
            price=Money(100, "USD"),
            changed_at=self.moment,
        )

    def unpublish_course(self) -> DomainEvent:
        course_id = self.course()
        return CourseUnpublished(
            course_id=course_id, owner_id=self.courses[course_id], unpublished_at=self.moment
        )

    def pay(self) -> DomainEvent:
        currency = self.chance.choice(_CURRENCIES)
        lines = []
        for course_id in self.chance.sample(list(self.courses), self.chance.randint(1, len(self.courses))):
            paid = Money(self.chance.randint(1, 9999), currency)
            share = paid.allocate([70, 30])[0]
            seller_id = self.courses[course_id]
            lines.append(PaidLine(course_id=course_id, seller_id=seller_id, paid=paid, seller_share=share))
        return OrderPaid(
            order_id=self.new_id(),
            buyer_id=self.person(),
            lines=tuple(lines),
            total=Money.total((line.paid for line in lines), currency),
            paid_at=self.moment,
        )

    def enroll(self) -> DomainEvent:
        return Enrolled(
            enrollment_id=self.new_id(),
            user_id=self.person(),
            course_id=self.course(),
            order_id=None,
            enrolled_at=self.moment,
        )

    def complete_lesson(self) -> DomainEvent:
        return LessonCompleted(
            user_id=self.person(),
            course_id=self.course(),
            lesson_id=self.new_id(),
            completed_at=self.moment,
        )

    def complete_course(self) -> DomainEvent:
        return CourseCompleted(user_id=self.person(), course_id=self.course(), completed_at=self.moment)

    def post_review(self) -> DomainEvent:
        review_id, user_id, course_id = self.new_id(), self.person(), self.course()
        self.reviews[review_id] = (user_id, course_id)
        return ReviewPosted(
            review_id=review_id,
            user_id=user_id,
            course_id=course_id,
            rating=self.chance.randint(1, 5),
            posted_at=self.moment,
        )

    def revise_review(self) -> DomainEvent | None:
        if not self.reviews:
            return None
        review_id = self.chance.choice(list(self.reviews))
        user_id, course_id = self.reviews[review_id]
        if self.chance.random() < 0.3:
            del self.reviews[review_id]
            return ReviewRemoved(
                review_id=review_id, user_id=user_id, course_id=course_id, removed_at=self.moment
            )
        return ReviewChanged(
            review_id=review_id,
            user_id=user_id,
            course_id=course_id,
            rating=self.chance.randint(1, 5),
            changed_at=self.moment,
        )


def expected_figures(history: Iterable[DomainEvent]) -> Figures:  # noqa: PLR0912 - a branch per event
    """What a history amounts to when it is read in the order in which it happened and was published."""
    figures = Figures()
    ratings: dict[UUID, tuple[UUID, int]] = {}

    def course(course_id: UUID) -> CourseCounts:
        return figures.courses.setdefault(course_id, CourseCounts())

    def user(user_id: UUID) -> UserCounts:
        return figures.users.setdefault(user_id, UserCounts())

    def day(moment: datetime) -> DayCounts:
        return figures.days.setdefault(moment.date(), DayCounts())

    for event in history:
        match event:
            case UserRegistered():
                user(event.user_id).roles = sorted(event.roles)
                day(event.registered_at).registrations += 1
            case RolesChanged():
                user(event.user_id).roles = sorted(event.roles)
            case CoursePublished():
                published = course(event.course_id)
                published.title, published.owner_id, published.is_published = (
                    event.title,
                    event.owner_id,
                    True,
                )
            case CourseChanged():
                course(event.course_id).title = event.title
                course(event.course_id).owner_id = event.owner_id
            case CourseUnpublished():
                course(event.course_id).is_published = False
            case OrderPaid():
                user(event.buyer_id).actions += 1
                day(event.paid_at).orders += 1
                for line in event.lines:
                    _book(figures, line, event.paid_at.date())
                    course(line.course_id).revenue_units += Decimal(line.paid.amount) / 10**line.paid.decimals
            case Enrolled():
                course(event.course_id).enrollments += 1
                key = (event.course_id, event.enrolled_at.date())
                figures.course_days[key] = figures.course_days.get(key, 0) + 1
                user(event.user_id).actions += 1
                day(event.enrolled_at).enrollments += 1
            case LessonCompleted():
                user(event.user_id).actions += 1
                day(event.completed_at).lessons_completed += 1
            case CourseCompleted():
                course(event.course_id).completions += 1
                day(event.completed_at).courses_completed += 1
            case ReviewPosted():
                course(event.course_id)
                ratings[event.review_id] = (event.course_id, event.rating)
                user(event.user_id).actions += 1
                day(event.posted_at).reviews += 1
            case ReviewChanged():
                ratings[event.review_id] = (event.course_id, event.rating)
            case ReviewRemoved():
                del ratings[event.review_id]
    for course_id, rating in ratings.values():
        course(course_id).rating_count += 1
        course(course_id).rating_sum += rating
    return figures


def _book(figures: Figures, line: PaidLine, day: date) -> None:
    currency = line.paid.currency
    revenue, earnings = figures.earnings.get((line.course_id, line.seller_id, currency), (0, 0))
    figures.earnings[line.course_id, line.seller_id, currency] = (
        revenue + line.paid.amount,
        earnings + line.seller_share.amount,
    )
    gross, instructors = figures.day_earnings.get((day, currency), (0, 0))
    figures.day_earnings[day, currency] = (
        gross + line.paid.amount,
        instructors + line.seller_share.amount,
    )
