"""Hypothesis strategies for the ways in which Markdown may name a file."""

from typing import Final

from hypothesis import strategies as st

__all__ = ["FILE_ID", "references", "scraps"]

FILE_ID: Final = "0197c4d2-e001-7c3e-8f5a-6b7c8d9e0f10"


def _spelt(letter: str) -> st.SearchStrategy[str]:
    numbered = [f"&#{ord(letter)};", f"&#{ord(letter):07};", f"&#x{ord(letter):X};", f"&#X{ord(letter):06x};"]
    escaped = [f"\\{letter}"] if letter in "-:" else []
    named = ["&colon;"] if letter == ":" else []
    return st.one_of(st.just(letter), st.sampled_from([letter, *numbered, *escaped, *named]))


#: `media:<FILE_ID>`, each character of it plain or disguised.
references: Final[st.SearchStrategy[str]] = st.tuples(*map(_spelt, f"media:{FILE_ID}")).map("".join)

#: What may stand where a reference does: pieces of some, and of what disguises them.
scraps: Final[st.SearchStrategy[str]] = st.lists(
    st.one_of(
        references,
        references.map(str.upper),
        st.sampled_from(
            ["media", ":", FILE_ID, "&colon;", "&#58;", "&#5", "8;", "&#", "&", ";", "\\", "\n", "é"]
        ),
    ),
    max_size=6,
).map("".join)
