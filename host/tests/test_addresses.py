"""What answers where, in one process: documents, pages and their files, errors, health."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from skillwise_kernel.testing.client import ApiClient

MISSION = (
    "/api/v1/auth/register/",
    "/api/v1/auth/login/",
    "/api/v1/courses/",
    "/api/v1/courses/{course_id}/",
    "/api/v1/enrollments/",
    "/api/v1/progress/",
    "/api/v1/payments/create/",
    "/api/v1/instructors/dashboard/",
    "/api/v1/reviews/",
    "/api/v1/admin/analytics/",
)


def test_the_document_is_openapi_3_0_3_and_has_every_endpoint_of_the_mission(api: ApiClient) -> None:
    response = api.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})

    document = api.json(response)
    assert document["openapi"] == "3.0.3"
    assert set(MISSION) <= set(document["paths"])
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_the_documents_pages_need_nothing_from_elsewhere(path: str, client: Client) -> None:
    response = client.get(path)

    page = response.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert response.status_code == 200
    assert sources
    assert all(source.startswith("/") for source in sources), sources
    files = [source for source in sources if source.startswith("/static/")]
    assert files
    for source in files:
        answer = client.get(source)
        assert answer.status_code == 200, source
        assert answer.getvalue()


def test_the_front_door_leads_to_the_documents(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"] == "/api/docs/"


@pytest.mark.django_db
def test_the_back_office_asks_who_is_there(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert response.status_code == 200
    assert "SkillWise" in response.content.decode()
    assert response.redirect_chain == [("/admin/login/?next=/admin/", 302)]


def test_an_unknown_address_is_answered_with_a_problem_document(api: ApiClient) -> None:
    response = api.get("/api/v1/nowhere/")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")
    assert api.json(response)["code"] == "not_found"


def test_every_answer_names_its_request(api: ApiClient) -> None:
    response = api.get("/health/live", headers={"X-Request-ID": "of-the-caller-1"})

    assert response["X-Request-ID"] == "of-the-caller-1"


@pytest.mark.django_db
def test_readiness_names_what_is_asked(api: ApiClient) -> None:
    response = api.get("/health/ready")

    assert response.status_code == 200
    assert api.json(response)["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "cache": "ok",
        "broker": "ok",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey_down")
def test_without_valkey_it_is_ready_but_says_what_is_down(api: ApiClient) -> None:
    response = api.get("/health/ready")

    assert response.status_code == 200
    assert api.json(response)["status"] == "degraded"
    assert api.json(response)["checks"]["cache"].startswith("down")


@pytest.mark.django_db
def test_the_demonstration_loads_and_loading_it_again_changes_nothing(
    api: ApiClient, deliver_events: Callable[[], int]
) -> None:
    from django.core.management import call_command

    call_command("load_demo")
    deliver_events()
    first = api.json(api.get("/api/v1/courses/?page_size=100"))

    call_command("load_demo")
    deliver_events()

    again = api.json(api.get("/api/v1/courses/?page_size=100"))
    assert len(first["results"]) >= 12
    assert again == first
