"""Lists as workbooks: what the pages refuse must not come in by the side door, nor formulas go out."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from orgs.models import Organization, Region, RegionName, User
from tests.cast import Cast
from tests.roster.books import book_of

pytestmark = pytest.mark.django_db
PEOPLE = ("账号", "姓名", "机构", "角色", "联系电话")
OFFICES = ("名称", "简称", "类别", "所在区划", "报案电话")
NAMES = ("区划代码", "名称", "类别", "启用日期", "停用日期", "来源")
CLERKS_OFFICE = "万州区大周镇人民政府"


def send(client: Client, kind: str, *rows: Sequence[Any]) -> Any:
    file = SimpleUploadedFile("名单.xlsx", book_of(*rows))
    return client.post(f"/lists/{kind}/import/", {"file": file})


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("username", "name", "phone"),
    [
        ("中文账号", "某某", ""),
        ("<b>bold</b>", "某某", ""),
        ("a b", "某某", ""),
        ("x" * 41, "某某", ""),
        ("fine.one", "某" * 41, ""),
        ("fine.one", "某某", "1" * 21),
    ],
)
def test_a_person_by_list_meets_the_rules_of_the_page(cast: Cast, login, username: str, name: str, phone: str) -> None:
    before = User.objects.count()
    answer = send(login(cast.administrator), "people", PEOPLE, (username, name, CLERKS_OFFICE, "乡镇经办", phone))
    assert answer.status_code == 422
    assert "第 2 行" in text_of(answer)
    assert User.objects.count() == before


def test_a_login_name_in_other_case_is_the_same_person(cast: Cast, login) -> None:
    answer = send(login(cast.administrator), "people", PEOPLE, ("CLERK", "周某新", CLERKS_OFFICE, "乡镇经办", ""))
    assert answer.status_code == 200
    assert User.objects.get(username="clerk").name == "周某新"


def test_a_login_name_taken_elsewhere_is_told_in_a_sentence(cast: Cast, login) -> None:
    """The person of another county is not changed, and the answer is no database's English."""
    rows = [("stranger", "某某", CLERKS_OFFICE, "乡镇经办", ""), ("fine.one", "某某", CLERKS_OFFICE, "乡镇经办", "")]
    answer = send(login(cast.administrator), "people", PEOPLE, *rows)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "已有人用" in page
    assert "constraint" not in page.lower()
    assert "transaction" not in page.lower()
    assert User.objects.get(username="stranger").name == cast.stranger.name
    assert not User.objects.filter(username="fine.one").exists()


def test_an_administrator_names_no_region_of_another_county(cast: Cast, login) -> None:
    foreign = cast.stranger.organization.region
    inside = Region.objects.filter(path__startswith=foreign.path, code__isnull=False).exclude(pk=foreign.pk).first()
    assert inside is not None
    before = RegionName.objects.count()
    for code in (inside.code, "000000000000"):
        answer = send(login(cast.administrator), "region-names", NAMES, (code, "某个别称", "别称", None, None, ""))
        assert answer.status_code == 422
        assert "matching query" not in text_of(answer)
    assert RegionName.objects.count() == before


def test_an_organization_by_list_meets_the_rules_of_the_page(cast: Cast, login) -> None:
    before = Organization.objects.count()
    for name, short, region in (
        ("某" * 101, "某", "万州区"),
        ("某某办", "某" * 41, "万州区"),
        (cast.stranger.organization.name, "某", "万州区"),  # another county's
        ("某某村办", "某", "铺垭村"),
    ):
        answer = send(login(cast.administrator), "organizations", OFFICES, (name, short, "主管部门", region, ""))
        assert answer.status_code == 422, name
        assert "constraint" not in text_of(answer).lower()
    assert Organization.objects.count() == before


def test_a_list_goes_out_without_formulas(cast: Cast, login) -> None:
    User.objects.filter(pk=cast.clerk.pk).update(name="=1+1")
    User.objects.filter(pk=cast.near_clerk.pk).update(name="@SUM(1)")
    answer = login(cast.administrator).get("/lists/people/export.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell.value for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("masked", [True, False], ids=["as exported", "left empty"])
def test_a_telephone_outlives_the_list(cast: Cast, login, masked: bool) -> None:
    """The export shows a mask; sent back, it must not be taken for the number."""
    phone = str(cast.clerk.phone) if masked else ""
    answer = send(login(cast.administrator), "people", PEOPLE, ("clerk", "周某乡", CLERKS_OFFICE, "乡镇经办", phone))
    assert answer.status_code == 200
    assert User.objects.get(username="clerk").phone.reveal() == "10000000001"


def test_a_list_comes_back_as_it_went_out(cast: Cast, login) -> None:
    client = login(cast.administrator)
    for kind in ("people", "organizations"):
        content = client.get(f"/lists/{kind}/export.xlsx").content
        answer = client.post(f"/lists/{kind}/import/", {"file": SimpleUploadedFile("名单.xlsx", content)})
        assert answer.status_code == 200, text_of(answer)
