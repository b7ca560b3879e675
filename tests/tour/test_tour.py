"""The four use cases, played twice by the command that shows them to newcomers, on a stack of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from skillwise_host.tour import TourFailedError
from skillwise_host.tour.traveller import Traveller

SKILLWISE = Path(sys.executable).with_name("skillwise")


def skillwise(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SKILLWISE, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("stack")
    up = skillwise("up", "--detach", "--fast", "--port", "0", "--data", folder)
    assert up.returncode == 0, up.stdout + up.stderr
    yield folder
    assert skillwise("down", "--data", folder).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_tour_shows_all_four_use_cases(stack: Path, time: str) -> None:
    tour = skillwise("tour", "--data", stack)

    assert tour.returncode == 0, tour.stdout[-4000:] + tour.stderr
    assert "✗" not in tour.stdout
    assert "All four use cases showed what they must." in tour.stdout


def test_a_step_that_does_not_show_its_point_fails_the_tour(traveller: Traveller) -> None:
    with pytest.raises(TourFailedError, match="the order is paid"):
        traveller.check("the order is paid", shown=False)


def test_an_answer_with_another_status_fails_the_tour(traveller: Traveller) -> None:
    with pytest.raises(TourFailedError, match="answered 404, not 200"):
        traveller.get("/nothing/")


def test_nobody_but_our_own_api_is_shown_a_token(traveller: Traveller) -> None:
    traveller.token = "secret"

    assert traveller.get("/echo/")["authorization"] == "Bearer secret"
    assert traveller.get("http://elsewhere.example/echo/")["authorization"] is None


@pytest.fixture
def traveller() -> Traveller:
    """Somebody at an API that knows one path."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/echo/":
            return httpx.Response(200, json={"authorization": request.headers.get("Authorization")})
        return httpx.Response(404, json={"code": "not_found"})

    http = httpx.Client(base_url="http://api.example", transport=httpx.MockTransport(answer))
    return Traveller("somebody", "cyan", http, Console(quiet=True))
