"""Townships and villages by list: an administrator adds what is missing below their region, and changes nothing."""

import io

import pytest
from openpyxl import load_workbook

from orgs.models import AuditEvent, Region
from tests.cast import COUNTY, OWN, Cast
from tests.ground import everything
from tests.review.test_lists import send as send_list

HEAD = ("区划代码", "名称", "层级", "上级代码")
NEW = ("500101290000", "新设镇", "乡镇级", COUNTY)
VILLAGE = ("500101290201", "新一村村民委员会", "村级", "500101290000")


@pytest.fixture
def send(cast: Cast, login):
    client = login(cast.administrator)

    def do(*rows: tuple[str, ...]):
        return send_list(client, "regions", HEAD, *rows)

    return do


def test_a_new_township_with_its_village_is_added_once(send) -> None:
    assert "导入" in send(NEW, VILLAGE).content.decode()
    made = Region.objects.get(code="500101290201")
    assert (made.name, made.parent.name, made.path) == ("新一村", "新设镇", f"{made.parent.path}{made.pk:06d}")
    assert made.parent.path.startswith(Region.objects.get(code=COUNTY).path)
    before = Region.objects.count()
    assert send(NEW, VILLAGE).status_code == 200
    assert Region.objects.count() == before
    with everything():
        assert AuditEvent.objects.filter(action="region.add").count() == 2


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("50010129000", "新设镇", "乡镇级", COUNTY), "应是 12 位数字"),
        (("500101290001", "新设镇", "乡镇级", COUNTY), "不是township的代码"),
        (("500101290000", "", "乡镇级", COUNTY), "“名称”没有填"),
        (("500101290000", "新设镇", "镇级", COUNTY), "“层级”是“镇级”"),
        (("141029290000", "新设镇", "乡镇级", "141029000000"), "“上级代码”是“141029000000”，没有找到"),
        (("141029290000", "新设镇", "乡镇级", COUNTY), "的前 6 位不一致"),
        (("500101290000", OWN, "乡镇级", COUNTY), f"下已有“{OWN}”"),
        (("141029100000", "昌宁镇", "乡镇级", COUNTY), "已在别处登记"),
        (("500101027000", "别的镇", "乡镇级", COUNTY), "已登记为“高峰街道”"),
        (("500101027000", "高峰镇", "村级", COUNTY), "层级和上级不能在这里改"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_written(send, row: tuple[str, ...], told: str) -> None:
    before = Region.objects.count()
    answer = send(("500101291000", "先写的镇", "乡镇级", COUNTY), row)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Region.objects.count() == before


def test_the_list_comes_back_as_it_went_out(cast: Cast, login) -> None:
    client = login(cast.administrator)
    book = load_workbook(io.BytesIO(client.get("/lists/regions/export.xlsx").content))
    rows = list(book.active.values)
    assert rows[0] == HEAD
    before = Region.objects.count()
    assert send_list(client, "regions", *rows[:100]).status_code == 200
    assert Region.objects.count() == before
