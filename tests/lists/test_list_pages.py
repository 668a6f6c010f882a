"""The pages of lists: bring one in, look, withdraw; who is enrolled although on a list."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from enrollment.models import PersonList
from orgs.models import AuditEvent
from tests.cast import FAR, OWN, Cast, enrol, id_number, run_waiting_jobs
from tests.ground import everything
from tests.lists.making import csv_of, in_force, reread, row_of

FORM = {"kind": "dead", "title": "上半年死亡人员", "as_of": "2021年6月30日", "source": "区民政局"}


def send(client, content: bytes, **more: str):
    return client.post("/person-lists/", FORM | {"file": SimpleUploadedFile("名单.csv", content)} | more)


def test_a_list_is_brought_in_looked_at_and_withdrawn(cast: Cast, login) -> None:
    client = login(cast.authority)
    address = send(client, csv_of(row_of(1, place=OWN), ("王某空", "", "", "", "")))["Location"]
    assert "正在读入" in client.get(address).content.decode()
    assert client.get(address + "status/").headers.get("HX-Refresh") is None
    run_waiting_jobs()
    assert client.get(address + "status/").headers["HX-Refresh"] == "true"
    page = client.get(address).content.decode()
    assert "谭某华" in page
    assert id_number(1) not in page
    assert client.get(address + "errors.xlsx").status_code == 200
    assert "上半年死亡人员" in client.get("/person-lists/").content.decode()
    client.post(address + "withdraw/", {"reason": ""})
    with everything():
        assert PersonList.objects.get().state == "in_force"
    client.post(address + "withdraw/", {"reason": "传错了"})
    with everything():
        assert (PersonList.objects.get().state, PersonList.objects.get().as_of.isoformat()) == (
            "withdrawn",
            "2021-06-30",
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"as_of": "上半年"}, "日期"),
        ({"title": ""}, "请填名称"),
        ({"kind": "public_staff"}, "选择"),
    ],
)
def test_a_form_that_lacks_something_says_what(cast: Cast, login, change: dict, sentence: str) -> None:
    answer = send(login(cast.authority), csv_of(row_of(1)), **change)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_only_a_list_of_the_same_kind_is_replaced(cast: Cast, login) -> None:
    other = in_force("moved_out", row_of(1), by=cast.authority)
    answer = send(login(cast.authority), csv_of(row_of(2)), replaces=str(other.pk))
    assert "只能用同一种名单替换" in answer.content.decode()
    assert reread(other).state == "in_force"


def test_people_enrolled_before_the_list_came_are_told_by_township(cast: Cast, login) -> None:
    enrol(OWN, 1, name="谭某华")
    enrol(FAR, 2, name="李某兰")
    enrol(OWN, 3, name="王某平")
    in_force("dead", row_of(1, day="2021-03-05"), row_of(2, name="另某名"), by=cast.authority, title="某名单")
    client = login(cast.authority)
    assert "在册但在名单上　2 人" in client.get("/person-lists/").content.decode()
    page = client.get("/person-lists/enrolled/").content.decode()
    assert "2021年3月" in page
    assert "名单上的姓名不同" in page
    assert "王某平" not in page
    assert page.count(">1</td>") == 2  # one in each township
    answer = client.get("/person-lists/enrolled.xlsx")
    cells = [
        cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True) for cell in row
    ]
    assert "死亡人员，2021年03月，《某名单》截至 2021-06-30" in cells
    assert not [cell for cell in cells if id_number(1) in str(cell) or str(cell).startswith("=")]
    with everything():
        assert AuditEvent.objects.get(action="list.enrolled_export").detail == {"persons": 2}


def test_the_template_can_be_filled_in_and_sent(cast: Cast, login) -> None:
    client = login(cast.authority)
    book = load_workbook(io.BytesIO(client.get("/person-lists/template.xlsx").content))
    book.active.cell(4, 1).value, book.active.cell(4, 2).value = "谭某华", id_number(1)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("名单.xlsx", out.getvalue())
    client.post("/person-lists/", FORM | {"file": file})
    run_waiting_jobs()
    with everything():
        assert PersonList.objects.get().counts["taken"] == 1
