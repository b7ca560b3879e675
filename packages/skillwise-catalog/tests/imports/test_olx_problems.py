"""Problems of Open edX become questions of a quiz, or are left out with the reason."""

from decimal import Decimal

import pytest
from olx_packages import html, lessons, olx, parsed, reasons
from skillwise_catalog.domain.quizzes import Question, QuestionKind
from skillwise_catalog.dto import LessonKind


def questions(*problems: str) -> tuple[Question, ...]:
    (lesson,) = lessons(*problems)
    assert lesson.quiz
    return lesson.quiz.questions


def question(problem: str) -> Question:
    (only,) = questions(f"<problem>{problem}</problem>")
    return only


def test_problems_that_follow_each_other_are_one_quiz() -> None:
    one = '<problem><stringresponse answer="a" type="ci"><label>A?</label></stringresponse></problem>'

    found = lessons(one, one, html("<p>Then.</p>"), one)

    assert [(lesson.kind, len(lesson.quiz.questions) if lesson.quiz else 0) for lesson in found] == [
        (LessonKind.QUIZ, 2),
        (LessonKind.ARTICLE, 0),
        (LessonKind.QUIZ, 1),
    ]


def test_a_multiple_choice_has_its_one_right_choice_and_its_explanation() -> None:
    asked = question(
        "<p>Look.</p><multiplechoiceresponse><label>Which?</label><choicegroup>"
        '<choice correct="false">Salt <choicehint>No!</choicehint></choice>'
        '<choice correct="true"><b>Yeast</b></choice></choicegroup></multiplechoiceresponse>'
        "<solution><p>Explanation</p><p>It lives.</p></solution>"
    )

    assert (asked.kind, asked.text, asked.explanation) == (
        QuestionKind.SINGLE,
        "Look.\n\nWhich?",
        "It lives.",
    )
    assert [(choice.text, choice.is_correct) for choice in asked.choices] == [
        ("Salt", False),
        ("**Yeast**", True),
    ]


def test_checkboxes_are_a_question_of_several_right_choices() -> None:
    asked = question(
        '<choiceresponse><checkboxgroup><choice correct="true">A</choice><choice correct="true">B</choice>'
        '<choice correct="false">C</choice></checkboxgroup></choiceresponse>'
    )

    assert asked.kind is QuestionKind.MULTIPLE
    assert [choice.is_correct for choice in asked.choices] == [True, True, False]


def test_true_and_false_are_a_question_of_their_own() -> None:
    asked = question(
        '<multiplechoiceresponse><label>Hot?</label><choicegroup><choice correct="true">True</choice>'
        '<choice correct="false">False</choice></choicegroup></multiplechoiceresponse>'
    )

    assert (asked.kind, asked.is_true) == (QuestionKind.TRUE_FALSE, True)


@pytest.mark.parametrize(
    "dropdown",
    [
        """<optioninput options="('Rye','Spelt')" correct="Spelt"/>""",
        (
            '<optioninput><option correct="False">Rye</option><option correct="True">Spelt'
            "<optionhint>Yes</optionhint></option></optioninput>"
        ),
    ],
)
def test_a_dropdown_is_a_choice_of_one(dropdown: str) -> None:
    asked = question(f"<optionresponse><label>Which?</label>{dropdown}</optionresponse>")

    assert asked.kind is QuestionKind.SINGLE
    assert [(choice.text, choice.is_correct) for choice in asked.choices] == [("Rye", False), ("Spelt", True)]


def test_dropdowns_within_a_text_are_asked_one_by_one_with_a_blank_in_its_place() -> None:
    one = """<optionresponse><optioninput options="('a','b')" correct="a"/></optionresponse>"""

    first, second = questions(f"<problem><p>Rye {one} then {one}.</p></problem>")

    assert first.text.replace("\\", "") == "Rye ____ then ."
    assert second.text.replace("\\", "") == "Rye  then ____."


def test_a_short_text_accepts_every_answer_that_the_problem_did() -> None:
    asked = question(
        '<stringresponse answer="Doc" type="ci"><additional_answer answer="Happy"/></stringresponse>'
    )

    assert (asked.kind, asked.accepted) == (QuestionKind.SHORT_TEXT, ("Doc", "Happy"))


@pytest.mark.parametrize(
    ("answer", "param", "number", "tolerance"),
    [
        ("600", '<responseparam type="tolerance" default="5"/>', "600", "5"),
        ("600", '<responseparam type="tolerance" default="1%"/>', "600", "6"),
        ("-200", '<responseparam type="tolerance" default="10%"/>', "-200", "20"),
        ("600", "", "600", "0.006"),
        ("[2, 5]", "", "3.5", "1.5"),
    ],
)
def test_a_number_is_right_within_its_tolerance(answer: str, param: str, number: str, tolerance: str) -> None:
    asked = question(f'<numericalresponse answer="{answer}"><label>N?</label>{param}</numericalresponse>')

    assert (asked.kind, asked.answer, asked.tolerance) == (
        QuestionKind.NUMERIC,
        Decimal(number),
        Decimal(tolerance),
    )


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        ('<script type="loncapa/python">x = 1</script><numericalresponse answer="1"/>', "scripted"),
        ('<numericalresponse answer="$x"/>', "scripted"),
        ('<numericalresponse answer="2*pi"/>', "unsupported"),
        ('<stringresponse answer="a.*" type="regexp"/>', "unsupported"),
        ('<customresponse cfn="f"/>', "unsupported"),
        ("<p>Nothing to answer.</p>", "unsupported"),
        ("""<optionresponse><optioninput options="(a," correct="a"/></optionresponse>""", "invalid"),
        ("<choiceresponse><checkboxgroup><choice>A</choice></checkboxgroup></choiceresponse>", "invalid"),
    ],
)
def test_a_problem_that_no_question_can_ask_is_left_out_with_the_reason(problem: str, reason: str) -> None:
    course = parsed(olx(f'<problem display_name="P">{problem}</problem>'))

    assert course.document.lessons == ()
    assert reasons(course.notes.left_out) == [("problem", reason)]
    assert course.notes.left_out[0].title == "P"


def test_hints_are_reported_and_not_shown() -> None:
    course = parsed(
        olx(
            '<problem><stringresponse answer="a" type="ci"><label>A?</label></stringresponse>'
            "<demandhint><hint>Say a.</hint></demandhint></problem>"
        )
    )

    quiz = course.document.lessons[0].quiz
    assert quiz
    assert quiz.questions[0].text == "A?"
    assert reasons(course.notes.changed) == [("problem", "hints")]


def test_random_problems_are_all_asked_and_that_is_reported() -> None:
    one = '<problem><stringresponse answer="a" type="ci"><label>A?</label></stringresponse></problem>'
    course = parsed(olx(f"<library_content max_count='1'>{one}{one}</library_content>"))

    quiz = course.document.lessons[0].quiz
    assert quiz
    assert len(quiz.questions) == 2
    assert reasons(course.notes.changed) == [("library_content", "randomised")]
