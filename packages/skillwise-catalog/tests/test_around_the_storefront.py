"""What stands around the list: more filters, facets, related courses, and which members an answer has."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.domain.searches import read_search
from skillwise_catalog.models import Category, Edition
from skillwise_catalog.rest import facets as rest_facets
from skillwise_catalog.selectors.storefront import facets, searching
from skillwise_catalog.selectors.storefront.listing import listed_editions
from skillwise_catalog.services.categories import rename_category
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.services.projection import rename_instructor
from skillwise_catalog.testing import make_course
from skillwise_identity.models import User
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from storefront import ADMIN, COURSES, NOW, tagged, titles

pytestmark = pytest.mark.django_db


# Filtering


def test_tags_instructors_durations_and_changes_are_filters(
    read: Callable[..., Any], people: Callable[[str], UUID]
) -> None:
    owner = people("Ada Lovelace")
    tagged("rye", "oven", title="Both", owner_id=owner)
    tagged("rye", title="One")
    make_course(
        title="Long",
        lessons=[{"title": "V", "kind": "video", "video_url": "https://v.example/", "duration": 9_000}],
    )

    assert titles(read(tags="rye", ordering="title")) == ["Both", "One"]
    assert titles(read(tags="Rye, oven")) == ["Both"]
    assert titles(read(instructor=owner)) == ["Both"]
    assert titles(read(duration_min=1_000)) == ["Long"]
    assert titles(read(duration_max=1_000, ordering="title")) == ["Both", "One"]
    assert titles(read(updated_since="2026-11-24T10:00:00Z")) == ["Long"]


def test_popularity_is_an_order(read: Callable[..., Any]) -> None:
    for title, count in [("Some", 5), ("None", 0), ("Many", 900)]:
        catalog.set_enrollment_count(course_id=make_course(title=title).id, count=count)

    assert titles(read(ordering="-popularity")) == ["Many", "Some", "None"]
    assert titles(read(ordering="popularity")) == ["None", "Some", "Many"]


# What an answer holds


def test_an_answer_has_the_members_that_are_asked_for(read: Callable[..., Any]) -> None:
    course = make_course()

    (card,) = read(fields="title,rating")["results"]
    assert set(card) == {"id", "title", "rating"}
    (card,) = read(include="modules,description")["results"]
    assert [module["title"] for module in card["modules"]] == ["Module 1"]
    assert card["description"] == "A loaf a week."
    assert set(read(f"{course.id}/", fields="title,description_html")) == {"id", "title", "description_html"}


def test_authors_too_get_the_members_that_they_ask_for(
    instructor: ApiClient, student: ApiClient, instructor_id: UUID
) -> None:
    path = f"{COURSES}{make_course(owner_id=instructor_id).id}/"

    asked = instructor.get(path, {"fields": "title,review_note"})

    assert instructor.json(asked).keys() == {"id", "title", "review_note"}
    assert asked["ETag"].partition("-")[0] == instructor.get(path)["ETag"].partition("-")[0]
    assert instructor.get(path, {"fields": "secret"}).status_code == 400
    assert student.get(path, {"fields": "title,review_note"}).status_code == 400


@pytest.mark.parametrize("parameter", ["fields", "include"])
def test_a_member_that_there_is_not_is_named(student: ApiClient, parameter: str) -> None:
    answer = student.get(COURSES, {parameter: "title,secret"})

    assert answer.status_code == 400
    assert student.json(answer)["errors"][0]["pointer"] == f"/{parameter}"


def test_a_course_is_read_by_its_slug_with_its_description_made_safe(
    read: Callable[..., Any], student: ApiClient
) -> None:
    course = make_course(description="**Rye** <script>alert(1)</script>")

    answer = read(f"{course.slug}/")

    assert answer == read(f"{course.id}/")
    assert "<strong>Rye</strong>" in answer["description_html"]
    assert "<script" not in answer["description_html"]
    assert student.get(f"{COURSES}no-such-course/").status_code == 404


def test_a_title_that_is_an_address_of_ours_gets_another_slug() -> None:
    assert make_course(title="Facets").slug == "facets-course"


def test_a_new_name_of_an_instructor_or_a_category_shows(
    read: Callable[..., Any], people: Callable[[str], UUID]
) -> None:
    owner = people("Ada Byron")
    make_course(owner_id=owner)
    User.objects.filter(id=owner).update(full_name="Ada Lovelace")

    rename_instructor(user_id=owner)
    rename_category(Category.objects.get(slug="bread"), name="Loaves")

    (card,) = read(search="lovelace")["results"]
    assert card["owner"]["display_name"] == card["instructors"][0]["display_name"] == "Ada Lovelace"
    assert card["category"]["name"] == "Loaves"
    assert [one["text"] for one in read("suggest/", q="ada")["results"]] == ["Ada Lovelace"]
    assert titles(read(search="lovelase")) == [card["title"]]


def test_a_course_is_headed_by_the_names_of_those_who_teach_it_now(
    instructor: ApiClient, instructor_id: UUID, people: Callable[[str], UUID]
) -> None:
    editor = people("Grace Hopper")
    course = make_course(owner_id=instructor_id, editor_ids=[editor])

    def heads(*names: str) -> list[bool]:
        return [searching.headed(listed_editions(), read_search(name)).exists() for name in names]

    assert heads("Lovelace", "Hopper", "Byron") == [True, True, False]
    assert instructor.delete(f"{COURSES}{course.id}/instructors/{editor}/").status_code == 200
    User.objects.filter(id=instructor_id).update(full_name="Ada Byron")
    rename_instructor(user_id=instructor_id)
    assert heads("Lovelace", "Hopper", "Byron") == [False, False, True]


# Facets


def choices(answer: Any, facet: str) -> dict[str, int]:
    return {choice["value"]: choice["count"] for choice in answer["facets"][facet]["choices"]}


def test_facets_count_what_each_choice_would_leave(read: Callable[..., Any]) -> None:
    tagged("rye", title="A", level="beginner", category=("Kitchen", "Bread"), price=Money(0, "USD"))
    tagged("rye", "oven", title="B", level="advanced", category=("Kitchen", "Bread"))
    rated = tagged(title="C", level="advanced", category=("Kitchen",), language="pt-BR")
    catalog.set_course_rating(course_id=rated.id, average=Decimal("4.2"), count=5)

    answer = read("facets/")
    assert (answer["total"], answer["exact"]) == (3, True)
    assert choices(answer, "category") == {"kitchen": 3, "bread": 2}
    assert choices(answer, "tags") == {"rye": 2, "oven": 1}
    assert choices(answer, "level") == {"advanced": 2, "beginner": 1}
    assert choices(answer, "language") == {"en": 2, "pt": 1, "pt-BR": 1}
    assert choices(answer, "is_free") == {"false": 2, "true": 1}
    assert choices(answer, "rating_min") == {"4.0": 1, "3.5": 1, "3.0": 1}
    assert answer["facets"]["category"]["choices"][0]["name"] == "Kitchen"


def test_instructors_are_counted_by_their_names(
    read: Callable[..., Any], people: Callable[[str], UUID]
) -> None:
    ada, grace = people("Ada Lovelace"), people("Grace Hopper")
    for owner in (ada, grace, ada):
        make_course(owner_id=owner)

    answer = read("facets/", instructor=str(ada))

    assert answer["total"] == 2
    assert answer["facets"]["instructor"]["choices"] == [
        {"value": str(ada), "name": "Ada Lovelace", "count": 2},
        {"value": str(grace), "name": "Grace Hopper", "count": 1},
    ]


def test_durations_are_counted_by_the_narrowest_bounds_that_leave_as_many(read: Callable[..., Any]) -> None:
    for hours in (0.5, 2, 2.5, 7):
        course = make_course()
        Edition.objects.filter(course_id=course.id).update(duration=int(hours * 3600))

    answer = read("facets/")

    assert choices(answer, "duration_min") == {"3600": 3, "21600": 1}
    assert choices(answer, "duration_max") == {"3600": 1, "10800": 3, "61200": 4}
    for facet in ("duration_min", "duration_max"):
        for value, count in choices(answer, facet).items():
            assert read("facets/", **{facet: value})["total"] == count
    assert choices(read("facets/", duration_min=3600), "duration_min") == {"3600": 3, "21600": 1}


def test_prices_are_counted_within_a_currency(read: Callable[..., Any]) -> None:
    for amount in (0, 999, 1999, 2000):
        tagged(title="A", price=Money(amount, "USD"))
    tagged(title="B", price=Money(50_000, "JPY"))

    answer = read("facets/", currency="USD")

    assert choices(answer, "price_max") == {"100": 1, "1000": 2, "2000": 4}
    assert choices(answer, "price_min") == {"2000": 1, "1000": 2, "500": 3}
    for facet in ("price_min", "price_max"):
        for value, count in choices(answer, facet).items():
            assert read("facets/", currency="USD", **{facet: value})["total"] == count
    chosen = read("facets/", currency="USD", price_max=1000)
    assert (chosen["total"], choices(chosen, "price_max")) == (2, choices(answer, "price_max"))
    assert choices(read("facets/"), "price_max") == choices(read("facets/"), "price_min") == {}


def test_currencies_are_counted_without_the_price_range_that_is_in_one(read: Callable[..., Any]) -> None:
    tagged(title="A", price=Money(2000, "USD"))
    tagged(title="B", price=Money(500, "USD"))
    tagged(title="C", price=Money(3000, "EUR"))

    answer = read("facets/", currency="USD", price_min=1000)

    assert answer["total"] == 1
    assert choices(answer, "currency") == {"USD": 2, "EUR": 1}


def test_a_filter_does_not_narrow_its_own_facet_down(read: Callable[..., Any]) -> None:
    tagged("rye", title="A", level="beginner")
    tagged("oven", title="B", level="advanced")

    answer = read("facets/", level="beginner")

    assert answer["total"] == 1
    assert choices(answer, "level") == {"advanced": 1, "beginner": 1}
    assert choices(answer, "tags") == {"rye": 1}


def test_many_courses_are_estimated_from_some(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "EXACT", 20)
    for number in range(60):
        make_course(lessons=1, level="beginner" if number % 2 else "advanced")

    answer = read("facets/")

    assert not answer["exact"]
    assert 30 <= answer["total"] <= 120
    assert sum(choices(answer, "level").values()) == pytest.approx(answer["total"], rel=0.1)


def test_bounds_that_are_estimated_alike_are_told_when_they_leave_different_courses(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = dict.fromkeys(["duration_min:3600", "duration_min:10800", "duration_min:21600"], 9900)
    seen = {"duration_min:3600": 1990, "duration_min:10800": 1980, "duration_min:21600": 1980}
    counted = facets.Counted(10_000, is_exact=False, terms=terms, seen=seen)
    monkeypatch.setattr(rest_facets, "count_terms", lambda *_args, **_options: counted)

    assert choices(read("facets/"), "duration_min") == {"3600": 9900, "21600": 9900}


# Companions


def test_related_courses_share_the_most_and_what_was_bought_too_is_handed_in(
    read: Callable[..., Any],
) -> None:
    course = tagged("rye", "oven", title="This")
    tagged("rye", "oven", title="Close")
    tagged("rye", title="Near", category=("Science",))
    gone = tagged("stars", title="Far", category=("Science",))
    bought = make_course(title="Bought", category=("Science",))
    catalog.set_also_bought(course_id=course.id, course_ids=[gone.id, bought.id])
    unpublish_course(actor=ADMIN, course_id=gone.id, now=NOW)

    answer = read(f"{course.id}/related/")

    assert [card["title"] for card in answer["related"]] == ["Close", "Near"]
    assert [card["title"] for card in answer["also_bought"]] == ["Bought"]
