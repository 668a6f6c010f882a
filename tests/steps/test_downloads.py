"""Rosters as workbooks: in the insurer's own layout, with full numbers, on record; and its results back."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from enrollment.models import Enrollment, InsurerLayout, Objection, RosterDownload
from enrollment.roster.layout import COLUMNS
from enrollment.roster.refusal import ReadingInterrupted
from enrollment.services import downloading, underwriting
from enrollment.services.underwriting import ResultRow, enter_results
from office.models import Job, StoredFile
from orgs.models import AuditEvent, Role
from orgs.scope import acting, scope_of
from tests.cast import FAR, NEAR, OWN, Cast, id_number, run_waiting_jobs, township
from tests.ground import everything
from tests.steps.climbing import WITH_STEPS, bring_up, enrol_in, page, take


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is too much to be written at once."""
    monkeypatch.setattr(downloading, "AT_ONCE", 0)


def rows_of(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def fetched(client, place: str = OWN):
    return client.post(f"/roster/progress/{WITH_STEPS}/{township(place).pk}/list.xlsx")


LAYOUT = {
    "version": "0", "sex": "digits", "dates": "digits", "kind_resident": "01", "save": "yes",
    "place_id_number": "1", "title_id_number": "被保险人证件号", "place_name": "2", "title_name": "被保险人",
    "place_id_kind": "3", "title_id_kind": "证件代码", "place_sex": "4", "title_sex": "性别", "place_birth_date": "5",
    "title_birth_date": "生日", "place_covered_to": "6", "title_covered_to": "止期",
}  # fmt: skip


def test_the_police_take_the_list_of_a_township_that_is_with_them(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1, name="=1+1", address="某路1号")
    client = at(cast.police)
    assert "还没有名册到这一步" in client.post(page(OWN, "list.xlsx").rstrip("/"), follow=True).content.decode()
    bring_up(edition, "police", cast)
    answer = fetched(client)
    head, row = rows_of(answer.content)
    assert head[:5] == ("序号", "姓名", "证件类型", "证件号码", "性别")
    assert row[:5] == ("1", "=1+1", "居民身份证", id_number(1), "男")
    cells = load_workbook(io.BytesIO(answer.content)).active[2]
    assert {cell.data_type for cell in cells if cell.value} <= {"s", "inlineStr"}
    with everything():
        event = AuditEvent.objects.get(action="roster.download")
        assert (event.detail["persons"], event.detail["step"], event.actor_id) == (1, "police", cast.police.pk)
        assert id_number(1) not in str(event.detail)
        assert RosterDownload.objects.get().persons == 1


def test_an_insurer_gets_its_own_layout_and_its_own_townships(edition, cast: Cast, at) -> None:
    for n, place in enumerate((OWN, NEAR, FAR), start=1):
        enrol_in(edition, place, n)
        bring_up(edition, "underwrite", cast, place)
    client = at(cast.adjuster)
    assert client.post("/roster/layout/", LAYOUT).status_code == 302
    content = client.post(f"/roster/progress/{WITH_STEPS}/list.xlsx").content
    head, *rows = rows_of(content)
    assert head == ("被保险人证件号", "被保险人", "证件代码", "性别", "生日", "止期")
    assert rows == [(id_number(n), "谭某登", "01", "1", "19700101", "20211231") for n in (1, 2)]
    assert fetched(client, FAR).status_code == 404
    theirs = rows_of(at(cast.far_adjuster).post(f"/roster/progress/{WITH_STEPS}/list.xlsx").content)
    assert theirs[0][:3] == ("序号", "人员编号", "姓名")  # nobody else's layout
    assert [row[4] for row in theirs[1:]] == [id_number(3)]


def test_only_police_and_adjusters_take_lists(edition, cast: Cast, at) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "police", cast)
    for actor in ("clerk", "authority", "auditor", "approver", "finance"):
        assert fetched(at(getattr(cast, actor))).status_code == 404, actor


