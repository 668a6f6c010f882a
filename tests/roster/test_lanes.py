"""The fast lane gives what the slow lane gives; what the child sends is understood or refused."""

import json
import random
from datetime import date, datetime

import pytest

from calc.id_number import IdNumber, check_digit, check_id_number
from enrollment.roster import checking
from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.id_table import IdTable
from enrollment.roster.making import make_roster
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import RowChunk, read_rows
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.wire import BadFrame, decode_rows, encode_rows
from tests.roster.books import GOOD, HEADER, TODAY, book_of, checked
from tests.roster.county import wanzhou

TOWNS = [("大周镇", "500101139000", ["铺垭村", "五土村"])]


@pytest.fixture(params=["xlsx", "csv"])
def roster(request, tmp_path):
    """Every planted defect, several times over."""
    path = tmp_path / f"名册.{request.param}"
    make_roster(path, rows=300, seed=5, defects=0.4, townships=TOWNS)
    return path


def test_both_lanes_give_the_same_rows(roster, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, fast_report = [], CheckReport()
    slow, slow_report = [], CheckReport()
    fast = checked(roster.read_bytes(), report=fast_report, name=roster.name)
    everything_odd = checking.Lane.read
    monkeypatch.setattr(
        checking.Lane, "read", lambda lane, rows: (everything_odd(lane, rows)[0], set(range(len(rows))))
    )
    slow = checked(roster.read_bytes(), report=slow_report, name=roster.name)
    assert fast == slow
    assert fast_report == slow_report
    assert fast_report.valid == 300


def test_most_rows_take_the_fast_lane(roster, monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[int] = []
    plain = checking._SheetCheck._values
    monkeypatch.setattr(checking._SheetCheck, "_values", lambda *args: slow.append(1) or plain(*args))
    rows = checked(roster.read_bytes(), name=roster.name)
    assert len(slow) < len(rows) / 2


NUMBERS = (50, 50.0, 0, True, "５０", " 50 ", "=1", "", None, "某 某", "1e5", 6.2e18, "x" * 300,
           "同上", "〃", "nan", "1970.01", "25569", 25569.0, "铺垭村3组", "13000000000/13100000000", "之妻", "子女", "MOU, JOHN",
           "＝1", '="5"', "Х")  # fmt: skip


def good_person(n: int) -> dict[str, object]:
    head = f"50010119700101{n:03d}"
    return dict(zip(HEADER, GOOD, strict=True)) | {"身份证号": head + check_digit(head)}


@pytest.mark.parametrize("column", ["户号", "组", "联系电话", "银行账号", "开户银行", "家庭住址", "性别", "出生日期",
                                    "与户主关系", "户主姓名", "户主身份证号", "备注", "姓名", "身份证号", "村"])  # fmt: skip
def test_odd_cells_of_any_column_are_read_alike(column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    header = list(dict.fromkeys([*HEADER, column]))
    rows = [list((good_person(n) | {column: value}).values()) for n, value in enumerate(NUMBERS)]
    chunk = RowChunk("名册", list(range(1, len(rows) + 2)), [header, *rows])
    looked = look_over(book_of(header, *([list("abcdefgh")] * len(rows))), name="a.xlsx")

    def read() -> list[checking.CheckedRow]:
        return list(check_rows([chunk], facts=looked, regions=wanzhou(), today=TODAY))

    fast = read()
    lane = checking.Lane.read
    monkeypatch.setattr(checking.Lane, "read", lambda one, rows: (lane(one, rows)[0], set(range(len(rows)))))
    assert fast == read()


def test_the_table_of_numbers_agrees_with_the_check_of_one() -> None:
    rng = random.Random(3)
    table = IdTable(TODAY)
    numbers = []
    for _ in range(3000):
        region = rng.choice(["500101", "110000", "810000", "830000", "911111", "999999", "000000"])
        born = date(rng.choice([1880, 1930, 1980, 2026, 2030]), rng.randint(1, 12), rng.randint(1, 28))
        head = f"{region}{born:%Y%m%d}{rng.randint(0, 999):03d}"
        numbers.append(head + (check_digit(head) if rng.random() < 0.7 else rng.choice("0123456789X")))
    for _ in range(2):  # the second time from what was learned
        for number, person in zip(numbers, table.read(numbers), strict=True):
            found = check_id_number(number, today=TODAY)
            right = (found.value, found.kind, found.birth_date, found.sex) if isinstance(found, IdNumber) else None
            assert person == right, number


ROWS = [
    ["050", "", "周某"],
    [50, 1.5, True],
    ["a\x1fb", "c\x1ed", "\x1dx"],
    ["", None, "x\ny"],
    ["多\U00020000", ".", "\t"],
]


def frame(numbers: list[int], rows: list[list[object]]) -> tuple[dict[str, object], bytes]:
    line, _, payload = encode_rows("名册", numbers, rows).partition(b"\n")
    head = json.loads(line)
    assert head["bytes"] == len(payload)
    return head, payload


@pytest.mark.parametrize("numbers", [[3, 4, 5, 6, 7], [3, 4, 9, 10, 300_000]], ids=["in a row", "with gaps"])
def test_cells_come_over_as_they_are(numbers: list[int]) -> None:
    assert decode_rows(*frame(numbers, ROWS)) == (numbers, ROWS)


def test_dates_come_over_as_text() -> None:
    assert decode_rows(*frame([1], [[date(1980, 1, 31), datetime(1980, 1, 31, 8)]]))[1] == [
        ["1980-01-31", "1980-01-31T08:00:00"]
    ]


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        ({"numbers": [1, 2, 3]}, b"a\x1eb"),
        ({"numbers": []}, b"a"),
        ({"numbers": "x"}, b"a"),
        ({"numbers": [True]}, b"a"),
        ({"sheet": 1}, b"a"),
        ({}, b"\xff\xfe"),
        ({}, b"\x1d{"),
        ({}, b"\x1d[1]"),
        ({}, b'\x1d{"__reduce__": "os.system"}'),
        ({}, b"\x1d" + b"9" * 5000),
        ({}, b"\x1d" + b"[" * 100_000),
    ],
)
def test_a_child_that_has_been_taken_over_can_only_break_its_file(head: dict[str, object], payload: bytes) -> None:
    with pytest.raises(BadFrame):
        decode_rows({"sheet": "名册", "numbers": [1]} | head, payload)


@pytest.mark.parametrize(
    "said",
    [
        b"hello\n",
        b"[1]\n",
        b"7\n",
        b'{"bytes": -1}\n',
        b'{"bytes": 99999999999}\n',
        b'{"bytes": "x"}\n',
        b'{"bytes": 3, "sheet": "a"}\nabc',
        b'{"end": true}\n',
        b"x" * 3_000_000,
    ],
)
def test_what_no_child_says_refuses_the_file(said: bytes, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that says it stands in for the child."""
    play = tmp_path / "child.py"
    play.write_bytes(b"import sys\nsys.stdin.buffer.read()\nsys.stdout.buffer.write(%r)\n" % said)
    plain = __import__("subprocess").Popen
    monkeypatch.setattr(
        "enrollment.roster.reading.subprocess.Popen",
        lambda command, **options: plain([command[0], str(play)], **options),
    )
    looked = look_over(book_of(HEADER, GOOD), name="a.xlsx")
    with pytest.raises(RosterRefused, match="文件结构异常"):
        list(read_rows(book_of(HEADER, GOOD), looked))
