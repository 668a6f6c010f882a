"""The throw-away child: rows under their own numbers, cells with their types, and how it ends."""

import os
import signal
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from enrollment.roster import reading
from enrollment.roster.facts import Looked
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import ReadingReport, RowChunk, read_rows
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from tests.roster.books import GOOD, HEADER, book_of, checked, filled_book, raw_book, saved, text_row

FAR_CELL = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
XLSX = Looked(kind="xlsx")
MORNING = datetime(1980, 1, 31, 8, 0)


def read(data: bytes, looked: Looked = XLSX, **options) -> list[RowChunk]:
    return list(read_rows(data, looked, **options))


@pytest.fixture(autouse=True)
def _others() -> Iterator[None]:
    """Children that this worker of pytest has for other reasons (a browser, a portal)."""
    OTHERS.update(_children())
    yield
    OTHERS.clear()


OTHERS: set[int] = set()


def children() -> set[int]:
    return _children() - OTHERS


def _children() -> set[int]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listed:
        return {int(pid) for pid in listed.read().split()}


def test_row_numbers_are_the_sheets_own_with_blank_rows_and_columns_before():
    book = filled_book()
    page = book.active
    page["C4"], page["D4"], page["C7"] = "姓名", "村", "周某英"
    (chunk,) = read(saved(book))
    assert chunk == RowChunk("名册", [4, 7], [["", "", "姓名", "村"], ["", "", "周某英", ""]])


def test_cells_keep_their_types():
    row = [
        "050",
        50,
        500101197001010019,
        date(1980, 1, 31),
        MORNING,
        True,
        "=1+1",
        "５０",
    ]
    (chunk,) = read(book_of(row))
    assert chunk.rows == [["050", 50, 5.0010119700101e17, "1980-01-31", "1980-01-31T08:00:00", True, "=1+1", "５０"]]


def test_hidden_sheets_are_not_read():
    book = filled_book(HEADER, GOOD)
    book.create_sheet("旧表").append(["x"])
    book["旧表"].sheet_state = "hidden"
    assert {chunk.sheet for chunk in read(saved(book))} == {"名册"}


def test_rows_come_in_chunks_and_are_counted_as_they_come():
    rows = "".join(text_row(n, "x") for n in range(1, 2502))
    seen: list[int] = []
    report = ReadingReport()
    chunks = read(raw_book(f"<sheetData>{rows}</sheetData>"), report=report, progress=seen.append)
    assert [len(chunk.rows) for chunk in chunks] == [1000, 1000, 501]
    assert seen == [1000, 2000, 2501]
    assert report.finished
    assert report.peak_kb > 5000


def test_one_cell_at_the_far_corner_ends_the_child_and_nothing_else():
    with pytest.raises(RosterRefused, match="文件结构异常") as caught:
        read(raw_book(FAR_CELL))
    assert caught.value.refusal.kind == "structure"
    assert children() == set()


@pytest.mark.parametrize("data", [b"PK\x03\x04 nothing", b"", raw_book("<sheetData><row><c>")], ids=range(3))
def test_what_the_parser_cannot_read_is_a_structure_refusal(data):
    with pytest.raises(RosterRefused, match="文件结构异常"):
        read(data)


def test_a_file_that_takes_too_long_is_refused():
    rows = "".join(text_row(n, "x") for n in range(1, 20_001))
    with pytest.raises(RosterRefused, match="读取超时"):
        read(raw_book(f"<sheetData>{rows}</sheetData>"), wall_seconds=0.01)
    assert children() == set()


def test_a_child_killed_from_outside_is_no_fault_of_the_file():
    """As the system does when memory runs out."""
    rows = "".join(text_row(n, "某" * 60) for n in range(1, 60_001))
    chunks = read_rows(raw_book(f"<sheetData>{rows}</sheetData>"), XLSX)
    next(chunks)
    (pid,) = children()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ReadingInterrupted):
        list(chunks)


def test_leaving_off_early_ends_the_child():
    rows = "".join(text_row(n, "x") for n in range(1, 20_001))
    chunks = read_rows(raw_book(f"<sheetData>{rows}</sheetData>"), XLSX)
    next(chunks)
    chunks.close()
    assert children() == set()


def test_the_child_gets_none_of_our_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("FIELD_KEYS", "secret")
    shown = tmp_path / "environ"
    monkeypatch.setattr(reading, "_PROJECT", tmp_path)
    package = tmp_path / "enrollment" / "roster"
    package.mkdir(parents=True)
    (package / "child.py").write_text(f"import os\nopen({str(shown)!r}, 'w').write(repr(dict(os.environ)))\n")
    with pytest.raises(RosterRefused):
        read(b"x")
    assert "secret" not in shown.read_text()


def test_texts_too_long_for_a_roster_are_cut_in_the_child():
    long = "某" * 30_000
    rows = "".join(text_row(n, long) for n in range(1, 201))
    chunks = read(raw_book(f"<sheetData>{rows}</sheetData>"))
    assert sum(len(chunk.rows) for chunk in chunks) == 200
    assert {len(row[0]) for chunk in chunks for row in chunk.rows} == {1000}


def test_a_path_and_a_stream_read_alike(tmp_path):
    data = book_of(HEADER, GOOD)
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with path.open("rb") as stream:
        assert list(read_rows(path, XLSX)) == list(read_rows(stream, XLSX)) == read(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_rows_count_records_and_keep_text(encoding):
    data = '姓名,身份证号,住址\r\n\r\n周某英,050,"第一行\n第二行"\r\n李某兰,=1+1,\r\n'.encode(encoding)
    (chunk,) = read(data, look_over(data, name="a.csv"))
    assert chunk.numbers == [1, 3, 4]
    assert chunk.rows[1:] == [["周某英", "050", "第一行\n第二行"], ["李某兰", "=1+1", ""]]


def test_tab_separated_text_is_read_as_csv():
    data = "姓名\t村\n周某英\t铺垭村\n".encode("gb18030")
    (chunk,) = read(data, look_over(data, name="a.csv"))
    assert chunk.rows[1] == ["周某英", "铺垭村"]


def test_a_csv_field_without_end_is_refused():
    data = ('姓名,村\n"' + "x" * 200_000).encode()
    with pytest.raises(RosterRefused, match="引号"):
        read(data, look_over(data, name="a.csv"))


@pytest.mark.parametrize(("mark", "other"), [("\t", ","), (",", ";"), (";", ",")])
def test_addresses_may_hold_more_of_another_mark_than_parts_the_columns(mark: str, other: str) -> None:
    header = (*HEADER, "家庭住址")
    lines = [header, (*GOOD, f"1组{other}2号{other}后{other}山{other}坡{other}上")]
    (row,) = checked("".join(f"{mark.join(line)}\n" for line in lines).encode(), name="a.csv")
    assert (row.state, row.values.address.count(other)) == ("valid", 5)
