"""An office of a village, set up by the administrator: whose clerk sees the village alone."""

import pytest

from enrollment.models import RosterPrint
from orgs.models import Organization, Role, User
from tests.cast import OWN, Cast, enrol, township, villages
from tests.ground import everything


def send(client, **values: object):
    form = {"kind": "township", "name": "铺某村村民委员会", "short_name": "铺某村", "region": township(OWN).pk}
    return client.post("/organizations/new/", form | {"active": "on"} | values)


def office() -> Organization:
    with everything():
        return Organization.objects.select_related("region").get(name="铺某村村民委员会")


def test_its_clerk_sees_the_people_of_the_village_alone(cast: Cast, login) -> None:
    own, other = villages(OWN)[:2]
    enrol(OWN, 1, name="某本村", village=own)
    enrol(OWN, 2, name="某邻村", village=other)
    admin = login(cast.administrator)
    assert send(admin, village=own.name).status_code == 302
    assert office().region == own
    clerk = User.objects.create(
        username="puya.cun", name="村某干", organization=office(), role=Role.CLERK, must_change_password=False
    )
    roster = login(clerk).get("/roster/").content.decode()
    assert "某本村" in roster
    assert "某邻村" not in roster


def test_it_is_shown_with_its_township_and_can_be_changed(cast: Cast, login) -> None:
    village, admin = villages(OWN)[0], login(cast.administrator)
    send(admin, village=village.name)
    page = admin.get(f"/organizations/{office().pk}/").content.decode()
    assert f'value="{village.name}"' in page
    assert f'<option value="{township(OWN).pk}" selected>' in page
    form = {"kind": "township", "name": office().name, "short_name": "铺某", "region": township(OWN).pk, "active": "on"}
    answer = admin.post(
        f"/organizations/{office().pk}/", form | {"village": village.name, "read_version": office().version}
    )
    assert answer.status_code == 302
    assert (office().short_name, office().region) == ("铺某", village)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"village": "没有这个村"}, "没有叫“没有这个村”的村（社区）"),
        ({"kind": "insurer"}, "可以设在村，请改类别或留空"),
    ],
)
def test_a_village_that_is_not_there_is_told(cast: Cast, login, values: dict, told: str) -> None:
    answer = send(login(cast.administrator), **{"village": villages(OWN)[0].name} | values)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_its_clerk_prints_the_village_and_never_under_the_townships_name(cast: Cast, login) -> None:
    own, other = villages(OWN)[:2]
    enrol(OWN, 1, name="某本村", village=own)
    enrol(OWN, 2, name="某邻村", village=other)
    send(login(cast.administrator), village=own.name)
    clerk = User.objects.create(
        username="puya.cun", name="村某干", organization=office(), role=Role.CLERK, must_change_password=False
    )
    client = login(clerk)
    assert f'name="place" value="{own.pk}"' in client.get("/prints/").content.decode()
    client.post("/prints/print/roster/", {"place": township(OWN).pk, "copies": 1})
    with everything():
        assert [(one.village, one.persons) for one in RosterPrint.objects.all()] == [(own, 1)]


def test_its_clerk_is_told_that_progress_goes_by_township(cast: Cast, login) -> None:
    send(login(cast.administrator), village=villages(OWN)[0].name)
    clerk = User.objects.create(
        username="puya.cun", name="村某干", organization=office(), role=Role.CLERK, must_change_password=False
    )
    page = login(clerk).get("/progress/").content.decode()
    assert "参保进度按乡镇汇总" in page
    assert "没有参加本方案的乡镇" not in page
