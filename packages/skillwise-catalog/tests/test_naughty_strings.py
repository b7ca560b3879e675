"""Whatever somebody types harms nobody: it is refused, or kept as it is and found again."""

import contextlib
import json
from pathlib import Path

import pytest
from skillwise_catalog.domain.searches import read_search
from skillwise_catalog.domain.text import TextRefusedError, clean_line
from skillwise_catalog.models import Course, Edition
from skillwise_catalog.selectors.storefront.searching import matching
from skillwise_catalog.services.courses import create_course
from skillwise_catalog.testing import make_course
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from storefront import COURSES, NOW

pytestmark = pytest.mark.django_db

NAUGHTY_STRINGS = Path(__file__).parents[4] / "shared/data/text/naughty-strings.json"


@pytest.fixture
def naughty_strings() -> list[str]:
    if not NAUGHTY_STRINGS.exists():
        pytest.skip(f"the shared naughty strings are not at {NAUGHTY_STRINGS}")
    strings: list[str] = json.loads(NAUGHTY_STRINGS.read_text())
    return strings


def test_naughty_strings_as_search_terms_and_titles_harm_nobody(
    api: ApiClient, naughty_strings: list[str]
) -> None:
    for text in naughty_strings[::8]:
        actor = api.as_actor(new_id(), roles=["instructor"])
        found = actor.get(COURSES, {"search": text})
        assert found.status_code in {200, 400}, (text, found.content)
        answer = actor.post(COURSES, {"title": text})
        assert answer.status_code in {201, 400}, (text, answer.content)


def test_what_is_accepted_of_naughty_strings_is_kept_and_found_again(naughty_strings: list[str]) -> None:
    kept = {}
    for text in naughty_strings:
        with contextlib.suppress(TextRefusedError):
            title = clean_line(text, max_length=200)
            kept[create_course(owner_id=new_id(), fields={"title": title}, now=NOW).id] = title

    assert len(kept) > 400
    assert dict(Course.objects.values_list("id", "title")) == kept


def test_naughty_strings_are_searched_for_without_harm(naughty_strings: list[str]) -> None:
    make_course(title="社會科學院語學研究所")

    for text in naughty_strings:
        assert matching(Edition.objects.all(), read_search(text.replace("\x00", ""))).count() >= 0
    assert matching(Edition.objects.all(), read_search("社會科學院語學研究所")).count() == 1
