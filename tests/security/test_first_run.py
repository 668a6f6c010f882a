"""The first-run page: only while there is nobody, only with the token of the server's screen."""

import pytest
from django.test import Client

from orgs.models import Region, User
from orgs.setup_token import setup_token
from tests.cast import COUNTY

FORM = {"username": "first.admin", "name": "首某人", "password": "首次设置的一句好记的密码", "token": ""}


@pytest.fixture
def nobody(db: None) -> None:
    """As on the first day: no people."""
    User.objects.all().delete()


def form(**changes: object) -> dict[str, object]:
    place = Region.objects.get(code=COUNTY)
    return FORM | {"place": place.pk, "token": setup_token()} | changes


def test_everything_leads_to_it_and_it_makes_the_first_administrator(client: Client, nobody: None) -> None:
    assert client.get("/")["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200
    assert client.post("/setup/", form()).status_code == 302
    assert (User.objects.get().role, client.get("/").status_code) == ("administrator", 200)
    assert client.get("/setup/").status_code == 404


@pytest.mark.parametrize(
    "changes", [{"token": "wrong"}, {"password": "短"}, {"place": ""}, {"username": "A b"}], ids=str
)
def test_nothing_is_made_of_a_wrong_form(client: Client, nobody: None, changes: dict) -> None:
    assert client.post("/setup/", form(**changes)).status_code == 422
    assert not User.objects.exists()
