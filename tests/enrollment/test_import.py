"""A roster over HTTP: upload, check, preview, confirm. The jobs are run as a worker runs them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from office.models import Job
from tests.cast import (
    FAR,
    NEAR,
    OWN,
    Cast,
    enrol,
    id_number,
    reread_batch,
    roster_book,
    run_waiting_jobs,
    township,
    uploaded,
    villages,
)
from tests.ground import everything
from tests.roster.books import book_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_of(*numbers: int, place: str = OWN, village: int = 0) -> list[tuple[str, ...]]:
    name = villages(place)[village].name
    return [(f"郑某{'甲乙丙丁戊己庚辛'[n % 8]}", id_number(n), place, name) for n in numbers]


def send(client: Client, content: bytes, *, name: str = "名册.xlsx", place: str = OWN, **more: str):
    file = SimpleUploadedFile(name, content, XLSX)
    return client.post("/roster/import/", {"township": township(place).pk, "file": file} | more)


def checked(client: Client, content: bytes, **more: str) -> RosterBatch:
    """Upload and check; the batch."""
    answer = send(client, content, **more)
    assert answer.status_code == 302, answer.content.decode()
    pk = int(answer["Location"].rstrip("/").rsplit("/", 1)[1])
    assert "正在校验" in client.get(answer["Location"]).content.decode()
    run_waiting_jobs()
    with everything():
        return RosterBatch.objects.select_related("edition").get(pk=pk)


def confirm(client: Client, batch: RosterBatch, *, only_valid: str = "no", whole: tuple[int, ...] = ()) -> RosterBatch:
    client.post(f"/roster/import/{batch.pk}/confirm/", {"only_valid": only_valid, "whole": whole})
    run_waiting_jobs()
    return reread_batch(batch)


def on_roster() -> set[str]:
    with everything():
        return set(Enrollment.objects.filter(removed_at__isnull=True).values_list("name", flat=True))


def totals_agree() -> None:
    """Every village's sum is what a count of its people gives."""
    with everything():
        kept = {total.village_id: total.persons for total in VillageTotal.objects.all()}
        counted: dict[int, int] = {}
        for village in Enrollment.objects.filter(removed_at__isnull=True).values_list("village_id", flat=True):
            counted[village] = counted.get(village, 0) + 1
    assert kept == counted


def test_upload_check_preview_confirm(cast: Cast, login) -> None:
    client = login(cast.clerk)
    batch = checked(client, roster_book(*rows_of(1, 2, 3)))
    assert batch.state == "checked"
    assert on_roster() == set()
    preview = client.get(f"/roster/import/{batch.pk}/", {"tab": "new"}).content.decode()
    assert "郑某乙" in preview
    assert id_number(1) not in preview
    assert confirm(client, batch).state == "confirmed"
    assert on_roster() == {"郑某乙", "郑某丙", "郑某丁"}
    totals_agree()
    with everything():
        person = Enrollment.objects.get(name="郑某乙")
    assert (person.id_number.reveal(), person.township, person.insurer_id) == (
        id_number(1), township(OWN), cast.adjuster.organization_id,
    )  # fmt: skip
    assert "郑某乙" in client.get("/roster/").content.decode()


def test_confirming_twice_writes_once(cast: Cast, login) -> None:
    client = login(cast.clerk)
    batch = checked(client, roster_book(*rows_of(1, 2)))
    for _ in range(2):
        client.post(f"/roster/import/{batch.pk}/confirm/", {"only_valid": "no"})
    assert Job.objects.filter(kind="roster_confirm").count() == 1
    run_waiting_jobs()
    confirm(client, batch)
    assert len(on_roster()) == 2
    assert "不用再确认" in client.get(f"/roster/import/{batch.pk}/").content.decode()


def test_the_same_file_again_is_asked_about(cast: Cast, login) -> None:
    client, content = login(cast.clerk), roster_book(*rows_of(1))
    checked(client, content)
    answer = send(client, content)
    assert answer.status_code == 422
    assert "完全相同" in answer.content.decode()
    assert send(client, content, again="on").status_code == 302


