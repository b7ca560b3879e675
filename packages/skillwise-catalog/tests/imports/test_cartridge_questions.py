"""What a cartridge asks becomes questions of a quiz, and what is lost on the way is told."""

import pytest
from cartridges import BLANK, asked, assessment, cartridge, choices, equal, found, item, parsed, scored
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.domain.quizzes import Question


def quiz(*items: str) -> ParsedCourse:
    return parsed(cartridge(item("One", item("Quiz", to="quiz.xml")), **{"quiz.xml": assessment(*items)}))


def question(*items: str) -> Question:
    (only,) = quiz(*items).document.lessons
    assert only.quiz
    return only.quiz.questions[0]


def test_a_choice_of_one() -> None:
    feedback = '<material><mattext texttype="text/plain">Yeast.</mattext></material>'
    made = question(
        asked(
            "cc.multiple_choice.v0p1",
            text="&lt;p&gt;What &lt;b&gt;rises&lt;/b&gt;?&lt;/p&gt;",
            response=choices("Salt", "Dough", "a &lt; b"),
            right=scored(equal("c1")) + scored(equal("c0"), 0),
            weight="3.0",
            after=f'<itemfeedback ident="general_fb"><flow_mat>{feedback}</flow_mat></itemfeedback>',
        )
    )

    assert (made.kind.value, made.text, made.points, made.explanation) == (
        "single",
        "What **rises**?",
        3,
        "Yeast.",
    )
    assert [(choice.text, choice.is_correct) for choice in made.choices] == [
        ("Salt", False),
        ("Dough", True),
        ("a \\< b", False),
    ]


def test_several_choices() -> None:
    right = scored(f"<and>{equal('c0')}<not>{equal('c1')}</not>{equal('c2')}</and>")
    made = question(
        asked(
            "cc.multiple_response.v0p1",
            text="Which?",
            response=choices("Flour", "Sand", "Salt", cardinality="Multiple"),
            right=right,
        )
    )

    assert made.kind.value == "multiple"
    assert [choice.is_correct for choice in made.choices] == [True, False, True]


@pytest.mark.parametrize(("right", "is_true"), [("c0", True), ("c1", False)])
def test_true_or_false(right: str, is_true: bool) -> None:
    made = question(
        asked("cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal(right)))
    )

    assert (made.kind.value, made.is_true) == ("true_false", is_true)


@pytest.mark.parametrize("profile", ["cc.fib.v0p1", "cc.pattern_match.v0p1"])
def test_a_blank_accepts_all_that_scores(profile: str) -> None:
    course = quiz(
        asked(
            profile,
            text="What?",
            response=BLANK,
            right=scored(f"<or>{equal('Brot')}{equal('bread', 'Yes')}</or>") + scored(equal("stone"), 0),
        )
    )

    (only,) = course.document.lessons
    assert only.quiz
    assert only.quiz.questions[0].accepted == ("Brot", "bread")
    assert found(course.notes.changed) == [("item", "case_ignored", "quiz.xml#q")]


@pytest.mark.parametrize(
    ("profile", "response", "right", "reason"),
    [
        ("cc.essay.v0p1", BLANK, "", "unsupported"),
        ("", BLANK, "", "unsupported"),
        (
            "cc.pattern_match.v0p1",
            BLANK,
            scored('<varsubstring respident="r">bre</varsubstring>'),
            "unsupported",
        ),
        ("cc.fib.v0p1", BLANK * 2, scored(equal("a")), "unsupported"),
        ("cc.fib.v0p1", BLANK, scored(equal("a"), 0), "invalid"),
        ("cc.multiple_choice.v0p1", choices("a", "b") * 2, scored(equal("c0")), "unsupported"),
        ("cc.multiple_choice.v0p1", choices("a", "b"), "", "invalid"),
        (
            "cc.multiple_response.v0p1",
            choices("a", "b"),
            scored(f"<or>{equal('c0')}{equal('c1')}</or>"),
            "unsupported",
        ),
        (
            "cc.multiple_choice.v0p1",
            choices("a", "b"),
            scored(equal("c0")).replace(">100<", ">half<"),
            "unsupported",
        ),
    ],
)
def test_a_question_that_does_not_map_is_reported(
    profile: str, response: str, right: str, reason: str
) -> None:
    good = asked(
        "cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal("c0"))
    )
    course = quiz(asked(profile, text="What?", response=response, right=right), good)

    (only,) = course.document.lessons
    assert only.quiz
    assert len(only.quiz.questions) == 1
    assert found(course.notes.left_out) == [("item", reason, "quiz.xml#q")]


def test_part_of_the_points_is_lost_and_told() -> None:
    right = scored(equal("c0"), 50, "Add") + scored(equal("c2"), 50, "Add")
    course = quiz(
        asked(
            "cc.multiple_response.v0p1",
            text="Which?",
            response=choices("a", "b", "c", cardinality="Multiple"),
            right=right,
        )
    )

    (only,) = course.document.lessons
    assert only.quiz
    assert [choice.is_correct for choice in only.quiz.questions[0].choices] == [True, False, True]
    assert found(course.notes.changed) == [("item", "partial_credit", "quiz.xml#q")]


def test_questions_drawn_at_random_are_all_asked() -> None:
    good = asked(
        "cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal("c0"))
    )
    number = "<selection><selection_number>1</selection_number></selection>"
    course = quiz(f"<section><selection_ordering>{number}</selection_ordering>{good * 2}</section>")

    (only,) = course.document.lessons
    assert only.quiz
    assert len(only.quiz.questions) == 2
    assert found(course.notes.changed) == [("assessment", "randomised", "quiz.xml")]


def test_an_assessment_without_a_question_is_left_out() -> None:
    course = quiz()

    assert course.document.lessons == ()
    assert found(course.notes.left_out) == [("assessment", "empty", "quiz.xml")]
