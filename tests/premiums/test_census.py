"""An edition that goes by a census: its figures, the sheet by county and payer, the bills, the command."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from orgs.models import AuditEvent, Region, Role, User
from orgs.scope import acting, scope_of
from premiums.allocation import Allocation, AllocationRefused, allocation_for, allocation_of
from premiums.bills import Billed, billed_so_far, billed_total, issue_bills
from premiums.census import CensusRefused, heads_by_region, read_census
from premiums.census_entry import enter_census
from premiums.checks import reconcile
from premiums.models import CensusFigure, PremiumBill
from schemes.models import Edition
from tests.cast import COUNTY, FAR, NEAR, OWN, Cast
from tests.commands.conftest import run
from tests.ground import everything
from tests.premiums.conftest import BASIS, CITY, wanzhou_but
from tests.rules.editions import cases

__all__ = ["run"]
COUNTIES = ("冠县", "临清市", "莘县", "阳谷县", "高唐县", "东昌府区", "东阿县", "茌平区", "开发区", "高新区", "度假区")
[WORKED] = cases("premiums")["census_premium"]
ADDRESS = "/premiums/liaocheng-2022/"


def csv_of(**lines: tuple[int, int]) -> str:
    """All counties; those not named have a thousand people in 300 households."""
    rows = {county: lines.get(county, (1_000, 300)) for county in COUNTIES}
    return "region,persons,households\n" + "".join(f"{name},{p},{h}\n" for name, (p, h) in rows.items())


GUAN = {"冠县": (WORKED["persons"], WORKED["households"])}


@pytest.fixture
def finance(somebody) -> User:
    return somebody(Role.FINANCE, CITY)


@contextmanager
def at_work(user: User) -> Iterator[None]:
    with acting(scope_of(user)):
        yield


def enter(edition: Edition, by: User, text: str, source: str = "公安户籍 2020 年末") -> None:
    with at_work(by):
        enter_census(edition=edition, rows=read_census(text, edition), source=source, by=by)


def sheet_of(edition: Edition, user: User) -> Allocation:
    with at_work(user):
        return allocation_of(edition, user)


def test_the_sheet_by_county_and_payer(liaocheng: Edition, finance: User) -> None:
    enter(liaocheng, finance, csv_of(**GUAN, 度假区=(0, 0)))
    sheet = sheet_of(liaocheng, finance)
    rows = {row.township: row for row in sheet.rows}
    guan, others = rows["冠县"], 9 * 2_600_00
    assert (guan.fen, dict(guan.shares)) == (
        225923600, {"province": 203331240, "city": 0, "county": 22592360}
    )  # fmt: skip
    assert dict(rows["聊城经济技术开发区"].shares) == {"province": 156000, "city": 78000, "county": 26000}
    assert (len(sheet.rows), sheet.fen) == (11, guan.fen + others)
    assert sum(sheet.shares.values()) == sheet.fen
    assert all(sum(row.shares.values()) == row.fen for row in sheet.rows)


def test_the_proofs_hold_and_a_county_left_out_shows(liaocheng: Edition, finance: User) -> None:
    enter(liaocheng, finance, csv_of())
    with at_work(finance):
        issue_bills(edition=liaocheng, by=finance)
        billed = billed_so_far(liaocheng, finance)
        assert all(check.holds for check in reconcile(liaocheng, allocation_of(liaocheng, finance), finance, billed))
        CensusFigure.objects.filter(region__name="冠县").delete()
        checks = reconcile(liaocheng, allocation_of(liaocheng, finance), finance, billed)
    assert {check.name: check.detail for check in checks if not check.holds} == {
        "各地人数都已录入": "没有录入：冠县",
        "与保费账单相符": "未出账或有变动：冠县",
    }


def test_a_county_sees_its_own_row_and_enters_nothing(liaocheng: Edition, finance: User, somebody, login) -> None:
    county = somebody(Role.FINANCE, "冠县")
    enter(liaocheng, finance, csv_of(**GUAN))
    sheet = sheet_of(liaocheng, county)
    assert [row.township for row in sheet.rows] == ["冠县"]
    assert (sheet.fen, sheet.partial) == (225923600, True)
    with pytest.raises(CensusRefused, match="由聊城市的主管部门或财政部门录入"):
        enter(liaocheng, county, csv_of())
    client = login(county)
    assert client.get(f"{ADDRESS}census/").status_code == 404
    page = client.get(ADDRESS).content.decode()
    assert "冠县" in page
    assert "东阿县" not in page


def test_new_figures_replace_the_former_which_stay(liaocheng: Edition, finance: User) -> None:
    enter(liaocheng, finance, csv_of(**GUAN))
    enter(liaocheng, finance, csv_of(), source="公安户籍 更正")
    assert sheet_of(liaocheng, finance).fen == 11 * 260_000
    with everything():
        kept = CensusFigure.objects.filter(edition=liaocheng, region__name="冠县").order_by("sequence")
        assert [(one.sequence, one.persons, one.replaced_at is None) for one in kept] == [
            (1, WORKED["persons"], False), (2, 1_000, True),
        ]  # fmt: skip
        event = AuditEvent.objects.filter(action="premium.census").order_by("-id").first()
    assert (event.detail["regions"], event.detail["persons"], event.detail["source"]) == (11, 11_000, "公安户籍 更正")


def test_a_correction_is_billed_by_its_difference(liaocheng: Edition, finance: User, somebody) -> None:
    enter(liaocheng, finance, csv_of())
    with at_work(finance):
        assert issue_bills(edition=liaocheng, by=finance) == Billed(11, 11 * 260_000)
    enter(liaocheng, finance, csv_of(冠县=(999, 300)))
    with at_work(finance):
        assert issue_bills(edition=liaocheng, by=finance) == Billed(1, -200)
        assert issue_bills(edition=liaocheng, by=finance) == Billed(0, 0)
    with acting(scope_of(somebody(Role.AUDITOR, "冠县"))):  # sees one county, and the whole premium
        assert billed_total(liaocheng) == 28_598


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["文件是空的"]),
        ("region,persons\n", ["第1行缺少列 户数（households）"]),
        ("region,persons,households,区划\n", ["第1行的列 区划 写了两遍"]),
        ("region,persons,households\n", ["第2行表头下面没有数据"]),
        (
            "region,persons,households\n万州区,1,1\n冠县,-1,1.5\n冠县,1,1\n冠县,,99999999999\n",
            ["第2行「区划」“万州区”不在", "第3行「人数」“-1”", "第3行「户数」“1.5”", "第4行「区划」“冠县”重复",
             "第5行「区划」“冠县”重复", "第5行「人数」“”", "第5行「户数」“99999999999”"],
        ),
        ('region,persons,households\n"冠县,1,1\n', ["不是 CSV 表格"]),
        (f"region,persons,households\n{'很' * 5000},1,1\n", ["很…”不在"]),
        ("region,persons,households\n冠县,１２，３４５,²\n", ["「户数」“²”"]),
    ],
)  # fmt: skip
def test_every_mistake_of_a_census_is_named(liaocheng: Edition, text: str, told: list[str]) -> None:
    with pytest.raises(CensusRefused) as refused:
        read_census(text, liaocheng)
    messages = [problem.message for problem in refused.value.problems]
    assert all(any(words in message for message in messages) for words in told), messages
    assert all(len(message) < 200 for message in messages)


def test_codes_names_aliases_and_grouped_figures_are_taken(liaocheng: Edition) -> None:
    text = '区划代码,人数,户数\n371525000000,"873,211",１２\n聊城高新技术产业开发区,1,1\n度假区,2,1\n'
    rows = read_census(text, liaocheng)
    names = dict(Region.objects.filter(pk__in=[row.region_id for row in rows]).values_list("pk", "name"))
    assert [(names[row.region_id], row.persons, row.households) for row in rows] == [
        ("冠县", 873211, 12), ("聊城高新技术产业开发区", 1, 1), ("聊城江北水城旅游度假区", 2, 1),
    ]  # fmt: skip


def test_no_county_is_left_out_in_silence(liaocheng: Edition, finance: User) -> None:
    with pytest.raises(CensusRefused, match=r"缺少 10 个地区：.*没有人的也请写一行 0"):
        enter(liaocheng, finance, "region,persons,households\n冠县,1,1\n")
    with pytest.raises(CensusRefused, match="来源"):
        enter(liaocheng, finance, csv_of(), source=" ")
    with everything():
        assert not CensusFigure.objects.exists()


# --- on screen --------------------------------------------------------------------------------------------------
def grid_of(client) -> dict[str, str]:
    page = client.get(f"{ADDRESS}census/")
    return {cell.name: cell.value for line in page.context["lines"] for cell in line.cells}


def test_figures_are_entered_in_the_grid(liaocheng: Edition, finance: User, login) -> None:
    client = login(finance)
    assert "还没有录入人数" in client.get(ADDRESS).content.decode()
    grid = {name: "300" if name.startswith("households") else "1,000" for name in grid_of(client)}
    assert len(grid) == 22
    assert client.post(f"{ADDRESS}census/", grid | {"source": "公安户籍"}).status_code == 302
    page = client.get(ADDRESS).content.decode()
    assert "省级财政" in page
    assert "28,600.00" in page
    assert grid_of(client)[next(iter(grid))] == "1000"


def test_what_was_typed_stays_with_every_mistake(liaocheng: Edition, finance: User, login) -> None:
    client = login(finance)
    grid = dict.fromkeys(grid_of(client), "5")
    first, second = list(grid)[:2]
    answer = client.post(f"{ADDRESS}census/", grid | {first: "五", second: "-1", "source": "某处"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有 2 处要改" in page
    assert "第1行「人数」“五”" in page
    assert 'value="五"' in page
    assert client.post(f"{ADDRESS}census/", grid).status_code == 422  # no source
    assert client.post(f"{ADDRESS}census/", {"source": "某处"}).status_code == 422


def test_the_template_comes_back_filled_in(liaocheng: Edition, finance: User, login) -> None:
    client = login(finance)
    answer = client.get(f"{ADDRESS}census/template.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    rows = [row for row in book.active.iter_rows(min_row=4) if row[0].value]
    assert len(rows) == 11
    for row in rows:
        row[1].value, row[2].value = 1_000, 300
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("人数.xlsx", out.getvalue())
    assert client.post(f"{ADDRESS}census/", {"source": "公安户籍", "file": file}).status_code == 302
    assert sheet_of(liaocheng, finance).fen == 11 * 260_000


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("人数.xlsx", b"PK\x03\x04 and nothing else", "文件"),
        ("人数.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, ".xlsx"),
        ("人数.csv", b"region,persons,households\n" + b"x,1,1\n" * 30_000, "超过 20,000 行"),
        ("人数.csv", b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
        ("人数.csv", csv_of().encode("gbk"), ""),
    ],
)
def test_odd_files_are_refused_in_a_sentence(
    liaocheng: Edition, finance: User, login, name: str, content: bytes, told: str
) -> None:
    answer = login(finance).post(f"{ADDRESS}census/", {"source": "某处", "file": SimpleUploadedFile(name, content)})
    if not told:  # Excel's own CSV in Chinese is read
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_exports_hold_households_and_payers(liaocheng: Edition, finance: User, login) -> None:
    enter(liaocheng, finance, csv_of(**GUAN))
    client = login(finance)
    book = load_workbook(io.BytesIO(client.get(f"{ADDRESS}allocation.xlsx").content)).active
    rows = [[cell.value for cell in row] for row in book.iter_rows()]
    head = next(row for row in rows if row[0] == "序号")
    guan = next(row for row in rows if row[1] == "冠县")
    assert head[1:] == [
        "县（市、区）", "承保机构", "人数", "户数", "保费（元）", "省级财政（元）", "市级财政（元）", "县级财政（元）",
    ]  # fmt: skip
    assert guan[3:] == [873211, 256407, 2259236, 2033312.4, 0, 225923.6]
    assert "三（三）" in rows[1][0]
    assert "每人每年 2.00 元，每户每年 2.00 元" in rows[1][0]
    assert client.get(f"{ADDRESS}allocation.pdf").content.startswith(b"%PDF-")


def test_the_roster_edition_takes_no_census(edition: Edition, cast: Cast, login) -> None:
    client = login(cast.finance)
    assert client.get(f"/premiums/{edition.code}/census/").status_code == 404
    assert client.get(f"/premiums/{edition.code}/census/template.xlsx").status_code == 404
    assert client.get(f"/premiums/{edition.code}/brought-forward/").status_code == 404
    with pytest.raises(CensusRefused, match="按参保名册计费"), at_work(cast.finance):
        enter_census(edition=edition, rows=(), source="某处", by=cast.finance)


def test_the_sheet_asks_no_more_for_more_counties(liaocheng: Edition, finance: User, login) -> None:
    client = login(finance)
    enter(liaocheng, finance, csv_of())
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as captured:
        client.get(ADDRESS)
    asked = [q for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_"))]
    assert len(asked) == 11


# --- by command -------------------------------------------------------------------------------------------------
def test_the_command_splits_every_worked_case(liaocheng: Edition, run, tmp_path) -> None:
    census = tmp_path / "census.csv"
    census.write_text(csv_of(**GUAN), encoding="utf-8")
    out = tmp_path / "sheet.xlsx"
    answer = run("split_premium", "liaocheng-2022", "--census", census, "--out", out).document
    rows = {row["name"]: row for row in answer["rows"]}
    assert set(rows) == set(COUNTIES)
    assert rows["冠县"]["region"] == "371525000000"
    assert rows["冠县"]["premium"] == WORKED["premium"]
    assert rows["冠县"]["shares"] == {"province": "2033312.40", "city": "0.00", "county": "225923.60"}
    assert rows["度假区"]["region"] == "度假区"
    assert Decimal(answer["total"]) == sum(Decimal(row["premium"]) for row in answer["rows"])
    assert out.exists()


def test_the_command_reads_what_was_entered_or_says_so(liaocheng: Edition, finance: User, run) -> None:
    said = run("split_premium", "liaocheng-2022")
    assert (said.code, said.errors) == (1, ["--census"])
    assert "还没有录入人数" in said.err
    enter(liaocheng, finance, csv_of())
    assert run("split_premium", "liaocheng-2022").document["total"] == "28600.00"
    refused = run("split_premium", "liaocheng-2022", "--brought-forward", "1.00")
    assert (refused.code, "没有写上年结余" in refused.err) == (1, True)


# --- one sum, categories, shares that miss a region, carry-over --------------------------------------------------
def test_one_sum_is_billed_to_the_place_and_taken_back_once_it_is_split(dazu: Edition, somebody, run) -> None:
    finance = somebody(Role.FINANCE, "500111000000")
    answer = run("split_premium", "dazu-2024").document
    assert answer["total"] == "1060000.00"
    assert [(row["name"], row["shares"]) for row in answer["rows"]] == [("大足区", {"district": "1060000.00"})]
    with at_work(finance):
        assert issue_bills(edition=dazu, by=finance) == Billed(1, 106_000_000)
    townships = list(dazu.assignments.values_list("township__name", flat=True))
    lines = "".join(f"{name},{n * 7 + 1},{n}\n" for n, name in enumerate(townships))
    enter(dazu, finance, f"region,persons,households\n{lines}")
    sheet = sheet_of(dazu, finance)
    assert (len(sheet.rows), sheet.fen) == (len(townships), 106_000_000)
    with at_work(finance):
        assert issue_bills(edition=dazu, by=finance) == Billed(len(townships) + 1, 0)
        assert all(c.holds for c in reconcile(dazu, sheet, finance, billed_so_far(dazu, finance)))
        assert sum(PremiumBill.objects.filter(township=dazu.place).values_list("fen", flat=True)) == 0
    town = somebody(Role.AUDITOR, townships[3])
    assert [(row.township, row.fen) for row in sheet_of(dazu, town).rows] == [
        (row.township, row.fen) for row in sheet.rows if row.township == townships[3]
    ]


CATEGORIES = """  categories: {poor: 脱贫人口, other: 其他居民}
  basis: person
  rate: {by: category, clause: 三, values: {poor: {value: "100.00", clause: 三}, other: {value: "30.00", clause: 三}}}
