"""Several files in one batch: who stands in two of them, what is wrong where, and all refusals at once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.services.uploading import SentFile, UploadRefused, upload_rosters
from office.models import StoredFile
from orgs.scope import acting, scope_of
from tests.cast import (
    OWN,
    Cast,
    id_number,
    read_edition,
    roster_book,
    run_waiting_jobs,
    township,
    villages,
)
from tests.ground import everything
from tests.roster.books import HEADER, filled_book, saved


def person(n: int, *, name: str = "周某英") -> tuple[str, str, str, str]:
    return name, id_number(n), OWN, villages(OWN)[0].name


def csv_of(*rows: tuple[str, ...], encoding: str = "gb18030", delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(row) for row in (HEADER, *rows)).encode(encoding)


def two_sheets(first: list[tuple[str, ...]], second: list[tuple[str, ...]]) -> bytes:
    book = filled_book(HEADER, *first, sheet="一组")
    page = book.create_sheet("二组")
    for row in (HEADER, *second):
        page.append(row)
    return saved(book)


def sent(client: Client, **files: bytes) -> int:
    """The new batch of an upload from the page; names with a suffix stand as 甲_xlsx."""
    parts = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()]
    answer = client.post("/roster/import/", {"township": township(OWN).pk, "file": parts})
    assert answer.status_code == 302, answer.content.decode()
    run_waiting_jobs()
    return int(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def batch_of(pk: int) -> RosterBatch:
    with everything():
        return RosterBatch.objects.get(pk=pk)


def test_files_and_sheets_of_one_upload_are_one_batch(cast: Cast, login) -> None:
    client = login(cast.clerk)
    pk = sent(
        client,
        甲_xlsx=two_sheets([person(1)], [person(2), person(1)]),
        乙_csv=csv_of(person(2), person(3)),
        丙_csv=csv_of(person(4), encoding="utf-8-sig", delimiter="\t"),
    )
    batch = batch_of(pk)
    assert (batch.file_name, batch.counts["rows"], batch.counts["new"], batch.counts["duplicates"]) == (
        "甲.xlsx 等 3 份",
        6,
        4,
        2,
    )
    with everything():
        told = list(
            RosterRow.objects.filter(batch=batch, outcome="duplicate").values_list(
                "file_number", "sheet", "number", "problems"
            )
        )
        rows = list(batch.files.values_list("number", "name", "rows"))
    assert [one[:3] for one in told] == [(1, "二组", 3), (2, "CSV", 2)]
    assert "「甲.xlsx」「一组」第 2 行" in told[0][3][0]["message"]
    assert "「甲.xlsx」「二组」第 2 行" in told[1][3][0]["message"]
    assert rows == [(1, "甲.xlsx", 3), (2, "乙.csv", 2), (3, "丙.csv", 1)]
    client.post(f"/roster/import/{pk}/confirm/", {"only_valid": "yes"})
    run_waiting_jobs()
    with everything():
        assert Enrollment.objects.count() == 4


def test_the_page_names_file_sheet_and_row_and_gives_each_error_workbook(cast: Cast, login) -> None:
    client = login(cast.clerk)
    pk = sent(client, 甲_xlsx=roster_book(person(1)), 乙_xlsx=two_sheets([person(2)], [person(1), person(3, name="1")]))
    page = client.get(f"/roster/import/{pk}/").content.decode()
    assert all(f">{title}</th>" in page for title in ("文件", "工作表"))
    assert "乙.xlsx</td>" in page
    assert "二组</td>" in page
    assert f"/roster/import/{pk}/errors/2.xlsx" in page
    assert f"/roster/import/{pk}/errors/1.xlsx" not in page
    assert client.get(f"/roster/import/{pk}/errors/1.xlsx").status_code == 404
    answer = client.get(f"/roster/import/{pk}/errors/2.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert [book["二组"].cell(row, 5).value is not None for row in (2, 3)] == [True, True]
    assert book["一组"].cell(2, 5).value is None


def test_all_refusals_are_told_at_once_and_nothing_is_staged(cast: Cast, login) -> None:
    client = login(cast.clerk)
    pk = sent(
        client,
        甲_xlsx=roster_book(person(1)),
        乙_xlsx=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        丙_csv="姓名,村\n周某,x\n".encode(),
    )
    batch = batch_of(pk)
    assert batch.state == "refused"
    lines = batch.refusal.split("\n")
    assert [line.split("：")[0] for line in lines] == ["“乙.xlsx”", "“丙.csv”"]
    assert "缺少" in lines[1]
    assert "“乙.xlsx”" in client.get(f"/roster/import/{pk}/").content.decode()
    with everything():
        assert not RosterRow.objects.exists()


def test_the_same_file_twice_is_refused_and_nothing_kept(cast: Cast, settings, tmp_path) -> None:
    settings.FILES_DIR = tmp_path
    book = roster_book(person(1))
    with acting(scope_of(cast.clerk)), pytest.raises(UploadRefused, match="的内容完全相同"):
        upload_rosters(
            edition=read_edition(),
            township=township(OWN),
            files=[SentFile("甲.xlsx", book), SentFile("乙.xlsx", book)],
            by=cast.clerk,
        )
    with everything():
        assert not StoredFile.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_files_that_were_imported_before_are_all_named(cast: Cast, login) -> None:
    client = login(cast.clerk)
    books = {"甲_xlsx": roster_book(person(1)), "乙_xlsx": roster_book(person(2))}
    sent(client, **books)
    parts = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in books.items()]
    answer = client.post("/roster/import/", {"township": township(OWN).pk, "file": parts})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“甲.xlsx”与" in page
    assert "“乙.xlsx”与" in page


def test_a_large_upload_is_never_in_clear_on_the_disk(cast: Cast, login, settings, tmp_path, monkeypatch) -> None:
    """What is too large for memory is sealed as it arrives."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE, settings.FILES_DIR = 100, tmp_path
    opened: list[str] = []
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: opened.append("in clear"))
    pk = sent(login(cast.clerk), 大_csv=csv_of(*(person(n) for n in range(1, 40))))
    assert batch_of(pk).counts["valid"] == 39
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert opened == []
    assert not [path for path in kept if "arriving" in path.parts or b"500101" in path.read_bytes()]
