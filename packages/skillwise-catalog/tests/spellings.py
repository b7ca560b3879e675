"""Hypothesis strategies for the ways in which Markdown may name a file."""

from typing import Final

from hypothesis import strategies as st

__all__ = ["FILE_ID", "references", "scraps"]

FILE_ID: Final = "0197c4d2-e001-7c3e-8f5a-6b7c8d9e0f10"


def _spelt(letter: str) -> st.SearchStrategy[str]:
    number = ord(letter)
    decimal = [f"&#{number};", f"&#{number:07};", f"&#{number:08};"]
    hexadecimal = [f"&#x{number:X};", f"&#X{number:06x};", f"&#x{number:08x};"]
    escaped = [f"\\{letter}"] if letter in "-:" else []
    named = ["&colon;"] if letter == ":" else []
    return st.one_of(st.just(letter), st.sampled_from([letter, *decimal, *hexadecimal, *escaped, *named]))


#: `media:<FILE_ID>`, each character of it plain or disguised.
references: Final[st.SearchStrategy[str]] = st.tuples(*map(_spelt, f"media:{FILE_ID}")).map("".join)

#: What may stand where a reference does: pieces of some, and of what disguises them.
scraps: Final[st.SearchStrategy[str]] = st.lists(
    st.one_of(
        references,
        references.map(str.upper),
        st.sampled_from(
            [
                "media",
                ":",
                FILE_ID,
                "&colon;",
                "&#58;",
                "&#5",
                "8;",
                "&#",
                "&",
                ";",
                "\\",
                "\n",
                "é",
                "med\u0131a",
                "med\u0130a",
            ]
        ),
    ),
    max_size=6,
).map("".join)
