"""A Markdown renderer that gives up on text made to keep it busy.

Some marks are looked at again and again: brackets that are never closed, quotes and pictures within one
another, tables of rows that say nothing. A few hundred thousand characters of them take a renderer seconds,
or minutes. It counts what it tries, and how much it may try goes by the length of the text. Counted, not
timed: what becomes of a text is the same on every machine.
"""

from collections.abc import Callable, MutableMapping
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

__all__ = ["TooIntricateError", "limit_effort", "render_within_limit"]

#: Attempts for each character. Prose takes a twentieth of one, a list of links a half, formulas or lines of
#: one character two.
_PER_CHARACTER: Final = 3
#: What a text has besides, so that a short one may be as dense as it likes.
_ALLOWANCE: Final = 1_000
#: Looking for a link's end is so much more than another attempt.
_LINK: Final = 3
#: So is a table's cell that the row does not have.
_MISSING_CELL: Final = 4
#: Beginnings of links and pictures.
_OPENINGS: Final = {"link": "[", "image": "!["}
_LEFT: Final = "effort_left"

Environment = MutableMapping[str, Any]
InlineRule = Callable[[StateInline, bool], bool]
BlockRule = Callable[[StateBlock, int, int, bool], bool]


class TooIntricateError(Exception):
    """Rendering the text would take out of all proportion to its length."""


def limit_effort(renderer: MarkdownIt) -> MarkdownIt:
    """The same renderer, counting. All that it renders is rendered by `render_within_limit`."""
    inline = {rule.name: rule.fn for rule in renderer.inline.ruler.__rules__}
    block = {rule.name: rule for rule in renderer.block.ruler.__rules__}
    # the first to be tried wherever there may be a mark, and wherever a line may begin something
    renderer.inline.ruler.at("text", _counted(inline["text"]))
    renderer.block.ruler.at("fence", _counted_line(block["fence"].fn), {"alt": block["fence"].alt})
    for name, opening in _OPENINGS.items():
        renderer.inline.ruler.at(name, _counted_link(inline[name], opening))
    renderer.block.ruler.at("table", _counted_table(block["table"].fn), {"alt": block["table"].alt})
    return renderer


def render_within_limit(renderer: MarkdownIt, text: str) -> str:
    """Raises `TooIntricateError`."""
    rendered: str = renderer.render(text, {_LEFT: _ALLOWANCE + _PER_CHARACTER * len(text)})
    return rendered


def _counted(rule: InlineRule) -> InlineRule:
    def counted(state: StateInline, silent: bool) -> bool:
        _spend(state.env, 1)
        return rule(state, silent)

    return counted


def _counted_line(rule: BlockRule) -> BlockRule:
    def counted(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        _spend(state.env, 1)
        return rule(state, start, end, silent)

    return counted


def _counted_link(rule: InlineRule, opening: str) -> InlineRule:
    """An address that stands in a definition is written once and copied for each link to it."""

    def counted(state: StateInline, silent: bool) -> bool:
        start, tokens = state.pos, len(state.tokens)
        if not state.src.startswith(opening, start):
            return False
        _spend(state.env, _LINK)
        if not rule(state, silent):
            return False
        for token in state.tokens[tokens : tokens + 2]:  # what stood before it may be first
            copied = sum(len(str(value)) for value in token.attrs.values())
            _spend(state.env, max(copied - (state.pos - start), 0))
        return True

    return counted


def _counted_table(rule: BlockRule) -> BlockRule:
    def counted(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        silently, aloud = True, False
        if not rule(state, start, end, silently):
            return False
        if silent:
            return True
        columns = _line(state, start + 1).strip("|").count("|") + 1
        for number in range(start + 2, end):
            line = _line(state, number)
            if not line:
                break
            _spend(state.env, 1 + _MISSING_CELL * max(columns - line.count("|") - 1, 0))
        return rule(state, start, end, aloud)

    return counted


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()


def _spend(env: Environment, attempts: int) -> None:
    env[_LEFT] -= attempts
    if env[_LEFT] < 0:
        raise TooIntricateError
