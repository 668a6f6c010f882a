"""Reading a list: what is taken, what is refused with which sentence, and that it comes in force whole or not at all."""

import io
import random
import time

import pytest
from openpyxl import load_workbook

from calc.id_number import check_digit
from enrollment.models import ListedPerson, PersonList
from enrollment.services import list_reading
from enrollment.services.list_uploading import ListRefused
from office import jobs
from office.files import read_file
from office.models import Job
from orgs.models import AuditEvent, Role, User
from tests.cast import OWN, Cast, id_number, township, villages
from tests.ground import everything
from tests.lists.making import HEADER, csv_of, in_force, reread, row_of, sent
from tests.roster.books import book_of


def people_of(made: PersonList) -> list[ListedPerson]:
    with everything():
        return list(ListedPerson.objects.filter(list=made).order_by("id"))


def read(kind: str, content: bytes, by: User, **more) -> PersonList:
    made, job = sent(kind, content, by, **more)
    assert jobs.run(job.pk)
    return reread(made)


def test_a_row_is_kept_with_its_place_sealed_and_stamped(cast: Cast) -> None:
    home = villages(OWN)[2]
    made = in_force("members", row_of(1, place=OWN, village=home.name, day="2021.3.5"), by=cast.authority)
    (person,) = people_of(made)
    assert (person.id_number.reveal(), str(person.id_number), person.name) == (
        id_number(1), f"{id_number(1)[:4]}************{id_number(1)[-2:]}", "谭某华",
    )  # fmt: skip
    assert (person.township_id, person.village_id, person.region_path) == (township(OWN).pk, home.pk, home.path)
    assert (str(person.event_date), made.counts["taken"]) == ("2021-03-05", 1)


def test_a_workbook_with_a_title_and_other_spellings_is_read(cast: Cast) -> None:
    header = ("序号", "被保险人姓名", "公民身份号码", "所属乡镇", "行政村", "死亡时间", "死亡原因")
    rows = [("1", "谭某华", id_number(1), OWN, villages(OWN)[0].name, "2021年3月5日", "某种病")]
    made = read("dead", book_of(("某县死亡人员名单",), header, *rows), cast.authority, name="名单.xlsx")
    (person,) = people_of(made)
    assert (str(person.event_date), person.village_id) == ("2021-03-05", villages(OWN)[0].pk)
    assert made.notes == ["没有使用的列：死亡原因"]


