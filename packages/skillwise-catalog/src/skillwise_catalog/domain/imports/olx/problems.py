"""Open edX problems as quiz questions.

The markup is that of https://docs.openedx.org/en/latest/educators/olx/problem-xml/; each response is a
question of its own.
"""

import ast
import copy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.etree.ElementTree import Element, tostring

from skillwise_catalog.domain.imports.lessons import Lost, UnmappableError, choosing, question_text
from skillwise_catalog.domain.imports.markup import FindFile
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.domain.quizzes import MAX_POINTS, Question, read_quiz
from skillwise_catalog.errors import QuizRefusedError

__all__ = ["ReadProblem", "read_problem"]

#: How far off capa lets a number be that says nothing of it (`default_tolerance`, 0.001 %).
_DEFAULT_TOLERANCE: Final = Decimal("0.00001")
_ASIDE: Final = frozenset(
    {"solution", "demandhint", "script", "style", "choicehint", "optionhint", "stringequalhint"}
    | {"correcthint", "compoundhint", "regexphint", "hintgroup", "responseparam", "additional_answer"}
)
_INPUTS: Final = frozenset(
    {"choicegroup", "checkboxgroup", "radiogroup", "truefalsegroup", "optioninput", "textline"}
    | {"formulaequationinput", "numericalinput"}
)
_HINTS: Final = ("demandhint", "choicehint", "optionhint", "stringequalhint", "correcthint", "compoundhint")
_BLANK: Final = "____"


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """`lost` pairs a reason with what it is about; without `questions` those are why there are none."""

    questions: tuple[Question, ...]
    lost: tuple[Lost, ...]


def read_problem(problem: Element, *, title: str, find_file: FindFile) -> ReadProblem:
    """The questions of a problem."""
    if _is_scripted(problem):
        return ReadProblem((), ((Reason.SCRIPTED, "The problem computes itself by a script."),))
    responses = [element for element in problem.iter() if str(element.tag).endswith("response")]
    if not responses:
        return ReadProblem((), ((Reason.UNSUPPORTED, "The problem asks for no response that we know."),))
    reader = _Reader(problem, responses, title, find_file)
    questions = [question for response in responses if (question := reader.question(response))]
    if questions and any(problem.find(f".//{hint}") is not None for hint in _HINTS):
        reader.lost.append((Reason.HINTS, "Hints are not shown."))
    return ReadProblem(tuple(questions), tuple(dict.fromkeys(reader.lost)))


