"""Which of the courses that a search finds come first, and what is searched for when there are none."""

from collections.abc import Callable
from uuid import UUID

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.domain.searches import read_search
from skillwise_catalog.models import Course
from skillwise_catalog.selectors.storefront import searching
from skillwise_catalog.selectors.storefront.listing import listed_editions
from skillwise_catalog.services.lifecycle import publish_course
from skillwise_catalog.testing import make_course
from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
ADMIN = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


@pytest.fixture
def found(student: ApiClient) -> Callable[[str], list[str]]:
    """`found("rye bread")`: the titles that the list answers, in its order."""

    def answer(text: str) -> list[str]:
        response = student.get(COURSES, {"search": text})
        assert response.status_code == 200, response.content
        return [course["title"] for course in student.json(response)["results"]]

    return answer


def make_courses(*courses: tuple[str, int], **fields: str) -> None:
    """Courses of these titles, which so many people take."""
    for title, count in courses:
        course = make_course(title=title, subtitle="", **fields)
        catalog.set_enrollment_count(course_id=course.id, count=count)


def test_the_title_that_was_searched_for_comes_before_popular_ones_that_hold_it(
    found: Callable[[str], list[str]],
) -> None:
    make_courses(("Success", 1), ("Career Success", 900_000), ("Success and Success in Business", 900_000))

    assert found("success")[0] == "Success"
    assert found("SUCCESS")[0] == "Success"


def test_a_title_comes_before_longer_ones_that_say_the_words_twice(found: Callable[[str], list[str]]) -> None:
    make_courses(
        ("Introduction to Machine Learning", 100),
        ("An Introduction to Tools for Vision, Machine Learning, Deep Learning and Robot Learning", 150),
    )

    assert found("machine learning")[0] == "Introduction to Machine Learning"


def test_what_two_languages_stem_differently_counts_once(found: Callable[[str], list[str]]) -> None:
    make_courses(("Introduction to Data Science", 100), language="en")
    make_courses(("Introducción a Data Science", 100), language="es")

    assert found("data science")[0] == "Introduction to Data Science"


def test_words_count_most_in_titles_then_subtitles_instructors_outcomes_and_descriptions(
    found: Callable[[str], list[str]], people: Callable[[str], UUID]
) -> None:
    make_course(title="Description", description="Of rye, and of rye.")
    outcomes = make_course(title="Outcomes", published=False)
    Course.objects.filter(id=outcomes.id).update(outcomes=["You bake rye"])
    publish_course(actor=ADMIN, course_id=outcomes.id, now=clock.now())
    make_course(title="Instructor", owner_id=people("Ada Rye"))
    make_course(title="Subtitle", subtitle="Of rye")
    make_course(title="Rye")

    assert found("rye") == ["Rye", "Subtitle", "Instructor", "Outcomes", "Description"]


def test_of_titles_with_a_word_that_begins_so_the_short_one_comes_first(
    found: Callable[[str], list[str]],
) -> None:
    make_courses(("Photography and Nine Other Things that Somebody may Learn", 200), ("Photography", 100))

    assert found("photog") == ["Photography", "Photography and Nine Other Things that Somebody may Learn"]


@pytest.mark.parametrize("text", ["byron", '"ada byron"', "byron jam"])
def test_who_teaches_a_course_is_found_among_more_popular_ones_that_mention_the_name(
    people: Callable[[str], UUID], text: str
) -> None:
    hers = make_course(title="Jam", owner_id=people("Ada Byron"))
    for number in range(4):
        course = make_course(title=f"Loaf {number}", description="Jam, as Ada Byron makes it.")
        catalog.set_enrollment_count(course_id=course.id, count=900)

    page = searching.ranked_page(listed_editions(), read_search(text), searching.Place(), 1, head_size=2)

    assert [hit.course_id for hit in page.hits] == [hers.id]


@pytest.mark.parametrize("text", ['"lovelace rye"', '"bread ada"', '"breads ada"'])
def test_no_phrase_reaches_from_a_title_to_who_teaches_it(people: Callable[[str], UUID], text: str) -> None:
    make_course(title="Rye breads", owner_id=people("Ada Lovelace"))

    assert not searching.headed(listed_editions(), read_search(text)).exists()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("excel sk", "Excel Skills"),
        ("guitar lessons", "Guitar for Beginners"),
        ("intro to statistics", "Introduction to Statistics"),
        ("gutiar beginers", "Guitar for Beginners"),
    ],
)
def test_where_nothing_has_all_of_the_words_the_others_are_looked_for(
    found: Callable[[str], list[str]], text: str, title: str
) -> None:
    make_courses(("Excel Skills", 1), ("Guitar for Beginners", 1), ("Introduction to Statistics", 1))

    assert found(text) == [title]