def test_a_file_that_changes_nothing_says_so(cast: Cast, login) -> None:
    client, content = login(cast.clerk), roster_book(*rows_of(1, 2))
    confirm(client, checked(client, content))
    same = client.get(f"/roster/import/{checked(client, content, again='on').pk}/").content.decode()
    assert "2 行都已在册，内容相同" in same
    more = client.get(f"/roster/import/{checked(client, roster_book(*rows_of(1, 2, 3))).pk}/").content.decode()
    assert "内容相同" not in more


def test_unchanged_changed_new_and_removed_with_the_whole_village(cast: Cast, login) -> None:
    client = login(cast.clerk)
    confirm(client, checked(client, roster_book(*rows_of(1, 2, 3, 4))))
    kept, changed, _gone, _gone_too = rows_of(1, 2, 3, 4)
    moved = (*changed[:3], villages(OWN)[1].name)
    batch = checked(client, roster_book(kept, moved, *rows_of(9)))
    assert {key: batch.counts[key] for key in ("unchanged", "changed", "new")} == {
        "unchanged": 1,
        "changed": 1,
        "new": 1,
    }
    assert batch.villages[0]["missing"] == 2
    after = confirm(client, batch, whole=(villages(OWN)[0].pk,))
    assert after.counts["removed"] == 2
    assert [(line["removed"], line["after"]) for line in after.villages] == [(2, 2), (0, 1)]
    assert on_roster() == {"郑某乙", "郑某丙", rows_of(9)[0][0]}
    totals_agree()


def test_without_the_whole_village_nobody_is_removed(cast: Cast, login) -> None:
    client = login(cast.clerk)
    confirm(client, checked(client, roster_book(*rows_of(1, 2))))
    confirm(client, checked(client, roster_book(*rows_of(3))))
    assert len(on_roster()) == 3


def test_a_village_that_the_file_does_not_name_is_never_whole(cast: Cast, login) -> None:
    """`whole` comes from a form: a village of somewhere else named in it changes nothing there."""
    elsewhere = enrol(NEAR, 50)
    client = login(cast.clerk)
    confirm(client, checked(client, roster_book(*rows_of(1, 2, village=1))))
    batch = checked(client, roster_book(*rows_of(3)))
    confirm(client, batch, whole=(villages(OWN)[1].pk, elsewhere.village_id))
    assert len(on_roster()) == 4
    totals_agree()


def test_somebody_who_moves_village_is_counted_in_the_new_one_only(cast: Cast, login) -> None:
    client = login(cast.clerk)
    confirm(client, checked(client, roster_book(*rows_of(1, 2))))
    batch = checked(client, roster_book(*rows_of(1, village=1)))
    assert batch.counts["changed"] == 1
    confirm(client, batch)
    totals_agree()


def test_somebody_removed_may_come_back(cast: Cast, login) -> None:
    client = login(cast.clerk)
    first, second = rows_of(1, 2)
    confirm(client, checked(client, roster_book(first, second)))
    confirm(client, checked(client, roster_book(second)), whole=(villages(OWN)[0].pk,))
    batch = checked(client, roster_book(first))
    assert batch.counts["new"] == 1
    confirm(client, batch)
    assert len(on_roster()) == 2
    totals_agree()


def test_a_batch_can_be_dropped(cast: Cast, login) -> None:
    client = login(cast.clerk)
    batch = checked(client, roster_book(*rows_of(1)))
    client.post(f"/roster/import/{batch.pk}/discard/")
    assert confirm(client, batch).state == "discarded"
    with everything():
        assert not RosterRow.objects.exists()
    assert on_roster() == set()


def test_good_rows_only_after_being_asked_for(cast: Cast, login) -> None:
    client = login(cast.clerk)
    bad = ("王某甲", "123", OWN, villages(OWN)[0].name)
    batch = checked(client, roster_book(*rows_of(1), bad))
    assert confirm(client, batch, only_valid="no").state == "checked"
    assert on_roster() == set()
    assert confirm(client, batch, only_valid="yes").state == "confirmed"
    assert on_roster() == {"郑某乙"}


