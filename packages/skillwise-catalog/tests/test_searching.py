"""A search finds words in any form, begun or misspelt, suggests more, and is refused if it takes too long."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from skillwise_catalog import api as catalog
from skillwise_catalog.domain.searches import Search, read_search
from skillwise_catalog.models import SearchTerm
from skillwise_catalog.rest.lists import StorefrontPages
from skillwise_catalog.rest.views import access
from skillwise_catalog.selectors.storefront import searching
from skillwise_catalog.selectors.storefront.listing import listed_editions
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.services.search_terms import weigh_search_terms
from skillwise_catalog.testing import make_course
from skillwise_kernel.testing.client import ApiClient
from storefront import ADMIN, COURSES, NOW, tagged, titles

pytestmark = pytest.mark.django_db


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


def test_a_beginning_has_three_letters(read: Callable[..., Any]) -> None:
    make_course(title="Sourdough at home")

    assert titles(read(search="sou")) == ["Sourdough at home"]
    assert titles(read(search="so")) == []


def test_what_a_description_begins_with_is_searched(read: Callable[..., Any]) -> None:
    make_course(title="Sourdough at home", description=f"quinoa {'and so on ' * 148}spelt {'on ' * 20}teff")

    assert titles(read(search="quinoa")) == titles(read(search="spelt")) == ["Sourdough at home"]
    assert titles(read(search="teff")) == []


@pytest.mark.parametrize(
    ("title", "begun"),
    [("বাংলায় পাইথন", "পাইথ"), ("हिन्दी में गणित", "हिन्"), ("はじめての俳句", "はじ"), ("한국어 입문", "한국")],
)
def test_words_of_any_script_may_be_begun(read: Callable[..., Any], title: str, begun: str) -> None:
    make_course(title=title)

    assert titles(read(search=begun)) == [title]
    assert [one["text"] for one in read("suggest/", q=begun)["results"]] == [title]


@example(" --self-study")
@example(' --"rye flour')
@example(" (-self-study")
@given(st.text(alphabet="ab -\u2013\"()<>!&|:*'\\\n", max_size=24))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_can_be_asked(text: str) -> None:
    query, parameters = searching.written_query(read_search(f"bread {text}"))

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {query}", parameters)


@pytest.mark.parametrize(
    ("title", "search"),
    [
        ("এখনই শুরু।", "শুরু"),
        ("Apprendre\u00a0: l'essentiel", "apprendre"),
        ("Excel\u00a0avancé", "avancé"),
        ("「俳句」入門", "俳句"),
        ("تعلم البرمجة، خطوة خطوة", "البرمجة"),
        ("Bread•Butter", "butter"),
    ],
)
def test_punctuation_of_any_script_and_spaces_of_any_width_part_words(title: str, search: str) -> None:
    make_course(title=title, language="und")

    found = searching.matching(listed_editions(), Search(search))

    assert [edition.title for edition in found] == [title]


def test_words_of_any_script_may_be_misspelt(read: Callable[..., Any]) -> None:
    make_course(title="বাংলায় প্রোগ্রামিং")

    assert titles(read(search="প্রগ্রামিং")) == ["বাংলায় প্রোগ্রামিং"]


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


@pytest.mark.parametrize(
    "query",
    [
        "search=pumpernickel",
        "search=pumpernikel",
        "search=pumpernikel&ordering=title",
        "search=rye xx",
        "search=rye xx&ordering=title",
    ],
)
def test_no_page_of_a_search_takes_more_than_two_queries_misspelt_or_not(
    student: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
    query: str,
) -> None:
    monkeypatch.setattr(searching, "HEAD", 3)
    for number in range(7):
        course = make_course(title=f"Pumpernickel, a rye {number}")
        catalog.set_enrollment_count(course_id=course.id, count=number)

    addresses, seen = [f"{COURSES}?{query}&page_size=2"], set()
    for address in addresses:
        with django_assert_max_num_queries(2):
            page = student.json(student.get(address))
        addresses += [link for link in (page["next"], page["previous"]) if link and link not in addresses]
        seen |= {course["id"] for course in page["results"]}

    assert len(addresses) >= 6
    assert len(seen) == 7


def test_the_longest_page_of_a_misspelt_search_takes_two_queries(
    student: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    assert StorefrontPages.max_page_size < searching.HEAD
    monkeypatch.setattr(searching, "HEAD", 3)
    for number in range(4):
        make_course(title=f"Pumpernickel {number}")

    with django_assert_max_num_queries(2):
        page = student.json(student.get(COURSES, {"search": "pumpernikel", "page_size": 2}))

    assert len(page["results"]) == 2
    assert page["next"]


def test_what_rises_or_comes_within_the_head_hides_nothing_that_follows(
    read: Callable[..., Any], student: ApiClient
) -> None:
    courses = [make_course(title="Rye bread") for _ in range(6)]
    for place, course in enumerate(courses):
        catalog.set_enrollment_count(course_id=course.id, count=1000 - 100 * place)
    first = read(search="rye", page_size=3)

    risen = courses[5]
    catalog.set_enrollment_count(course_id=risen.id, count=5000)
    come = make_course(title="Rye bread")
    catalog.set_enrollment_count(course_id=come.id, count=6000)
    second = student.json(student.get(first["next"]))

    assert [course["id"] for course in first["results"]] == [str(course.id) for course in courses[:3]]
    assert [course["id"] for course in second["results"]] == [str(course.id) for course in courses[3:5]]


def test_a_page_that_is_empty_by_now_is_no_misspelt_search(
    read: Callable[..., Any], student: ApiClient
) -> None:
    soaked = [make_course(title="Sourdough", description="Of hydration.") for _ in range(2)]
    make_course(title="Sourdough pizza")
    first = read(search="sourdough hydration", ordering="title", page_size=1)
    (shown,) = first["results"]

    for course in soaked:
        if str(course.id) != shown["id"]:
            unpublish_course(actor=ADMIN, course_id=course.id, now=NOW)

    assert student.json(student.get(first["next"]))["results"] == []


def test_a_place_among_the_hits_of_one_search_is_none_among_anothers(
    read: Callable[..., Any], student: ApiClient
) -> None:
    for _ in range(3):
        make_course(title="Rye loaf")
    cursor = parse_qs(urlsplit(read(search="rye", page_size=1)["next"]).query)["cursor"][0]

    refused = student.get(COURSES, {"search": "loaf", "page_size": 1, "cursor": cursor})

    assert (refused.status_code, student.json(refused)["code"]) == (400, "invalid_cursor")
    assert student.get(COURSES, {"search": "rye", "page_size": 1, "cursor": cursor}).status_code == 200


def test_the_way_back_leaves_none_out_when_others_went_meanwhile(
    read: Callable[..., Any], student: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "HEAD", 3)
    courses = [make_course(title="Rye bread") for _ in range(8)]
    for number, course in enumerate(courses):
        catalog.set_enrollment_count(course_id=course.id, count=1000 - 100 * number)
    ids = [str(course.id) for course in courses]

    def page(link: str) -> tuple[list[str], Any]:
        found = student.json(student.get(link))
        return [course["id"] for course in found["results"]], found

    first = read(search="rye", page_size=2)
    second_ids, second = page(first["next"])
    third_ids, third = page(second["next"])
    assert [second_ids, third_ids] == [ids[2:4], ids[4:6]]

    for course in courses[6:]:  # all that follow
        unpublish_course(actor=ADMIN, course_id=course.id, now=NOW)
    empty_ids, empty = page(third["next"])
    back_ids, _ = page(empty["previous"])
    assert [empty_ids, back_ids] == [[], ids[4:6]]

    for course in courses[1:5]:  # all of the head but one, and more
        unpublish_course(actor=ADMIN, course_id=course.id, now=NOW)
    assert page(third["previous"])[0] == [ids[0], ids[5]]


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


def test_no_course_is_suggested_for_who_teaches_it(
    read: Callable[..., Any], people: Callable[[str], UUID]
) -> None:
    make_course(title="Loaf", owner_id=people("Brenda Baker"))

    assert [one["kind"] for one in read("suggest/", q="brenda")["results"]] == ["instructor"]


def test_terms_are_weighed_and_forgotten_by_night() -> None:
    tagged("rye", title="Loaf")
    leaving = tagged("rye", "spelt", title="Pumpernickel")
    assert SearchTerm.objects.filter(kind="tag").count() == 2

    unpublish_course(actor=ADMIN, course_id=leaving.id, now=NOW)
    tagged("rye", title="Loaf again")
    weigh_search_terms()

    assert dict(SearchTerm.objects.filter(kind="tag").values_list("text", "weight")) == {"rye": 2}
    assert not SearchTerm.objects.filter(key="pumpernickel").exists()


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


def test_all_that_one_request_asks_shares_its_time(
    student: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_TIME_LIMIT", 0.8)
    asked = []

    def slowly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        execute("SELECT pg_sleep(0.3)", None, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(slowly):
        answer = student.get(f"{COURSES}facets/", {"level": "beginner", "is_free": "true"})

    assert (answer.status_code, student.json(answer)["code"]) == (503, "catalog.search_too_costly")
    assert len(asked) == 3