def test_a_long_list_is_made_by_a_job_kept_for_days_and_looked_at_again(edition, cast: Cast, at, many) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "underwrite", cast)
    client = at(cast.adjuster)
    assert fetched(client)["Location"] == "/jobs/"
    (job,) = run_waiting_jobs()
    assert (job.state, job.result) == ("done", {"persons": 1})
    with everything():
        made = RosterDownload.objects.select_related("file").get()
        assert made.file.expires_at > timezone.now() + timedelta(days=2)
    assert job.url == f"/roster/downloads/{made.pk}.xlsx"
    answer = client.get(job.url)
    assert rows_of(answer.content)[1][4] == id_number(1)
    with everything():
        assert AuditEvent.objects.filter(action="roster.download_file").count() == 1
    assert at(cast.second_adjuster).get(job.url).status_code == 404  # of the same insurer, not who ordered it
    assert at(cast.police).get(job.url).status_code == 404
    with everything():
        StoredFile.objects.filter(pk=made.file_id).update(expires_at=timezone.now())
    assert "已过期" in at(cast.adjuster).get(job.url, follow=True).content.decode()


def test_a_job_run_twice_makes_one_file(edition, cast: Cast, at, many) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "underwrite", cast)
    fetched(at(cast.adjuster))
    run_waiting_jobs()
    Job.objects.update(state="waiting")
    run_waiting_jobs()
    with everything():
        assert StoredFile.objects.filter(purpose="export").count() == 1
        assert AuditEvent.objects.filter(action="roster.download").count() == 1


def test_whoever_lost_the_role_while_the_job_waited_gets_nothing(edition, cast: Cast, at, many) -> None:
    enrol_in(edition, OWN, 1)
    bring_up(edition, "underwrite", cast)
    fetched(at(cast.adjuster))
    cast.adjuster.role = Role.APPROVER
    cast.adjuster.save()
    (job,) = run_waiting_jobs()
    assert (job.state, "没有生成文件" in job.message) == ("refused", True)
    with everything():
        assert not StoredFile.objects.filter(purpose="export").exists()


# --- the layout -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"place_id_number": ""}, "没有“证件号码”一列"),
        ({"title_name": "被保险人证件号"}, "有两列都叫“被保险人证件号”"),
        ({"title_name": ""}, "有的列没有名称"),
        ({"place_name": "一"}, "“姓名”的次序应是 1 到 99 的整数"),
        ({"sex": "runes"}, "有的格子填得不对"),
        ({"version": "3"}, "刚被别人改过"),
    ],
)
def test_a_layout_that_cannot_be_used_is_refused_with_what_was_typed(edition, cast: Cast, at, changes, words) -> None:
    answer = at(cast.adjuster).post("/roster/layout/", LAYOUT | changes)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "证件代码" in answer.content.decode()
    with everything():
        assert not InsurerLayout.objects.exists()


def test_a_preview_shows_the_layout_and_keeps_nothing(edition, cast: Cast, at) -> None:
    sent = {key: value for key, value in LAYOUT.items() if key != "save"} | {"preview": "yes"}
    html = at(cast.adjuster).post("/roster/layout/", sent).content.decode()
    assert '<th scope="col">被保险人证件号</th>' in html
    assert "示某甲" in html
    with everything():
        assert not InsurerLayout.objects.exists()


def test_a_layout_belongs_to_one_insurer(edition, cast: Cast, at) -> None:
    at(cast.adjuster).post("/roster/layout/", LAYOUT)
    assert "被保险人证件号" in at(cast.second_adjuster).get("/roster/layout/").content.decode()
    assert "被保险人证件号" not in at(cast.far_adjuster).get("/roster/layout/").content.decode()
    assert at(cast.authority).get("/roster/layout/").status_code == 404