class _Reader:
    def __init__(self, problem: Element, responses: list[Element], title: str, find_file: FindFile) -> None:
        self._problem = problem
        self._responses = responses
        self._title = title
        self._find_file = find_file
        self.lost: list[Lost] = []

    def question(self, response: Element) -> Question | None:
        try:
            written = self._answers(response)
            written["text"] = self._text(response) or self._title
            written["explanation"] = self._explanation(response)
            written["points"] = self._points()
            return read_quiz({"questions": [written]}).questions[0]
        except UnmappableError as exc:
            self.lost.append((exc.reason, str(exc)))
        except QuizRefusedError as exc:
            self.lost.append((Reason.INVALID, " ".join(problem.detail for problem in exc.fields)))
        return None

    def _answers(self, response: Element) -> dict[str, Any]:
        """The question's kind and what is right."""
        match response.tag:
            case "multiplechoiceresponse" | "truefalseresponse":
                return self._single(response)
            case "choiceresponse":
                return {"kind": "multiple", "choices": self._choices(response)}
            case "optionresponse":
                return self._option(response)
            case "stringresponse":
                return self._string(response)
            case "numericalresponse":
                return self._number(response)
        raise UnmappableError(Reason.UNSUPPORTED, f"We have no question for a {response.tag}.")

    def _single(self, response: Element) -> dict[str, Any]:
        choices = self._choices(response)
        several = sum(choice["is_correct"] for choice in choices) > 1
        return choosing(
            choices, kind="multiple" if several and response.tag == "truefalseresponse" else "single"
        )

    def _choices(self, response: Element) -> list[dict[str, Any]]:
        choices = list(response.iter("choice"))
        if any(choice.get("correct", "").lower() == "partial" for choice in choices):
            self.lost.append((Reason.PARTIAL_CREDIT, "A choice that gave part of the points gives none."))
        return [
            {"text": self._markdown(choice), "is_correct": choice.get("correct", "").lower() == "true"}
            for choice in choices
        ]

    def _option(self, response: Element) -> dict[str, Any]:
        inputs = list(response.iter("optioninput"))
        if len(inputs) != 1:
            raise UnmappableError(Reason.UNSUPPORTED, "A dropdown is not the only one of its response.")
        offered = inputs[0].get("options")
        if offered is None:
            choices = [
                {"text": self._markdown(option), "is_correct": option.get("correct", "").lower() == "true"}
                for option in inputs[0].iter("option")
            ]
        else:
            right = inputs[0].get("correct", "")
            choices = [{"text": text, "is_correct": text == right} for text in _options(offered)]
        return {"kind": "single", "choices": choices}

    def _string(self, response: Element) -> dict[str, Any]:
        kinds = response.get("type", "").lower().split()
        if "regexp" in kinds:
            raise UnmappableError(Reason.UNSUPPORTED, "What is accepted is a regular expression.")
        if "ci" not in kinds:
            self.lost.append((Reason.CASE_IGNORED, "Capital and small letters are the same to us."))
        others = [answer.get("answer") or answer.text or "" for answer in response.iter("additional_answer")]
        return {"kind": "short_text", "accepted": [response.get("answer", ""), *others]}

    def _number(self, response: Element) -> dict[str, Any]:
        if response.find("additional_answer") is not None:
            raise UnmappableError(Reason.UNSUPPORTED, "Several numbers are accepted.")
        if response.get("partial_credit"):
            self.lost.append((Reason.PARTIAL_CREDIT, "An answer that gave part of the points gives none."))
        written = response.get("answer", "").strip()
        if written[:1] == "[" and written[-1:] == "]" and written.count(",") == 1:
            low, high = (_decimal(end) for end in written[1:-1].split(","))
            return {
                "kind": "numeric",
                "answer": str((low + high) / 2),
                "tolerance": str(abs(high - low) / 2),
            }
        answer = _decimal(written)
        return {"kind": "numeric", "answer": str(answer), "tolerance": _tolerance(response, answer)}

    def _text(self, response: Element) -> str:
        """What is asked: what stands between the response before and this one, or, where responses are set
        into a text or table, all of it with a blank where the answer goes.
        """
        siblings = list(self._problem)
        if len(siblings) == 1 and siblings[0].tag in {"text", "div"}:
            siblings = list(siblings[0])
        if all(response in siblings for response in self._responses):
            at = siblings.index(response)
            before = [index for index in range(at) if siblings[index] in self._responses]
            first = before[-1] + 1 if before else 0
            asked = siblings[first:at] + ([] if len(self._responses) > 1 else siblings[at + 1 :])
            lead = (self._problem.text or "") if first == 0 else (siblings[first - 1].tail or "")
            parts = [_plain(lead), *map(self._markdown, asked), self._markdown(response, inputs=True)]
            return "\n\n".join(part for part in parts if part)
        whole = copy.deepcopy(self._problem)
        marks = [element for element in whole.iter() if str(element.tag).endswith("response")]
        for mark, own in zip(marks, self._responses, strict=True):
            tail = mark.tail
            mark.clear()
            mark.tag, mark.text, mark.tail = "span", _BLANK if own is response else "", tail
        return self._markdown(whole)

    def _explanation(self, response: Element) -> str:
        own = list(response.iter("solution"))
        if not own:
            inner = {solution for other in self._responses for solution in other.iter("solution")}
            own = [solution for solution in self._problem.iter("solution") if solution not in inner]
        text = "\n\n".join(self._markdown(solution, aside=False) for solution in own)
        return text.removeprefix("Explanation").lstrip(":\n ")

    def _points(self) -> int:
        try:
            points = int(float(self._problem.get("weight") or 1))
        except (ValueError, OverflowError):
            return 1
        return points if len(self._responses) == 1 and 1 <= points <= MAX_POINTS else 1

    def _markdown(self, element: Element, *, inputs: bool = False, aside: bool = True) -> str:
        """The element's content; `inputs` leaves out what is clicked or typed into, `aside` what is not part
        of the question.
        """
        if aside and element.tag in _ASIDE:
            return ""
        shown = copy.deepcopy(element)
        shown.tail = None
        _prune(shown, (_ASIDE if aside else frozenset()) | (_INPUTS if inputs else frozenset()))
        if shown.tag not in {"p", "ul", "ol", "table", "pre", "img"}:
            shown.tag = "div"
        for label in shown.iter():
            if label.tag in {"label", "description", "legend"}:
                label.tag = "p"
        html = tostring(shown, encoding="unicode", method="html")
        return question_text(html, find_file=self._find_file, lost=self.lost)


def _is_scripted(problem: Element) -> bool:
    computes = any("javascript" not in script.get("type", "") for script in problem.iter("script"))
    return computes or any("$" in response.get("answer", "") for response in problem.iter())


def _prune(element: Element, unwanted: frozenset[str]) -> None:
    previous: Element | None = None
    for child in list(element):
        if child.tag in unwanted:
            if previous is None:
                element.text = (element.text or "") + (child.tail or "")
            else:
                previous.tail = (previous.tail or "") + (child.tail or "")
            element.remove(child)
        else:
            _prune(child, unwanted)
            previous = child


def _plain(text: str) -> str:
    return " ".join(text.split())


def _options(written: str) -> list[str]:
    """`('yellow','blue')`, as a Python tuple."""
    try:
        options = ast.literal_eval(written)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        options = None
    if isinstance(options, str):
        options = [options]
    if not isinstance(options, tuple | list) or not all(isinstance(option, str) for option in options):
        raise UnmappableError(Reason.INVALID, "A dropdown's options cannot be read.")
    return list(options)


def _decimal(written: str) -> Decimal:
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise UnmappableError(Reason.UNSUPPORTED, f"{written!r} is a formula, and no number.")
    return number


def _tolerance(response: Element, answer: Decimal) -> str:
    """Absolute: a per cent is one of the answer."""
    params = [param for param in response.iter("responseparam") if param.get("type") == "tolerance"]
    written = (params[0].get("default") or "").strip() if params else ""
    if not written:
        return str(abs(answer) * _DEFAULT_TOLERANCE)
    if written.endswith("%"):
        return str(abs(answer) * abs(_decimal(written[:-1])) / 100)
    return str(abs(_decimal(written)))