def test_a_person_of_another_township_gives_a_sentence_that_tells_nothing(cast: Cast, login) -> None:
    """The same words whichever township it is: neither its name nor its insurer's."""
    for number, place in ((40, NEAR), (41, FAR)):
        enrol(place, number, name=f"谭某{place[0]}")
    client = login(cast.clerk)
    batch = checked(client, roster_book(*rows_of(40, 41)))
    page = client.get(f"/roster/import/{batch.pk}/", {"tab": "conflict"}).content.decode()
    assert (batch.counts["conflicts"], batch.counts["rejected"], batch.counts["valid"]) == (2, 2, 0)
    assert page.count("该证件暂不能在本乡镇登记") == 2
    for word in (NEAR, FAR, "谭某"):
        assert word not in page


def test_the_error_workbook_is_ones_own_with_a_column_more(cast: Cast, login) -> None:
    client = login(cast.clerk)
    bad = ("王某甲", "500101197001010010", OWN, "没有这个村")
    batch = checked(client, roster_book(*rows_of(1), bad))
    answer = client.get(f"/roster/import/{batch.pk}/errors/1.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    header = [cell.value for cell in sheet[1]]
    assert header[-1] == "错误原因"
    assert sheet.cell(2, len(header)).value is None
    assert "校验位" in sheet.cell(3, len(header)).value
    assert "没有" in sheet.cell(3, len(header)).value
    assert sheet.cell(3, 1).value == "王某甲"


def test_a_batch_without_mistakes_has_no_error_workbook(cast: Cast, login) -> None:
    client = login(cast.clerk)
    batch = checked(client, roster_book(*rows_of(1)))
    assert client.get(f"/roster/import/{batch.pk}/errors/1.xlsx").status_code == 404


# --- everyday mistakes ------------------------------------------------------------------------------------------
FULL = ("姓名", "身份证号", "性别", "出生日期", "乡镇", "村", "与户主关系", "联系电话", "银行账号")
RIGHT = ("周某英", id_number(1), "", "", OWN, "", "", "", "")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("姓名", "", "没有填"),
        ("姓名", "周某1", "姓名"),
        ("身份证号", "", "没有填"),
        ("身份证号", "500101197001010010", "校验位"),
        ("身份证号", "50010119700101001", "位"),
        ("身份证号", "500101197013010016", "出生日期"),
        ("身份证号", 500101197001010000, "数字"),
        ("性别", "未知", "只能填“男”或“女”"),
        ("出生日期", "1970-02-30", "没有这一天"),
        ("出生日期", "1971-01-01", "不一致"),
        ("乡镇", "不存在镇", "乡镇"),
        ("乡镇", NEAR, "不在您的辖区"),
        ("村", "不存在村", "村"),
        ("与户主关系", "干亲", "关系"),
        ("联系电话", "100", "电话"),
        ("银行账号", "12345", "账号"),
    ],
)
def test_everyday_mistakes_give_their_sentence(cast: Cast, login, column: str, value: object, sentence: str) -> None:
    client = login(cast.clerk)
    row = dict(zip(FULL, RIGHT, strict=True)) | {"村": villages(OWN)[0].name} | {column: value}
    batch = checked(client, book_of(FULL, tuple(row.values())))
    assert batch.counts["invalid"] == 1
    with everything():
        problem = RosterRow.objects.get(batch=batch).problems[0]
    assert column.split("（", maxsplit=1)[0][:1] in problem["title"]
    assert sentence in problem["message"] + problem["mend"]
    assert problem["message"] in client.get(f"/roster/import/{batch.pk}/").content.decode()