def test_every_column_of_a_layout_prints_something(edition, cast: Cast, at) -> None:
    every = {f"place_{key}": str(at_) for at_, key in enumerate(COLUMNS, start=1)}
    titles = {f"title_{key}": known.title for key, known in COLUMNS.items()}
    base = {"version": "0", "sex": "words", "dates": "slashes", "save": "yes"}
    client = at(cast.adjuster)
    client.post("/roster/layout/", base | every | titles)
    enrol_in(edition, OWN, 1, group="2组", address="某路1号")
    bring_up(edition, "underwrite", cast)
    head, row = rows_of(fetched(client).content)
    shown = dict(zip(head, row, strict=True))
    assert len(head) == len(COLUMNS)
    assert shown["出生日期"] == "1970/01/01"
    assert shown["与户主关系"] == "本人"
    assert shown["联系电话"] == "10000000003"
    assert {title for title, cell in shown.items() if not cell} == {"承保结果", "不承保原因"}


# --- results ----------------------------------------------------------------------------------------------------
def sheet(
    *rows: tuple[str, ...], head: tuple[str, ...] = ("人员编号", "证件号码", "承保结果", "不承保原因")
) -> SimpleUploadedFile:
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("承保结果.xlsx", out.getvalue())


@pytest.fixture
def waiting(edition, cast: Cast) -> tuple[Enrollment, Enrollment]:
    people = enrol_in(edition, OWN, 1), enrol_in(edition, OWN, 2)
    bring_up(edition, "underwrite", cast)
    return people


def told(client, file: SimpleUploadedFile) -> str:
    return client.post(page(OWN, "results"), {"file": file}, follow=True).content.decode()


def test_a_sheet_that_comes_back_tells_whom_the_insurer_objects_to(edition, cast: Cast, at, waiting) -> None:
    first, second = waiting
    client = at(cast.adjuster)
    rows = ((str(first.pk), id_number(1), "承保", ""), (str(second.pk), id_number(2), "不承保", "证件已过期"))
    assert "读了 2 行，不承保 1 人" in told(client, sheet(*rows))
    with everything():
        objection = Objection.objects.get()
        assert (objection.enrollment_id, objection.step, objection.note) == (second.pk, "underwrite", "证件已过期")
    assert "读了 2 行，全部承保" in told(client, sheet(*rows))  # the same sheet again objects to nobody anew
    assert "其余确认，异议 1 条退回乡镇" in client.get(page()).content.decode()


def test_a_sheet_finds_people_by_their_number_in_the_insurers_own_words(edition, cast: Cast, at, waiting) -> None:
    client = at(cast.adjuster)
    client.post(
        "/roster/layout/", LAYOUT | {"place_result": "7", "title_result": "核保", "title_result_reason": "原因"}
    )
    file = sheet((id_number(2), "拒保", "超龄"), head=("被保险人证件号", "核保", "不承保原因"))
    assert "不承保 1 人" in told(client, file)
    with everything():
        assert Objection.objects.get().enrollment_id == waiting[1].pk


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", id_number(1), "也许", ""), "第2行：承保结果“也许”看不懂"),
        (("", id_number(1), "不承保", ""), "第2行：不承保的要写明原因"),
        (("", id_number(3), "不承保", "某"), "第2行：本乡镇名册里没有这个人"),
        (("99999999999999999999999", "", "不承保", "某"), "第2行：本乡镇名册里没有这个人"),
    ],
)
def test_a_sheet_with_a_mistake_changes_nothing(edition, cast: Cast, at, waiting, row, words) -> None:
    enrol_in(edition, FAR, 3)
    good = (str(waiting[0].pk), id_number(1), "不承保", "某因")
    html = told(at(cast.adjuster), sheet(row, good))
    assert words in html
    with everything():
        assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (sheet(("甲", "乙"), head=("姓名", "性别")), "没有找到“承保结果”一列"),
        (SimpleUploadedFile("结果.xlsx", b"PK\x03\x04 broken"), "请"),
        (SimpleUploadedFile("结果.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "旧版 .xls"),
    ],
)
def test_a_file_that_is_no_result_is_refused_with_a_sentence(edition, cast: Cast, at, waiting, file, words) -> None:
    assert words in told(at(cast.adjuster), file)
    assert "请先选择填好承保结果的名册" in at(cast.adjuster).post(page(OWN, "results"), follow=True).content.decode()