"""
SHARES = """payers: {district: 区财政, person: 个人}
shares:
  - {label: 脱贫人口, category: poor, clause: 三, parts: {district: "100%", person: "0%"}}
  - {label: 其他居民, category: other, clause: 三, parts: {district: "33%", person: "67%"}}
"""


def test_categories_come_from_the_census(cast: Cast, login) -> None:
    other = wanzhou_but(CATEGORIES, SHARES)
    text = f"region,category,persons,households\n{OWN},脱贫人口,3,1\n{OWN},other,1,1\n{NEAR},poor,2,1\n"
    sheet = allocation_for(other, heads_by_region(read_census(text, other)))
    rows = {row.township: row for row in sheet.rows if row.persons}
    assert (rows[OWN].fen, dict(rows[OWN].shares)) == (33_000, {"district": 30_990, "person": 2_010})
    assert (rows[NEAR].fen, dict(rows[NEAR].shares)) == (20_000, {"district": 20_000, "person": 0})
    with pytest.raises(CensusRefused, match="缺少列 人员类别"):
        read_census(f"region,persons,households\n{OWN},3,1\n", other)
    with pytest.raises(CensusRefused, match="应是 脱贫人口、其他居民"):
        read_census(f"region,category,persons,households\n{OWN},富裕,3,1\n", other)
    client = login(cast.finance)
    grid = {
        cell.name: "2" for line in client.get("/premiums/wanzhou-other/census/").context["lines"] for cell in line.cells
    }
    assert len(grid) == 49 * 2 * 2
    assert client.post("/premiums/wanzhou-other/census/", grid | {"source": "某处"}).status_code == 302
    sheet = sheet_of(other, cast.finance)
    assert sheet.fen == 49 * (2 * 10_000 + 2 * 3_000)
    with at_work(cast.finance):
        checks = reconcile(other, sheet, cast.finance, {})
    assert {check.name for check in checks if not check.holds} == {"与通知所列人数相符", "与保费账单相符"}


def test_a_region_without_shares_is_named_and_nothing_is_billed(cast: Cast, login) -> None:
    shares = f'payers: {{district: 区财政}}\nshares:\n  - {{label: 一档, clause: 三, regions: [{OWN}], parts: {{district: "100%"}}}}\n'
    other = wanzhou_but(f"{BASIS}  figures: census\n", shares)
    names = list(other.assignments.filter(insurer__isnull=False).values_list("township__name", flat=True))
    text = "region,persons,households\n" + "".join(f"{name},1,1\n" for name in names)
    with pytest.raises(AllocationRefused) as refused:
        allocation_for(other, heads_by_region(read_census(text, other)))
    assert len(refused.value.sentences) == 48
    enter(other, cast.finance, text)
    client = login(cast.finance)
    page = client.get("/premiums/wanzhou-other/").content.decode()
    assert "保费没有算" in page
    assert f"「{FAR}」没有出资比例" in page
    assert "没有出资比例" in client.post("/premiums/wanzhou-other/bills/", follow=True).content.decode()
    with everything():
        assert not PremiumBill.objects.exists()


def test_last_years_balance_is_set_against_the_premium(cast: Cast, login, run, tmp_path) -> None:
    rule = '  figures: census\n  carry_over: {ratio: {value: "80%", clause: 三}}\n'
    other = wanzhou_but(
        BASIS + rule, 'payers: {a: 甲, b: 乙}\nshares: [{label: 全区, clause: 三, parts: {a: "60%", b: "40%"}}]\n'
    )
    census = tmp_path / "census.csv"
    census.write_text(f"region,persons,households\n{OWN},10,3\n", encoding="utf-8")
    command = ("split_premium", other.code, "--census", census)
    assert "carried" not in run(*command).document
    answer = run(*command, "--brought-forward", "100.01").document
    assert (answer["total"], answer["carried"]) == (
        "1300.00",
        {"brought": "100.01", "used": "80.01", "due": "1219.99", "left": "20.00",
         "shares": {"a": "731.99", "b": "488.00"}},
    )  # fmt: skip
    for wrong in ("-1", "1.001", "一百"):
        said = run(*command, f"--brought-forward={wrong}")
        assert said.code == 1, wrong
        assert said.err
    client = login(cast.finance)
    address = f"/premiums/{other.code}/brought-forward/"
    for wrong in ("-1", "1.001", "", "一百", "9" * 15):
        assert client.post(address, {"amount": wrong, "source": "决算"}).status_code == 422, wrong
    assert client.post(address, {"amount": "100.01", "source": "2020 年决算"}).status_code == 302
    assert run(*command).document["carried"]["used"] == "80.01"
    with everything():
        assert AuditEvent.objects.get(action="premium.brought_forward").detail["fen"] == 10_001
    enter(other, cast.finance, "region,persons,households\n" + "".join(
        f"{name},1,1\n" for name in other.assignments.filter(insurer__isnull=False).values_list("township__name", flat=True)
    ))  # fmt: skip
    page = client.get(f"/premiums/{other.code}/").content.decode()
    assert "上年结余 100.01 元，抵减 80.01 元，应缴 6,289.99 元，余 20.00 元留待以后" in page
    assert Region.objects.filter(code=COUNTY).exists()
