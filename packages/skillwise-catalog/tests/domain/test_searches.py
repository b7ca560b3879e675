"""What was meant by what was typed."""

import pytest
from skillwise_catalog.domain.searches import Search, nearest_word, read_search


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("pyton", {"python": 30, "photon": 90}, "python"),
        ("excell", {"excel": 2, "excellence": 1}, "excel"),
        ("intro", {"into": 5, "introduction": 90}, "introduction"),
        ("intr", {"intro": 1, "introduction": 90}, "introduction"),
        ("lessons", {"letters": 50, "sessile": 3}, None),
        ("rye", {"rye": 1}, "rye"),
    ],
)
def test_the_nearest_word_takes_the_fewest_letters_and_a_beginning_is_as_near_as_one_wrong(
    written: str, known: dict[str, int], meant: str | None
) -> None:
    assert nearest_word(written, known.items()) == meant


@pytest.mark.parametrize(
    ("text", "nearest", "corrected"),
    [
        ("pyton basics", {"pyton": "python", "basics": "basics"}, "python basics"),
        ("guitar lessons", {"guitar": "guitar", "lessons": None}, "guitar"),
        ("excel sk", {"excel": "excel"}, "excel"),
        ('"guitar lesons" -bass', {"guitar": "guitar", "lesons": "lessons"}, '"guitar lessons"'),
    ],
)
def test_words_are_replaced_left_out_where_none_is_near_and_when_they_are_hardly_begun(
    text: str, nearest: dict[str, str | None], corrected: str
) -> None:
    search = read_search(text)

    assert search.corrected(nearest) == Search(corrected, search.excluded)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("guitar", {"guitar": "guitar"}), ("xylophone", {"xylophone": None}), ("go", {}), ("", {})],
)
def test_there_is_no_correction_that_changes_nothing_or_leaves_nothing(
    text: str, nearest: dict[str, str | None]
) -> None:
    assert read_search(text).corrected(nearest) is None


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("bread --self-study", Search("bread", "self-study", completes=True)),
        ("bread \u2013rye", Search("bread", "rye", completes=True)),
        ("bread (-rye", Search("bread (", "rye")),
        ("rye - and more", Search("rye   and more", completes=True)),
        ("self-study", Search("self-study", completes=True)),
        ('bread -"rye flour', Search('bread  "rye flour', completes=True)),
    ],
)
def test_hyphens_exclude_join_or_are_dashes(text: str, search: Search) -> None:
    assert read_search(text) == search


def test_what_is_left_out_leaves_no_hyphen_that_would_exclude_the_rest() -> None:
    assert read_search("xylo-bread").corrected({"xylo": None, "bread": "bread"}) == Search("bread")