def csv_sheet(rows: int) -> SimpleUploadedFile:
    lines = ["人员编号,证件号码,承保结果,不承保原因", *["1,,承保,"] * rows]
    return SimpleUploadedFile("承保结果.csv", "\n".join(lines).encode())


@pytest.mark.parametrize(
    "file", [lambda: csv_sheet(40), lambda: sheet(*[("1", "", "承保", "")] * 40)], ids=["csv", "xlsx"]
)
def test_a_sheet_beyond_a_townships_exceptions_is_refused_with_a_way_out(
    edition, cast: Cast, at, waiting, monkeypatch: pytest.MonkeyPatch, file
) -> None:
    monkeypatch.setattr(underwriting, "MOST_ROWS", 20)
    html = told(at(cast.adjuster), file())
    assert ("一次最多 20 行" in html, "请只保留不承保的人再传，没有列出的视为承保" in html) == (True, True)
    monkeypatch.setattr(underwriting, "MOST_BYTES", 100)
    assert "请只保留不承保的人再传" in told(at(cast.adjuster), csv_sheet(1000))


def test_the_child_that_was_killed_is_told_and_nothing_changed(
    edition, cast: Cast, at, waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise ReadingInterrupted("某处")

    monkeypatch.setattr(underwriting, "read_rows", killed)
    assert "请再传一次" in told(at(cast.adjuster), sheet((str(waiting[0].pk), "", "不承保", "某因")))
    with everything():
        assert not Objection.objects.exists()


def watched(monkeypatch: pytest.MonkeyPatch, levels: dict[str, int]) -> None:
    """Notes how many transactions are open while the sheet is read, and while an objection is written."""

    def noted(what: str, work: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            levels[what] = len(connection.atomic_blocks)
            return work(*args, **more)

        return call

    for what in ("look_over", "read_rows", "raise_objection"):
        monkeypatch.setattr(underwriting, what, noted(what, getattr(underwriting, what)))


def test_the_sheet_is_read_before_the_transaction_that_writes(
    edition, cast: Cast, waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: dict[str, int] = {}
    watched(monkeypatch, levels)
    file = sheet((str(waiting[1].pk), "", "不承保", "某因"))
    with acting(scope_of(cast.adjuster)):
        outside = len(connection.atomic_blocks)
        given = {"edition": edition, "township": township(OWN), "name": file.name, "content": file.read()}
        assert enter_results(**given, by=cast.adjuster).objections == 1
    assert (levels["look_over"], levels["read_rows"], levels["raise_objection"]) == (outside, outside, outside + 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's row-level security needs the request's own")
def test_nor_does_the_page_keep_writers_waiting_while_it_reads(
    edition, cast: Cast, at, waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: dict[str, int] = {}
    watched(monkeypatch, levels)
    client, outside = at(cast.adjuster), len(connection.atomic_blocks)
    told(client, sheet((str(waiting[1].pk), "", "不承保", "某因")))
    assert (levels["look_over"], levels["read_rows"]) == (outside, outside)
    assert levels["raise_objection"] > outside


def test_who_is_objected_to_is_looked_up_in_one_query(
    edition, cast: Cast, waiting, django_assert_max_num_queries
) -> None:
    first, second = waiting
    rows = [
        ResultRow(2, str(first.pk), "", "不承保", "某因"),
        ResultRow(3, "", id_number(2), "不承保", "某因"),
        ResultRow(2, f"00{second.pk}", id_number(9), "不承保", "某因"),  # of another sheet: row numbers begin again
    ]
    with acting(scope_of(cast.adjuster)), django_assert_max_num_queries(3):
        people = underwriting._People(edition, township(OWN), rows, cast.adjuster)
        assert [people.of(row).pk for row in rows] == [first.pk, second.pk, second.pk]


def test_results_are_taken_while_the_roster_is_with_the_insurer(edition, cast: Cast, at, waiting) -> None:
    take(edition, OWN, "underwrite", cast.adjuster)
    html = told(at(cast.adjuster), sheet((str(waiting[0].pk), "", "不承保", "某因")))
    assert "第2行：名册现在是“已生效”" in html