def test_a_person_twice_in_a_file(cast: Cast, login) -> None:
    client = login(cast.clerk)
    one = rows_of(1)[0]
    batch = checked(client, roster_book(one, one, ("异某名", *one[1:])))
    assert (batch.counts["new"], batch.counts["duplicates"], batch.counts["invalid"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("名册.xlsx", b"", "空文件"),
        ("名册.xls", b"\xd0\xcf\x11\xe0" + bytes(600), ".xlsx"),
        ("名册.et", b"\xd0\xcf\x11\xe0" + bytes(600), ".xlsx"),
        ("名册.xlsx", b"hello", ".xlsx"),
        ("名册.xlsx", book_of(("甲", "乙")), "找不到表头"),
        ("名册.xlsx", book_of(("姓名", "村")), "缺少"),
        ("名册.csv", "姓名,村\n".encode("utf-16")[:-1], "UTF-8"),
    ],
    ids=["empty", "xls", "et", "text", "no header", "columns missing", "half of utf-16"],
)
def test_a_file_that_is_no_roster_is_refused_with_a_sentence(
    cast: Cast, login, name: str, content: bytes, sentence: str
) -> None:
    client = login(cast.clerk)
    answer = send(client, content, name=name)
    if answer.status_code == 302:
        run_waiting_jobs()
        answer = client.get(answer["Location"])
    assert sentence in answer.content.decode()
    with everything():
        assert not RosterRow.objects.exists()


def test_a_form_names_only_townships_of_ones_own(cast: Cast, login) -> None:
    answer = send(login(cast.clerk), roster_book(*rows_of(1)), place=NEAR)
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_the_authority_uploads_for_the_whole_county(cast: Cast, login) -> None:
    client = login(cast.authority)
    file = SimpleUploadedFile(
        "全区.xlsx", roster_book(*rows_of(1), *rows_of(2, place=FAR), *rows_of(3, place="太白街道")), XLSX
    )
    answer = client.post("/roster/import/", {"township": "", "file": file})
    run_waiting_jobs()
    client.post(answer["Location"] + "confirm/", {"only_valid": "no"})
    run_waiting_jobs()
    with everything():
        assert Enrollment.objects.values("insurer").distinct().count() == 3
    totals_agree()


def test_a_csv_does_as_well(cast: Cast, login) -> None:
    client = login(cast.clerk)
    lines = ["姓名,身份证号,乡镇,村", *(",".join(row) for row in rows_of(1, 2))]
    for number, encoding in enumerate(("utf-8-sig", "gb18030")):
        text = "\n".join(lines) + "\n" * number
        assert checked(client, text.encode(encoding), name="名册.csv").counts["valid"] == 2


def test_a_village_that_only_the_files_name_tells_is_taken_and_told(login, cast: Cast) -> None:
    village = villages(OWN)[1].name.removesuffix("民委员会")
    content = book_of(("姓名", "身份证号"), *[row[:2] for row in rows_of(1, 2)])
    batch = checked(login(cast.clerk), content, name=f"{OWN}{village}参保名单.xlsx")
    assert batch.counts["new"] == 2, batch.refusal
    assert any(f"按标题、表名或文件名里的“{village}”读取" in note for note in batch.notes)
    with everything():
        assert set(RosterRow.objects.values_list("village_id", flat=True)) == {villages(OWN)[1].pk}


def test_one_account_for_many_people_on_end_is_told_before_it_is_confirmed(login, cast: Cast) -> None:
    rows = [(*row, "6200000000000000001") for row in rows_of(*range(12))]
    client = login(cast.clerk)
    batch = checked(client, book_of(("姓名", "身份证号", "乡镇", "村", "银行账号"), *rows))
    assert batch.counts["new"] == 12
    page = client.get(f"/roster/import/{batch.pk}/").content.decode()
    assert "第 2 行起连续 12 行是同一个银行账号" in page


def test_the_workbench_lists_an_upload_to_the_office_that_confirms_it(cast: Cast, login) -> None:
    """The bureau sees a township's upload; it isn't the bureau's work."""
    checked(login(cast.clerk), roster_book(*rows_of(1)), name="某镇.xlsx")
    uploaded(roster_book(*rows_of(2, place=NEAR)), cast.authority, place=NEAR, name="某局.xlsx")
    listed = {
        user.username: [name for name in ("某镇.xlsx", "某局.xlsx") if name in login(user).get("/").content.decode()]
        for user in (cast.clerk, cast.near_clerk, cast.authority, cast.second_authority)
    }
    assert listed == {
        "clerk": ["某镇.xlsx"],
        "near_clerk": [],
        "authority": ["某局.xlsx"],
        "second_authority": ["某局.xlsx"],
    }
