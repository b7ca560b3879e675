"""Histories that could have happened, and what they amount to, told without a database."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from skillwise_catalog.events import CourseChanged, CoursePublished, CourseUnpublished
from skillwise_commerce.events import (
    DisputeClosed,
    DisputeOpened,
    OrderPaid,
    OrderRefunded,
    PaidLine,
    RefundedLine,
    RefundFailed,
    ShareOfLine,
)
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
        self.paid: list[OrderPaid] = []
        self.back: list[OrderRefunded | DisputeOpened] = []
        self.happenings = [
            self.register,
            self.change_roles,
            self.publish_course,
            self.change_course,
            self.unpublish_course,
            *[self.pay] * 2,
            *[self.give_back] * 2,
            self.return_what_went_back,
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
            paid = Money(self.chance.choice((0, self.chance.randint(1, 9999))), currency)
            tax, net = paid.allocate([self.chance.choice((0, 15)), 100])
            seller_id = self.courses[course_id]
            share = net.allocate([70, 30])[0]
            lines.append(
                PaidLine(
                    course_id=course_id,
                    seller_id=seller_id,
                    paid=paid,
                    seller_share=share,
                    tax=tax,
                    shares=self.shares(seller_id, share),
                )
            )
        order = OrderPaid(
            order_id=self.new_id(),
            buyer_id=self.person(),
            lines=tuple(lines),
            total=Money.total((line.paid for line in lines), currency),
            paid_at=self.moment,
        )
        self.paid.append(order)
        return order

    def shares(self, seller_id: UUID, whole: Money) -> tuple[ShareOfLine, ...]:
        """None, as events of before there were any; or the seller's and somebody else's."""
        others = [person for person in self.people if person != seller_id]
        if self.chance.random() < 0.5:
            return ()
        own, other = whole.allocate([60, 40])
        return (
            ShareOfLine(seller_id=seller_id, amount=own),
            ShareOfLine(seller_id=self.chance.choice(others), amount=other),
        )

    def give_back(self) -> DomainEvent | None:
        """A refund, or a dispute, of a part of what was paid."""
        if not self.paid:
            return None
        order = self.chance.choice(self.paid)
        part = self.chance.choice((1, 50, 100))
        lines = tuple(_part(line, part) for line in order.lines)
        total = Money.total((line.refunded for line in lines), order.total.currency)
        event: OrderRefunded | DisputeOpened
        if self.chance.random() < 0.5:
            event = OrderRefunded(
                refund_id=self.new_id(),
                order_id=order.order_id,
                buyer_id=order.buyer_id,
                lines=lines,
                total=total,
                refunded_at=self.moment,
            )
        else:
            event = DisputeOpened(
                dispute_id=self.new_id(),
                order_id=order.order_id,
                buyer_id=order.buyer_id,
                lines=lines,
                amount=total,
                reason="fraudulent",
                opened_at=self.moment,
            )
        self.back.append(event)
        return event

    def return_what_went_back(self) -> DomainEvent | None:
        if not self.back:
            return None
        event = self.back.pop(self.chance.randrange(len(self.back)))
        if isinstance(event, OrderRefunded):
            return RefundFailed(
                refund_id=event.refund_id,
                order_id=event.order_id,
                buyer_id=event.buyer_id,
                lines=event.lines,
                total=event.total,
                failed_at=self.moment,
            )
        is_won = self.chance.random() < 0.5
        return DisputeClosed(
            dispute_id=event.dispute_id,
            order_id=event.order_id,
            buyer_id=event.buyer_id,
            lines=event.lines if is_won else (),
            amount=event.amount,
            outcome="won" if is_won else "lost",
            closed_at=self.moment,
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


def expected_figures(history: Iterable[DomainEvent]) -> Figures:  # noqa: PLR0912, PLR0915 - a branch per event
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
            case OrderPaid() if event.total.amount:
                user(event.buyer_id).actions += 1
                day(event.paid_at).orders += 1
                for line in event.lines:
                    net = line.paid.amount - (line.tax.amount if line.tax else 0)
                    _book(figures, line, net, event.paid_at.date(), sign=1)
            case OrderRefunded() | DisputeOpened():
                moment = event.refunded_at if isinstance(event, OrderRefunded) else event.opened_at
                for back in event.lines:
                    net = back.refunded.amount - back.tax.amount
                    _book(figures, back, net, moment.date(), sign=-1)
            case RefundFailed() | DisputeClosed():
                moment = event.failed_at if isinstance(event, RefundFailed) else event.closed_at
                for back in event.lines:
                    net = back.refunded.amount - back.tax.amount
                    _book(figures, back, net, moment.date(), sign=1)
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


def _part(line: PaidLine, percent: int) -> RefundedLine:
    def of(money: Money) -> Money:
        return Money(money.amount * percent // 100, money.currency)

    return RefundedLine(
        course_id=line.course_id,
        seller_id=line.seller_id,
        refunded=of(line.paid),
        tax=of(line.tax) if line.tax else Money.zero(line.paid.currency),
        seller_share=of(line.seller_share),
        shares=tuple(
            ShareOfLine(seller_id=share.seller_id, amount=of(share.amount)) for share in line.shares
        ),
        is_whole=percent == 100,
    )


def _book(figures: Figures, line: PaidLine | RefundedLine, net: int, day: date, *, sign: int) -> None:
    currency = line.seller_share.currency
    earned = {share.seller_id: share.amount.amount for share in line.shares} or {
        line.seller_id: line.seller_share.amount
    }
    for person in {line.seller_id, *earned}:
        revenue, earnings = figures.earnings.get((line.course_id, person, currency), (0, 0))
        figures.earnings[line.course_id, person, currency] = (
            revenue + (sign * net if person == line.seller_id else 0),
            earnings + sign * earned.get(person, 0),
        )
    gross, instructors = figures.day_earnings.get((day, currency), (0, 0))
    figures.day_earnings[day, currency] = (
        gross + sign * net,
        instructors + sign * sum(earned.values()),
    )
    figures.courses.setdefault(line.course_id, CourseCounts()).revenue_units += (
        sign * Decimal(net) / 10 ** Money.zero(currency).decimals
    )
