"""Facets, suggestions, related courses, sparse answers, misspelt words, changes, and what takes too long."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from skillwise_catalog import api as catalog
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.errors import SyncCursorExpiredError
from skillwise_catalog.models import Category, Course, SearchTerm
from skillwise_catalog.selectors.storefront import facets, searching
from skillwise_catalog.selectors.storefront.changes import Mark, changes_since
from skillwise_catalog.services.categories import rename_category
from skillwise_catalog.services.lifecycle import publish_course, unpublish_course
from skillwise_catalog.services.projection import rename_instructor
from skillwise_catalog.services.search_terms import weigh_search_terms
from skillwise_catalog.testing import make_course
from skillwise_identity.models import User
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
SYNC = "/api/v1/sync/catalog/"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ADMIN = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


@pytest.fixture
def read(student: ApiClient) -> Callable[..., Any]:
    """`read("facets/", search="bread")`: what is answered below `courses/`."""

    def answer(path: str = "", **params: Any) -> Any:
        response = student.get(f"{COURSES}{path}", params)
        assert response.status_code == 200, response.content
        return student.json(response)

    return answer


def tagged(*tags: str, **fields: Any) -> CourseSummary:
    course = make_course(published=False, now=NOW, **fields)
    Course.objects.filter(id=course.id).update(tags=list(tags))
    publish_course(actor=ADMIN, course_id=course.id, now=NOW)
    return course


def titles(answer: Any) -> list[str]:
    return [course["title"] for course in answer["results"]]


# Searching


@pytest.mark.parametrize(
    ("language", "title", "search"),
    [
        ("en", "Managing Projects", "project management"),
        ("es", "Fundamentos de las finanzas", "finanza"),
        ("pt-BR", "Cursos de Fotografia", "curso fotografias"),
        ("ru", "Основы программирования", "основа программирование"),
    ],
)
def test_a_word_is_found_in_any_form_that_it_takes_in_its_language(
    read: Callable[..., Any], language: str, title: str, search: str
) -> None:
    make_course(title=title, language=language)

    assert titles(read(search=search)) == [title]


def test_the_last_word_may_be_the_beginning_of_one(read: Callable[..., Any]) -> None:
    make_course(title="Sourdough at home")

    assert titles(read(search="home sourd")) == ["Sourdough at home"]


def test_words_that_no_course_has_are_taken_for_misspelt_ones(read: Callable[..., Any]) -> None:
    make_course(title="Photography for Beginners")
    make_course(title="Geography")

    for misspelt in ("fotography", "photograhpy", "photograpy begginers"):
        assert titles(read(search=misspelt)) == ["Photography for Beginners"]
        assert titles(read(search=misspelt, ordering="title")) == ["Photography for Beginners"]
    assert titles(read(search="xylophone")) == []


def test_of_equal_titles_the_popular_one_comes_first(read: Callable[..., Any]) -> None:
    popular = make_course(title="Rye bread", now=NOW)
    for _ in range(3):
        make_course(title="Rye bread")
    catalog.set_enrollment_count(course_id=popular.id, count=900)

    assert read(search="rye")["results"][0]["id"] == str(popular.id)


def test_pages_behind_the_ranked_head_hold_each_course_once_in_both_directions(
    read: Callable[..., Any], student: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "HEAD", 3)
    for number in range(11):
        title, subtitle = ("Rye bread", "-") if number % 4 == 0 else ("Loaf", "With rye")
        course = make_course(title=title, subtitle=subtitle)
        catalog.set_enrollment_count(course_id=course.id, count=number // 2)

    pages = [read(search="rye", page_size=2)]
    while link := pages[-1]["next"]:
        pages.append(student.json(student.get(link)))
    back = [pages[-1]]
    while link := back[-1]["previous"]:
        back.append(student.json(student.get(link)))

    seen = [course["id"] for page in pages for course in page["results"]]
    assert len(seen) == len(set(seen)) == 11
    assert titles(pages[0]) == ["Rye bread", "Rye bread"]
    assert {course["id"] for page in back for course in page["results"]} == set(seen)


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


# Facets


def choices(answer: Any, facet: str) -> dict[str, int]:
    return {choice["value"]: choice["count"] for choice in answer["facets"][facet]["choices"]}


def test_facets_count_what_each_choice_would_leave(read: Callable[..., Any]) -> None:
    tagged("rye", title="A", level="beginner", category=("Kitchen", "Bread"), price=Money(0, "USD"))
    tagged("rye", "oven", title="B", level="advanced", category=("Kitchen", "Bread"))
    rated = tagged(title="C", level="advanced", category=("Kitchen",), language="pt-BR")
    catalog.set_course_rating(course_id=rated.id, average=None, count=0)

    answer = read("facets/")
    assert (answer["total"], answer["exact"]) == (3, True)
    assert choices(answer, "category") == {"kitchen": 3, "bread": 2}
    assert choices(answer, "tags") == {"rye": 2, "oven": 1}
    assert choices(answer, "level") == {"advanced": 2, "beginner": 1}
    assert choices(answer, "language") == {"en": 2, "pt": 1, "pt-BR": 1}
    assert choices(answer, "is_free") == {"false": 2, "true": 1}
    assert answer["facets"]["category"]["choices"][0]["name"] == "Kitchen"


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


# Suggestions


def test_suggestions_complete_titles_tags_categories_and_instructors(
    read: Callable[..., Any], people: Callable[[str], UUID]
) -> None:
    owner = people("Brenda Baker")
    tagged("brewing", title="Learn to bake bread", owner_id=owner)

    found = {(one["kind"], one["text"]) for one in read("suggest/", q="bre")["results"]}

    assert found == {
        ("course", "Learn to bake bread"),
        ("tag", "brewing"),
        ("category", "Bread"),
        ("instructor", "Brenda Baker"),
    }
    assert read("suggest/", q="no such thing")["results"] == []
    assert [one["kind"] for one in read("suggest/", q="lerning baek")["results"]] == ["course"]
    assert [one["kind"] for one in read("suggest/", q="baake")["results"]] == ["course"]


def test_terms_are_weighed_and_forgotten_by_night() -> None:
    tagged("rye", title="Loaf")
    leaving = tagged("rye", "spelt", title="Pumpernickel")
    assert SearchTerm.objects.filter(kind="tag").count() == 2

    unpublish_course(actor=ADMIN, course_id=leaving.id, now=NOW)
    tagged("rye", title="Loaf again")
    weigh_search_terms()

    assert dict(SearchTerm.objects.filter(kind="tag").values_list("text", "weight")) == {"rye": 2}
    assert not SearchTerm.objects.filter(key="pumpernickel").exists()


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


# Changes


def synchronised(
    api: ApiClient, since: str | None = None, *, until: Callable[[set[str], set[str]], bool]
) -> tuple[set[str], set[str], str | None]:
    """What changed: titles, removed ids, and where to go on. Changes wait for every transaction in the
    cluster, those of tests beside this one too.
    """
    shown: set[str] = set()
    removed: set[str] = set()
    for _ in range(60):
        answer = api.json(api.get(SYNC, {"page_size": 2} | ({"since": since} if since else {})))
        shown |= {course["title"] for course in answer["courses"]}
        removed |= set(answer["removed"])
        since = answer["next"]
        if not answer["has_more"] and until(shown, removed):
            break
        time.sleep(0 if answer["has_more"] else 1)
    return shown, removed, since


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_catalogue_follows_what_changes(api: ApiClient) -> None:
    first, second, third = (make_course(title=title) for title in ("First", "Second", "Third"))
    unpublish_course(actor=ADMIN, course_id=third.id, now=NOW)

    shown, removed, since = synchronised(api, until=lambda shown, removed: len(shown) == 2)
    assert shown == {"First", "Second"}
    assert removed <= {str(third.id)}  # whoever begins before it left may be told

    catalog.set_enrollment_count(course_id=first.id, count=7)
    unpublish_course(actor=ADMIN, course_id=second.id, now=NOW)
    make_course(title="Fourth")
    shown, removed, since = synchronised(
        api, since, until=lambda shown, removed: "Fourth" in shown and str(second.id) in removed
    )
    assert shown == {"Fourth"}
    assert removed - {str(third.id)} == {str(second.id)}
    assert synchronised(api, since, until=lambda shown, removed: True)[:2] == (set(), set())


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another connection, in a transaction of its own."""
    other = connections["default"].copy()
    other.set_autocommit(False)
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_not_passed_over(api: ApiClient, elsewhere: Any) -> None:
    late = make_course(title="Late")
    since = synchronised(api, until=lambda shown, removed: bool(shown))[2]
    with elsewhere.cursor() as cursor:
        cursor.execute(
            "UPDATE skillwise_catalog_edition SET card = replace(card, 'Late', 'Better late')"
            " WHERE course_id = %s",
            [late.id],
        )
    make_course(title="Sooner")

    before, _, since = synchronised(api, since, until=lambda shown, removed: True)
    elsewhere.commit()
    after, _, _ = synchronised(api, since, until=lambda shown, removed: len(shown) == 2)

    assert before == set()
    assert after == {"Better late", "Sooner"}


@pytest.mark.django_db(transaction=True)
def test_a_cursor_that_leads_nowhere_says_to_begin_anew(api: ApiClient) -> None:
    make_course()
    since = api.json(api.get(SYNC))["next"]
    known = Mark(cluster=1, begun=0)

    with pytest.raises(SyncCursorExpiredError):
        changes_since(known, columns=(), limit=1)
    for wrong in ("made-up", since[:-1] + ("A" if since[-1] != "A" else "B")):
        refused = api.get(SYNC, {"since": wrong})
        assert (refused.status_code, api.json(refused)["code"]) == (410, "catalog.sync_cursor_expired")


# What takes too long


def test_what_takes_the_database_too_long_is_refused(student: ApiClient) -> None:
    make_course()

    def slowly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with context["cursor"].connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
        return execute("SELECT pg_sleep(30)", None, many, context)

    with connection.execute_wrapper(slowly):
        answer = student.get(COURSES, {"search": "bread"})

    assert (answer.status_code, student.json(answer)["code"]) == (503, "catalog.search_too_costly")
    assert answer["Retry-After"]
