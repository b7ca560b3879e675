"""What may be somebody's name."""

import json
from pathlib import Path

import pytest
from skillwise_identity.domain.people import MAX_NAME_LENGTH, clean_name, clean_roles, normalise_email
from skillwise_identity.errors import InvalidNameError, InvalidRolesError
from skillwise_identity.models import User
from skillwise_identity.testing import PASSWORD, sent_mails

SHARED = [folder / "shared/data/text/naughty-strings.json" for folder in Path(__file__).parents]
NAUGHTY_STRINGS = next((path for path in SHARED if path.exists()), None)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("Ada", "Ada"),
        ("  Ada \t  Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("林 則徐", "林 則徐"),
        ("محمد بن موسى", "محمد بن موسى"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_a_name_is_kept_as_people_write_it(given, stored):
    assert clean_name(given) == stored


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\u200b",
        "\u200b\u2060\ufeff",
        "Ada\x00",
        "Ada\x07",
        "\u202eadA",
        "x" * (MAX_NAME_LENGTH + 1),
    ],
)
def test_what_nobody_could_read_is_no_name(name):
    with pytest.raises(InvalidNameError):
        clean_name(name)


def test_a_new_line_in_a_name_becomes_a_space():
    assert clean_name("Ada\r\nBcc: everybody@example.org") == "Ada Bcc: everybody@example.org"


def test_roles_are_kept_once_and_in_order():
    assert clean_roles(["instructor", "student", "instructor"]) == ["student", "instructor"]


@pytest.mark.parametrize("roles", [[], ["king"], ["student", "king"]])
def test_roles_are_known_ones_and_at_least_one(roles):
    with pytest.raises(InvalidRolesError):
        clean_roles(roles)


def test_an_address_keeps_its_local_part_and_folds_its_domain():
    assert normalise_email(" Ada.L@Example.ORG ") == "Ada.L@example.org"


@pytest.mark.skipif(NAUGHTY_STRINGS is None, reason="the list of naughty strings is not at hand")
@pytest.mark.django_db
def test_no_naughty_string_breaks_a_registration_or_its_mail(api, settings):
    unlimited = {"DEFAULT_THROTTLE_RATES": {"guest": None, "auth_register": None}}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | unlimited
    names = json.loads(NAUGHTY_STRINGS.read_bytes())
    accepted = 0
    for number, name in enumerate(names):
        response = api.post(
            "/api/v1/auth/register/",
            {"email": f"n{number}@example.org", "password": PASSWORD, "full_name": name},
        )

        assert response.status_code in {201, 400, 422}, name
        if response.status_code == 201:
            accepted += 1
            stored = User.objects.get(email=f"n{number}@example.org").full_name
            assert stored == clean_name(name) == api.json(response)["full_name"]
    mails = sent_mails()
    assert len(mails) == accepted > len(names) / 2
    for mail in mails:
        mail.message().as_bytes()
        assert "\n" not in mail.subject
        assert "<script" not in mail.alternatives[0].content.lower()