def test_wrong_numbers_are_refused_and_everything_else_stays(cast: Cast) -> None:
    """A name with a remark, an unknown village or an odd date let nobody slip through."""
    wrong = id_number(3)[:-1] + ("0" if id_number(3)[-1] != "0" else "1")
    rows = (
        row_of(1, name="谭某华（已故）", place=OWN, village="没有的村", day="去年"),
        row_of(2, place="没有的镇", village="某村"),
        ("李某兰", wrong, "", "", ""),
        ("王某空", "", "", "", ""),
        row_of(1, name="另某名"),
    )
    made = read("dead", csv_of(*rows), cast.authority)
    assert made.state == "in_force"
    assert {key: made.counts[key] for key in ("rows", "taken", "refused", "repeated")} == {
        "rows": 5, "taken": 2, "refused": 2, "repeated": 1,
    }  # fmt: skip
    assert (made.counts["without_township"], made.counts["without_village"]) == (1, 2)
    first, second = people_of(made)
    assert (first.name, first.township_id, first.village_id, first.event_date) == ("", township(OWN).pk, None, None)
    assert (second.township_id, second.written_place, second.region_path) == (None, "没有的镇 某村", made.region_path)
    assert made.notes == [
        "有 1 行的日期看不懂，没有采用，仍按身份证号核对",
        "有 1 行的姓名里有别的字符，没有采用，仍按身份证号核对",
    ]
    sheet = load_workbook(io.BytesIO(read_file(made.error_file))).active
    reasons = {row[0]: row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(reasons) == {"4", "5", "6"}
    assert "必填，没有填" in reasons["5"]
    assert "与第 2 行是同一人" in reasons["6"]


def test_a_hidden_row_and_a_formula_are_not_taken(cast: Cast) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(HEADER)
    for row in (row_of(1), row_of(2), ("李某兰", '="5001"', "", "", "")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    made = read("dead", out.getvalue(), cast.authority, name="名单.xlsx")
    assert (made.counts["taken"], made.counts["refused"]) == (1, 2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv_of(("谭某", OWN), header=("姓名", "乡镇")), "表头缺少「身份证号」"),
        (csv_of(("甲", "乙"), header=("甲列", "乙列")), "找不到表头"),
        (csv_of(("谭某", "12345", "", "", "")), "没有一行可以采用"),
        (b"PK\x03\x04 no zip", "请"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(cast: Cast, content: bytes, sentence: str) -> None:
    made = read("dead", content, cast.authority, name="名单.csv" if content[:2] != b"PK" else "名单.xlsx")
    assert (made.state, people_of(made)) == ("refused", [])
    assert sentence in made.refusal


def test_the_same_file_is_not_taken_twice(cast: Cast) -> None:
    in_force("dead", row_of(1), by=cast.authority)
    with pytest.raises(ListRefused, match="完全相同"):
        sent("dead", csv_of(row_of(1)), cast.authority)


def test_there_is_one_members_list_at_a_time(cast: Cast) -> None:
    first = in_force("members", row_of(1), by=cast.authority)
    second = in_force("members", row_of(2), by=cast.authority)
    assert (reread(first).state, reread(second).state) == ("withdrawn", "in_force")


def test_a_reading_that_was_interrupted_begins_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the first chunk: nothing is in force; the second run leaves what an undisturbed one leaves."""
    made, job = sent("dead", csv_of(*(row_of(n) for n in range(25))), cast.authority)
    monkeypatch.setattr(list_reading, "ROWS_A_WRITE", 10)
    real, calls = list_reading.insert_rows, []

    def dying(*args) -> None:
        real(*args)
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(list_reading, "insert_rows", dying)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    assert reread(made).state == "checking"
    Job.objects.filter(pk=job.pk).update(lease_until=None, state="waiting")
    assert jobs.run(job.pk)
    assert (reread(made).state, len(people_of(made))) == ("in_force", 25)


def test_a_worker_that_lost_its_job_writes_nothing_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made, job = sent("dead", csv_of(row_of(1)), cast.authority)
    real = list_reading.read_rows

    def overtaken(*args, **more):
        Job.objects.filter(pk=job.pk).update(fence=99)
        return real(*args, **more)

    monkeypatch.setattr(list_reading, "read_rows", overtaken)
    jobs.run(job.pk)
    assert (reread(made).state, people_of(made)) == ("checking", [])


def test_whoever_may_no_longer_manage_lists_brings_none_in_force(cast: Cast) -> None:
    made, job = sent("dead", csv_of(row_of(1)), cast.authority)
    User.objects.filter(pk=cast.authority.pk).update(role=Role.FINANCE)
    assert jobs.run(job.pk)
    assert (reread(made).state, "不再管理名单" in reread(made).refusal) == ("refused", True)


def test_a_reading_that_failed_is_told_and_leaves_no_rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    made, job = sent("dead", csv_of(row_of(1)), cast.authority)
    monkeypatch.setattr(list_reading, "refresh_statistics", broken)
    monkeypatch.setattr(list_reading, "record", broken)
    jobs.run(job.pk)
    assert (reread(made).state, people_of(made)) == ("refused", [])


def test_what_happens_to_a_list_is_on_record(cast: Cast) -> None:
    in_force("dead", row_of(1), by=cast.authority)
    with everything():
        events = dict(AuditEvent.objects.filter(action__startswith="list.").values_list("action", "detail"))
    assert set(events) == {"list.upload", "list.in_force"}
    assert events["list.in_force"]["taken"] == 1
    assert id_number(1) not in str(events)


def test_twenty_thousand_rows_come_in_quickly(cast: Cast) -> None:
    """Some 3 s alone on one core; far off, something is asked row by row."""
    place, home = OWN, villages(OWN)[0].name
    rng = random.Random(7)
    heads = {
        f"500101{1940 + rng.randrange(60)}{1 + rng.randrange(12):02d}{1 + rng.randrange(28):02d}{n % 1000:03d}"
        for n in range(21_000)
    }
    rows = [
        f"谭某{'甲乙丙丁'[n % 4]},{head}{check_digit(head)},{place},{home},"
        for n, head in enumerate(sorted(heads)[:20_000])
    ]
    content = "\n".join((",".join(HEADER), *rows)).encode()
    started = time.perf_counter()
    made = read("members", content, cast.authority)
    assert made.counts["taken"] == 20_000
    assert time.perf_counter() - started < 15
