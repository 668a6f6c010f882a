"""应保未保: who is missing, to whom it is told, and why."""

import io

import pytest
from openpyxl import load_workbook

from enrollment.models import ListedPerson, NotEnrolled
from orgs.crypto import blind_index
from orgs.models import AuditEvent
from tests.cast import FAR, NEAR, OWN, Cast, enrol, id_number, villages
from tests.ground import everything
from tests.lists.making import in_force, row_of

OWN_PERSON, NEAR_PERSON, ENROLLED, NOWHERE, DEAD, AWAY = range(1, 7)


@pytest.fixture
def missing(cast: Cast):
    """One missing in each of two townships, one of no township, one dead, one enrolled elsewhere in the county."""
    home, near = villages(OWN)[0].name, villages(NEAR)[0].name
    in_force(
        "members",
        row_of(OWN_PERSON, name="应某本", place=OWN, village=home),
        row_of(NEAR_PERSON, name="应某邻", place=NEAR, village=near),
        row_of(ENROLLED, name="已某保", place=OWN, village=home),
        row_of(NOWHERE, name="无某处", place="没有的镇"),
        row_of(DEAD, name="已某故", place=OWN, village=home),
        row_of(AWAY, name="外某镇", place=OWN, village="没有的村"),
        by=cast.authority,
        title="医保参保名单",
    )
    in_force("dead", row_of(DEAD), by=cast.authority)
    enrol(FAR, ENROLLED)
    return cast


def listed(n: int) -> ListedPerson:
    with everything():
        return ListedPerson.objects.get(id_index=blind_index(id_number(n)), list__kind="members")


NAMES = ("应某本", "应某邻", "已某保", "无某处", "已某故", "外某镇")


def told(client, address: str = "/unenrolled/") -> set[str]:
    page = client.get(address).content.decode()
    assert id_number(OWN_PERSON) not in page
    return {name for name in NAMES if name in page}


def test_a_township_sees_its_own_and_the_authority_all(missing: Cast, login) -> None:
    """Enrolled anywhere in the county is enrolled; the dead are not missing; who lives nowhere known is the county's."""
    assert told(login(missing.clerk)) == {"应某本", "外某镇"}
    assert told(login(missing.near_clerk)) == {"应某邻"}
    assert told(login(missing.far_clerk)) == set()
    assert told(login(missing.authority)) == {"应某本", "应某邻", "无某处", "外某镇"}
    assert "另有 1 人的乡镇没有认出" in login(missing.authority).get("/unenrolled/").content.decode()


def test_a_place_outside_the_own_region_is_passed_over(missing: Cast, login) -> None:
    own, near = villages(OWN)[0], villages(NEAR)[0]
    client = login(missing.clerk)
    assert told(client, f"/unenrolled/?place={own.pk}") == {"应某本"}
    assert told(client, f"/unenrolled/?place={near.pk}") == {"应某本", "外某镇"}
    assert told(login(missing.authority), f"/unenrolled/?place={near.parent_id}") == {"应某邻"}


def test_whoever_enrols_is_missing_no_more(missing: Cast, login) -> None:
    enrol(OWN, OWN_PERSON)
    assert told(login(missing.clerk)) == {"外某镇"}


def test_without_a_members_list_the_page_says_what_to_do(cast: Cast, login) -> None:
    assert "还没有应参保人员名单" in login(cast.clerk).get("/unenrolled/").content.decode()
    assert login(cast.clerk).get("/unenrolled.xlsx").status_code == 404


def test_a_clerk_says_why_and_says_it_anew(missing: Cast, login) -> None:
    client = login(missing.clerk)
    address = f"/unenrolled/{listed(OWN_PERSON).pk}/"
    assert "请写明原因" in client.post(address, {"reason": "other"}, follow=True).content.decode()
    client.post(address, {"reason": "unwilling", "note": "某句说明", "page": "1"})
    client.post(address, {"reason": "away", "note": "某句说明"})
    page = client.get("/unenrolled/").content.decode()
    assert '<option value="away" selected>' in page
    assert "某句说明" in page
    assert "长期外出" in login(missing.authority).get("/unenrolled/").content.decode()
    login(missing.clerk).post(address, {"reason": ""})
    with everything():
        assert not NotEnrolled.objects.exists()
        events = AuditEvent.objects.filter(action="unenrolled.mark")
        assert ([one.detail for one in events.order_by("id")], "某句说明" in str(list(events.values()))) == (
            [{"reason": "unwilling"}, {"reason": "away"}, {"reason": ""}], False,
        )  # fmt: skip


@pytest.mark.parametrize("n", [NEAR_PERSON, ENROLLED, NOWHERE, DEAD])
def test_nobody_else_can_be_marked(missing: Cast, login, n: int) -> None:
    """Foreign, enrolled, of no township, dead: all look alike."""
    assert login(missing.clerk).post(f"/unenrolled/{listed(n).pk}/", {"reason": "away"}).status_code == 404


def test_the_list_to_go_round_with_is_text_masked_and_on_record(missing: Cast, login) -> None:
    client = login(missing.clerk)
    client.post(f"/unenrolled/{listed(OWN_PERSON).pk}/", {"reason": "other", "note": "=1+1"})
    sheet = load_workbook(io.BytesIO(client.get("/unenrolled.xlsx").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    values = [cell.value for cell in cells]
    assert "应某本" in values
    assert "其他 =1+1" in values
    assert "应某邻" not in values
    assert f"{id_number(OWN_PERSON)[:4]}************{id_number(OWN_PERSON)[-2:]}" in values
    assert not [cell for cell in cells if cell.data_type == "f"]
    with everything():
        assert AuditEvent.objects.get(action="unenrolled.export").detail == {"persons": 2}


def test_too_many_are_not_exported_at_once(missing: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    from enrollment.views import unenrolled

    monkeypatch.setattr(unenrolled, "MOST_EXPORTED", 1)
    answer = login(missing.clerk).get("/unenrolled.xlsx", follow=True)
    assert "请先选一个乡镇或村" in answer.content.decode()
