"""What is another between two courses, told as a person would."""

from dataclasses import replace
from uuid import UUID

from course_documents import course_documents
from hypothesis import given
from skillwise_catalog.domain.differences import CourseDifference, differences
from skillwise_catalog.domain.documents import CourseDocument, LessonDocument, ModuleDocument, read_document
from skillwise_catalog.domain.quizzes import read_quiz
from skillwise_catalog.dto import ChangeKind, LessonKind
from skillwise_kernel.money import Money


def lesson(number: int, title: str = "Lesson", **fields: object) -> LessonDocument:
    values = {"id": UUID(int=number), "title": title, "kind": LessonKind.ARTICLE, "article": "Text."}
    return LessonDocument(**{**values, **fields})  # type: ignore[arg-type]


def course(*modules: tuple[int, list[LessonDocument]], **fields: object) -> CourseDocument:
    return CourseDocument(
        title="Bread",
        modules=tuple(
            ModuleDocument(id=UUID(int=number), title=f"Module {number}", lessons=tuple(lessons))
            for number, lessons in modules
        ),
        **fields,  # type: ignore[arg-type]
    )


def lesson_changes(difference: CourseDifference) -> dict[int, list[str]]:
    return {part.id.int: [change.value for change in part.changes] for part in difference.lessons}


@given(course_documents, course_documents)
def test_two_courses_differ_in_nothing_exactly_when_they_are_equal(
    one: CourseDocument, other: CourseDocument
) -> None:
    assert bool(differences(one, other)) == (one != other)
    assert not differences(one, read_document(one.as_json()))


@given(course_documents, course_documents)
def test_what_comes_one_way_goes_the_other(one: CourseDocument, other: CourseDocument) -> None:
    there, back = differences(one, other), differences(other, one)

    for parts, reverse in ((there.modules, back.modules), (there.lessons, back.lessons)):
        added = {part.id for part in parts if part.changes == (ChangeKind.ADDED,)}
        removed = {part.id for part in reverse if part.changes == (ChangeKind.REMOVED,)}
        assert added == removed
    assert {field.name for field in there.fields} == {field.name for field in back.fields}


def test_fields_tell_what_they_were_and_are() -> None:
    before = course(price=Money(2900, "USD"), tags=("bread",))
    after = replace(before, price=Money(0, "EUR"), tags=("bread", "flour"))

    changes = {field.name: (field.before, field.after) for field in differences(before, after).fields}

    assert changes == {
        "price": ({"amount": 2900, "currency": "USD"}, {"amount": 0, "currency": "EUR"}),
        "tags": (["bread"], ["bread", "flour"]),
    }


def test_prose_is_compared_line_by_line() -> None:
    before = course((1, [lesson(1, article="Flour.\nWater.\nSalt.")]), description="Old.")
    after = course((1, [lesson(1, article="Flour.\nMilk.\nSalt.")]), description="New.")

    difference = differences(before, after)

    assert difference.fields[0].diff == "--- before\n+++ after\n@@ -1 +1 @@\n-Old.\n+New."
    (change,) = difference.lessons
    assert change.fields[0].diff is not None
    assert "-Water.\n+Milk.\n Salt." in change.fields[0].diff


def test_a_text_of_thousands_of_lines_is_not_compared_line_by_line() -> None:
    before, after = course(description="a\n" * 3000), course(description="b\n" * 3000)

    (change,) = differences(before, after).fields

    assert (change.diff, change.after) == (None, after.description)


def test_lessons_are_added_removed_renamed_moved_and_changed() -> None:
    before = course((1, [lesson(1), lesson(2), lesson(3)]), (2, [lesson(4), lesson(5)]))
    after = course(
        (1, [lesson(6), lesson(1, "New title"), lesson(3, article="Another.")]), (2, [lesson(4), lesson(2)])
    )

    assert lesson_changes(differences(before, after)) == {
        6: ["added"],
        1: ["renamed"],
        3: ["changed"],
        2: ["moved"],
        5: ["removed"],
    }


def test_of_lessons_in_another_order_the_fewest_have_moved() -> None:
    before = course((1, [lesson(number) for number in (1, 2, 3, 4, 5)]))
    after = course((1, [lesson(number) for number in (5, 1, 2, 3, 4)]))

    assert lesson_changes(differences(before, after)) == {5: ["moved"]}


def test_modules_in_another_order_have_moved_and_their_lessons_have_not() -> None:
    before = course((1, [lesson(1)]), (2, [lesson(2)]))
    after = course((2, [lesson(2)]), (1, [lesson(1)]))

    difference = differences(before, after)

    assert [part.changes for part in difference.modules] == [(ChangeKind.MOVED,)]
    assert difference.lessons == ()


def test_a_quiz_that_writes_a_number_another_way_is_the_same_quiz() -> None:
    def quiz(answer: str) -> LessonDocument:
        question = {"id": str(UUID(int=9)), "kind": "numeric", "text": "How many?", "answer": answer}
        return lesson(1, article="", kind=LessonKind.QUIZ, quiz=read_quiz({"questions": [question]}))

    assert not differences(course((1, [quiz("1.0")])), course((1, [quiz("1.00")])))
    assert lesson_changes(differences(course((1, [quiz("1")])), course((1, [quiz("2")])))) == {1: ["changed"]}
