"""Assessments of a cartridge as quiz questions.

They are QTI 1.2.1 as section 4.9 of https://www.imsglobal.org/cc/ccv1p3/imscc_Implementation-v1p3.html
narrows it down: each item names its profile, `cc.multiple_choice.v0p1` and the like.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from skillwise_catalog.domain.imports.lessons import Lost, UnmappableError, choosing, question_text
from skillwise_catalog.domain.imports.markup import FindFile
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.domain.quizzes import MAX_POINTS, Question, read_quiz
from skillwise_catalog.errors import QuizRefusedError

__all__ = ["ReadItem", "read_items"]

_RESPONSES: Final = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")
_GENERAL_FEEDBACK: Final = frozenset({"general_fb", "solution"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """`lost` pairs a reason with what it is about; without a `question` its last says why there is none."""

    id: str
    title: str
    question: Question | None
    lost: tuple[Lost, ...]


def read_items(assessment: Element, *, find_file: FindFile) -> Iterator[ReadItem]:
    """Each item of an assessment, namespaces removed."""
    for item in assessment.iter("item"):
        reader = _Reader(item, find_file)
        question = reader.question()
        yield ReadItem(
            id=item.get("ident") or "",
            title=item.get("title") or "",
            question=question,
            lost=tuple(dict.fromkeys(reader.lost)),
        )


class _Reader:
    def __init__(self, item: Element, find_file: FindFile) -> None:
        self._item = item
        self._find_file = find_file
        self._metadata = {
            (field.findtext("fieldlabel") or "").strip(): (field.findtext("fieldentry") or "").strip()
            for field in item.iter("qtimetadatafield")
        }
        self.lost: list[Lost] = []

    def question(self) -> Question | None:
        try:
            written = self._answers()
            written["text"] = self._text() or self._item.get("title") or "Question"
            written["explanation"] = self._explanation()
            written["points"] = self._points()
            return read_quiz({"questions": [written]}).questions[0]
        except UnmappableError as exc:
            self.lost.append((exc.reason, str(exc)))
        except QuizRefusedError as exc:
            self.lost.append((Reason.INVALID, " ".join(problem.detail for problem in exc.fields)))
        except RecursionError:
            self.lost.append((Reason.UNREADABLE, ""))
        return None

    def _answers(self) -> dict[str, Any]:
        """The question's kind and what is right."""
        profile = self._metadata.get("cc_profile", "")
        match profile.removeprefix("cc.").partition(".v")[0]:
            case "multiple_choice" | "true_false":
                return choosing(self._choices())
            case "multiple_response":
                if next(self._item.iter("or"), None) is not None:
                    raise UnmappableError(Reason.UNSUPPORTED, "Several combinations are right.")
                return {"kind": "multiple", "choices": self._choices()}
            case "fib" | "pattern_match":
                return self._short_text()
        raise UnmappableError(
            Reason.UNSUPPORTED, f"We have no question for {profile or 'an item without profile'}."
        )

    def _choices(self) -> list[dict[str, Any]]:
        if len(list(self._item.iter("response_lid"))) != 1:
            raise UnmappableError(Reason.UNSUPPORTED, "There is not just one thing to choose.")
        right = self._right_choices()
        return [
            {"text": self._markdown(label), "is_correct": label.get("ident") in right}
            for label in self._item.iter("response_label")
        ]

    def _right_choices(self) -> set[str]:
        """Those that score most; of what is to be chosen together, all."""
        scores = [(score, condition) for condition in self._scoring() if (score := _score(condition)) > 0]
        adds = any(setvar.get("action") == "Add" for setvar in self._item.iter("setvar"))
        best = max((score for score, _ in scores), default=0)
        if (adds and len(scores) > 1) or any(score < best for score, _ in scores):
            self.lost.append((Reason.PARTIAL_CREDIT, "What gave part of the points gives none."))
        right = [condition for score, condition in scores if adds or score == best]
        return {(equal.text or "").strip() for condition in right for equal in _wanted(condition)}

    def _short_text(self) -> dict[str, Any]:
        if len(list(self._item.iter("response_str"))) != 1:
            raise UnmappableError(Reason.UNSUPPORTED, "There is not just one blank.")
        scoring = [condition for condition in self._scoring() if _score(condition) > 0]
        if any(next(condition.iter("varsubstring"), None) is not None for condition in scoring):
            raise UnmappableError(Reason.UNSUPPORTED, "What is accepted is a pattern.")
        accepted = [equal for condition in scoring for equal in _wanted(condition)]
        if any((equal.get("case") or "").strip().lower() == "yes" for equal in accepted):
            self.lost.append((Reason.CASE_IGNORED, "Capital and small letters are the same to us."))
        return {
            "kind": "short_text",
            "accepted": list(dict.fromkeys((equal.text or "").strip() for equal in accepted)),
        }

    def _scoring(self) -> Iterator[Element]:
        return self._item.iter("respcondition")

    def _text(self) -> str:
        presentation = self._item.find("presentation")
        return self._markdown(presentation) if presentation is not None else ""

    def _explanation(self) -> str:
        explanations = []
        for feedback in self._item.iter("itemfeedback"):
            if feedback.find("solution") is not None or feedback.get("ident") in _GENERAL_FEEDBACK:
                explanations.append(self._markdown(feedback))
            elif self._markdown(feedback):
                self.lost.append((Reason.HINTS, "What was said to single answers is not shown."))
        return "\n\n".join(filter(None, explanations))

    def _points(self) -> int:
        written = self._metadata.get("cc_weighting") or self._metadata.get("points_possible") or "1"
        try:
            points = round(float(written))
        except (ValueError, OverflowError):
            return 1
        return points if 1 <= points <= MAX_POINTS else 1

    def _markdown(self, element: Element) -> str:
        """The material within, but for that of what is answered."""
        parts = "\n".join(_html(material) for material in _material(element))
        return question_text(parts, find_file=self._find_file, lost=self.lost)


def _material(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in {"mattext", "matimage"}:
            yield child
        elif child.tag not in _RESPONSES:
            yield from _material(child)


def _html(material: Element) -> str:
    if material.tag == "matimage":
        return f'<p><img src="{html.escape(material.get("uri") or "")}"/></p>'
    text = "".join(material.itertext())
    is_html = (material.get("texttype") or "").strip().lower() == "text/html"
    return f"<div>{text if is_html else html.escape(text)}</div>"


def _score(condition: Element) -> float:
    """What an answer that meets it scores; 0 for what only gives feedback."""
    try:
        return max((float(setvar.text or 0) for setvar in condition.iter("setvar")), default=0)
    except ValueError:
        raise UnmappableError(Reason.UNSUPPORTED, "The score is computed.") from None


def _wanted(element: Element) -> Iterator[Element]:
    """What is to be answered; not what must not be."""
    for child in element:
        if child.tag == "varequal":
            yield child
        elif child.tag != "not":
            yield from _wanted(child)
